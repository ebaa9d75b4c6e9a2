//! The access log: one line a request, whatever becomes of it, and no key in it.

use crate::world::{KEY, memory, world};
use http::Method;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

impl Log {
    /// Hears what this thread logs, as lines of JSON.
    fn listen() -> (Log, DefaultGuard) {
        let log = Log::default();
        let json = tracing_subscriber::fmt().json().without_time();
        let subscriber = json.with_writer(log.clone()).finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no panic").clone()).expect("UTF-8")
    }

    /// The lines of the access log, each with the fields alone.
    fn lines(&self) -> Vec<Value> {
        let text = self.text();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        lines
            .filter(|line| line["target"] == "access")
            .map(|line| line["fields"].clone())
            .collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_is_one_line_with_what_became_of_it() {
    let (log, _guard) = Log::listen();
    let late = json!([{ "name": "late", "inject": { "latency": { "fixed": "1500ms" } } }]);
    let world = world(&memory(), late).await;
    world.order(1).await;
    world.get("/nowhere?a=b").await;
    let lines = log.lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!(
        lines[0],
        json!({ "message": "answered", "method": "POST", "path": "/api/order", "status": 200, "millis": 1500.0, "head_millis": 1500.0, "vendor": "student", "faults": "late" })
    );
    assert_eq!(
        lines[1],
        json!({ "message": "answered", "method": "GET", "path": "/nowhere", "status": 404, "millis": 0.0, "head_millis": 0.0 })
    );
}

#[tokio::test(start_paused = true)]
async fn a_request_without_an_answer_has_a_line_without_a_status() {
    let (log, _guard) = Log::listen();
    let lost = json!([{ "name": "lost", "inject": { "made_but_not_told": { "reply": "reset" } } }]);
    let world = world(&memory(), lost).await;
    world.try_order(1).await.expect_err("lost");
    let lines = log.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["message"], "no answer was sent");
    assert_eq!(lines[0].get("status"), None);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_drips_is_logged_when_it_is_over() {
    let (log, _guard) = Log::listen();
    let drip = json!([{ "name": "drip", "inject": { "throughput": { "drip": { "bytes": 16, "every": "100ms" } } } }]);
    let world = world(&memory(), drip).await;
    let seen = world.order(1).await;
    let pauses = seen.reply.body().len().div_ceil(16) - 1;
    let lines = log.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["message"], "answered");
    assert_eq!(lines[0]["head_millis"], 0.0);
    assert_eq!(lines[0]["millis"], pauses as f64 * 100.0);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_cut_has_a_line_with_its_vendor_and_what_was_done_to_it() {
    for (late, message, status) in [
        (
            json!({ "latency": { "fixed": "400ms" } }),
            "no answer was sent",
            None,
        ),
        (
            json!({ "throughput": { "drip": { "bytes": 1, "every": "1s" } } }),
            "the answer was broken off",
            Some(200),
        ),
    ] {
        let (log, _guard) = Log::listen();
        let out = json!({ "name": "out", "starts": "200ms", "ends": "mended", "inject": { "outage": "reset" } });
        let world = world(&memory(), json!([out, { "name": "late", "inject": late }])).await;
        world.try_order(7).await.expect_err("cut");
        let lines = log.lines();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0]["message"], message);
        assert_eq!(lines[0].get("status").and_then(Value::as_u64), status);
        assert_eq!(lines[0]["millis"], 200.0);
        assert_eq!(lines[0]["vendor"], "student");
        assert_eq!(lines[0]["faults"], "late, out");
        assert_eq!(world.first_counts(), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_away_leaves_a_line_with_its_vendor() {
    let (log, _guard) = Log::listen();
    let late = json!([{ "name": "late", "inject": { "latency": { "fixed": "10s" } } }]);
    let world = world(&memory(), late).await;
    world.try_order(7).await.expect_err("out of patience");
    tokio::time::sleep(Duration::from_millis(10)).await;
    let lines = log.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(
        (&lines[0]["vendor"], &lines[0]["faults"]),
        (&json!("student"), &json!("late"))
    );
}

#[tokio::test(start_paused = true)]
async fn keys_are_not_in_it() {
    let (log, _guard) = Log::listen();
    let world = world(&memory(), json!([])).await;
    world
        .send(Method::PUT, "/api/vendor/chaos/fail", &json!({}))
        .await;
    let failed = world.order(1).await;
    world.follow(&failed.body["reportUrl"]).await;
    assert!(!log.text().contains(KEY), "{}", log.text());
    let paths: Vec<_> = log
        .lines()
        .iter()
        .map(|line| line["path"].clone())
        .collect();
    assert_eq!(paths[2], "/api/support/***/report/***");
}
