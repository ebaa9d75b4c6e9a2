//! Vendors and their chaos, begun early.

use crate::world::{KEY, control_address, controlled, over_both, world_with};
use fake_factory::{ChaosStart, ControlSetup, Event};
use http::Method;
use serde_json::{Value, json};

over_both! {
    async fn vendors_are_told_with_their_keys(network) {
        let world = controlled(&network, json!([])).await;
        world.send(Method::POST, "/api/vendor", &json!({ "id": "another" })).await;
        let vendors = world.control(Method::GET, "/control/vendors").await;
        assert_eq!(vendors.status, 200);
        let vendors = &vendors.body["vendors"];
        let ids: Vec<&Value> = vendors.as_array().expect("vendors").iter().map(|vendor| &vendor["id"]).collect();
        assert_eq!(ids, ["another", "student"]);
        let student = &vendors[1];
        assert_eq!((&student["key"], &student["roles"]), (&json!(KEY), &json!(["vendor"])));
        assert_eq!(student["created"], "2024-08-08T16:00:00.000Z");
        assert_eq!((&student["chaos"], &student["codes"]), (&Value::Null, &json!([])));
    }

    async fn scheduled_chaos_is_begun_early_and_ends_on_its_report(network) {
        let world = world_with(&network, json!([]), |setup| {
            setup.chaos_start = ChaosStart::Scheduled;
            setup.control = Some(ControlSetup { address: control_address(&network).to_owned(), token: None });
        }).await;
        let start = async |id: &str| world.control(Method::POST, &format!("/control/vendors/{id}/chaos/start")).await;
        assert_eq!(start("nobody").await.status, 404);
        assert_eq!(start("student").await.status, 409);
        world.send(Method::PUT, "/api/vendor/chaos/fail", &json!({})).await;
        assert_eq!(world.order("a").await.status, 200);

        let started = start("STUDENT").await;
        assert_eq!(started.status, 200);
        let chaos = &started.body["chaos"];
        assert_eq!(chaos["type"], "fail");
        assert!(chaos["startDate"].as_str().expect("a date").starts_with("2024-08-08T16:0"));
        assert_eq!(chaos["code"].as_str().map(str::len), Some(16));
        assert_eq!(start("student").await.status, 409);
        assert_eq!(world.order("b").await.status, 500);
        assert_eq!(world.follow(&chaos["reportUrl"]).await.status, 200);
        assert_eq!(world.order("c").await.status, 200);

        let vendors = world.control(Method::GET, "/control/vendors").await.body;
        let fixed = &vendors["vendors"][0]["chaos"];
        assert_eq!((&fixed["type"], &fixed["code"], &fixed["reportUrl"]), (&json!("none"), &Value::Null, &Value::Null));
        assert!(fixed["fixDate"].is_string());
        let starts = world.events().into_iter().filter(|event| matches!(event, Event::FaultStarted { .. }));
        assert_eq!(starts.count(), 1);
    }
}
