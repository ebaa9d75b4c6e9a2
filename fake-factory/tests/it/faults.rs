//! Faults of a plan, as orders and the observer see them: here what starts, ends and is told; below, one file a subject.

mod answers;
mod delays;
mod raw;
mod together;
mod travel;
mod which;

use crate::world::{ORDER_DELAY, World, memory, over_both, world, world_with};
use bytes::Bytes;
use fake_factory::clock::Elapsed;
use fake_factory::net::client::CallError;
use fake_factory::{EndedBy, Event, MendError};
use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::time::Duration;

fn at(millis: u64) -> Elapsed {
    Elapsed::from_micros(millis * 1_000)
}

#[expect(clippy::needless_pass_by_value)] // it is `json!(…)` at every call
pub(crate) fn fault(name: &str, inject: Value) -> Value {
    json!({ "name": name, "inject": inject })
}

pub(crate) fn chaos_monkey() -> Value {
    json!({ "status": { "code": 500, "message": "chaos monkey", "report_url": true } })
}

/// The starts and ends that were told, in order.
pub(crate) fn told(world: &World) -> Vec<Event> {
    let of_orders =
        |event: &Event| matches!(event, Event::PizzaMade { .. } | Event::OrderAnswered { .. });
    world
        .events()
        .into_iter()
        .filter(|event| !of_orders(event))
        .collect()
}

