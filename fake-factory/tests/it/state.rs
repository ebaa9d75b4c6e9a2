//! A factory that is started again with the file of the one before: what a client was told of is there, whatever ended that one.

mod crash;
mod vendors;

use crate::world::{KEY, World, memory, world_with};
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::net::Network;
use fake_factory::seed::Seed;
use fake_factory::{Algorithm, Factory, Setup, StartError, StateError};
use http::Method;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A place for a state file of its own for each test; what an earlier run left there is gone.
fn place(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("state-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder.join("state")
}

/// A factory over TCP whose state is in the file at `path`.
async fn start(path: &Path, change: impl FnOnce(&mut Setup)) -> World {
    let keep = |setup: &mut Setup| {
        setup.state = Some(path.to_owned());
        change(setup);
    };
    world_with(&Network::Tcp, json!([]), keep).await
}

/// The setup of a factory that may not start.
fn bare(path: &Path, network: Network, address: &str) -> Setup {
    let clock = Clock::starting_at("2024-08-08T16:00:00Z".parse().expect("a time"));
    let mut setup = Setup::new("headquarters", clock, Seed::new(329), network, address);
    setup.algorithm = Algorithm::EdDsa;
    setup.state = Some(path.to_owned());
    setup
}

async fn end(factory: Factory) {
    factory.shutdown(Duration::from_secs(5)).await;
}

/// The ids of the orders in a file, which nobody else has open.
async fn orders_in(path: &Path) -> BTreeSet<String> {
    let factory = start(path, |_| {}).await.factory;
    let made = factory.ledger();
    end(factory).await;
    let ids = made.iter().filter_map(|made| made.order_id.as_deref());
    ids.map(str::to_owned).collect()
}

#[tokio::test]
async fn orders_and_the_names_they_are_known_by_survive_a_restart() {
    let path = place("orders");
    let idempotent = |setup: &mut Setup| setup.plan.idempotent = true;
    let world = start(&path, idempotent).await;
    let first = world.order("quoted \"7\"").await;
    let keyed = |world: &World| {
        let request = world.request(&Method::POST, "/api/order");
        let request = request
            .header("authorization", KEY)
            .header("content-type", "application/json")
            .header("idempotency-key", "anew");
        let body = json!({ "diner": { "id": 1 }, "order": { "items": [1] } });
        request.body(body.to_string().into()).expect("a request")
    };
    let second = world.call(keyed(&world)).await.expect("a reply");
    assert_eq!((first.status, second.status), (200, 200));
    let made = world.factory.ledger();
    end(world.factory).await;

    let world = start(&path, |setup| {
        idempotent(setup);
        setup.clock = Clock::starting_at("2024-08-09T16:00:00Z".parse().expect("a time"));
    })
    .await;
    let again = world.factory.ledger();
    assert_eq!(again.len(), made.len());
    assert_eq!(
        (again[0].made_at, &again[0].payload),
        (made[0].made_at, &made[0].payload)
    );
    assert_eq!(
        (again[0].at, again[0].last_at),
        (Elapsed::ZERO, Elapsed::ZERO)
    );
    // The key that signs comes from the seed, so the very same pizza comes back.
    assert_eq!(world.order("quoted \"7\"").await.body, first.body);
    let replayed = world.call(keyed(&world)).await.expect("a reply");
    assert_eq!(replayed.body, second.body);
    assert_eq!(world.pizzas(), 2);
    assert_eq!(world.order(8).await.status, 200);
    world.factory.clear_ledger().await.expect("is stored");
    assert_eq!(world.order(9).await.status, 200);
    end(world.factory).await;
    assert_eq!(orders_in(&path).await, BTreeSet::from(["9".to_owned()]));
}

#[tokio::test]
async fn a_simulated_factory_keeps_no_state() {
    let setup = bare(&place("simulated"), memory(), "headquarters:80");
    let refused = Factory::start(setup).await.err();
    assert!(
        matches!(
            &refused,
            Some(StartError::State {
                source: StateError::Simulated,
                ..
            })
        ),
        "{refused:?}"
    );
}
