//! Timeout, retry, circuit breaker, fallback.

use crate::factory::Act;
use crate::world::{World, pass};
use serde_json::json;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn without_a_timeout_the_service_waits_as_long_as_the_factory_takes() {
    let world = World::with(json!({})).await;
    world.factory.then(Act::BakeAfter(Duration::from_secs(32)));
    assert_eq!(world.order("lunch-1").await.0, 200);
    assert_eq!(world.now().as_duration().as_secs(), 32);
    world.factory.then(Act::Swallow);
    let (status, body) = world.order("lunch-2").await;
    assert_eq!((status, &body["message"]), (500, &json!("fetch failed")));
    assert_eq!(world.now().as_duration().as_secs(), 32 + 302);
}

#[tokio::test(start_paused = true)]
async fn with_a_timeout_it_does_not() {
    let world = World::with(json!({ "factory_timeout": "2s" })).await;
    world.factory.then(Act::Swallow);
    assert_eq!(world.order("lunch-1").await.0, 500);
    assert_eq!(world.now().as_duration().as_secs(), 2);
    let calls = "factory_calls_total{factory=\"hq\",code=\"timeout\"}";
    assert_eq!(world.metric(calls).await, Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn a_retry_waits_longer_each_time_and_keeps_the_orders_key() {
    let backoff = json!({ "first": "1s", "max": "3s", "jitter": "0%" });
    let world = World::with(json!({ "retry": { "attempts": 4, "backoff": backoff } })).await;
    world.factory.next(&[
        Act::Status(500, "no"),
        Act::Status(502, "no"),
        Act::Body("{"),
    ]);
    assert_eq!(world.order("lunch-1").await.0, 200);
    let at = world.factory.calls(|call| call.at.as_duration().as_secs());
    assert_eq!(at, [0, 1, 3, 6]);
    assert_eq!(world.factory.calls(|call| call.key.clone()), ["1"; 4]);
    assert_eq!(
        world.metric("factory_retries_total{factory=\"hq\"}").await,
        Some(3.0)
    );
}

#[tokio::test(start_paused = true)]
async fn jitter_shortens_the_wait_by_its_share_at_the_most() {
    let backoff = json!({ "first": "10s", "max": "10s", "jitter": "50%" });
    let world = World::with(json!({ "retry": { "attempts": 2, "backoff": backoff } })).await;
    let mut waits = Vec::new();
    for _ in 0..20 {
        world.factory.next(&[Act::Status(500, "no")]);
        let before = world.now();
        world.order("lunch").await;
        waits.push(world.now().since(before).as_millis());
    }
    assert!(
        waits.iter().all(|wait| (5_000..=10_001).contains(wait)),
        "{waits:?}"
    );
    assert!(waits.iter().max() > waits.iter().min());
}

#[tokio::test(start_paused = true)]
async fn the_circuit_opens_spares_the_factory_and_closes_after_a_trial() {
    let breaker = json!({ "failures": 3, "within": "30s", "open_for": "10s" });
    let world = World::with(json!({ "circuit_breaker": breaker })).await;
    world.factory.then(Act::Status(500, "no"));
    for _ in 0..5 {
        assert_eq!(world.order("lunch").await.0, 500);
    }
    assert_eq!(world.factory.call_count(), 3);
    assert_eq!(
        world.metric("circuit_open{factory=\"hq\"}").await,
        Some(1.0)
    );
    world.factory.then(Act::Bake);
    assert_eq!(world.order("lunch").await.0, 500);
    pass(10).await;
    assert_eq!(world.order("lunch").await.0, 200);
    assert_eq!(
        world.metric("circuit_open{factory=\"hq\"}").await,
        Some(0.0)
    );
}

#[tokio::test(start_paused = true)]
async fn the_fallback_makes_what_the_first_factory_does_not() {
    let world = World::with(json!({ "fallback": "backup" })).await;
    world.factory.then(Act::Status(500, "no"));
    let (status, body) = world.order("lunch-1").await;
    assert_eq!(status, 200);
    assert!(
        world
            .backup
            .verified(body["jwt"].as_str().expect("a jwt"))
            .is_some()
    );
    let calls = "factory_calls_total{factory=\"backup\",code=\"200\"}";
    assert_eq!(world.metric(calls).await, Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn without_a_queue_the_fallback_is_asked_even_for_an_order_in_doubt() {
    let world = World::with(json!({ "factory_timeout": "1s", "fallback": "backup" })).await;
    world.factory.then(Act::Swallow);
    assert_eq!(world.order("lunch-1").await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn with_a_queue_an_order_in_doubt_waits_for_the_same_factory_and_is_made_once() {
    let parts =
        json!({ "factory_timeout": "1s", "fallback": "backup", "queue": { "capacity": 9 } });
    let world = World::with(parts).await;
    world.factory.then(Act::Swallow);
    assert_eq!(world.order("lunch-1").await.0, 202);
    pass(120).await;
    assert_eq!(
        world.factory.call_count(),
        1,
        "not sent again into the same trouble"
    );
    world.factory.then(Act::Bake);
    pass(30).await;
    assert_eq!(world.factory.made(), ["lunch-1"]);
    assert_eq!(world.factory.calls(|call| call.key.clone()), ["1", "1"]);
    assert_eq!(world.backup.call_count(), 0);
    assert!(world.service.deliveries().contains_key("lunch-1"));
}
