//! What is baked when the baking goes wrong: counterfeits, second pizzas, wrong dates, and keys that change, as a client that verifies
//! sees them.

use crate::world::{World, another, faults, memory, order, over_both, world, world_with};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use fake_factory::signing::jwks::VerifyError;
use fake_factory::{Event, Keys};
use http::Method;
use serde_json::{Value, json};

fn one(inject: &Value) -> Value {
    json!([{ "name": "oven", "inject": inject }])
}

/// The keys that are published now.
async fn published(world: &World) -> Keys {
    let seen = world.get("/.well-known/jwks.json").await;
    assert_eq!(seen.status, 200);
    Keys::parse(seen.reply.body()).expect("a key set")
}

fn jwt(body: &Value) -> &str {
    body["jwt"].as_str().expect("a JWT")
}

fn header(jwt: &str) -> Value {
    let part = jwt.split('.').next().expect("three parts");
    serde_json::from_slice(&BASE64.decode(part).expect("base64url")).expect("JSON")
}

async fn verify_status(world: &World, jwt: &str) -> u16 {
    let body = json!({ "jwt": jwt });
    world
        .send(Method::POST, "/api/order/verify", &body)
        .await
        .status
}

over_both! {
    async fn a_counterfeit_is_no_good_in_its_own_way_and_makes_no_pizza(network) {
        for (kind, keys_say, verify_says) in [
            ("dead", Some(VerifyError::Malformed), 403),
            ("wrong_signature", Some(VerifyError::Signature), 403),
            ("wrong_key", Some(VerifyError::Signature), 403),
            ("unknown_kid", Some(VerifyError::UnknownKey), 403),
            ("expired", None, 200),
            ("other_order", None, 200),
            ("alg_none", Some(VerifyError::Algorithm), 403),
        ] {
            let fault = one(&json!({ "bad_jwt": { "kind": kind, "report_url": true } }));
            let world = world(&another(&network), fault).await;
            let seen = world.order(1).await;
            assert_eq!(seen.status, 200, "{kind}");
            assert!(seen.body["reportUrl"].is_string(), "{kind}");
            let jwt = jwt(&seen.body);
            assert_eq!(published(&world).await.verify(jwt).err(), keys_say, "{kind}");
            assert_eq!(verify_status(&world, jwt).await, verify_says, "{kind}");
            assert_eq!(world.pizzas(), 0, "{kind}");
            assert_eq!(world.first_counts(), (1, 1), "{kind}");
        }
    }

    async fn an_expired_pizza_is_for_the_order_and_one_of_another_order_is_not(network) {
        let fault = one(&json!({ "bad_jwt": { "kind": "expired" } }));
        let expired = world(&network, fault).await;
        let seen = expired.order(7).await;
        let now = expired.clock.now().as_second();
        let exp = header(jwt(&seen.body))["exp"].as_i64().expect("a time");
        assert!(exp < now);
        let told = expired.factory.keys().verify(jwt(&seen.body)).expect("genuine");
        assert_eq!(told["order"]["id"], 7);
        let fault = one(&json!({ "bad_jwt": { "kind": "other_order" } }));
        let other = world(&another(&network), fault).await;
        let seen = other.order(7).await;
        let told = other.factory.keys().verify(jwt(&seen.body)).expect("genuine");
        assert_ne!(told["order"]["id"], 7);
    }

    async fn a_bad_order_gets_its_refusal_where_a_counterfeit_would_be_baked(network) {
        let world = world(&network, one(&json!({ "bad_jwt": { "kind": "expired" } }))).await;
        let seen = world.send(Method::POST, "/api/order", &json!({ "diner": {} })).await;
        assert_eq!((seen.status, world.first_counts()), (400, (1, 0)));
    }

    async fn a_pizza_made_twice_is_told_once_and_counted_twice(network) {
        let world = world_with(&network, one(&json!({ "made_twice": {} })), |setup| {
            setup.plan.idempotent = true;
        })
        .await;
        let seen = world.order(1).await;
        assert_eq!(seen.status, 200);
        let made = world.factory.ledger();
        assert_eq!((made.len(), made[0].count), (1, 2));
        let counts: Vec<u32> = world
            .events()
            .iter()
            .filter_map(|event| match event {
                Event::PizzaMade { count, .. } => Some(*count),
                _ => None,
            })
            .collect();
        assert_eq!(counts, [1, 2]);
    }

    async fn a_skewed_clock_dates_pizzas_wrong_and_they_verify(network) {
        for (skew, seconds) in [(json!({ "ahead": "10m" }), 600), (json!({ "behind": "2h" }), -7_200)] {
            let world = world(&another(&network), one(&json!({ "clock_skew": skew }))).await;
            let seen = world.order(1).await;
            let now = world.clock.now().as_second();
            let header = header(jwt(&seen.body));
            let iat = header["iat"].as_i64().expect("a time");
            assert!((iat - now - seconds).abs() <= 1, "{iat} at {now}");
            assert_eq!(header["exp"].as_i64(), Some(iat + 86_400));
            assert_eq!(verify_status(&world, jwt(&seen.body)).await, 200);
        }
    }

    async fn after_a_rotation_the_old_key_does_not_verify_what_is_baked(network) {
        let mut fault = one(&json!({ "jwks": "rotated" }));
        fault[0]["starts"] = json!("300ms");
        let world = world(&network, fault).await;
        let (before, old) = (world.order(1).await, published(&world).await);
        world.until(350).await;
        let (after, new) = (world.order(2).await, published(&world).await);
        let (before, after) = (jwt(&before.body), jwt(&after.body));
        assert!(old.verify(before).is_ok() && new.verify(after).is_ok());
        assert_eq!(old.verify(after), Err(VerifyError::UnknownKey));
        assert_eq!(new.verify(before), Err(VerifyError::UnknownKey));
        for jwt in [before, after] {
            assert!(world.factory.keys().verify(jwt).is_ok());
            assert_eq!(verify_status(&world, jwt).await, 200);
        }
        assert_eq!(world.first_counts(), (2, 2));
    }

    async fn where_a_stale_key_is_published_nobody_can_verify(network) {
        let world = world(&network, one(&json!({ "jwks": "stale" }))).await;
        let seen = world.order(1).await;
        assert_eq!((seen.status, world.pizzas()), (200, 1));
        let jwt = jwt(&seen.body);
        assert_eq!(published(&world).await.verify(jwt), Err(VerifyError::UnknownKey));
        assert_eq!(world.factory.keys().verify(jwt), Err(VerifyError::UnknownKey));
    }

    async fn where_the_keys_are_gone_orders_go_on(network) {
        let world = world(&network, one(&json!({ "jwks": "gone" }))).await;
        assert_eq!(world.get("/.well-known/jwks.json").await.status, 404);
        let seen = world.order(1).await;
        assert!(world.factory.keys().verify(jwt(&seen.body)).is_ok());
        assert_eq!(world.first_counts(), (1, 1));
    }

    async fn several_at_once_do_each_its_part(network) {
        let plans = json!([
            { "name": "twice", "inject": { "made_twice": {} } },
            { "name": "late", "inject": { "latency": { "fixed": "20ms" } } },
            { "name": "skewed", "inject": { "clock_skew": { "ahead": "1h" } } },
            { "name": "later", "inject": { "latency": { "fixed": "30ms" } } },
            { "name": "rotated", "inject": { "jwks": "rotated" } },
        ]);
        let world = world(&network, plans).await;
        let came = world.clock.elapsed();
        let seen = world.order(1).await;
        assert!(world.clock.elapsed().since(came).as_millis() >= 50);
        assert!(published(&world).await.verify(jwt(&seen.body)).is_ok());
        assert_eq!(world.pizzas(), 2);
        let told = world.events().into_iter().find_map(|event| match event {
            Event::OrderAnswered { faults, .. } => Some(faults),
            _ => None,
        });
        let told: Vec<String> = told.expect("told").iter().map(ToString::to_string).collect();
        assert_eq!(told, ["late", "later", "twice", "skewed", "rotated"]);
    }

    async fn an_answer_leaves_nothing_to_bake(network) {
        let plans = json!([
            { "name": "twice", "inject": { "made_twice": {} } },
            { "name": "lost", "inject": { "made_but_not_told": {} } },
            { "name": "broken", "inject": { "status": { "code": 503 } } },
        ]);
        let world = world(&network, plans).await;
        assert_eq!(world.order(1).await.status, 503);
        let counts: Vec<(u64, u64)> = world
            .factory
            .fault_counts()
            .iter()
            .map(|count| (count.asked, count.injected))
            .collect();
        assert_eq!(counts, [(1, 0), (1, 0), (1, 1)]);
        assert_eq!(world.pizzas(), 0);
    }

    async fn the_vendor_s_own_chaos_comes_after_the_faults_and_before_the_oven(network) {
        let plans = json!([
            { "name": "twice", "inject": { "made_twice": {} } },
            { "name": "late", "inject": { "latency": { "fixed": "20ms" } } },
        ]);
        let world = world(&network, plans).await;
        world.send(Method::PUT, "/api/vendor/chaos/fail", &json!({})).await;
        let came = world.clock.elapsed();
        let seen = world.send(Method::POST, "/api/order", &order(1)).await;
        assert_eq!((seen.status, &seen.body["message"]), (500, &json!("chaos monkey")));
        assert!(world.clock.elapsed().since(came).as_millis() >= 20);
        assert_eq!((world.pizzas(), world.first_counts()), (0, (1, 0)));
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_key_is_drawn_from_the_seed() {
    let signed = || async {
        let world = world(&memory(), one(&json!({ "jwks": "rotated" }))).await;
        world.order(1).await.body["jwt"].clone()
    };
    assert_eq!(signed().await, signed().await);
}

#[test]
fn a_fault_of_the_baking_is_read_as_it_is_written() {
    let read = faults(one(&json!({ "bad_jwt": { "kind": "alg_none" } })));
    assert_eq!(read[0].inject.kind(), "bad_jwt");
}
