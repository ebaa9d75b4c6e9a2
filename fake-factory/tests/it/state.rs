//! A factory that is started again with the file of the one before: what a client was told of is there, whatever ended that one.

use crate::binary::{self, Program, run, stderr};
use crate::world::{KEY, World, order, world_with};
use bytes::Bytes;
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::net::Network;
use fake_factory::seed::Seed;
use fake_factory::{Factory, Setup, StartError, StateError, VendorKey};
use http::{Method, Request};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A place for a state file of its own for each test; what an earlier run left there is gone.
fn place(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("state-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder.join("state")
}

fn setup(path: &Path) -> Setup {
    let clock = Clock::starting_at("2024-08-08T16:00:00Z".parse().expect("a time"));
    let seed = Seed::new(329);
    let mut setup = Setup::new("headquarters", clock, seed, Network::Tcp, "127.0.0.1:0");
    setup.algorithm = fake_factory::Algorithm::EdDsa;
    setup.state = Some(path.to_owned());
    setup.vendors = vec![VendorKey {
        id: "student".to_owned(),
        key: KEY.to_owned(),
    }];
    setup
}

async fn end(factory: Factory) {
    factory.shutdown(Duration::from_secs(5)).await;
}

/// The ids of the orders in a file, which nobody else has open.
async fn orders_in(path: &Path) -> BTreeSet<String> {
    let factory = Factory::start(setup(path)).await.expect("starts");
    let made = factory.ledger();
    end(factory).await;
    let ids = made.iter().filter_map(|made| made.order_id.as_deref());
    ids.map(str::to_owned).collect()
}

#[tokio::test]
async fn orders_and_the_names_they_are_known_by_survive_a_restart() {
    let path = place("orders");
    let keep = |setup: &mut Setup| {
        setup.state = Some(path.clone());
        setup.plan.idempotent = true;
    };
    let world = world_with(&Network::Tcp, json!([]), keep).await;
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

    let world = world_with(&Network::Tcp, json!([]), |setup| {
        keep(setup);
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
async fn what_was_answered_is_there_after_a_kill_at_any_moment() {
    let path = place("kill");
    let text = path.to_string_lossy();
    let mut answered = BTreeSet::new();
    for (round, kill_after) in [1, 2, 5, 9, 17, 33].into_iter().enumerate() {
        let mut program =
            Program::start(&["--state", &text, "--vendor", &format!("student={KEY}")]);
        let url = program.url();
        let (told, mut hears) = tokio::sync::mpsc::unbounded_channel();
        for diner in 0..8 {
            let (url, told) = (url.clone(), told.clone());
            tokio::spawn(async move {
                for number in 0..100 {
                    let id = format!("{round}-{diner}-{number}");
                    match binary::order(&url, KEY, &order(id.as_str())).await {
                        Ok((200, _)) if told.send(id).is_ok() => {}
                        Ok((200, _)) | Err(_) => return,
                        Ok(other) => panic!("{other:?}"),
                    }
                }
            });
        }
        drop(told);
        for _ in 0..kill_after {
            answered.insert(hears.recv().await.expect("an order"));
        }
        program.kill();
        while let Some(id) = hears.recv().await {
            answered.insert(id);
        }
        let found = orders_in(&path).await;
        let lost: Vec<_> = answered.difference(&found).collect();
        assert!(
            lost.is_empty(),
            "round {round}: {lost:?} of {}",
            answered.len()
        );
    }
    assert!(answered.len() > 60);
}

/// Runs the program where no file may grow beyond `kilobytes`, as on a disk that is full.
#[cfg(unix)]
fn on_a_small_disk(kilobytes: u64, arguments: &[&str]) -> Program {
    // `ulimit` counts in blocks of 512 bytes. The signal that comes with the error ends programs that do not ignore it.
    let script = format!(
        "trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"",
        kilobytes * 2
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_fake-factory")]);
    Program::start_with(shell, arguments)
}

#[cfg(unix)]
#[tokio::test]
async fn on_a_full_disk_orders_are_refused_and_the_factory_lives_on() {
    let path = place("full");
    let text = path.to_string_lossy();
    let vendor = format!("student={KEY}");
    let arguments = ["--state", &text, "--vendor", &vendor];
    let program = on_a_small_disk(1_700, &arguments);
    let mut told = BTreeSet::new();
    let mut refusals = 0;
    for number in 0..200 {
        let id = format!("order-{number}");
        let mut body = order(id.as_str());
        body["order"]["note"] = json!("x".repeat(20_000));
        let (status, reply) = binary::order(&program.url(), KEY, &body)
            .await
            .expect("a reply");
        if status == 200 {
            told.insert(id);
            continue;
        }
        let message = reply["message"].as_str().unwrap_or_default();
        assert_eq!(status, 500);
        assert!(
            message.starts_with("failed to write the state file: "),
            "{message}"
        );
        refusals += 1;
        if refusals == 5 {
            break;
        }
    }
    assert!(
        refusals == 5 && !told.is_empty(),
        "{refusals}, {}",
        told.len()
    );
    let health = Request::get(format!("{}/health", program.url()));
    let (status, _) = binary::call(health.body(Bytes::new()).expect("a request"))
        .await
        .expect("a reply");
    assert_eq!(status, 200);
    assert_eq!(program.terminate(), Some(0));
    let found = orders_in(&path).await;
    // One order was under way when the disk was found to be full; the others were refused before they were made.
    assert!(
        found.is_superset(&told) && found.len() <= told.len() + 1,
        "{}",
        found.len()
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_exit_code_2_with_what_to_do() {
    let path = place("refused");
    let text = path.to_string_lossy().into_owned();
    let folder = path
        .parent()
        .expect("a folder")
        .to_string_lossy()
        .into_owned();
    let letter = format!("{folder}/letter");
    std::fs::write(&letter, "Dear factory,").expect("a file");
    let nowhere = format!("{folder}/nowhere/state");
    let mut taken = Program::start(&["--state", &text]);
    for (file, says) in [
        (&folder, "it is not a file; name a file"),
        (&nowhere, "name a file in a folder that exists"),
        (
            &letter,
            "it is no state file of a fake-factory; name another file",
        ),
        (&text, "another running factory uses it; end that one"),
    ] {
        let output = run(&[
            "--bind",
            "127.0.0.1:0",
            "--algorithm",
            "EdDSA",
            "--state",
            file,
        ]);
        let error = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{error}");
        let expected = format!("error: failed to open the state file {file}: ");
        assert!(
            error.starts_with(&expected) && error.contains(says),
            "{error}"
        );
    }
    taken.kill();
}

#[tokio::test]
async fn a_simulated_factory_keeps_no_state() {
    let mut setup = setup(&place("simulated"));
    setup.network = crate::world::memory();
    setup.address = "headquarters:80".to_owned();
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
