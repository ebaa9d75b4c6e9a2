//! What a scrape of the factory says, over both transports.

use crate::world::{KEY, World, over_both, world};
use fake_factory::net::client::CallError;
use http::Method;
use serde_json::json;

async fn scrape(world: &World) -> String {
    let seen = world.get("/metrics").await;
    assert_eq!(seen.status, 200);
    let content_type = &seen.reply.headers()["content-type"];
    assert_eq!(content_type, "text/plain; version=0.0.4; charset=utf-8");
    String::from_utf8(seen.reply.body().to_vec()).expect("UTF-8")
}

/// The value of a series, nothing where the text has no such series.
fn value(text: &str, series: &str) -> Option<f64> {
    text.lines().find_map(|line| {
        let value = line.strip_prefix(series)?.strip_prefix(' ')?;
        value.parse().ok()
    })
}

fn requests(text: &str, route: &str, method: &str, code: &str) -> Option<f64> {
    let labels = format!("route=\"{route}\",method=\"{method}\",code=\"{code}\"");
    value(text, &format!("factory_requests_total{{{labels}}}"))
}

over_both! {
    async fn requests_are_counted_by_template_method_and_code(network) {
        let world = world(&network, json!([])).await;
        world.order(1).await;
        world.order(2).await;
        world.send(Method::POST, "/API/order/", &json!({})).await;
        for id in ["student", "other", "another"] {
            world.get(&format!("/api/vendor/{id}")).await;
        }
        world.get(&format!("/api/support/{KEY}/report/x")).await;
        for path in ["/", "/nowhere", "/api/support/x"] {
            world.get(path).await;
        }
        let text = scrape(&world).await;
        assert_eq!(requests(&text, "/api/order", "POST", "200"), Some(2.0));
        assert_eq!(requests(&text, "/api/order", "POST", "400"), Some(1.0));
        assert_eq!(requests(&text, "/api/vendor/{id}", "GET", "200"), Some(3.0));
        assert_eq!(requests(&text, "/api/support/{apiKey}/report/{fixCode}", "GET", "200"), Some(1.0));
        assert_eq!(requests(&text, "other", "GET", "404"), Some(3.0));
        assert!(!text.contains(KEY), "{text}");
        let duration = "factory_request_duration_seconds_count{route=\"/api/order\"}";
        assert_eq!(value(&text, duration), Some(3.0));
    }

    async fn pizzas_orders_and_connections_are_those_at_the_scrape(network) {
        let world = world(&network, json!([])).await;
        for id in [1, 1, 2] {
            world.order(id).await;
        }
        let text = scrape(&world).await;
        assert_eq!(value(&text, "factory_pizzas_total"), Some(3.0));
        assert_eq!(value(&text, "factory_orders_made"), Some(2.0));
        assert_eq!(value(&text, "factory_connections_open"), Some(1.0));
        let build = format!("factory_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
        assert_eq!(value(&text, &build), Some(1.0));
    }

    async fn faults_are_counted_by_kind(network) {
        let half = json!([
            { "name": "a", "requests": "50%", "inject": { "status": { "code": 500 } } },
            { "name": "b", "match": { "method": "PUT" }, "inject": { "status": { "code": 501 } } },
        ]);
        let world = world(&network, half).await;
        for id in 0..20 {
            world.order(id).await;
        }
        world.send(Method::PUT, "/api/order", &json!({})).await;
        let text = scrape(&world).await;
        let failed = requests(&text, "/api/order", "POST", "500").expect("some failed");
        assert_eq!(value(&text, "factory_faults_asked_total{kind=\"status\"}"), Some(21.0));
        assert_eq!(value(&text, "factory_faults_injected_total{kind=\"status\"}"), Some(failed + 1.0));
    }

    async fn a_fault_of_any_path_spares_what_watches_the_factory_unless_it_names_it(network) {
        let plain = json!([{ "name": "a", "inject": { "status": { "code": 500 } } }]);
        let world = world(&network, plain).await;
        assert_eq!(world.order(1).await.status, 500);
        assert_eq!(world.get("/health").await.status, 200);
        scrape(&world).await;
        drop(world);
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        let named = json!([{ "name": "a", "match": { "method": "GET", "path": "/metrics" },
                             "inject": { "status": { "code": 503 } } }]);
        let world = crate::world::world(&network, named).await;
        assert_eq!(world.get("/metrics").await.status, 503);
    }

    async fn a_request_without_an_answer_has_no_code(network) {
        let lost = json!([{ "name": "a", "inject": { "made_but_not_told": { "reply": "reset" } } }]);
        let world = world(&network, lost).await;
        let error = world.try_order(1).await.expect_err("lost");
        assert!(matches!(error, CallError::Broken(_)), "{error:?}");
        let text = scrape(&world).await;
        assert_eq!(requests(&text, "/api/order", "POST", "none"), Some(1.0));
        assert_eq!(requests(&text, "/api/order", "POST", "200"), None);
        assert_eq!(value(&text, "factory_pizzas_total"), Some(1.0));
        assert_eq!(value(&text, "factory_request_duration_seconds_count{route=\"/api/order\"}"), None);
    }

    async fn a_client_that_goes_away_is_counted_too(network) {
        let late = json!([{ "name": "a", "inject": { "latency": { "fixed": "10s" } } }]);
        let world = world(&network, late).await;
        let patience = std::time::Duration::from_millis(50);
        let hung_up = tokio::time::timeout(patience, world.try_order(1)).await;
        assert!(hung_up.is_err());
        tokio::time::sleep(patience).await;
        let text = scrape(&world).await;
        assert_eq!(requests(&text, "/api/order", "POST", "none"), Some(1.0));
    }
}
