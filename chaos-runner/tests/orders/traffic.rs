//! Diners and the service together.

use crate::factory::Act;
use crate::world::World;
use chaos_runner::diners::{self, DinersError, DinersSetup, Traffic};
use chaos_runner::record::orders::Told;
use chaos_runner::scenario::Diners;
use fake_factory::clock::Elapsed;
use fake_factory::seed::Seed;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

fn setup(world: &World, groups: Value, seconds: u64) -> DinersSetup {
    let (factory, backup) = (world.factory.clone(), world.backup.clone());
    DinersSetup {
        clock: world.clock.clone(),
        seed: Seed::new(7),
        client: world.client.clone(),
        service_url: world.service.url(),
        groups: serde_json::from_value::<Vec<Diners>>(groups).expect("groups"),
        starts_at: "2024-08-08T10:00:00-06:00".parse().expect("a start"),
        until: Elapsed::from_duration(Duration::from_secs(seconds)),
        verifier: Arc::new(move |jwt| factory.verified(jwt).or_else(|| backup.verified(jwt))),
    }
}

async fn traffic(world: &World, groups: Value, seconds: u64) -> Traffic {
    diners::run(setup(world, groups, seconds))
        .await
        .expect("it makes sense")
}

fn told(traffic: &Traffic) -> Vec<&Told> {
    traffic.orders.iter().map(|order| &order.told).collect()
}

#[tokio::test(start_paused = true)]
async fn diners_order_on_time_and_write_down_what_they_are_told() {
    let world = World::with(json!({})).await;
    let groups = json!([
        { "name": "lunch", "arrivals": { "constant": "1/min" }, "order": { "pizzas": 2 } },
        { "name": "canary", "arrivals": { "replay": ["30s"] }, "canary": true },
    ]);
    let traffic = traffic(&world, groups, 120).await;
    let seen: Vec<_> = traffic
        .orders
        .iter()
        .map(|order| {
            (
                order.reference.as_str(),
                order.placed_at.as_secs_f64(),
                order.canary,
            )
        })
        .collect();
    let expected = [
        ("lunch-1", 0.0, false),
        ("canary-1", 30.0, true),
        ("lunch-2", 60.0, false),
    ];
    assert_eq!(seen, expected);
    assert_eq!(told(&traffic), [&Told::Pizza; 3]);
    assert_eq!(traffic.orders[0].price.amount(), 0.0076);
    assert_eq!(traffic.behind_max, Duration::ZERO);
    assert_eq!(world.metric("revenue_total").await, Some(0.0152));
    assert_eq!(world.now().as_duration().as_secs(), 120);
}

#[tokio::test(start_paused = true)]
async fn patience_ends_the_run_ends_and_errors_are_told_apart() {
    let world = World::with(json!({ "queue": { "capacity": 1 } })).await;
    world
        .factory
        .next(&[Act::Status(500, "no"), Act::Status(500, "no")]);
    world.factory.then(Act::BakeAfter(Duration::from_secs(32)));
    let groups = json!([
        { "name": "lunch", "arrivals": { "replay": ["0s", "200ms", "300ms", "59s"] }, "patience": "5s" },
    ]);
    let traffic = traffic(&world, groups, 60).await;
    let refused = Told::Refused {
        status: 503,
        message: "Unable to accept pizza order. The queue is full.".to_owned(),
    };
    assert_eq!(
        told(&traffic),
        [&Told::Accepted, &refused, &Told::HungUp, &Told::Nothing]
    );
    let answered: Vec<_> = traffic
        .orders
        .iter()
        .map(|order| order.answered_at.map(Elapsed::as_secs_f64))
        .collect();
    assert_eq!(answered, [Some(0.0), Some(0.2), Some(5.3), None]);
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_brings_the_same_traffic_and_another_seed_another() {
    let mut runs = Vec::new();
    for seed in [1, 1, 2] {
        let parts = json!({ "factory_timeout": "1s", "retry": { "attempts": 2 }, "queue": { "capacity": 50 } });
        let world = World::with(parts).await;
        world
            .factory
            .next(&[Act::Status(500, "no"), Act::Swallow, Act::Status(502, "no")]);
        let groups = json!([{ "name": "lunch", "arrivals": { "poisson": "2/s" } }]);
        let mut setup = setup(&world, groups, 60);
        setup.seed = Seed::new(seed);
        let traffic = diners::run(setup).await.expect("it makes sense");
        let calls = world
            .factory
            .calls(|call| (call.at, call.reference.clone()));
        runs.push((traffic, calls));
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

#[tokio::test(start_paused = true)]
async fn more_orders_than_a_run_may_have_are_refused_before_the_first() {
    let world = World::with(json!({})).await;
    let groups = json!([{ "name": "flood", "arrivals": { "poisson": "1000000/s" } }]);
    let error = diners::run(setup(&world, groups, 60))
        .await
        .expect_err("too many");
    assert_eq!(
        error,
        DinersError::TooMany {
            expected: 60_000_000
        }
    );
}

#[tokio::test(start_paused = true)]
async fn a_generator_with_too_many_orders_under_way_says_that_it_fell_behind() {
    let world = World::with(json!({})).await;
    world.factory.then(Act::BakeAfter(Duration::from_secs(10)));
    let groups =
        json!([{ "name": "flood", "arrivals": { "constant": "2000/s" }, "patience": "20s" }]);
    let traffic = traffic(&world, groups, 8).await;
    // The first of those that found no place was due after 5 s; a place is free after 10.
    assert_eq!(traffic.behind_max, Duration::from_secs(3));
    assert_eq!(traffic.orders.len(), 10_000);
}
