//! Outages, over both transports: who is refused, reset or left hanging, and what becomes of connections that were open.

use crate::world::{World, memory, over_both, world};
use fake_factory::net::Network;
use fake_factory::net::client::CallError;
use serde_json::{Value, json};
use std::time::Duration;

fn outage(kind: &str) -> Value {
    json!([{ "name": "out", "starts": "200ms", "ends": "mended", "inject": { "outage": kind } }])
}

async fn broken(world: &World, path: &str) -> CallError {
    let request = world
        .request(&http::Method::GET, path)
        .body(bytes::Bytes::new())
        .expect("a request");
    let deadline = Some(Duration::from_millis(60));
    world
        .client
        .call(request, deadline)
        .await
        .expect_err("no reply")
}

/// Waits until the wire has noticed that it is mended.
async fn mend(world: &World) {
    world.factory.mend("out").expect("active");
    tokio::time::sleep(Duration::from_millis(100)).await;
}

over_both! {
    async fn a_refused_factory_closes_its_port_and_opens_it_again(network) {
        let world = world(&network, outage("refused")).await;
        assert_eq!(world.order(1).await.status, 200);
        world.until(400).await;
        for path in ["/api/order", "/health", "/api/support/x/report/x"] {
            let error = broken(&world, path).await;
            assert!(matches!(error, CallError::Refused(_)), "{error:?}");
            world.factory.note_refused();
        }
        assert_eq!(world.first_counts(), (3, 3));
        mend(&world).await;
        assert_eq!(world.order(2).await.status, 200);
        assert_eq!(world.first_counts(), (3, 3));
    }

    async fn a_reset_factory_resets_every_connection(network) {
        let world = world(&network, outage("reset")).await;
        assert_eq!(world.order(1).await.status, 200);
        world.until(400).await;
        let error = broken(&world, "/health").await;
        assert!(matches!(error, CallError::Broken(_)), "{error:?}");
        assert_eq!(world.first_counts(), (1, 1));
        mend(&world).await;
        assert_eq!(world.order(2).await.status, 200);
    }

    async fn a_hanging_factory_accepts_and_never_answers(network) {
        let world = world(&network, outage("hang")).await;
        assert_eq!(world.order(1).await.status, 200);
        world.until(400).await;
        for _ in 0..2 {
            let error = broken(&world, "/health").await;
            assert!(matches!(error, CallError::TimedOut(_)), "{error:?}");
        }
        assert_eq!(world.first_counts(), (2, 2));
        mend(&world).await;
        assert_eq!(world.order(2).await.status, 200);
        assert_eq!(world.pizzas(), 2);
    }

    async fn requests_on_their_way_are_cut_when_the_wire_goes(network) {
        for kind in ["refused", "reset"] {
            let mut plans = outage(kind);
            let late = json!({ "name": "late", "inject": { "latency": { "fixed": "400ms" } } });
            plans.as_array_mut().expect("a list").push(late);
            let world = world(&network, plans).await;
            let error = world.try_order(1).await.expect_err("cut");
            assert!(matches!(error, CallError::Broken(_)), "{error:?}");
            assert_eq!(world.first_counts(), (1, 1));
            world.until(700).await;
            assert_eq!(world.pizzas(), 1, "the kitchen goes on");
            drop(world);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn a_reply_on_its_way_hangs_when_the_wire_does(network) {
        let mut plans = outage("hang");
        let late = json!({ "name": "late", "inject": { "latency": { "fixed": "400ms" } } });
        plans.as_array_mut().expect("a list").push(late);
        let world = world(&network, plans).await;
        let silence = tokio::time::timeout(Duration::from_millis(600), world.try_order(1)).await;
        assert!(silence.is_err());
        assert_eq!((world.first_counts(), world.pizzas()), ((1, 1), 1));
    }

    async fn a_share_of_an_outage_resets_requests(network) {
        for kind in ["refused", "reset"] {
            let mut plans = outage(kind);
            plans[0]["requests"] = json!("50%");
            plans[0]["starts"] = json!("0s");
            let world = world(&network, plans).await;
            let mut lost = 0;
            for id in 0..60 {
                match world.try_order(id).await {
                    Ok(seen) => assert_eq!(seen.status, 200),
                    Err(CallError::Broken(_)) => lost += 1,
                    Err(other) => panic!("{other:?}"),
                }
            }
            assert_eq!(world.first_counts(), (60, lost));
            assert!((10..50).contains(&lost), "{lost}");
            drop(world);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn a_factory_that_shuts_down_answers_what_it_has(network) {
        let late = json!([{ "name": "late", "inject": { "latency": { "fixed": "60ms" } } }]);
        let world = world(&network, late).await;
        let url = world.factory.url();
        let request = http::Request::post(format!("{url}/api/order"))
            .header("authorization", crate::world::KEY)
            .header("content-type", "application/json")
            .body(bytes::Bytes::from(crate::world::order(1).to_string()))
            .expect("a request");
        let client = world.client.clone();
        let order = tokio::spawn(async move { client.call(request, None).await });
        tokio::time::sleep(Duration::from_millis(100)).await;
        let before = world.clock.elapsed();
        world.factory.shutdown(Duration::from_secs(5)).await;
        assert!(world.clock.elapsed().since(before) < Duration::from_secs(1));
        assert_eq!(order.await.expect("no panic").expect("a reply").status(), 200);
        let gone = world.client.get(&url.parse().expect("a URI"), None).await;
        assert!(matches!(gone, Err(CallError::Refused(_))), "{gone:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_from_the_start_refuses_the_first_call_of_a_known_name() {
    let network = memory();
    let plans =
        json!([{ "name": "out", "ends": { "after": "1s" }, "inject": { "outage": "refused" } }]);
    let world = world(&network, plans).await;
    tokio::task::yield_now().await;
    assert!(matches!(
        world.try_order(1).await,
        Err(CallError::Refused(_))
    ));
    world.until(1_000).await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(world.order(1).await.status, 200);
    assert!(matches!(network, Network::Memory(_)));
}
