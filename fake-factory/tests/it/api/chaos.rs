//! PUT /api/vendor/chaos/:type, what it does to orders, and GET /api/support/:apiKey/report/:fixCode.

use super::{ADMIN, OTHER, STUDENT, holds, message, refused, staffed, staffed_with};
use crate::world::{ORDER_DELAY, World, order, over_both};
use fake_factory::net::Network;
use fake_factory::{ChaosStart, EndedBy, Event};
use serde_json::{Value, json};

async fn begin(world: &World, kind: &str) {
    let request = format!("PUT /api/vendor/chaos/{kind}");
    let seen = world.ask(Some(STUDENT), &request, &Value::Null).await;
    assert_eq!((seen.status, seen.body), (200, message("Chaos initiated")));
}

async fn own(world: &World) -> Value {
    world
        .ask(Some(STUDENT), "GET /api/vendor", &Value::Null)
        .await
        .body
}

async fn report(world: &World, key: &str, code: &str) -> (u16, Value) {
    let seen = world
        .get(&format!("/api/support/{key}/report/{code}"))
        .await;
    (seen.status, seen.body)
}

/// The kinds of the events about faults.
fn told(world: &World) -> Vec<&'static str> {
    let told = |event: &Event| match event {
        Event::FaultStarted { .. } => Some("started"),
        Event::FaultEndTriggered {
            by: EndedBy::Report,
            ..
        } => Some("reported"),
        Event::FaultEndTriggered { .. } => Some("ending"),
        Event::FaultEnded { .. } => Some("ended"),
        _ => None,
    };
    world.events().iter().filter_map(told).collect()
}

