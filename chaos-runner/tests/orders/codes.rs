//! Every error code of a factory takes its own path.

use crate::factory::Act;
use crate::world::{World, form};
use chaos_runner::order_service::log::Level;
use http::Method;
use serde_json::{Value, json};

/// What a diner of the bare service is told when the factory does `act`.
async fn told(act: Act) -> (u16, Value, World) {
    let world = World::with(json!({})).await;
    world.factory.then(act);
    let (status, body) = world.order("lunch-1").await;
    (status, body, world)
}

#[tokio::test(start_paused = true)]
async fn the_bare_service_answers_as_the_public_one_does() {
    for act in [
        Act::Status(500, "no"),
        Act::Status(401, "no"),
        Act::TooMany("1"),
    ] {
        let (status, body, world) = told(act.clone()).await;
        assert_eq!(status, 500, "{act:?}");
        assert_eq!(body["message"], "Failed to fulfill order at factory");
        assert_eq!(body.get("followLinkToEndChaos"), None);
        assert_eq!(world.factory.call_count(), 1, "{act:?}");
        assert_eq!(
            world.metric("orders_total{outcome=\"failed\"}").await,
            Some(1.0)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn under_chaos_the_diner_gets_the_link() {
    let (status, body, _) = told(Act::Chaos(500)).await;
    assert_eq!(status, 500);
    assert_eq!(
        body["followLinkToEndChaos"],
        "http://hq:80/api/support/k/report/c"
    );
}

#[tokio::test(start_paused = true)]
async fn a_full_oven_is_a_deliberate_no_without_a_retry() {
    let retry =
        json!({ "retry": { "attempts": 3 }, "fallback": "backup", "queue": { "capacity": 9 } });
    let world = World::with(retry).await;
    world.factory.then(Act::Status(
        503,
        "Unable to satisfy pizza order. The oven is full.",
    ));
    let form = form("party-1", 21);
    let (status, body) = world.send(Method::POST, "/api/order", Some(&form)).await;
    assert_eq!(status, 503);
    assert!(
        body["message"]
            .as_str()
            .expect("text")
            .contains("oven is full")
    );
    assert_eq!(
        (world.factory.call_count(), world.backup.call_count()),
        (1, 0)
    );
    for (series, value) in [
        ("factory_calls_total{factory=\"hq\",code=\"503\"}", 1.0),
        ("factory_retries_total{factory=\"hq\"}", 0.0),
        ("orders_refused_total{reason=\"oven_full\"}", 1.0),
        ("orders_total{outcome=\"refused\"}", 1.0),
    ] {
        assert_eq!(world.metric(series).await, Some(value), "{series}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_beyond_any_oven_is_never_queued_however_the_factory_fails() {
    let parts =
        json!({ "factory_timeout": "1s", "retry": { "attempts": 3 }, "queue": { "capacity": 9 } });
    let world = World::with(parts).await;
    world.factory.then(Act::Swallow);
    for pizzas in [0, 21] {
        let form = form("party-1", pizzas);
        let (status, _) = world.send(Method::POST, "/api/order", Some(&form)).await;
        assert_eq!(status, 503);
    }
    assert_eq!(world.factory.call_count(), 2, "each was asked for once");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_key_is_a_configuration_error_and_is_not_retried() {
    let world = World::with(json!({ "retry": { "attempts": 3 }, "fallback": "backup" })).await;
    world
        .factory
        .then(Act::Status(401, "invalid authentication"));
    assert_eq!(world.order("lunch-1").await.0, 200);
    assert_eq!(
        (world.factory.call_count(), world.backup.call_count()),
        (1, 1)
    );
    let series = "configuration_errors_total{factory=\"hq\",reason=\"unauthorized\"}";
    assert_eq!(world.metric(series).await, Some(1.0));
    assert!(world.has_logged(Level::Error, "the factory's address or key is wrong"));
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_no_factory_or_none_at_all_is_a_configuration_error() {
    for (url, reason, code) in [
        ("http://order-service:80/wrong", "not_found", "404"),
        ("http://nowhere:80", "unresolvable", "connect"),
    ] {
        let world = World::ordering_from(json!({}), Some(url)).await;
        assert_eq!(world.order("lunch-1").await.0, 500);
        let errors = format!("configuration_errors_total{{factory=\"hq\",reason=\"{reason}\"}}");
        assert_eq!(world.metric(&errors).await, Some(1.0));
        let calls = format!("factory_calls_total{{factory=\"hq\",code=\"{code}\"}}");
        assert_eq!(world.metric(&calls).await, Some(1.0));
    }
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_are_backed_off_for_as_long_as_the_factory_asks() {
    let retry = json!({ "attempts": 2, "backoff": { "first": "100ms", "max": "4s" } });
    let world = World::with(json!({ "retry": retry })).await;
    world.factory.next(&[Act::TooMany("3")]);
    assert_eq!(world.order("lunch-1").await.0, 200);
    let at = world.factory.calls(|call| call.at.as_secs_f64());
    assert!(at[1] - at[0] >= 3.0, "{at:?}");
    assert_eq!(
        world.metric("backoffs_total{factory=\"hq\"}").await,
        Some(1.0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_factory_that_asks_for_more_than_the_longest_backoff_is_left_alone() {
    let retry = json!({ "attempts": 2, "backoff": { "first": "100ms", "max": "1s" } });
    let world = World::with(json!({ "retry": retry, "queue": { "capacity": 9 } })).await;
    world
        .factory
        .next(&[Act::TooMany("Thu, 08 Aug 2024 16:00:20 GMT")]);
    assert_eq!(world.order("lunch-1").await.0, 202);
    assert_eq!(world.order("lunch-2").await.0, 202);
    crate::world::pass(19).await;
    assert_eq!(world.factory.call_count(), 1, "left alone for 20 s");
    crate::world::pass(20).await;
    assert_eq!(world.factory.made(), ["lunch-1", "lunch-2"]);
}

#[tokio::test(start_paused = true)]
async fn a_bad_jwt_is_never_delivered() {
    for act in [Act::Body(r#"{"jwt":"deadbeef.e30.bm8"}"#), Act::BakeWrong] {
        let (status, body, world) = told(act).await;
        assert_eq!((status, body.get("jwt")), (500, None));
        let calls = "factory_calls_total{factory=\"hq\",code=\"bad_jwt\"}";
        assert_eq!(world.metric(calls).await, Some(1.0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_success_that_is_no_pizza_is_a_failure() {
    for body in ["{}", "", "<html>", r#"{"jwt":"eyJ"#] {
        let (status, _, world) = told(Act::Body(body)).await;
        assert_eq!(status, 500, "{body}");
        let calls = "factory_calls_total{factory=\"hq\",code=\"malformed\"}";
        assert_eq!(world.metric(calls).await, Some(1.0));
    }
}

#[tokio::test(start_paused = true)]
async fn keys_are_fetched_once_and_again_when_a_pizza_names_another() {
    let world = World::with(json!({})).await;
    for reference in ["lunch-1", "lunch-2"] {
        assert_eq!(world.order(reference).await.0, 200);
    }
    assert_eq!(world.factory.key_fetches(), 1);
    world.factory.changes_its_keys();
    assert_eq!(world.order("lunch-3").await.0, 200);
    assert_eq!(world.factory.key_fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_report_url_is_called_once_after_enough_failures() {
    let world = World::with(json!({ "auto_report": { "after_failures": 2 } })).await;
    world.factory.then(Act::Chaos(500));
    assert_eq!(world.order("lunch-1").await.0, 500);
    crate::world::pass(1).await;
    assert_eq!(world.factory.report_count(), 0);
    assert_eq!(world.order("lunch-2").await.0, 500);
    crate::world::pass(1).await;
    assert_eq!(world.factory.report_count(), 1);
    assert_eq!(world.order("lunch-3").await.0, 200);
    let reports = "auto_reports_total{factory=\"hq\",result=\"resolved\"}";
    assert_eq!(world.metric(reports).await, Some(1.0));
    let acts = world.service.acts();
    assert_eq!((acts.len(), acts[0].who.as_str()), (1, "order_service"));
}

#[tokio::test(start_paused = true)]
async fn one_failure_among_many_pizzas_is_not_reported() {
    let world = World::with(json!({ "auto_report": { "after_failures": 2 } })).await;
    for _ in 0..4 {
        world.factory.next(&[Act::Chaos(500)]);
        for _ in 0..25 {
            world.order("lunch").await;
        }
    }
    assert_eq!(world.factory.report_count(), 0);
}
