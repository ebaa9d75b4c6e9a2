//! The state at a glance, and the way back to a fresh factory.

use crate::world::{controlled, over_both};
use http::Method;
use serde_json::{Value, json};

over_both! {
    async fn the_state_tells_what_the_factory_is_and_does(network) {
        let plans = json!([{ "name": "bug", "starts": "1h", "inject": { "status": { "code": 500 } } }]);
        let world = controlled(&network, plans).await;
        assert_eq!(world.order("a").await.status, 200);
        assert_eq!(world.order("a").await.status, 200);
        assert_eq!(world.order("b").await.status, 200);
        let state = world.control(Method::GET, "/control/state").await;
        assert_eq!(state.status, 200);
        assert_eq!(state.reply.headers()["cache-control"], "no-store");
        let state = state.body;
        assert_eq!(state["name"], "headquarters");
        assert_eq!(state["url"], world.factory.url());
        assert_eq!(state["started_at"], "2024-08-08T16:00:00.000Z");
        assert!(state["now"].as_str().expect("a time") >= "2024-08-08T16:00:00.000Z");
        assert!(state["elapsed"].as_f64().expect("seconds") >= 0.0);
        assert_eq!(state["seed"], "329");
        assert_eq!(state["algorithm"], "EdDSA");
        assert_eq!(state["idempotent"], false);
        assert_eq!(state["order_delay"], "100ms");
        assert_eq!((&state["ready"], &state["ready_message"]), (&json!(true), &Value::Null));
        assert_eq!(state["vendors"], 1);
        assert_eq!(state["orders"], json!({ "made": 2, "pizzas": 3, "duplicated": 1 }));
        assert_eq!((&state["faults"][0]["name"], &state["faults"][0]["phase"]), (&json!("bug"), &json!("pending")));
    }

    async fn the_state_tells_what_is_in_the_way_of_orders(network) {
        let world = controlled(&network, json!([{ "name": "bug", "inject": { "status": { "code": 500 } } }])).await;
        let state = world.control(Method::GET, "/control/state").await.body;
        assert_eq!(state["ready"], false);
        assert_eq!(state["ready_message"], "orders meet a fault: bug");
    }

    async fn a_reset_leaves_the_vendors_and_nothing_else(network) {
        let plans = json!([{ "name": "bug", "match": { "path": "/api/docs" }, "inject": { "status": { "code": 500 } } }]);
        let world = controlled(&network, plans).await;
        assert_eq!(world.get("/api/docs").await.status, 200);
        assert_eq!(world.order("a").await.status, 200);
        world.send(Method::PUT, "/api/vendor/chaos/fail", &json!({})).await;
        assert_eq!(world.order("b").await.status, 500);
        assert_eq!(world.control(Method::POST, "/control/reset").await.status, 204);
        let state = world.control(Method::GET, "/control/state").await.body;
        assert_eq!(state["orders"], json!({ "made": 0, "pizzas": 0, "duplicated": 0 }));
        assert_eq!((&state["faults"], &state["vendors"]), (&json!([]), &json!(1)));
        let vendors = world.control(Method::GET, "/control/vendors").await.body;
        assert_eq!(vendors["vendors"][0]["chaos"], Value::Null);
        assert_eq!(world.factory.ledger(), []);
        assert_eq!(world.order("a").await.status, 200);
        assert_eq!(world.pizzas(), 1);
    }
}
