//! What ends a factory without asking: a kill at any moment, a disk that is full, a file that is none of its own. The program itself is
//! run, and the file read afterwards.

use super::{orders_in, place};
use crate::binary::{self, Program, run, stderr};
use crate::world::{KEY, order};
use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Command;

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

#[tokio::test]
async fn a_vendor_and_its_chaos_are_there_after_a_kill() {
    let path = place("kill-vendor");
    let text = path.to_string_lossy();
    // The key comes from the file after the first start.
    let named = format!("student={KEY}");
    let ask = async |program: &Program, method: Method, path: &str, body: Value| {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", program.url()))
            .header("authorization", KEY)
            .header("content-type", "application/json")
            .body(Bytes::from(body.to_string()));
        let reply = binary::call(request.expect("a request")).await;
        reply.expect("a reply")
    };

    let mut program = Program::start(&["--state", &text, "--vendor", &named]);
    let created = ask(
        &program,
        Method::POST,
        "/api/vendor",
        json!({ "id": "new" }),
    )
    .await;
    assert_eq!(created.0, 200);
    program.kill();

    let mut program = Program::start(&["--state", &text]);
    let known = ask(&program, Method::GET, "/api/vendor/new", json!({})).await;
    assert_eq!(known.1, json!({ "exists": true }));
    let chaos = ask(&program, Method::PUT, "/api/vendor/chaos/fail", json!({})).await;
    assert_eq!(chaos.0, 200);
    program.kill();

    let mut program = Program::start(&["--state", &text]);
    let failed = ask(&program, Method::POST, "/api/order", order(1)).await;
    assert_eq!(failed.0, 500);
    let url = failed.1["reportUrl"].as_str().expect("a report URL");
    let report = url
        .strip_prefix(&program.url())
        .expect("a URL of this program");
    assert_eq!(ask(&program, Method::GET, report, json!({})).await.0, 200);
    program.kill();

    let mut program = Program::start(&["--state", &text]);
    assert_eq!(
        ask(&program, Method::POST, "/api/order", order(1)).await.0,
        200
    );
    program.kill();
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
