//! Several faults at once: what each of them does, in which order, and which of them comes too late.

use super::fault;
use super::raw::{Ended, Raw};
use crate::world::{World, over_both, world};
use serde_json::json;
use std::time::Duration;

/// How often each fault was injected, in the order of the list.
fn injected(world: &World) -> Vec<u64> {
    let counts = world.factory.fault_counts();
    counts.iter().map(|count| count.injected).collect()
}

over_both! {
    async fn late_answered_dressed_up_slow_and_cut_short_all_at_once(network) {
        // Against the order of the stages, which is not that of the list.
        let world = world(&network, json!([
            fault("short", json!({ "truncate": { "after": "100" } })),
            fault("slow", json!({ "throughput": { "drip": { "bytes": 20, "every": "20ms" } } })),
            fault("large", json!({ "oversized_body": { "bytes": 1_000 } })),
            fault("wrong", json!({ "wrong_content_type": {} })),
            fault("teapot", json!({ "status": { "code": 418, "message": "short and stout" } })),
            fault("late", json!({ "latency": { "fixed": "40ms" } })),
        ])).await;
        let mut raw = Raw::to(&world, &network).await;
        let before = world.clock.elapsed();
        let heard = raw.order(1).await;
        let took = world.clock.elapsed().since(before);
        assert!(heard.status_line().starts_with("http/1.1 418 "));
        assert_eq!(heard.header("content-type").as_deref(), Some("text/html"));
        assert_eq!((heard.announced(), heard.parts().1.len(), heard.ended), (1_000, 100, Ended::Closed));
        assert!(heard.parts().1.starts_with(br#"{"message":"short and stout"}   "#));
        // The delay, and four pauses between the five drips.
        assert!(took >= Duration::from_millis(40 + 4 * 20), "{took:?}");
        assert_eq!((injected(&world), world.pizzas()), (vec![1; 6], 0));
    }

    async fn the_first_answer_counts_even_where_it_is_none(network) {
        let world = world(&network, json!([
            fault("silent", json!({ "hang": {} })),
            fault("teapot", json!({ "status": { "code": 418 } })),
            fault("limit", json!({ "rate_limit": { "rate": "1/h", "burst": 1 } })),
            fault("wrong", json!({ "wrong_content_type": {} })),
            fault("slow", json!({ "throughput": { "bandwidth": 1 } })),
            fault("short", json!({ "truncate": {} })),
        ])).await;
        let mut raw = Raw::to(&world, &network).await;
        let heard = raw.order(1).await;
        assert_eq!((heard.bytes.len(), heard.ended), (0, Ended::Silent));
        assert_eq!((injected(&world), world.pizzas()), (vec![1, 0, 0, 0, 0, 0], 0));
    }

    async fn an_answer_before_a_hang_is_given(network) {
        let world = world(&network, json!([
            fault("teapot", json!({ "status": { "code": 418 } })),
            fault("silent", json!({ "hang": {} })),
        ])).await;
        assert_eq!(world.order(1).await.status, 418);
        assert_eq!(injected(&world), [1, 0]);
    }

    async fn the_first_break_counts_and_the_slowest_pace(network) {
        let drip = |every: &str| json!({ "throughput": { "drip": { "bytes": 100, "every": every } } });
        let world = world(&network, json!([
            fault("lost", json!({ "made_but_not_told": {} })),
            fault("short", json!({ "truncate": {} })),
        ])).await;
        let heard = Raw::to(&world, &network).await.order(1).await;
        assert_eq!((heard.bytes.len(), heard.ended), (0, Ended::Reset));
        assert_eq!((injected(&world), world.pizzas()), (vec![1, 0], 1));
        drop(world);
        tokio::time::sleep(Duration::from_millis(1)).await;
        let world = crate::world::world(&network, json!([
            fault("slow", drip("60ms")), fault("fast", drip("5ms")),
        ])).await;
        let before = world.clock.elapsed();
        assert_eq!(world.order(1).await.status, 200);
        assert!(world.clock.elapsed().since(before) >= Duration::from_millis(60));
        assert_eq!(injected(&world), [1, 0]);
    }
}