over_both! {
    async fn the_report_url_of_a_reply_ends_the_fault_that_gave_it(network) {
        let mut one = fault("one", chaos_monkey());
        one["ends"] = json!("on_report");
        let mut two = fault("two", chaos_monkey());
        two["ends"] = json!("on_report");
        two["lingers"] = json!("100ms");
        let world = world(&network, json!([one, two])).await;
        let first = world.order(1).await;
        assert_eq!((first.status, &first.body["message"]), (500, &json!("chaos monkey")));
        assert_eq!(world.factory.report_urls()[0].1, first.body["reportUrl"]);
        assert_eq!(world.follow(&first.body["reportUrl"]).await.status, 200);
        let second = world.order(1).await;
        assert_ne!(second.body["reportUrl"], first.body["reportUrl"]);
        let again = world.follow(&first.body["reportUrl"]).await;
        assert_eq!((again.status, &again.body["message"]), (400, &json!("Problem unresolved")));
        assert_eq!(world.follow(&second.body["reportUrl"]).await.status, 200);
        assert_eq!(world.order(1).await.status, 500);
        world.clock.sleep_until(world.clock.elapsed().plus(Duration::from_millis(110))).await;
        assert_eq!(world.order(1).await.status, 200);
        let by: Vec<_> = told(&world).into_iter().filter_map(|event| match event {
            Event::FaultEndTriggered { name, by, .. } => Some((name.to_string(), by)),
            _ => None,
        }).collect();
        assert_eq!(by, [("one".to_owned(), EndedBy::Report), ("two".to_owned(), EndedBy::Report)]);
        assert_eq!(world.factory.report_urls(), []);
    }

    async fn a_status_touches_what_matches_and_no_more(network) {
        let mut gone = fault("gone", json!({ "status": { "code": 404, "body": "<h1>no</h1>" } }));
        gone["match"] = json!({ "method": "*", "path": "/api/order*" });
        let world = world(&network, json!([gone])).await;
        let seen = world.order(1).await;
        assert_eq!((seen.status, &seen.reply.body()[..]), (404, &b"<h1>no</h1>"[..]));
        assert_eq!(world.send(Method::POST, "/api/order/verify", &json!({})).await.status, 404);
        assert_eq!(world.get("/health").await.status, 200);
        assert_eq!(world.get("/ready").await.status, 503);
        assert_eq!(world.first_counts(), (2, 2));
    }

    async fn a_wrong_key_is_refused_before_a_fault_is_asked(network) {
        let world = world(&network, json!([fault("monkey", chaos_monkey())])).await;
        let request = world.request(&Method::POST, "/api/order").body(Bytes::new()).expect("a request");
        assert_eq!(world.call(request).await.expect("a reply").status, 401);
        assert_eq!(world.first_counts(), (0, 0));
    }

    async fn the_support_route_is_out_of_a_fault_s_reach(network) {
        let mut all = fault("all", chaos_monkey());
        all["match"] = json!({ "method": "*", "path": "*" });
        all["ends"] = json!("on_report");
        let world = world(&network, json!([all])).await;
        assert_eq!(world.get("/health").await.status, 500);
        let (_, url) = world.factory.report_urls().remove(0);
        assert_eq!(world.follow(&json!(url)).await.status, 200);
        assert_eq!(world.get("/health").await.status, 200);
    }

    async fn a_bad_jwt_and_a_malformed_body_make_no_pizza(network) {
        let mut bad = fault("bad", json!({ "bad_jwt": { "report_url": true } }));
        bad["ends"] = json!("on_report");
        let malformed = fault("malformed", json!({ "malformed_body": {} }));
        let world = world(&network, json!([bad, malformed])).await;
        let seen = world.order(1).await;
        assert!(seen.body["jwt"].as_str().expect("a JWT").starts_with("dead"));
        world.follow(&seen.body["reportUrl"]).await;
        let seen = world.order(1).await;
        assert_eq!((seen.status, seen.body), (200, Value::Null));
        assert_eq!(world.pizzas(), 0);
    }

    async fn latencies_add_up_and_come_before_the_first_answer(network) {
        let late = |name: &str, report: bool| {
            fault(name, json!({ "latency": { "fixed": "40ms", "report_url": report } }))
        };
        let world = world(&network, json!([
            late("late", false), late("later", true), fault("teapot", json!({ "status": { "code": 418 } })),
            fault("monkey", chaos_monkey()),
        ])).await;
        let before = world.clock.elapsed();
        assert_eq!(world.order(1).await.status, 418);
        assert!(world.clock.elapsed().since(before) >= Duration::from_millis(80));
        let counts: Vec<_> = world.factory.fault_counts().iter().map(|count| (count.asked, count.injected)).collect();
        assert_eq!(counts, [(1, 1), (1, 1), (1, 1), (1, 0)]);
    }

    async fn a_late_reply_can_tell_its_report_url(network) {
        let mut late = fault("late", json!({ "latency": { "fixed": "20ms", "report_url": true } }));
        late["ends"] = json!("on_report");
        let world = world(&network, json!([late])).await;
        let seen = world.order(1).await;
        assert!(seen.body["jwt"].is_string());
        world.follow(&seen.body["reportUrl"]).await;
        assert_eq!(world.order(2).await.body.get("reportUrl"), None);
    }

    async fn a_diner_who_hangs_up_does_not_stop_the_kitchen(network) {
        let world = world(&network, json!([fault("late", json!({ "latency": { "fixed": "60ms" } }))])).await;
        let order = world.try_order(1);
        let impatient = tokio::time::timeout(Duration::from_millis(20), order).await;
        assert!(impatient.is_err());
        assert_eq!(world.pizzas(), 0);
        world.until(300).await;
        assert_eq!(world.pizzas(), 1);
    }

    async fn made_but_not_told_loses_the_reply_and_keeps_the_pizza(network) {
        let mut lost = fault("lost", json!({ "made_but_not_told": {} }));
        lost["ends"] = json!("mended");
        let silent = fault("silent", json!({ "made_but_not_told": { "reply": "hang" } }));
        let world = world(&network, json!([lost, silent])).await;
        let reset = world.try_order(1).await;
        assert!(matches!(reset, Err(CallError::Broken(_))), "{reset:?}");
        assert_eq!(world.pizzas(), 1);
        assert_eq!(world.factory.mend("lost"), Ok(()));
        let silence = tokio::time::timeout(Duration::from_millis(50), world.try_order(2)).await;
        assert!(silence.is_err());
        assert_eq!(world.pizzas(), 2);
        assert_eq!(world.get("/health").await.status, 200);
    }

    async fn who_mends_what_and_when(network) {
        let mut later = fault("later", chaos_monkey());
        later["starts"] = json!("1h");
        let mut now = fault("now", chaos_monkey());
        now["ends"] = json!("mended");
        let world = world(&network, json!([later, now, fault("forever", chaos_monkey())])).await;
        assert_eq!(world.factory.mend("nobody"), Err(MendError::Unknown));
        assert_eq!(world.factory.mend("later"), Err(MendError::Never));
        assert_eq!(world.factory.mend("forever"), Err(MendError::Never));
        assert_eq!(world.factory.mend("now"), Ok(()));
        assert_eq!(world.factory.mend("now"), Err(MendError::NotActive));
    }
}

