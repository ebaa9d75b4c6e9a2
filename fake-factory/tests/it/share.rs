//! A share of requests, over both transports: it is the share that was asked for, and the requests that it touches are those of the
//! seed, over one connection and over 256 at once.

use crate::world::{KEY, World, order, over_both, world_with};
use bytes::Bytes;
use fake_factory::net::Network;
use fake_factory::seed::Seed;
use http::Request;
use serde_json::json;
use tokio::task::JoinSet;

const SHARE: f64 = 0.3;
const REQUESTS: u64 = 2_000;
/// Four standard deviations of a binomial distribution of so many requests and such a share: one seed in 16,000 is outside.
const TOLERANCE: f64 = 82.0;
const CONNECTIONS: u64 = 256;

async fn shared(network: &Network, seed: u64) -> World {
    let fault = json!([{
        "name": "some",
        "requests": "30%",
        "inject": { "status": { "code": 500 } },
    }]);
    world_with(network, fault, |setup| setup.seed = Seed::new(seed)).await
}

/// Which requests the seed has touched, by their numbers.
fn drawn(seed: u64) -> Vec<bool> {
    let requests = Seed::new(seed)
        .of("factory")
        .of("headquarters")
        .of("fault")
        .of("some")
        .of("requests");
    (0..REQUESTS)
        .map(|number| requests.nth(number).share() < SHARE)
        .collect()
}

fn touched(drawn: &[bool]) -> u64 {
    drawn.iter().filter(|touched| **touched).count() as u64
}

#[test]
fn thirty_percent_is_thirty_percent_for_any_seed() {
    for seed in 0..50 {
        let off = touched(&drawn(seed)) as f64 - SHARE * REQUESTS as f64;
        assert!(off.abs() <= TOLERANCE, "seed {seed} is off by {off}");
    }
}

over_both! {
    async fn one_connection_has_the_requests_of_the_seed_touched(network) {
        let world = shared(&network, 7).await;
        let drawn = drawn(7);
        for (number, touched) in drawn.iter().enumerate() {
            let status = world.order(number).await.status;
            assert_eq!(status == 500, *touched, "request {number} was answered {status}");
        }
        assert_eq!(world.first_counts(), (REQUESTS, touched(&drawn)));
    }

    // Which of the requests that are on their way together gets which number is chance, so whole batches are looked at. They are of
    // every size, so that a draw that depends on how many there are would show.
    async fn many_connections_have_the_same_requests_touched(network) {
        let world = shared(&network, 7).await;
        let drawn = drawn(7);
        let sizes = [CONNECTIONS, 1, 17, CONNECTIONS, 100, 3].into_iter().cycle();
        let (mut sent, mut failed) = (0, 0);
        for size in sizes {
            let size = size.min(REQUESTS - sent);
            failed += together(&world, size).await;
            sent += size;
            let prefix = &drawn[..usize::try_from(sent).expect("small")];
            assert_eq!(failed, touched(prefix), "of {sent} requests");
            assert_eq!(world.first_counts(), (sent, failed));
            if sent == REQUESTS {
                break;
            }
        }
    }
}

/// Sends so many orders at once, each over a connection of its own; tells how many failed.
async fn together(world: &World, count: u64) -> u64 {
    let mut calls = JoinSet::new();
    for id in 0..count {
        let request = Request::post(format!("{}/api/order", world.factory.url()))
            .header("authorization", KEY)
            .header("content-type", "application/json")
            .body(Bytes::from(order(id).to_string()))
            .expect("a request");
        let client = world.client.clone();
        calls.spawn(async move { client.call(request, None).await });
    }
    let mut failed = 0;
    while let Some(reply) = calls.join_next().await {
        let status = reply.expect("no panic").expect("a reply").status();
        assert!(status == 200 || status == 500, "{status}");
        failed += u64::from(status == 500);
    }
    failed
}
