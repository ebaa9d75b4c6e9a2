//! Replies that break on their way, byte by byte: what comes, how it ends, whether a pizza was made, and what of other connections.

use super::fault;
use super::raw::{Ended, Raw};
use crate::world::{World, another, over_both, world};
use bytes::Bytes;
use fake_factory::faults::inject::catalogue;
use fake_factory::net::Network;
use fake_factory::net::client::CallError;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// A factory in which this is done to the first order, and to no other.
async fn once(network: &Network, inject: Value) -> World {
    let mut one = fault("one", inject);
    one["ends"] = json!({ "after_requests": 1 });
    world(network, json!([one])).await
}

/// A factory in which this is done to each order, and its network.
async fn always(network: &Network, inject: Value) -> (World, Network) {
    let world = world(network, json!([fault("always", inject)])).await;
    (world, network.clone())
}

/// Every other connection is as it was, and so is this factory for whoever comes next.
async fn others_are_served(world: &World, other: &mut Raw) {
    other.send("GET", "/health", "").await;
    let heard = other.reply().await;
    assert_eq!(
        (heard.status_line().as_str(), heard.ended),
        ("http/1.1 200 ok", Ended::Silent)
    );
    let before = world.pizzas();
    assert_eq!(world.order(99).await.status, 200);
    assert_eq!(world.pizzas(), before + 1);
    assert_eq!(world.first_counts(), (1, 1));
}

/// What is done to the body of a reply, in each kind.
fn body_breaks() -> [Value; 5] {
    [
        json!({ "hang": { "answer": "headers" } }),
        json!({ "reset": { "when": "mid_body" } }),
        json!({ "truncate": {} }),
        json!({ "throughput": { "drip": { "bytes": 1, "every": "10s" } } }),
        json!({ "oversized_body": { "bytes": 100_000 } }),
    ]
}

