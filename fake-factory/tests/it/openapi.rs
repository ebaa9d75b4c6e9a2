//! The description of the API holds for what is really answered: each reply of each operation is asked for, and held against it.

use crate::world::{KEY, Seen, World, memory, over_both, world, world_with};
use bytes::Bytes;
use fake_factory::VendorKey;
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The key of an admin.
const ADMIN: &str = "ABCDEFGHIJKLMNOP";

/// The served description, and which of its replies were seen.
struct Description {
    document: Value,
    seen: BTreeSet<(String, String, u16)>,
}

impl Description {
    async fn of(world: &World) -> Self {
        Description {
            document: world.get("/openapi.json").await.body,
            seen: BTreeSet::new(),
        }
    }

    /// Each reply that is described, as method, path and status.
    fn replies(&self) -> BTreeSet<(String, String, u16)> {
        let mut replies = BTreeSet::new();
        for (path, operations) in self.document["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("operations") {
                for status in operation["responses"].as_object().expect("replies").keys() {
                    let status = status.parse().expect("a status");
                    replies.insert((method.to_uppercase(), path.clone(), status));
                }
            }
        }
        replies
    }

    /// Holds a reply against its description.
    fn hold(&mut self, method: &str, path: &str, seen: &Seen) {
        let context = format!("{method} {path}: {} {}", seen.status, seen.body);
        let operation = &self.document["paths"][path][method.to_lowercase()];
        let reply = operation["responses"].get(seen.status.to_string());
        let reply = reply.unwrap_or_else(|| panic!("not described: {context}"));
        self.seen
            .insert((method.to_owned(), path.to_owned(), seen.status));
        let Some(content) = reply.get("content") else {
            assert!(seen.reply.body().is_empty(), "{context}");
            return;
        };
        let (media_type, content) = content
            .as_object()
            .expect("contents")
            .iter()
            .next()
            .expect("one");
        let sent = seen.reply.headers()["content-type"].to_str().expect("text");
        assert_eq!(
            sent.split(';').next(),
            Some(media_type.as_str()),
            "{context}"
        );
        if media_type != "application/json" {
            return;
        }
        let schema =
            json!({ "allOf": [content["schema"]], "components": self.document["components"] });
        let schema = jsonschema::validator_for(&schema).expect("a schema");
        let errors: Vec<String> = schema
            .iter_errors(&seen.body)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{context}: {errors:?}");
    }
}

/// A request, and the status that it is to get.
struct Ask {
    method: &'static str,
    /// The template, and what it is filled with.
    path: (&'static str, Vec<String>),
    key: Option<&'static str>,
    body: Value,
    status: u16,
}

/// With the vendor's key and no body.
fn ask(method: &'static str, path: &'static str, status: u16) -> Ask {
    Ask {
        method,
        path: (path, Vec::new()),
        key: Some(KEY),
        body: json!({}),
        status,
    }
}

impl Ask {
    fn at(mut self, parts: &[&str]) -> Self {
        self.path.1 = parts.iter().map(|part| (*part).to_owned()).collect();
        self
    }

    fn by(mut self, key: Option<&'static str>) -> Self {
        self.key = key;
        self
    }

    fn with(mut self, body: Value) -> Self {
        self.body = body;
        self
    }

