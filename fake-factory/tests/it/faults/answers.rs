//! Answers in place of a pizza, as a client gets them.

use super::fault;
use crate::world::{KEY, over_both, world};
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;

over_both! {
    async fn an_empty_body_is_promised_as_json(network) {
        let world = world(&network, json!([fault("empty", json!({ "empty_body": { "code": 201 } }))])).await;
        let seen = world.order(1).await;
        assert_eq!((seen.status, seen.reply.body().len()), (201, 0));
        assert_eq!(seen.reply.headers()["content-type"], "application/json; charset=utf-8");
        assert_eq!(seen.reply.headers()["content-length"], "0");
        assert_eq!(world.pizzas(), 0);
    }

    async fn an_html_page_is_a_page(network) {
        let world = world(&network, json!([fault("page", json!({ "html_page": { "title": "Gateway down" } }))])).await;
        let seen = world.order(1).await;
        assert_eq!((seen.status, &seen.body), (502, &Value::Null));
        assert_eq!(seen.reply.headers()["content-type"], "text/html; charset=utf-8");
        assert!(seen.reply.body().windows(12).any(|text| text == b"Gateway down"));
        assert_eq!(world.pizzas(), 0);
    }

    async fn a_redirect_sends_its_client_elsewhere(network) {
        let elsewhere = json!({ "redirect": { "code": 308, "location": "/health" } });
        let world = world(&network, json!([fault("moved", elsewhere)])).await;
        let seen = world.order(1).await;
        assert_eq!((seen.status, &seen.reply.headers()["location"]), (308, &"/health".parse().expect("a value")));
        let there = seen.reply.headers()["location"].to_str().expect("a path");
        assert_eq!(world.get(there).await.status, 200);
        assert_eq!(world.pizzas(), 0);
    }

    async fn a_full_oven_refuses_a_good_order_after_a_while(network) {
        let full = fault("full", json!({ "oven_full": { "after": "60ms" } }));
        let world = world(&network, json!([full])).await;
        let before = world.clock.elapsed();
        let seen = world.order(1).await;
        assert!(world.clock.elapsed().since(before) >= Duration::from_millis(60));
        let message = json!({ "message": "Unable to satisfy pizza order. The oven is full." });
        assert_eq!((seen.status, seen.body), (503, message));
        assert_eq!(world.pizzas(), 0);
    }

    async fn a_rate_limit_lets_its_burst_through_and_says_when_to_come_again(network) {
        let limit = fault("limit", json!({ "rate_limit": { "rate": "1/h", "burst": 2 } }));
        let world = world(&network, json!([limit])).await;
        for id in 0..2 {
            assert_eq!(world.order(id).await.status, 200);
        }
        let seen = world.order(2).await;
        assert_eq!((seen.status, seen.body), (429, json!({ "message": "Too many requests" })));
        let seconds = seen.reply.headers()["retry-after"].to_str().expect("a number");
        assert!((3_500..=3_600).contains(&seconds.parse::<u32>().expect("a number")), "{seconds}");
        assert_eq!((world.first_counts(), world.pizzas()), ((3, 1), 2));
    }

    async fn an_authentication_outage_refuses_good_keys_and_touches_nobody_without(network) {
        let mut broken = fault("broken", json!({ "auth_outage": {} }));
        broken["match"] = json!({ "method": "*", "path": "*" });
        let world = world(&network, json!([broken])).await;
        let refused = json!({ "message": "invalid authentication" });
        let order = world.order(1).await;
        assert_eq!((order.status, &order.body), (401, &refused));
        let own = world.send(Method::GET, "/api/vendor", &json!({})).await;
        assert_eq!((own.status, &own.body), (401, &refused));
        assert_eq!(world.get("/health").await.status, 200);
        for key in ["wrong", KEY] {
            let request = world
                .request(&Method::POST, "/api/order")
                .header("authorization", key)
                .body(Bytes::new())
                .expect("a request");
            assert_eq!(world.call(request).await.expect("a reply").status, 401);
        }
        assert_eq!((world.first_counts(), world.pizzas()), ((3, 3), 0));
    }
}
