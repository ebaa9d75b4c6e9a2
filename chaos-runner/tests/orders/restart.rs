//! What a restart forgets, and what it does not.

use crate::factory::Act;
use crate::world::{World, pass};
use chaos_runner::record::orders::Believed;
use serde_json::json;
use std::sync::Arc;

#[tokio::test(start_paused = true)]
async fn a_restart_forgets_counters_and_a_queue_in_memory_but_neither_tokens_nor_history() {
    let world = World::with(json!({ "queue": { "capacity": 10 } })).await;
    assert_eq!(world.order("lunch-1").await.0, 200);
    world.factory.then(Act::Status(500, "no"));
    assert_eq!(world.order("lunch-2").await.0, 202);
    world.service.restart().await.expect("it restarts");
    world.factory.then(Act::Bake);
    pass(120).await;
    assert_eq!(
        world.metric("orders_total{outcome=\"fulfilled\"}").await,
        Some(0.0)
    );
    assert_eq!(world.metric("queue_depth").await, Some(0.0));
    let beliefs = world.service.beliefs();
    assert_eq!(beliefs.get("lunch-1"), Some(&Believed::Fulfilled));
    assert_eq!(beliefs.get("lunch-2"), None, "accepted and forgotten");
    assert_eq!(world.order("lunch-3").await.0, 200);
    assert_eq!(world.factory.made(), ["lunch-1", "lunch-3"]);
}

#[tokio::test(start_paused = true)]
async fn a_durable_queue_survives_it() {
    let world = World::with(json!({ "queue": { "capacity": 10, "durable": true } })).await;
    world.factory.then(Act::Status(500, "no"));
    assert_eq!(world.order("lunch-1").await.0, 202);
    world.service.restart().await.expect("it restarts");
    assert_eq!(world.service.beliefs()["lunch-1"], Believed::Queued);
    assert_eq!(world.metric("queue_depth").await, Some(1.0));
    world.factory.then(Act::Bake);
    pass(60).await;
    assert_eq!(world.factory.made(), ["lunch-1"]);
}

#[tokio::test(start_paused = true)]
async fn an_order_in_the_works_is_cut() {
    let world = Arc::new(World::with(json!({})).await);
    world.factory.then(Act::Swallow);
    let own = world.clone();
    let body = bytes::Bytes::from(crate::world::form("lunch-1", 1).to_string());
    let waiting =
        tokio::spawn(async move { own.raw(http::Method::POST, "/api/order", body).await });
    pass(1).await;
    world.service.restart().await.expect("it restarts");
    assert!(waiting.await.expect("no panic").is_err());
    assert_eq!(world.service.beliefs().get("lunch-1"), None);
}