    async fn put_to(&self, world: &World, description: &mut Description) -> Seen {
        let (template, parts) = &self.path;
        let path = filled(template, parts);
        let method = Method::from_bytes(self.method.as_bytes()).expect("a method");
        // A string stands for a body that is no JSON.
        let body = match &self.body {
            Value::String(text) => text.clone(),
            body => body.to_string(),
        };
        let mut request = world
            .request(&method, &path)
            .header("content-type", "application/json");
        if let Some(key) = self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let request = request.body(Bytes::from(body)).expect("a request");
        let seen = world.call(request).await.expect("a reply");
        assert_eq!(
            seen.status, self.status,
            "{} {path}: {}",
            self.method, seen.body
        );
        description.hold(self.method, template, &seen);
        seen
    }
}

/// The template with its parameters replaced by `parts`.
fn filled(template: &str, parts: &[String]) -> String {
    let mut parts = parts.iter();
    let filled = template.split('/').map(|part| {
        if part.starts_with('{') {
            parts.next().expect("a part for each parameter")
        } else {
            part
        }
    });
    filled.collect::<Vec<_>>().join("/")
}

/// Asks that bring out every reply that can be had of a whole factory, in an order that makes sense.
fn asks() -> Vec<Ask> {
    let not_json = || json!("{");
    let order = |items: usize| json!({ "diner": { "name": "joe" }, "order": { "id": 1, "items": vec![json!({ "menuId": 1 }); items] } });
    let badge = |method, status| {
        ask(method, "/api/badge/{account}/{badge}", status).at(&["student", "coverage"])
    };
    vec![
        ask("GET", "/api/docs", 200),
        ask("GET", "/openapi.json", 200),
        ask("GET", "/metrics", 200),
        ask("GET", "/health", 200),
        ask("GET", "/ready", 200),
        ask("GET", "/.well-known/jwks.json", 200),
        ask("POST", "/api/order", 401).by(None),
        ask("POST", "/api/order", 400),
        ask("POST", "/api/order", 500).with(not_json()),
        ask("POST", "/api/order", 500).with(json!({ "diner": {}, "order": {} })),
        ask("POST", "/api/order", 503).with(order(21)),
        ask("POST", "/api/order", 200).with(order(2)),
        ask("POST", "/api/order/verify", 403),
        ask("POST", "/api/order/verify", 500).with(not_json()),
        ask("GET", "/api/vendor", 401).by(None),
        ask("GET", "/api/vendor", 200),
        ask("POST", "/api/vendor", 400),
        ask("POST", "/api/vendor", 500).with(not_json()),
        ask("POST", "/api/vendor", 200).with(json!({ "id": "other", "name": 7 })),
        ask("POST", "/api/vendor", 409).with(json!({ "id": "other" })),
        ask("PUT", "/api/vendor", 401).with(json!({ "id": "other" })),
        ask("PUT", "/api/vendor", 400),
        ask("PUT", "/api/vendor", 500).with(not_json()),
        ask("PUT", "/api/vendor", 200)
            .with(json!({ "id": "student", "name": "Student", "phone": null })),
        ask("PUT", "/api/vendor", 404)
            .with(json!({ "id": "nobody" }))
            .by(Some(ADMIN)),
        ask("GET", "/api/vendor/{id}", 200).at(&["student"]),
        ask("POST", "/api/vendor/code", 404),
        ask("POST", "/api/vendor/code", 500).with(not_json()),
        ask("POST", "/api/vendor/code", 200).with(json!({ "id": "student" })),
        ask("POST", "/api/vendor/auth", 404),
        ask("POST", "/api/vendor/auth", 401).with(json!({ "id": "student", "code": "" })),
        ask("POST", "/api/vendor/auth", 500).with(not_json()),
        ask("POST", "/api/vendor/connect", 401).by(None),
        ask("POST", "/api/vendor/connect", 400),
        ask("POST", "/api/vendor/connect", 500).with(not_json()),
        ask("POST", "/api/vendor/connect", 200).with(json!({ "purpose": "test" })),
        ask("POST", "/api/vendor/connect", 200)
            .with(json!({ "purpose": "test" }))
            .by(Some(ADMIN)),
        ask("PUT", "/api/vendor/connect", 401).by(None),
        ask("PUT", "/api/vendor/connect", 500).with(not_json()),
        ask("PUT", "/api/vendor/connect", 200)
            .with(json!({ "id": "root", "purpose": "test", "rating": 4.5 })),
        ask("GET", "/api/vendor", 200),
        ask("GET", "/api/badge/{account}/{badge}", 200).at(&["nobody", "none"]),
        badge("POST", 401).by(None),
        badge("POST", 200),
        ask("POST", "/api/badge/{account}/{badge}", 400).at(&["student", &"x".repeat(300)]),
        badge("GET", 200),
        ask("POST", "/api/log", 401).by(None),
        ask("POST", "/api/log", 500).with(not_json()),
        ask("POST", "/api/log", 200),
        ask("PUT", "/api/log", 401),
        ask("PUT", "/api/log", 500).with(not_json()),
        ask("PUT", "/api/log", 200)
            .with(json!({ "message": "thanks" }))
            .by(Some(ADMIN)),
        ask("GET", "/api/admin/vendors", 401),
        ask("GET", "/api/admin/vendors", 200).by(Some(ADMIN)),
        ask("PUT", "/api/admin/role", 401),
        ask("PUT", "/api/admin/role", 400).by(Some(ADMIN)),
        ask("PUT", "/api/admin/role", 500).with(not_json()),
        ask("PUT", "/api/admin/role", 200)
            .with(json!({ "id": "other", "roles": ["admin"] }))
            .by(Some(ADMIN)),
        ask("DELETE", "/api/admin/vendor", 401),
        ask("DELETE", "/api/admin/vendor", 400).by(Some(ADMIN)),
        ask("DELETE", "/api/admin/vendor", 500).with(not_json()),
        ask("DELETE", "/api/admin/vendor", 204)
            .with(json!({ "id": "other", "deleteType": "all" }))
            .by(Some(ADMIN)),
        ask("GET", "/api/support/{apiKey}/report/{fixCode}", 200).at(&[KEY, "none"]),
        ask("PUT", "/api/vendor/chaos/{type}", 401)
            .at(&["fail"])
            .by(None),
        ask("PUT", "/api/vendor/chaos/{type}", 400).at(&["dance"]),
        ask("PUT", "/api/vendor/chaos/{type}", 200).at(&["fail"]),
        ask("GET", "/ready", 503),
        ask("GET", "/api/vendor", 200),
        ask("GET", "/api/admin/vendors", 200).by(Some(ADMIN)),
        ask("GET", "/api/support/{apiKey}/report/{fixCode}", 400).at(&[KEY, "wrong"]),
    ]
}

over_both! {
    async fn every_reply_is_as_it_is_described(network) {
        let world = world_with(&network, json!([]), |setup| {
            setup.admins = vec![VendorKey { id: "root".to_owned(), key: ADMIN.to_owned() }];
        }).await;
        let mut description = Description::of(&world).await;
        for ask in asks() {
            ask.put_to(&world, &mut description).await;
        }
        // Under chaos, then fixed: the replies that carry what an earlier one said.
        let failed = ask("POST", "/api/order", 500).put_to(&world, &mut description).await;
        let url = failed.body["reportUrl"].as_str().expect("a URL");
        let code = url.rsplit('/').next().expect("a code").to_owned();
        let report = ask("GET", "/api/support/{apiKey}/report/{fixCode}", 200);
        report.at(&[KEY, &code]).put_to(&world, &mut description).await;
        ask("GET", "/api/vendor", 200).put_to(&world, &mut description).await;
        let (id, code) = world.factory.login_codes().swap_remove(0);
        let log_in = ask("POST", "/api/vendor/auth", 200).with(json!({ "id": *id, "code": code }));
        log_in.put_to(&world, &mut description).await;
        let made = world.order(9).await;
        let verify = ask("POST", "/api/order/verify", 200).with(made.body);
        verify.put_to(&world, &mut description).await;

        for number in 1..64 {
            let connect = ask("POST", "/api/vendor/connect", 200);
            connect.with(json!({ "purpose": number.to_string() })).put_to(&world, &mut description).await;
        }
        let connect = ask("POST", "/api/vendor/connect", 409).with(json!({ "purpose": "more" }));
        connect.put_to(&world, &mut description).await;

        let mut described = description.replies();
        // It takes ten thousand badges to get there.
        described.remove(&("POST".to_owned(), "/api/badge/{account}/{badge}".to_owned(), 409));
        let unseen: Vec<_> = described.difference(&description.seen).collect();
        assert!(unseen.is_empty(), "described and never seen: {unseen:?}");
    }

    async fn the_docs_and_the_description_name_the_same_endpoints(network) {
        let world = world(&network, json!([])).await;
        let description = Description::of(&world).await;
        let described: BTreeSet<(String, String)> = description
            .replies()
            .into_iter()
            .map(|(method, path, _)| (method, path.replace('{', ":").replace('}', "")))
            .collect();
        let docs = world.get("/api/docs").await.body;
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let listed: BTreeSet<(String, String)> = docs["endpoints"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|endpoint| (text(&endpoint["method"]), text(&endpoint["path"])))
            .collect();
        assert_eq!(listed, described);
    }

    async fn the_methods_allowed_are_those_described(network) {
        let world = world(&network, json!([])).await;
        let description = Description::of(&world).await;
        // The three that stand where an id may: their GET asks whether there is a vendor of that name.
        let ids = ["/api/vendor/code", "/api/vendor/auth", "/api/vendor/connect"];
        for (template, operations) in description.document["paths"].as_object().expect("paths") {
            // The one answers any method, the other refuses OPTIONS, as the real ones do.
            if ["/api/docs", "/.well-known/jwks.json"].contains(&template.as_str()) {
                continue;
            }
            let path = filled(template, &["a".to_owned(), "b".to_owned()]);
            let options = world.send(Method::OPTIONS, &path, &json!({})).await;
            let allow = options.reply.headers()["allow"].to_str().expect("text").to_owned();
            let implied = |method: &&str| *method == "HEAD" || (*method == "GET" && ids.contains(&template.as_str()));
            let allowed: BTreeSet<&str> = allow.split(',').filter(|method| !implied(method)).collect();
            let described: Vec<String> = operations.as_object().expect("operations").keys().map(|method| method.to_uppercase()).collect();
            let described: BTreeSet<&str> = described.iter().map(String::as_str).collect();
            assert_eq!(allowed, described, "{template}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_example_is_of_its_own_schema() {
    let world = world(&memory(), json!([])).await;
    let description = Description::of(&world).await;
    let components = &description.document["components"];
    let mut examples = 0;
    let mut left = vec![&description.document["paths"]];
    while let Some(value) = left.pop() {
        if let (Some(schema), Some(example)) = (value.get("schema"), value.get("example")) {
            let schema = json!({ "allOf": [schema], "components": components });
            let schema = jsonschema::validator_for(&schema).expect("a schema");
            let errors: Vec<String> = schema
                .iter_errors(example)
                .map(|error| error.to_string())
                .collect();
            assert!(errors.is_empty(), "{example}: {errors:?}");
            examples += 1;
        }
        match value {
            Value::Object(object) => left.extend(object.values()),
            Value::Array(array) => left.extend(array),
            _ => {}
        }
    }
    assert!(examples > 20, "{examples}");
}

#[tokio::test(start_paused = true)]
async fn an_rsa_key_is_described_too() {
    let network = memory();
    let world = world_with(&network, json!([]), |setup| {
        setup.algorithm = fake_factory::Algorithm::Rs256;
    });
    let world = world.await;
    let mut description = Description::of(&world).await;
    ask("GET", "/.well-known/jwks.json", 200)
        .put_to(&world, &mut description)
        .await;
}
