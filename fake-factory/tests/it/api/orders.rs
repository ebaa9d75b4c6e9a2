//! POST /api/order: the key first, then what is ordered.

use super::{ADMIN, OTHER, STUDENT, message, staffed};
use crate::world::{ORDER_DELAY, order, over_both};
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

fn items(items: &Value) -> Value {
    json!({ "diner": {}, "order": { "items": items } })
}

over_both! {
    async fn no_key_or_a_wrong_one_is_refused_before_anything_else(network) {
        let world = staffed(&network).await;
        let wrong = [
            None,
            Some("Bearer wrong".to_owned()),
            Some("wrong".to_owned()),
            Some(String::new()),
            Some("Bearer".to_owned()),
            Some(format!("Basic {STUDENT}")),
            Some(format!("Bearer  {STUDENT}")),
            Some(format!("Bearer {}", STUDENT.to_uppercase())),
        ];
        for key in wrong {
            let mut request = world.request(&Method::POST, "/api/order");
            if let Some(key) = &key {
                request = request.header("authorization", key);
            }
            let refused = world.call(request.body(Bytes::new()).expect("a request")).await.expect("a reply");
            assert_eq!((refused.status, refused.body), (401, message("invalid authentication")), "{key:?}");
        }
    }

    async fn a_key_may_stand_alone_or_after_bearer_in_any_case(network) {
        let world = staffed(&network).await;
        let keys = [format!("Bearer {STUDENT}"), format!("bEaReR {STUDENT}"), STUDENT.to_owned()];
        for key in keys.into_iter().chain([OTHER.to_owned(), ADMIN.to_owned()]) {
            let request = world
                .request(&Method::POST, "/api/order")
                .header("authorization", key)
                .header("content-type", "application/json")
                .body(Bytes::from(order(1).to_string()))
                .expect("a request");
            assert_eq!(world.call(request).await.expect("a reply").status, 200);
        }
    }

    async fn without_a_diner_and_an_order_something_is_missing(network) {
        let world = staffed(&network).await;
        let good = json!({ "items": [1] });
        let incomplete = [
            json!(null),
            json!({}),
            json!([]),
            json!({ "diner": {} }),
            json!({ "order": good }),
            json!({ "diner": null, "order": good }),
            json!({ "diner": "", "order": good }),
            json!({ "diner": {}, "order": 0 }),
        ];
        for body in incomplete {
            let refused = world.ask(Some(STUDENT), "POST /api/order", &body).await;
            assert_eq!((refused.status, refused.body), (400, message("Missing required parameters")), "{body}");
        }
        let plain = world
            .request(&Method::POST, "/api/order")
            .header("authorization", format!("Bearer {STUDENT}"))
            .header("content-type", "text/plain")
            .body(Bytes::from(order(1).to_string()))
            .expect("a request");
        let refused = world.call(plain).await.expect("a reply");
        assert_eq!((refused.status, refused.body), (400, message("Missing required parameters")));
        assert_eq!(world.pizzas(), 0);
    }

    async fn items_that_are_none_are_an_error_of_the_factory(network) {
        let world = staffed(&network).await;
        for order in [json!({}), json!({ "items": null }), json!([]), json!("pizza"), json!(true)] {
            let body = json!({ "diner": {}, "order": order });
            let refused = world.ask(Some(STUDENT), "POST /api/order", &body).await;
            assert_eq!(refused.status, 500, "{body}");
            assert!(refused.body["message"].is_string());
            assert!(!refused.header("access-control-allow-origin").is_empty());
        }
    }

    async fn items_of_a_string_or_a_number_are_baked(network) {
        let world = staffed(&network).await;
        for odd in [json!("pizza"), json!(3), json!(0), json!(true), json!({})] {
            let made = world.ask(Some(STUDENT), "POST /api/order", &items(&odd)).await;
            assert_eq!(made.status, 200, "{odd}");
            assert!(made.body["jwt"].is_string());
        }
    }

    async fn the_oven_is_full_after_a_while(network) {
        let world = staffed(&network).await;
        for count in [0, 21] {
            let before = world.clock.elapsed();
            let refused = world.ask(Some(STUDENT), "POST /api/order", &items(&json!(vec![1; count]))).await;
            assert_eq!(refused.status, 503);
            assert_eq!(refused.body, message("Unable to satisfy pizza order. The oven is full."));
            assert!(world.clock.elapsed().since(before) >= ORDER_DELAY);
        }
        for count in [1, 20] {
            let made = world.ask(Some(STUDENT), "POST /api/order", &items(&json!(vec![1; count]))).await;
            assert_eq!(made.status, 200);
        }
        assert_eq!(world.pizzas(), 2);
    }
}
