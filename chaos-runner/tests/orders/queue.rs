//! The queue: bounded, in order, drained soon after a factory is back.

use crate::factory::Act;
use crate::world::{World, pass};
use chaos_runner::record::orders::Believed;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn orders_wait_and_are_made_in_order_when_the_factory_is_back() {
    let world = World::with(json!({ "queue": { "capacity": 100 } })).await;
    world.factory.then(Act::Status(500, "no"));
    for number in 0..20 {
        let (status, body) = world.order(&format!("lunch-{number:02}")).await;
        assert_eq!((status, &body["queued"]), (202, &json!(true)));
    }
    assert_eq!(world.service.beliefs()["lunch-00"], Believed::Queued);
    assert_eq!(world.metric("queue_depth").await, Some(20.0));
    pass(600).await;
    world.factory.then(Act::Bake);
    pass(60).await;
    let made = world.factory.made();
    assert_eq!(made.len(), 20);
    assert!(made.is_sorted());
    assert_eq!(world.metric("queue_depth").await, Some(0.0));
    assert_eq!(world.metric("queue_made_total").await, Some(20.0));
    assert_eq!(
        world.metric("orders_total{outcome=\"queued\"}").await,
        Some(20.0)
    );
    assert_eq!(world.service.beliefs()["lunch-00"], Believed::Fulfilled);
    assert_eq!(world.service.deliveries().len(), 20);
    assert_eq!(
        world
            .service
            .queue_changes()
            .last()
            .map(|gauge| gauge.value),
        Some(0.0)
    );
}

#[tokio::test(start_paused = true)]
async fn one_more_than_its_capacity_is_refused() {
    let world = World::with(json!({ "queue": { "capacity": 2 } })).await;
    world.factory.then(Act::Status(500, "no"));
    let world = Arc::new(world);
    assert_eq!(world.orders(3).await, [202, 202, 503]);
    let refused = "orders_refused_total{reason=\"queue_full\"}";
    assert_eq!(world.metric(refused).await, Some(1.0));
    assert_eq!(world.service.beliefs()["many-2"], Believed::Refused);
}

#[tokio::test(start_paused = true)]
async fn hundreds_of_orders_drain_within_a_minute_of_the_factorys_return() {
    let world =
        World::with(json!({ "queue": { "capacity": 1000 }, "factory_timeout": "2s" })).await;
    world.factory.then(Act::Status(500, "no"));
    let world = Arc::new(world);
    assert_eq!(world.orders(600).await, [202; 600]);
    pass(300).await;
    world
        .factory
        .then(Act::BakeAfter(Duration::from_millis(500)));
    pass(60).await;
    assert_eq!(world.metric("queue_depth").await, Some(0.0));
    assert_eq!(world.factory.made().len(), 600);
}

#[tokio::test(start_paused = true)]
async fn a_success_elsewhere_wakes_the_queue_at_once() {
    let world = World::with(json!({ "queue": { "capacity": 10 } })).await;
    world.factory.then(Act::Status(500, "no"));
    assert_eq!(world.order("lunch-1").await.0, 202);
    pass(100).await;
    world.factory.then(Act::Bake);
    assert_eq!(world.order("lunch-2").await.0, 200);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(world.factory.made(), ["lunch-2", "lunch-1"]);
}

#[tokio::test(start_paused = true)]
async fn the_fallback_empties_the_queue_too() {
    let world = World::with(json!({ "queue": { "capacity": 10 }, "fallback": "backup" })).await;
    world.factory.then(Act::Status(500, "no"));
    world.backup.then(Act::Status(500, "no"));
    assert_eq!(world.order("lunch-1").await.0, 202);
    world.backup.then(Act::Bake);
    pass(30).await;
    assert_eq!(world.backup.made(), ["lunch-1"]);
}

#[tokio::test(start_paused = true)]
async fn a_queued_order_that_a_factory_may_have_made_goes_to_no_other() {
    let parts =
        json!({ "queue": { "capacity": 10 }, "fallback": "backup", "factory_timeout": "1s" });
    let world = World::with(parts).await;
    world.factory.next(&[Act::Status(500, "no"), Act::Swallow]);
    world.backup.next(&[Act::Status(500, "no")]);
    assert_eq!(world.order("lunch-1").await.0, 202);
    pass(60).await;
    assert_eq!(
        (world.factory.made(), world.backup.made()),
        (vec!["lunch-1".to_owned()], vec![])
    );
    assert_eq!(world.metric("queue_depth").await, Some(0.0));
}
