//! What the fake has beyond the real factory's page: `/ready`, report URLs of either form, idempotence and the ledger.

use super::{ADMIN, STUDENT, staffed_with};
use crate::world::{over_both, world, world_with};
use bytes::Bytes;
use fake_factory::{Event, ReportUrl};
use http::Method;
use serde_json::json;

over_both! {
    async fn a_report_url_can_look_like_the_real_one(network) {
        let world = world_with(&network, json!([]), |setup| {
            setup.report_url = ReportUrl::Real;
        }).await;
        world.send(Method::PUT, "/api/vendor/chaos/fail", &json!({})).await;
        let failed = world.order(1).await;
        let url = failed.body["reportUrl"].as_str().expect("a URL").to_owned();
        let host = world.factory.url().replace("http://", "");
        let name = host.split(':').next().expect("a name").to_owned();
        assert!(url.starts_with(&format!("https://{name}/api/support/{STUDENT}/report/")), "{url}");
    }

    async fn a_strangers_report_url_never_holds_an_admins_key(network) {
        let world = staffed_with(&network, |setup| {
            setup.plan.faults = crate::world::faults(json!([{ "name": "down", "match": { "method": "*", "path": "*" }, "inject": { "status": { "code": 500 } } }]));
        }).await;
        let refused = world.get("/api/docs").await;
        assert_eq!(refused.status, 500);
        assert!(!refused.text().contains(ADMIN), "{}", refused.text());
    }

    async fn an_idempotent_factory_gives_the_same_pizza_again(network) {
        let world = world_with(&network, json!([]), |setup| setup.plan.idempotent = true).await;
        let first = world.order("a").await;
        world.until(1_100).await;
        assert_eq!(world.order("a").await.body, first.body);
        assert_ne!(world.order("b").await.body, first.body);
        assert_eq!(world.pizzas(), 2);
        let keyed = async |key: &str| {
            let request = world
                .request(&Method::POST, "/api/order")
                .header("authorization", STUDENT)
                .header("idempotency-key", key)
                .header("content-type", "application/json")
                .body(Bytes::from(json!({ "diner": {}, "order": { "items": [1] } }).to_string()))
                .expect("a request");
            world.call(request).await.expect("a reply").body
        };
        assert_eq!(keyed("k").await, keyed("k").await);
        assert_eq!(world.pizzas(), 3);
    }

    async fn the_ledger_counts_an_order_that_is_made_twice(network) {
        let world = world(&network, json!([])).await;
        world.order(7).await;
        world.order(7).await;
        let ledger = world.factory.ledger();
        assert_eq!(ledger.len(), 1);
        assert_eq!((ledger[0].count, ledger[0].order_id.as_deref()), (2, Some("7")));
        let made: Vec<_> = world.events().into_iter().filter_map(|event| match event {
            Event::PizzaMade { count, .. } => Some(count),
            _ => None,
        }).collect();
        assert_eq!(made, [1, 2]);
    }
}