over_both! {
    async fn a_reset_comes_after_all_that_was_promised_before_it(network) {
        let large = fault("large", json!({ "oversized_body": { "bytes": 16_000_000 } }));
        let cut = fault("cut", json!({ "reset": { "when": "mid_body" } }));
        let world = world(&network, json!([large, cut])).await;
        let mut raw = Raw::to(&world, &network).await;
        raw.send_order(1).await;
        // The client is slow: what it does not read fills whatever lies between the two.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let heard = raw.listen().await;
        assert_eq!(heard.ended, Ended::Reset);
        assert_eq!(heard.announced(), 16_000_000);
        assert_eq!(heard.parts().1.len(), 8_000_000);
    }

    async fn what_is_done_to_a_body_is_not_done_where_none_is_sent(network) {
        for inject in body_breaks() {
            let mut broken = fault("broken", inject.clone());
            broken["match"] = json!({ "method": "*", "path": "/api/docs" });
            let calm = world(&another(&network), json!([])).await;
            let tag = calm.get("/api/docs").await.header("etag").to_owned();
            let world = world(&another(&network), json!([broken])).await;
            let head = world.request(&Method::HEAD, "/api/docs").body(Bytes::new()).expect("a request");
            assert_eq!(world.call(head).await.expect("a reply").status, 200, "{inject}");
            for method in [Method::GET, Method::HEAD] {
                let known = world.request(&method, "/api/docs").header("if-none-match", &tag);
                let known = known.body(Bytes::new()).expect("a request");
                assert_eq!(world.call(known).await.expect("a reply").status, 304, "{inject}");
            }
            assert_eq!(world.first_counts(), (3, 0), "{inject}");
        }
        let mut typed = fault("typed", json!({ "wrong_content_type": { "content_type": "image/png" } }));
        typed["match"] = json!({ "method": "*", "path": "/api/docs" });
        let world = world(&network, json!([typed])).await;
        let tag = world.get("/api/docs").await.header("etag").to_owned();
        let known = world.request(&Method::GET, "/api/docs").header("if-none-match", tag);
        let seen = world.call(known.body(Bytes::new()).expect("a request")).await.expect("a reply");
        assert_eq!((seen.status, seen.header("content-type")), (304, ""));
        assert_eq!(world.first_counts(), (2, 1));
    }

    async fn a_client_that_leaves_a_hung_connection_is_noticed_whatever_it_sent(network) {
        for inject in [json!({ "hang": {} }), json!({ "hang": { "answer": "headers" } }), json!({ "outage": "hang" })] {
            let world = always(&another(&network), inject.clone()).await;
            for id in 0..5 {
                let mut raw = Raw::to(&world.0, &world.1).await;
                raw.send_order(id).await;
                // A byte behind the request keeps HTTP from reading on.
                raw.send_bytes(b"\r\n").await;
                let heard = raw.listen().await;
                assert_eq!(heard.ended, Ended::Silent, "{inject}");
            }
            let mut tries = 0;
            while world.0.factory.connections() > 0 {
                tries += 1;
                assert!(tries < 500, "{} are left: {inject}", world.0.factory.connections());
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }

    async fn a_hang_reads_the_order_and_says_nothing(network) {
        let world = once(&network, json!({ "hang": {} })).await;
        let (mut raw, mut other) = (Raw::to(&world, &network).await, Raw::to(&world, &network).await);
        let heard = raw.order(1).await;
        assert_eq!((heard.bytes.len(), heard.ended), (0, Ended::Silent));
        assert_eq!(world.pizzas(), 0);
        others_are_served(&world, &mut other).await;
        assert_eq!(raw.listen().await.ended, Ended::Silent);
    }

    async fn an_outage_cuts_a_connection_that_hangs_and_one_that_is_slow(network) {
        for inject in [json!({ "hang": {} }), json!({ "throughput": { "bandwidth": 1 } })] {
            let mut out = fault("out", json!({ "outage": "reset" }));
            out["starts"] = json!("1s");
            let world = world(&network, json!([out, fault("stuck", inject)])).await;
            let mut raw = Raw::to(&world, &network).await;
            assert_eq!(raw.order(1).await.ended, Ended::Silent);
            world.until(1_050).await;
            assert_eq!(raw.listen().await.ended, Ended::Reset);
            assert_eq!(world.factory.fault_counts()[1].injected, 1);
            drop(world);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn a_hang_after_the_headers_announces_a_body_that_never_comes(network) {
        let world = once(&network, json!({ "hang": { "answer": "headers" } })).await;
        let (mut raw, mut other) = (Raw::to(&world, &network).await, Raw::to(&world, &network).await);
        let heard = raw.order(1).await;
        assert_eq!((heard.status_line().as_str(), heard.ended), ("http/1.1 200 ok", Ended::Silent));
        assert!(heard.announced() > 0 && heard.parts().1.is_empty());
        assert_eq!(world.pizzas(), 1);
        others_are_served(&world, &mut other).await;
    }

    async fn a_reset_before_the_headers_is_all_that_comes(network) {
        let world = once(&network, json!({ "reset": {} })).await;
        let (mut raw, mut other) = (Raw::to(&world, &network).await, Raw::to(&world, &network).await);
        let heard = raw.order(1).await;
        assert_eq!((heard.bytes.len(), heard.ended), (0, Ended::Reset));
        assert_eq!(world.pizzas(), 0);
        others_are_served(&world, &mut other).await;
    }

    async fn a_reset_in_the_middle_comes_after_half_of_the_body(network) {
        let world = once(&network, json!({ "reset": { "when": "mid_body" } })).await;
        let (mut raw, mut other) = (Raw::to(&world, &network).await, Raw::to(&world, &network).await);
        let heard = raw.order(1).await;
        assert_eq!((heard.status_line().as_str(), heard.ended), ("http/1.1 200 ok", Ended::Reset));
        let (_, body) = heard.parts();
        assert!(body.starts_with(br#"{"jwt":""#));
        assert_eq!(body.len(), heard.announced() / 2);
        assert_eq!(world.pizzas(), 1);
        others_are_served(&world, &mut other).await;
    }

    async fn a_truncated_reply_is_closed_before_it_is_whole(network) {
        for (after, part) in [("25%", None), ("10", Some(10)), ("0", Some(0))] {
            let world = once(&network, json!({ "truncate": { "after": after } })).await;
            let (mut raw, mut other) = (Raw::to(&world, &network).await, Raw::to(&world, &network).await);
            let heard = raw.order(1).await;
            assert_eq!((heard.status_line().as_str(), heard.ended), ("http/1.1 200 ok", Ended::Closed));
            assert_eq!(heard.parts().1.len(), part.unwrap_or(heard.announced() / 4));
            assert_eq!(world.pizzas(), 1);
            others_are_served(&world, &mut other).await;
            drop(world);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn garbage_is_no_http_and_the_connection_is_closed_after_it(network) {
        for (inject, bytes) in [
            (json!({ "garbage": {} }), &b"\x15\x03\x01\x00\x02\x02\x0a"[..]),
            (json!({ "garbage": { "bytes": "hello\r\n" } }), b"hello\r\n"),
            (json!({ "garbage": { "bytes": "" } }), b""),
        ] {
            let world = once(&network, inject).await;
            let (mut raw, mut other) = (Raw::to(&world, &network).await, Raw::to(&world, &network).await);
            let heard = raw.order(1).await;
            assert_eq!((heard.bytes.as_slice(), heard.ended), (bytes, Ended::Closed));
            assert_eq!(world.pizzas(), 0);
            others_are_served(&world, &mut other).await;
            drop(world);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn a_client_is_told_that_the_connection_broke(network) {
        for inject in [
            json!({ "reset": {} }),
            json!({ "reset": { "when": "mid_body" } }),
            json!({ "truncate": {} }),
            json!({ "garbage": {} }),
        ] {
            let world = once(&network, inject).await;
            let error = world.try_order(1).await.expect_err("no whole reply");
            assert!(matches!(error, CallError::Broken(_)), "{error:?}");
            drop(world);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn a_slow_body_comes_whole_and_in_its_time(network) {
        for inject in [
            json!({ "throughput": { "bandwidth": 4_000 } }),
            json!({ "throughput": { "drip": { "bytes": 40, "every": "10ms" } } }),
        ] {
            let world = once(&network, inject).await;
            let (mut raw, mut other) = (Raw::to(&world, &network).await, Raw::to(&world, &network).await);
            let before = world.clock.elapsed();
            let seen = world.order(1).await;
            let took = world.clock.elapsed().since(before);
            let length = seen.reply.body().len() as u32;
            assert!(seen.body["jwt"].is_string());
            assert!(took >= Duration::from_millis(10) * (length / 40 - 1), "{took:?} for {length} bytes");
            raw.send_order(2).await;
            let heard = raw.reply().await;
            assert_eq!((heard.parts().1.len(), heard.ended), (heard.announced(), Ended::Silent));
            others_are_served(&world, &mut other).await;
            drop(world);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn a_slow_body_keeps_nobody_else_waiting(network) {
        let world = once(&network, json!({ "throughput": { "drip": { "bytes": 1, "every": "1h" } } })).await;
        let (mut raw, mut other) = (Raw::to(&world, &network).await, Raw::to(&world, &network).await);
        let heard = raw.order(1).await;
        assert_eq!((heard.parts().1, heard.ended), (&b"{"[..], Ended::Silent));
        others_are_served(&world, &mut other).await;
    }

    async fn a_client_that_reads_late_gets_all_that_was_to_be_sent(network) {
        let large = fault("large", json!({ "oversized_body": { "bytes": 16_000_000 } }));
        let short = fault("short", json!({ "truncate": { "after": "15000000" } }));
        let world = world(&network, json!([large, short])).await;
        let mut raw = Raw::to(&world, &network).await;
        raw.send_order(1).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        let heard = raw.listen().await;
        assert_eq!(heard.announced(), 16_000_000);
        assert_eq!((heard.parts().1.len(), heard.ended), (15_000_000, Ended::Closed));
    }

    async fn an_oversized_body_is_still_the_json_that_it_was(network) {
        let world = once(&network, json!({ "oversized_body": { "bytes": 1_000_000 } })).await;
        let seen = world.order(1).await;
        assert_eq!(seen.reply.body().len(), 1_000_000);
        assert_eq!(seen.reply.headers()["content-length"], "1000000");
        let verify = json!({ "jwt": seen.body["jwt"] });
        assert_eq!(world.send(Method::POST, "/api/order/verify", &verify).await.status, 200);
        assert_eq!(world.pizzas(), 1);
    }

    async fn a_body_larger_than_a_client_takes_is_its_to_refuse(network) {
        let world = once(&network, json!({ "oversized_body": { "bytes": 67_108_864 } })).await;
        let error = world.try_order(1).await.expect_err("too large");
        assert!(matches!(error, CallError::TooLarge), "{error:?}");
        assert_eq!(world.order(2).await.status, 200);
    }

    async fn a_wrong_content_type_leaves_the_reply_what_it_is(network) {
        let wrong = fault("wrong", json!({ "wrong_content_type": { "content_type": "image/png" } }));
        let mut teapot = fault("teapot", json!({ "status": { "code": 418 } }));
        teapot["every"] = json!(2);
        let world = world(&network, json!([wrong, teapot])).await;
        let pizza = world.order(1).await;
        assert_eq!(pizza.reply.headers()["content-type"], "image/png");
        assert!(pizza.body["jwt"].is_string());
        let teapot = world.order(2).await;
        assert_eq!((teapot.status, &teapot.reply.headers()["content-type"]), (418, &"image/png".parse().expect("a value")));
        assert_eq!(world.pizzas(), 1);
    }

    async fn a_reply_without_a_body_goes_as_it_is(network) {
        for code in [204, 304] {
            for inject in body_breaks() {
                let none = fault("none", json!({ "status": { "code": code } }));
                let world = world(&network, json!([none, fault("broken", inject.clone())])).await;
                let mut raw = Raw::to(&world, &network).await;
                for id in 0..2 {
                    raw.send_order(id).await;
                    let heard = raw.head().await;
                    assert!(heard.status_line().starts_with(&format!("http/1.1 {code} ")), "{inject}");
                    assert_eq!((heard.parts().1.len(), heard.ended), (0, Ended::Silent), "{inject}");
                }
                assert_eq!(world.factory.fault_counts()[1].injected, 0, "{inject}");
                drop(world);
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    }

    async fn a_head_is_all_of_a_reply_to_head(network) {
        for inject in body_breaks() {
            let mut broken = fault("broken", inject.clone());
            broken["match"] = json!({ "method": "HEAD", "path": "*" });
            let world = world(&network, json!([broken])).await;
            let mut raw = Raw::to(&world, &network).await;
            for _ in 0..2 {
                raw.send("HEAD", "/.well-known/jwks.json", "").await;
                let heard = raw.head().await;
                assert_eq!(heard.status_line(), "http/1.1 200 ok");
                assert_eq!((heard.parts().1.len(), heard.ended), (0, Ended::Silent), "{inject}");
            }
            drop(world);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn no_kind_but_an_outage_touches_the_support_route(network) {
        for info in catalogue().iter().filter(|info| info.kind != "outage") {
            let mut all = fault("all", info.example());
            all["match"] = json!({ "method": "*", "path": "*" });
            all["ends"] = json!("on_report");
            let world = world(&network, json!([all])).await;
            let (_, url) = world.factory.report_urls().remove(0);
            let seen = world.follow(&json!(url)).await;
            assert_eq!((seen.status, &seen.body["message"]), (200, &json!("Problem resolved. Pizza is back on the menu!")), "{}", info.kind);
            assert_eq!(world.order(1).await.status, 200, "{}", info.kind);
            assert_eq!(world.first_counts().1, 0, "{}", info.kind);
            drop(world);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}
