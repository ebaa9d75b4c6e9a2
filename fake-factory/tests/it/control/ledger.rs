//! The ledger over HTTP: pages, filters and totals.

use crate::world::{controlled, over_both};
use http::Method;
use serde_json::{Value, json};

over_both! {
    async fn the_ledger_is_told_newest_first_with_its_totals(network) {
        let world = controlled(&network, json!([])).await;
        for id in ["a", "b", "b"] {
            assert_eq!(world.order(id).await.status, 200);
        }
        assert_eq!(world.order(Value::Null).await.status, 200);
        let ledger = world.control(Method::GET, "/control/ledger").await;
        assert_eq!(ledger.status, 200);
        let ledger = ledger.body;
        let totals = (&ledger["orders_total"], &ledger["pizzas_total"], &ledger["duplicated_total"], &ledger["matching"]);
        assert_eq!(totals, (&json!(3), &json!(4), &json!(1), &json!(3)));
        let orders = ledger["orders"].as_array().expect("orders");
        let ids: Vec<&Value> = orders.iter().map(|order| &order["order_id"]).collect();
        assert_eq!(ids, [&Value::Null, &json!("b"), &json!("a")]);
        let b = &orders[1];
        assert_eq!((&b["vendor"], &b["count"]), (&json!("student"), &json!(2)));
        assert_eq!(b["payload"]["vendor"]["id"], "student");
        assert_eq!(b["payload"]["order"]["id"], "b");
        assert!(b["at"].as_str() <= b["last_at"].as_str());
        assert!(b["at"].as_str().expect("a time").starts_with("2024-08-08T16:0"));
    }

    async fn the_ledger_is_read_by_the_page_and_by_vendor_and_order(network) {
        let world = controlled(&network, json!([])).await;
        for id in 0..5 {
            assert_eq!(world.order(id).await.status, 200);
        }
        let ids = async |query: &str| {
            let ledger = world.control(Method::GET, &format!("/control/ledger?{query}")).await.body;
            let orders = ledger["orders"].as_array().expect("orders").clone();
            let ids: Vec<String> = orders.iter().map(|order| order["order_id"].to_string()).collect();
            (ids.join(" "), ledger["matching"].clone(), ledger["next_offset"].clone())
        };
        let page = |ids: &str, matching: usize, next: Value| (ids.to_owned(), json!(matching), next);
        assert_eq!(ids("limit=2").await, page(r#""4" "3""#, 5, json!(2)));
        assert_eq!(ids("limit=2&offset=2").await, page(r#""2" "1""#, 5, json!(4)));
        assert_eq!(ids("limit=2&offset=4").await, page(r#""0""#, 5, Value::Null));
        assert_eq!(ids("offset=99").await, page("", 5, Value::Null));
        assert_eq!(ids("limit=0").await, page("", 5, Value::Null));
        assert_eq!(ids("order=3").await, page(r#""3""#, 1, Value::Null));
        assert_eq!(ids("vendor=student&order=2").await, page(r#""2""#, 1, Value::Null));
        assert_eq!(ids("vendor=nobody").await, page("", 0, Value::Null));
    }
}
