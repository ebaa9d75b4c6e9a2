//! Vendors of an earlier run: who they are, the chaos they asked for, and the keys that they order with.

use super::{bare, end, place, start};
use crate::world::{KEY, World};
use bytes::Bytes;
use fake_factory::clock::Clock;
use fake_factory::net::Network;
use fake_factory::seed::Seed;
use fake_factory::{ChaosStart, Event, Factory, Setup, StartError, VendorKey};
use http::Method;
use serde_json::{Value, json};

fn key(id: &str, key: &str) -> VendorKey {
    VendorKey {
        id: id.to_owned(),
        key: key.to_owned(),
    }
}

/// A run on that day of August.
fn on_day(day: u8) -> impl FnOnce(&mut Setup) {
    move |setup| {
        let noon = format!("2024-08-{day:02}T12:00:00Z");
        setup.clock = Clock::starting_at(noon.parse().expect("a time"));
    }
}

/// What the vendor with this key is told of itself.
async fn own(world: &World, key: &str) -> Value {
    let request = world
        .request(&Method::GET, "/api/vendor")
        .header("authorization", key);
    let request = request.body(Bytes::new()).expect("a request");
    world.call(request).await.expect("a reply").body
}

#[tokio::test]
async fn vendors_with_their_details_connections_and_codes_survive_a_restart() {
    let path = place("vendors");
    let two = |setup: &mut Setup| setup.vendors.push(key("other", "otherkeyotherkey"));
    let world = start(&path, two).await;
    let details =
        json!({ "id": "student", "name": "S \"the\" Student", "phone": "1", "email": null });
    assert_eq!(
        world
            .send(Method::PUT, "/api/vendor", &details)
            .await
            .status,
        200
    );
    let purpose = json!({ "purpose": "pentest" });
    assert_eq!(
        world
            .send(Method::POST, "/api/vendor/connect", &purpose)
            .await
            .status,
        200
    );
    let code = json!({ "id": "other" });
    assert_eq!(
        world
            .send(Method::POST, "/api/vendor/code", &code)
            .await
            .status,
        200
    );
    let new = json!({ "id": "new" });
    assert_eq!(
        world.send(Method::POST, "/api/vendor", &new).await.status,
        200
    );
    let (before, codes) = (own(&world, KEY).await, world.factory.login_codes());
    assert_eq!(before["name"], "S \"the\" Student");
    assert_eq!(before["connections"]["pentest"]["purpose"], "pentest");
    assert_eq!(codes.len(), 1);
    end(world.factory).await;

    let world = start(&path, two).await;
    assert_eq!(own(&world, KEY).await, before);
    assert_eq!(world.factory.login_codes(), codes);
    let exists = world.get("/api/vendor/NEW").await;
    assert_eq!(exists.body, json!({ "exists": true }));
    // The seed is the same, and the keys that it draws are others all the same.
    let newer = json!({ "id": "newer" });
    assert_eq!(
        world.send(Method::POST, "/api/vendor", &newer).await.status,
        200
    );
    end(world.factory).await;
}

#[tokio::test]
async fn the_key_of_the_setup_wins_and_the_rest_of_a_vendor_stays() {
    let path = place("keys");
    let nobody = |seed| {
        move |setup: &mut Setup| {
            setup.vendors.clear();
            setup.seed = Seed::new(seed);
        }
    };
    let world = start(&path, nobody(1)).await;
    let drawn = world.factory.vendors().to_vec();
    end(world.factory).await;
    let world = start(&path, nobody(2)).await;
    assert_eq!(world.factory.vendors(), drawn);
    let created = own(&world, &drawn[0].key).await["created"].clone();
    end(world.factory).await;

    let world = start(&path, |setup| {
        setup.vendors = vec![key("STUDENT", KEY)];
        setup.admins = vec![key("boss", "bossbossbossboss")];
        setup.clock = Clock::starting_at("2024-08-10T16:00:00Z".parse().expect("a time"));
    })
    .await;
    assert_eq!(
        own(&world, &drawn[0].key).await["message"],
        "invalid authentication"
    );
    let student = own(&world, KEY).await;
    assert_eq!(
        (&student["id"], &student["created"]),
        (&json!("student"), &created)
    );
    end(world.factory).await;

    let world = start(&path, |setup| setup.vendors.clear()).await;
    assert_eq!(world.factory.vendors(), [key("student", KEY)]);
    end(world.factory).await;

    let mut setup = bare(&path, Network::Tcp, "127.0.0.1:0");
    setup.vendors = vec![key("student", "bossbossbossboss")];
    let refused = Factory::start(setup).await.err();
    assert!(
        matches!(&refused, Some(StartError::Vendor { id, .. }) if id == "student"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn chaos_goes_on_after_a_restart_until_it_is_fixed_and_stays_fixed() {
    let path = place("chaos");
    let world = start(&path, on_day(8)).await;
    let initiated = world
        .send(Method::PUT, "/api/vendor/chaos/fail", &json!({}))
        .await;
    assert_eq!(initiated.status, 200);
    let report = world.order(1).await.body["reportUrl"].clone();
    end(world.factory).await;

    let world = start(&path, on_day(9)).await;
    let failed = world.order(2).await;
    assert_eq!(failed.status, 500);
    let code = |url: &Value| {
        url.as_str()
            .and_then(|url| url.rsplit('/').next())
            .map(str::to_owned)
    };
    assert_eq!(code(&failed.body["reportUrl"]), code(&report));
    let started = |event: &Event| matches!(event, Event::FaultStarted { .. });
    assert_eq!(
        world.events().iter().filter(|event| started(event)).count(),
        1
    );
    assert_eq!(world.follow(&failed.body["reportUrl"]).await.status, 200);
    end(world.factory).await;

    let world = start(&path, on_day(10)).await;
    assert_eq!(world.order(3).await.status, 200);
    assert_eq!(own(&world, KEY).await["chaos"]["type"], "none");
    assert!(!world.events().iter().any(started));
    end(world.factory).await;
}

#[tokio::test]
async fn chaos_that_was_scheduled_before_a_restart_starts_at_its_time() {
    let path = place("scheduled");
    let scheduled = |setup: &mut Setup| setup.chaos_start = ChaosStart::Scheduled;
    let world = start(&path, scheduled).await;
    world
        .send(Method::PUT, "/api/vendor/chaos/fail", &json!({}))
        .await;
    assert_eq!(world.order(1).await.status, 200);
    let chaos = own(&world, KEY).await["chaos"].clone();
    end(world.factory).await;

    let start_date: jiff::Timestamp = chaos["startDate"]
        .as_str()
        .and_then(|date| date.parse().ok())
        .expect("a time");
    let mut clock = None;
    let world = start(&path, |setup| {
        let shortly_before = start_date - std::time::Duration::from_millis(400);
        setup.clock = Clock::starting_at(shortly_before);
        clock = Some(setup.clock.clone());
    })
    .await;
    assert!(world.events().is_empty());
    let clock = clock.expect("set");
    clock.sleep_until(clock.elapsed_at(start_date)).await;
    assert_eq!(world.order(2).await.status, 500);
    let started = world.events().into_iter().find_map(|event| match event {
        Event::FaultStarted { at, .. } => Some(at),
        _ => None,
    });
    assert_eq!(started.map(|at| at.as_millis()), Some(400));
    end(world.factory).await;
}
