//! The document of the control, held against the control itself.

use crate::world::{World, control_address, controlled, over_both, world_with};
use fake_factory::ControlSetup;
use http::Method;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

async fn document(world: &World) -> Value {
    let document = world.control(Method::GET, "/control/openapi.json").await;
    assert_eq!(document.status, 200);
    assert_eq!(document.reply.headers()["content-type"], "application/json");
    document.body
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}

/// Holds `value` against `schema`: it has what is required, and nothing that is unknown.
fn hold(value: &Value, schema: &Value, document: &Value, at: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name
            .strip_prefix("#/components/schemas/")
            .expect("a schema of the document");
        hold(
            value,
            &document["components"]["schemas"][name],
            document,
            at,
        );
        return;
    }
    if let (Some(items), Some(schema)) = (value.as_array(), schema.get("items")) {
        for item in items {
            hold(item, schema, document, at);
        }
    }
    let (Some(value), Some(properties)) = (value.as_object(), schema.get("properties")) else {
        return;
    };
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for name in required {
        let name = name.as_str().expect("a name");
        assert!(value.contains_key(name), "{at}: {name} is missing");
    }
    for (name, value) in value {
        let schema = properties.get(name);
        let schema = schema.unwrap_or_else(|| panic!("{at}: {name} is not in the document"));
        hold(value, schema, document, &format!("{at}.{name}"));
    }
}

over_both! {
    async fn the_document_names_every_method_of_every_path(network) {
        let world = controlled(&network, json!([])).await;
        let document = document(&world).await;
        assert!(document["openapi"].as_str().expect("a version").starts_with("3.1"));
        for (path, methods) in object(&document["paths"]) {
            let named = path.replace("{name}", "a").replace("{id}", "a");
            let allowed = world.control(Method::OPTIONS, &named).await;
            assert_eq!(allowed.status, 204, "{path}");
            let allowed = allowed.reply.headers()["allow"].to_str().expect("text").to_lowercase();
            let allowed: BTreeSet<&str> = allowed.split(',').filter(|method| *method != "head").collect();
            let told: BTreeSet<&str> = object(methods).keys().map(String::as_str).collect();
            if path == "/control/faults/stop" {
                // The other methods are those of a fault that is called so.
                assert!(told.is_subset(&allowed), "{path}");
            } else {
                assert_eq!(told, allowed, "{path}");
            }
        }
    }

    async fn replies_are_what_the_document_says(network) {
        let plans = json!([{ "name": "bug", "inject": { "status": { "code": 500, "report_url": true } }, "ends": "on_report" }]);
        let world = controlled(&network, plans).await;
        world.send(Method::PUT, "/api/vendor/chaos/fail", &json!({})).await;
        world.control(Method::POST, "/control/faults/bug/stop").await;
        world.control(Method::POST, "/control/faults/stop").await;
        assert_eq!(world.order("a").await.status, 200);
        let document = document(&world).await;
        let replies = [
            ("/control/state", "/control/state", "200"),
            ("/control/faults", "/control/faults", "200"),
            ("/control/faults/{name}", "/control/faults/bug", "200"),
            ("/control/faults/{name}", "/control/faults/none", "404"),
            ("/control/catalogue", "/control/catalogue", "200"),
            ("/control/vendors", "/control/vendors", "200"),
            ("/control/ledger", "/control/ledger", "200"),
            ("/control/ledger", "/control/ledger?limit=x", "400"),
        ];
        for (template, path, status) in replies {
            let reply = world.control(Method::GET, path).await;
            assert_eq!(reply.status.to_string(), status, "{path}");
            let told = &document["paths"][template]["get"]["responses"][status];
            let schema = &told["content"]["application/json"]["schema"];
            assert!(schema.is_object(), "{path}");
            hold(&reply.body, schema, &document, path);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_document_asks_for_a_token_where_there_is_one() {
    let network = crate::world::memory();
    let open = controlled(&network, json!([])).await;
    assert!(!document(&open).await.to_string().contains("\"security\""));
    drop(open);
    let network = crate::world::memory();
    let token = "correct-horse-battery";
    let kept = world_with(&network, json!([]), |setup| {
        setup.control = Some(ControlSetup {
            address: control_address(&network).to_owned(),
            token: Some(token.to_owned()),
        });
    })
    .await;
    let request = kept
        .control_request(&Method::GET, "/control/openapi.json")
        .header("authorization", format!("Bearer {token}"))
        .body(bytes::Bytes::new())
        .expect("a request");
    let document = kept.call(request).await.expect("a reply").body;
    assert_eq!(
        document["paths"]["/control/state"]["get"]["security"],
        json!([{ "key": [] }])
    );
}
