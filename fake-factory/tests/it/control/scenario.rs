//! A scenario, swapped in while the factory runs.

use crate::world::{KEY, Seen, World, control_address, controlled, order, over_both, world_with};
use bytes::Bytes;
use fake_factory::ControlSetup;
use fake_factory::faults::plan::Insisted;
use fake_factory::net::client::Client;
use http::{Method, Request};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

async fn load(world: &World, query: &str, content_type: &str, text: &str) -> Seen {
    let path = format!("/control/scenario{query}");
    let request = world
        .control_request(&Method::PUT, &path)
        .header("content-type", content_type)
        .body(Bytes::from(text.to_owned()))
        .expect("a request");
    world.call(request).await.expect("a reply")
}

/// A scenario whose only factory answers every order with `code`.
fn answering(code: u16) -> String {
    format!(
        "starts_at: 2024-08-08T09:50:00-06:00\nduration: whatever the runner makes of it\nfactories:\n  hq:\n    faults:\n      \
         - {{ name: bug, inject: {{ status: {{ code: {code} }} }} }}\n"
    )
}

over_both! {
    async fn a_scenario_takes_the_place_of_all_faults_and_its_run_starts_now(network) {
        let world = controlled(&network, json!([{ "name": "old", "inject": { "status": { "code": 500 } } }])).await;
        world.until(250).await;
        let text = "starts_at: 2024-08-08T09:50:00-06:00\nfactories:\n  hq:\n    idempotent: true\n    faults:\n      \
                    - { name: now, inject: { status: { code: 503 } } }\n      - { name: later, starts: 9:51, inject: { bad_jwt: {} } }\n";
        let loaded = load(&world, "", "application/yaml", text).await;
        assert_eq!((loaded.status, &loaded.body["factory"]), (200, &json!("hq")));
        let faults = &loaded.body["faults"];
        assert_eq!((&faults[0]["name"], &faults[0]["phase"]), (&json!("now"), &json!("active")));
        assert_eq!((&faults[1]["name"], &faults[1]["phase"]), (&json!("later"), &json!("pending")));
        let now = faults[0]["starts_at"].as_f64().expect("a moment");
        let later = faults[1]["starts_at"].as_f64().expect("a moment");
        assert!(now >= 0.25, "{now}");
        assert!((later - now - 60.0).abs() < 1e-3, "{now} {later}");
        assert_eq!(world.control(Method::GET, "/control/faults").await.body["faults"].as_array().map(Vec::len), Some(2));
        assert_eq!(world.order("a").await.status, 503);
        let state = world.control(Method::GET, "/control/state").await.body;
        assert_eq!((&state["idempotent"], &state["order_delay"]), (&json!(true), &json!("32s")));
    }

    async fn the_manners_of_a_scenario_come_with_its_faults(network) {
        let world = controlled(&network, json!([])).await;
        let scenario = |manners: &str| format!("starts_at: 2024-08-08T09:50:00Z\nfactories:\n  hq:\n    {manners}\n");
        let text = scenario("{ idempotent: true, order_delay: 20ms }");
        assert_eq!(load(&world, "", "application/yaml", &text).await.status, 200);
        let first = world.order("a").await;
        assert_eq!(world.order("a").await.body, first.body);
        assert_eq!(world.pizzas(), 1);
        let before = world.clock.elapsed();
        let none = json!({ "diner": {}, "order": { "items": [] } });
        assert_eq!(world.send(Method::POST, "/api/order", &none).await.status, 503);
        let took = world.clock.elapsed().since(before);
        assert!(took >= Duration::from_millis(20), "{took:?}");
        let text = scenario("{ order_delay: 20ms }");
        assert_eq!(load(&world, "", "application/yaml", &text).await.status, 200);
        world.order("a").await;
        assert_eq!(world.pizzas(), 2);
        // A reset is of what broke it.
        assert_eq!(world.control(Method::POST, "/control/reset").await.status, 204);
        let state = world.control(Method::GET, "/control/state").await.body;
        assert_eq!((&state["idempotent"], &state["order_delay"]), (&json!(false), &json!("20ms")));
    }

    async fn what_was_said_at_the_start_stands_whatever_a_scenario_says(network) {
        let world = world_with(&network, json!([]), |setup| {
            setup.control = Some(ControlSetup { address: control_address(&network).to_owned(), token: None });
            setup.insisted = Insisted { idempotent: true, order_delay: Some(Duration::from_millis(7)) };
        })
        .await;
        for text in [None, Some(answering(503))] {
            if let Some(text) = text {
                assert_eq!(load(&world, "", "application/yaml", &text).await.status, 200);
            }
            let state = world.control(Method::GET, "/control/state").await.body;
            assert_eq!((&state["idempotent"], &state["order_delay"]), (&json!(true), &json!("7ms")));
        }
    }

    async fn a_scenario_is_yaml_or_json_by_any_of_their_types(network) {
        let world = controlled(&network, json!([])).await;
        for content_type in ["application/yaml", "application/json", "text/yaml", "text/plain; charset=utf-8"] {
            assert_eq!(load(&world, "", content_type, &answering(503)).await.status, 200, "{content_type}");
        }
        let json = json!({ "starts_at": "2024-08-08T09:50:00Z", "factories": { "hq": {} } }).to_string();
        assert_eq!(load(&world, "", "application/json", &json).await.body, json!({ "factory": "hq", "faults": [] }));
        assert_eq!(load(&world, "", "application/xml", &json).await.status, 415);
    }

    async fn one_factory_of_several_is_named(network) {
        let world = controlled(&network, json!([])).await;
        let text = "starts_at: 2024-08-08T09:50:00Z\nfactories: { one: {}, other: {} }\n";
        assert_eq!(load(&world, "?factory=other", "text/yaml", text).await.body["factory"], "other");
        let several = load(&world, "", "text/yaml", text).await;
        assert_eq!((several.status, &several.body["message"]), (400, &json!("the scenario has several factories")));
        assert_eq!(several.body["help"], "choose one with `?factory=`: one, other");
        let unknown = load(&world, "?factory=othr", "text/yaml", text).await;
        assert_eq!((unknown.status, &unknown.body["help"]), (400, &json!("did you mean `other`?")));
    }

    async fn a_scenario_with_mistakes_changes_nothing_and_tells_them_all(network) {
        let world = controlled(&network, json!([{ "name": "old", "inject": { "status": { "code": 500 } } }])).await;
        let text = "starts_at: 2024-08-08T09:50:00Z\nfactories:\n  hq:\n    faults:\n      - name: a\n        inject: { outage: refuse }\n      \
                    - name: b\n        inject: { bad_jwt: {} }\n        requests: 130%\n";
        let refused = load(&world, "", "application/yaml", text).await;
        assert_eq!((refused.status, &refused.body["help"]), (400, &json!("did you mean `refused`?")));
        let findings = refused.body["findings"].as_array().expect("findings");
        let places: Vec<(&Value, &Value)> = findings.iter().map(|found| (&found["line"], &found["column"])).collect();
        assert_eq!(places, [(&json!(6), &json!(27)), (&json!(9), &json!(19))]);
        let broken = load(&world, "", "application/yaml", "factories: [").await;
        assert_eq!(broken.status, 400);
        assert_eq!(world.order("a").await.status, 500);
    }

    async fn every_order_meets_the_old_faults_or_the_new_ones(network) {
        let world = controlled(&network, json!([{ "name": "bug", "inject": { "status": { "code": 500 } } }])).await;
        let done = Arc::new(AtomicBool::new(false));
        let clients: Vec<_> = (0..8).map(|_| {
            let (client, url, done) = (Client::new(network.clone()), world.factory.url(), done.clone());
            tokio::spawn(async move {
                let mut statuses: BTreeMap<u16, u32> = BTreeMap::new();
                while !done.load(Ordering::SeqCst) {
                    let request = Request::post(format!("{url}/api/order"))
                        .header("authorization", format!("Bearer {KEY}"))
                        .header("content-type", "application/json")
                        .body(Bytes::from(order("a").to_string()))
                        .expect("a request");
                    let reply = client.call(request, None).await.expect("a reply");
                    *statuses.entry(reply.status().as_u16()).or_default() += 1;
                }
                statuses
            })
        }).collect();
        for round in 0..30 {
            let code = if round % 2 == 0 { 503 } else { 500 };
            assert_eq!(load(&world, "", "application/yaml", &answering(code)).await.status, 200);
        }
        done.store(true, Ordering::SeqCst);
        let mut all: BTreeMap<u16, u32> = BTreeMap::new();
        for client in clients {
            for (status, count) in client.await.expect("no panic") {
                *all.entry(status).or_default() += count;
            }
        }
        let seen: Vec<u16> = all.keys().copied().collect();
        assert_eq!(seen, [500, 503], "{all:?}");
        assert_eq!(world.pizzas(), 0);
    }
}
