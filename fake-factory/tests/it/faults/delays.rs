//! Late answers, as a client waits for them.

use super::{chaos_monkey, fault};
use crate::world::{World, memory, over_both, world};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// The status of one order, and how long it took in milliseconds.
async fn timed(world: &World, id: u64) -> (u16, u128) {
    let before = world.clock.elapsed();
    let status = world.order(id).await.status;
    (status, world.clock.elapsed().since(before).as_millis())
}

/// Orders at the same moment: status and milliseconds of each, sorted.
async fn at_once(world: &Arc<World>, orders: u64) -> Vec<(u16, u128)> {
    let mut diners = tokio::task::JoinSet::new();
    for id in 0..orders {
        let world = world.clone();
        diners.spawn(async move { timed(&world, id).await });
    }
    let mut seen = diners.join_all().await;
    seen.sort_unstable();
    seen
}

over_both! {
    async fn a_brownout_makes_orders_wait_and_refuses_what_is_too_much(network) {
        let brownout = json!({ "brownout": { "capacity": 2, "takes": "1s", "queue": 2 } });
        let world = Arc::new(world(&network, json!([fault("brown", brownout)])).await);
        let seen = at_once(&world, 6).await;
        let codes: Vec<u16> = seen.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, [200, 200, 200, 200, 503, 503]);
        assert!(seen[0].1 >= 1_000 && seen[2].1 >= 1_500, "{seen:?}");
        assert_eq!((world.first_counts(), world.pizzas()), ((6, 6), 4));
    }

    async fn a_slow_start_is_late_after_what_it_follows_and_then_no_more(network) {
        let mut down = fault("down", chaos_monkey());
        down["ends"] = json!({ "after_requests": 1 });
        let mut cold = fault("cold", json!({ "slow_start": { "latency": "300ms", "over": "2s" } }));
        cold["follows"] = json!("down");
        let world = world(&network, json!([down, cold])).await;
        assert_eq!(world.order(1).await.status, 500);
        assert_eq!(timed(&world, 2).await.0, 200);
        let ended = world.clock.elapsed();
        world.clock.sleep_until(ended.plus(Duration::from_secs(2))).await;
        assert_eq!(world.order(3).await.status, 200);
        let counts = world.factory.fault_counts();
        assert_eq!((counts[1].asked, counts[1].injected), (2, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_brownout_answers_to_the_millisecond_what_its_places_give() {
    let brownout = json!({ "brownout": { "capacity": 2, "takes": "300ms", "queue": 2 } });
    let world = Arc::new(world(&memory(), json!([fault("brown", brownout)])).await);
    let expected = [
        (200, 300),
        (200, 300),
        (200, 600),
        (200, 600),
        (503, 0),
        (503, 0),
    ];
    assert_eq!(at_once(&world, 6).await, expected);
    assert_eq!(at_once(&world, 1).await, [(200, 300)]);
}

#[tokio::test(start_paused = true)]
async fn a_ramp_counts_from_the_start_of_its_fault() {
    let ramp = json!({ "latency": { "ramp": { "from": "0s", "to": "4s", "over": "100s" } } });
    let mut slower = fault("slower", ramp);
    slower["starts"] = json!("1m");
    let world = world(&memory(), json!([slower])).await;
    assert_eq!(timed(&world, 1).await.1, 0);
    for (second, millis) in [(60, 0), (70, 400), (110, 2_000), (500, 4_000)] {
        world.until(second * 1_000).await;
        assert_eq!(timed(&world, second).await.1, millis, "{second}");
    }
}