over_both! {
    async fn chaos_is_of_three_types_and_for_vendors(network) {
        let world = staffed(&network).await;
        let bad = [
            (Some(STUDENT), "PUT /api/vendor/chaos/dance", json!(null)),
            (Some(STUDENT), "PUT /api/vendor/chaos/FAIL", json!(null)),
            (Some(STUDENT), "PUT /api/vendor/chaos/none", json!(null)),
        ];
        holds(&world, refused(bad, 400, "Invalid chaos type")).await;
        let strangers = ["PUT /api/vendor/chaos/fail", "PUT /api/vendor/chaos/dance"];
        let strangers = strangers.map(|request| (None, request, json!(null)));
        holds(&world, refused(strangers, 401, "invalid authentication")).await;
        assert_eq!(own(&world).await.get("chaos"), None);
    }

    async fn fail_meets_orders_of_its_vendor_alone_after_the_key_and_before_the_order(network) {
        let world = staffed(&network).await;
        begin(&world, "fail").await;
        for body in [order(1), json!({}), json!(null)] {
            let failed = world.ask(Some(STUDENT), "POST /api/order", &body).await;
            assert_eq!((failed.status, &failed.body["message"]), (500, &json!("chaos monkey")));
            let names: Vec<_> = failed.body.as_object().expect("an object").keys().collect();
            assert_eq!(names, ["message", "reportUrl"]);
        }
        assert_eq!(world.ask(None, "POST /api/order", &order(1)).await.status, 401);
        assert_eq!(world.ask(Some(OTHER), "POST /api/order", &order(1)).await.status, 200);
        let verify = world.ask(Some(STUDENT), "POST /api/order/verify", &json!({})).await;
        assert_eq!(verify.status, 403);
        assert_eq!(own(&world).await["id"], "student");
        assert_eq!((world.get("/ready").await.status, world.get("/health").await.status), (503, 200));
        assert_eq!(world.pizzas(), 1);
    }

    async fn a_report_with_the_right_code_ends_it(network) {
        let world = staffed(&network).await;
        let nothing = (200, message("No chaos currently executing"));
        assert_eq!(report(&world, STUDENT, "x").await, nothing);
        begin(&world, "fail").await;
        let chaos = own(&world).await["chaos"].clone();
        let names: Vec<_> = chaos.as_object().expect("an object").keys().cloned().collect();
        assert_eq!(names, ["type", "initiatedDate", "startDate"]);
        assert_eq!(chaos["type"], "fail");
        let failed = world.order(1).await;
        let url = failed.body["reportUrl"].as_str().expect("a URL").to_owned();
        assert!(url.starts_with(&format!("{}/api/support/{STUDENT}/report/", world.factory.url())), "{url}");

        assert_eq!(report(&world, STUDENT, "x").await, (400, message("Problem unresolved")));
        assert_eq!(report(&world, OTHER, "x").await, nothing);
        assert_eq!(report(&world, "nobody", "x").await, nothing);
        let code = url.rsplit_once('/').expect("a code").1;
        assert_eq!(report(&world, OTHER, code).await, nothing);
        assert_eq!(world.order(1).await.status, 500);

        let fixed = world.follow(&json!(url)).await;
        assert_eq!((fixed.status, fixed.body), (200, message("Problem resolved. Pizza is back on the menu!")));
        assert_eq!(world.order(1).await.status, 200);
        let over = own(&world).await["chaos"].clone();
        let names: Vec<_> = over.as_object().expect("an object").keys().cloned().collect();
        assert_eq!(names, ["type", "initiatedDate", "startDate", "fixDate"]);
        assert_eq!((&over["type"], &over["startDate"]), (&json!("none"), &chaos["startDate"]));
        assert_eq!(report(&world, STUDENT, code).await, nothing);
        assert_eq!(told(&world), ["started", "reported", "ended"]);
    }

    async fn badjwt_gives_a_jwt_that_is_none_even_for_a_bad_order(network) {
        let world = staffed(&network).await;
        begin(&world, "badjwt").await;
        for body in [order(1), json!({})] {
            let bad = world.ask(Some(STUDENT), "POST /api/order", &body).await;
            assert_eq!(bad.status, 200);
            let jwt = bad.body["jwt"].as_str().expect("a JWT");
            assert!(jwt.starts_with("dead"), "{jwt}");
            assert!(bad.body["reportUrl"].is_string());
            let seen = world.ask(None, "POST /api/order/verify", &json!({ "jwt": jwt })).await;
            assert_eq!((seen.status, seen.body), (403, message("invalid")));
        }
        assert_eq!(world.pizzas(), 0);
    }

    async fn throttle_makes_the_normal_reply_late(network) {
        let world = staffed(&network).await;
        begin(&world, "throttle").await;
        let before = world.clock.elapsed();
        let late = world.order(2).await;
        assert!(world.clock.elapsed().since(before) >= ORDER_DELAY);
        assert_eq!(late.status, 200);
        assert!(late.body["jwt"].is_string() && late.body["reportUrl"].is_string());
        let bad = world.ask(Some(STUDENT), "POST /api/order", &json!({})).await;
        assert_eq!((bad.status, bad.body), (400, message("Missing required parameters")));
        assert_eq!(world.pizzas(), 1);
    }

    async fn other_chaos_takes_the_place_of_the_one_before(network) {
        let world = staffed(&network).await;
        begin(&world, "fail").await;
        let first = world.order(1).await;
        begin(&world, "badjwt").await;
        assert_eq!(own(&world).await["chaos"]["type"], "badjwt");
        let stale = world.follow(&first.body["reportUrl"]).await;
        assert_eq!((stale.status, stale.body), (400, message("Problem unresolved")));
        assert_eq!(told(&world), ["started", "ending", "ended", "started"]);
    }

    async fn scheduled_chaos_waits_for_the_next_morning(network) {
        let world = staffed_with(&network, |setup| setup.chaos_start = ChaosStart::Scheduled).await;
        begin(&world, "fail").await;
        assert_eq!(world.order(1).await.status, 200);
        assert_eq!(report(&world, STUDENT, "x").await, (400, message("Problem unresolved")));
        let start = own(&world).await["chaos"]["startDate"].as_str().expect("a date").to_owned();
        // From 08:00 to 13:59 MST, in UTC.
        assert!(("2024-08-09T15:00:00.000Z"..="2024-08-09T20:59:00.000Z").contains(&start.as_str()), "{start}");
        assert_eq!(told(&world), Vec::<&str>::new());
        if matches!(network, Network::Memory(_)) {
            world.until(30 * 3_600_000).await;
            assert_eq!(world.order(2).await.status, 500);
            let started = world.events().into_iter().find_map(|event| match event {
                Event::FaultStarted { at, .. } => Some(world.clock.at(at)),
                _ => None,
            });
            assert_eq!(started, Some(start.parse().expect("a date")));
        }
    }

    async fn scheduled_chaos_may_be_fixed_or_started_before_its_time(network) {
        let world = staffed_with(&network, |setup| setup.chaos_start = ChaosStart::Scheduled).await;
        assert_eq!(world.factory.start_chaos("student").ok(), Some(false));
        begin(&world, "fail").await;
        assert_eq!(world.factory.start_chaos("STUDENT").ok(), Some(true));
        assert_eq!(world.factory.start_chaos("student").ok(), Some(false));
        assert!(world.factory.start_chaos("nobody").is_err());
        let failed = world.order(1).await;
        assert_eq!(failed.status, 500);
        assert_eq!(world.follow(&failed.body["reportUrl"]).await.status, 200);
        assert_eq!(world.order(1).await.status, 200);
        assert_eq!(told(&world), ["started", "reported", "ended"]);

        begin(&world, "fail").await;
        let vendors = world.ask(Some(ADMIN), "GET /api/admin/vendors", &Value::Null).await.body;
        let all = vendors.as_array().expect("a list");
        let code = all.iter().find_map(|vendor| vendor["chaos"]["fixCode"].as_str()).expect("a code");
        assert_eq!(report(&world, STUDENT, code).await.0, 200);
        assert_eq!(own(&world).await["chaos"]["type"], "none");
        assert_eq!(told(&world).len(), 3, "what never started does not end");
    }
}