#[tokio::test(start_paused = true)]
async fn starts_and_ends_are_told_at_their_times_without_any_traffic() {
    let mut monkey = fault("monkey", chaos_monkey());
    monkey["starts"] = json!("10s");
    monkey["ends"] = json!({ "after": "5s" });
    monkey["lingers"] = json!("2s");
    let mut early = fault("early", chaos_monkey());
    early["ends"] = json!({ "at": "12s" });
    let world = world(&memory(), json!([monkey, early])).await;
    world.until(60_000).await;
    let name = |name: &str| name.into();
    let by = EndedBy::Schedule;
    assert_eq!(
        told(&world),
        [
            Event::FaultStarted {
                name: name("early"),
                at: at(0)
            },
            Event::FaultStarted {
                name: name("monkey"),
                at: at(10_000)
            },
            Event::FaultEndTriggered {
                name: name("early"),
                at: at(12_000),
                by
            },
            Event::FaultEnded {
                name: name("early"),
                at: at(12_000)
            },
            Event::FaultEndTriggered {
                name: name("monkey"),
                at: at(15_000),
                by
            },
            Event::FaultEnded {
                name: name("monkey"),
                at: at(17_000)
            },
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_report_is_told_with_the_fault_that_it_ended() {
    let mut monkey = fault("monkey", chaos_monkey());
    monkey["ends"] = json!("on_report");
    let world = world(&memory(), json!([monkey])).await;
    let seen = world.order(1).await;
    world.until(1_000).await;
    world.follow(&seen.body["reportUrl"]).await;
    let name: std::sync::Arc<str> = "monkey".into();
    let vendor = Some("student".into());
    assert_eq!(
        told(&world)[1..],
        [
            Event::Reported {
                at: at(1_000),
                vendor,
                fault: Some(name.clone())
            },
            Event::FaultEndTriggered {
                name: name.clone(),
                at: at(1_000),
                by: EndedBy::Report
            },
            Event::FaultEnded {
                name,
                at: at(1_000)
            },
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_touches_the_same_requests() {
    let outcomes = async |seed: u64| {
        let mut some = fault("some", chaos_monkey());
        some["requests"] = json!("30%");
        let world = world_with(&memory(), json!([some]), |setup| {
            setup.seed = fake_factory::seed::Seed::new(seed);
        })
        .await;
        let mut outcomes = Vec::new();
        for id in 0..50 {
            outcomes.push(world.order(id).await.status);
        }
        outcomes
    };
    assert_eq!(outcomes(1).await, outcomes(1).await);
    assert_ne!(outcomes(1).await, outcomes(2).await);
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_bakes_the_same_pizzas_and_draws_the_same_delays() {
    let run = async |seed: u64| {
        let late = fault(
            "late",
            json!({ "latency": { "normal": { "mean": "1s", "deviation": "300ms" } } }),
        );
        let world = world_with(&memory(), json!([late]), |setup| {
            setup.seed = fake_factory::seed::Seed::new(seed);
        })
        .await;
        let mut told = Vec::new();
        for id in 0..5 {
            told.push((world.order(id).await.body, world.clock.elapsed()));
        }
        (told, world.events())
    };
    let first = run(1).await;
    assert_eq!(first, run(1).await);
    assert_ne!(first, run(2).await);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_order_takes_the_order_delay_of_the_plan() {
    let world = world(&memory(), json!([])).await;
    world
        .send(Method::PUT, "/api/vendor/chaos/throttle", &json!({}))
        .await;
    let before = world.clock.elapsed();
    world.order(1).await;
    let took = world.clock.elapsed().since(before);
    assert!(took >= ORDER_DELAY && took < ORDER_DELAY * 2, "{took:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_share_is_a_share_at_any_concurrency(percent in 5_u32..95, seed: u64, concurrency in 1_usize..64) {
        const REQUESTS: usize = 1_000;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let touched = runtime.block_on(async {
            let mut some = fault("some", chaos_monkey());
            some["requests"] = json!(format!("{percent}%"));
            let world = world_with(&memory(), json!([some]), |setup| {
                setup.seed = fake_factory::seed::Seed::new(seed);
            })
            .await;
            let world = std::sync::Arc::new(world);
            let mut diners = tokio::task::JoinSet::new();
            for diner in 0..concurrency {
                let world = world.clone();
                diners.spawn(async move {
                    for id in (diner..REQUESTS).step_by(concurrency) {
                        world.order(id).await;
                    }
                });
            }
            diners.join_all().await;
            assert_eq!(world.first_counts().0, REQUESTS as u64);
            world.first_counts().1
        });
        // Five standard deviations.
        let share = f64::from(percent) / 100.0;
        let expected = share * REQUESTS as f64;
        let spread = 5.0 * (expected * (1.0 - share)).sqrt();
        prop_assert!((touched as f64 - expected).abs() < spread, "{} of {}", touched, REQUESTS);
    }
}
