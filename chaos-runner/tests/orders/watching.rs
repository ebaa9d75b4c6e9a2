//! The health probe, and metrics that vanish.

use crate::factory::Act;
use crate::world::{World, pass};
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn the_probe_notices_before_anybody_orders() {
    let world = World::with(json!({ "health_probe": { "every": "5s" } })).await;
    assert_eq!(world.metric("factory_up{factory=\"hq\"}").await, None);
    pass(6).await;
    assert_eq!(world.metric("factory_up{factory=\"hq\"}").await, Some(1.0));
    world.factory.then(Act::Status(500, "no"));
    pass(5).await;
    assert_eq!(world.metric("factory_up{factory=\"hq\"}").await, Some(0.0));
    world.factory.then(Act::Bake);
    pass(5).await;
    let probes = world.service.probes();
    let seen: Vec<_> = probes
        .iter()
        .map(|probe| (probe.at.as_duration().as_secs(), probe.ready))
        .collect();
    assert_eq!(seen, [(10, false), (15, true)]);
    assert_eq!(world.factory.call_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn with_a_circuit_breaker_the_probe_turns_orders_away_before_one_is_in_doubt() {
    let world = World::with(json!({
        "health_probe": { "every": "2s" }, "fallback": "backup",
        "circuit_breaker": { "failures": 3, "within": "30s", "open_for": "60s" },
    }))
    .await;
    world.factory.then(Act::Swallow);
    pass(3).await;
    assert_eq!(world.order("lunch-1").await.0, 200);
    assert_eq!(
        (world.factory.call_count(), world.backup.call_count()),
        (0, 1)
    );
    world.factory.then(Act::Bake);
    pass(2).await;
    assert_eq!(world.order("lunch-2").await.0, 200);
    assert_eq!(
        world.factory.call_count(),
        1,
        "closed by the probe, before 60 s have passed"
    );
}

#[tokio::test(start_paused = true)]
async fn without_a_fallback_a_factory_that_is_not_ready_is_asked_all_the_same() {
    let world = World::with(json!({
        "health_probe": { "every": "2s" }, "queue": { "capacity": 9 },
        "circuit_breaker": { "failures": 3, "within": "30s", "open_for": "60s" },
    }))
    .await;
    world.factory.then(Act::Status(500, "no"));
    pass(3).await;
    world.factory.next(&[Act::Bake]);
    assert_eq!(world.order("lunch-1").await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn metrics_that_are_pushed_per_sale_vanish_when_nothing_is_sold() {
    let world = World::with(json!({ "metrics": { "vanish_after": "2m" } })).await;
    let count = "pizza_creation_latency_seconds_count";
    assert_eq!(world.metric(count).await, None);
    world.order("lunch-1").await;
    pass(119).await;
    assert_eq!(world.metric(count).await, Some(1.0));
    pass(1).await;
    assert_eq!(world.metric(count).await, None);
    world.order("lunch-2").await;
    assert_eq!(world.metric(count).await, Some(2.0));
    let text = world
        .raw(http::Method::GET, "/metrics", bytes::Bytes::new())
        .await;
    let text = String::from_utf8(text.expect("a reply").body().to_vec()).expect("text");
    assert!(!text.contains("code=\"500\""), "{text}");
}
