//! The stream of events, as a browser reads it.

use crate::world::{World, controlled, over_both};
use fake_factory::net::{Connection, Network};
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};

/// An open stream. Frames lie in chunks of HTTP, whose sizes stand on lines of their own.
struct Stream {
    lines: Lines<BufReader<Connection>>,
    status: u16,
}

/// One event: its id, name and data.
#[derive(Debug)]
struct Told {
    id: Option<u64>,
    name: String,
    data: Value,
}

impl Stream {
    async fn open(network: &Network, world: &World, headers: &str) -> Stream {
        let url = world.factory.control_url().expect("a control");
        let host = url.strip_prefix("http://").expect("a URL");
        let authority = if host.contains(':') {
            host.to_owned()
        } else {
            format!("{host}:80")
        };
        let mut connection = network.connect(&authority).await.expect("it listens");
        let request = format!("GET /control/events HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");
        connection
            .write_all(request.as_bytes())
            .await
            .expect("it reads");
        let mut lines = BufReader::new(connection).lines();
        let first = lines
            .next_line()
            .await
            .expect("readable")
            .expect("a status line");
        let status = first
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .expect("a status");
        Stream { lines, status }
    }

    async fn line(&mut self) -> String {
        let line = tokio::time::timeout(Duration::from_secs(60), self.lines.next_line()).await;
        line.expect("in time")
            .expect("readable")
            .expect("it goes on")
    }

    async fn next(&mut self) -> Told {
        let (mut id, mut name) = (None, String::new());
        loop {
            let line = self.line().await;
            if let Some(text) = line.strip_prefix("id: ") {
                id = text.parse().ok();
            } else if let Some(text) = line.strip_prefix("event: ") {
                text.clone_into(&mut name);
            } else if let Some(text) = line.strip_prefix("data: ") {
                let data = serde_json::from_str(text).expect("JSON");
                return Told { id, name, data };
            }
        }
    }

    /// The next event of this name.
    async fn next_called(&mut self, name: &str) -> Told {
        loop {
            let told = self.next().await;
            if told.name == name {
                return told;
            }
        }
    }
}

over_both! {
    async fn what_happened_comes_first_and_then_what_happens(network) {
        let world = controlled(&network, json!([])).await;
        assert_eq!(world.order("a").await.status, 200);
        let mut stream = Stream::open(&network, &world, "").await;
        assert_eq!(stream.status, 200);
        let made = stream.next_called("pizza").await;
        assert_eq!(made.id, Some(1));
        assert_eq!((&made.data["vendor"], &made.data["order_id"], &made.data["count"]), (&json!("student"), &json!("a"), &json!(1)));
        assert!(made.data["at"].as_str().expect("a time").starts_with("2024-08-08T16:0"));
        assert!(made.data["elapsed"].is_number());
        assert_eq!(world.order("a").await.status, 200);
        let again = stream.next_called("pizza").await;
        assert_eq!((&again.data["order_id"], &again.data["count"]), (&json!("a"), &json!(2)));
    }

    async fn orders_faults_reports_and_resets_are_told(network) {
        let world = controlled(&network, json!([])).await;
        let mut stream = Stream::open(&network, &world, "").await;
        let plan = json!({ "name": "bug", "inject": { "status": { "code": 500, "report_url": true } }, "ends": "on_report" });
        assert_eq!(world.control_send(Method::POST, "/control/faults", &plan).await.status, 201);
        let broken = world.order("a").await;
        assert_eq!(world.follow(&broken.body["reportUrl"]).await.status, 200);
        assert_eq!(world.order("a").await.status, 200);
        assert_eq!(world.control(Method::POST, "/control/reset").await.status, 204);

        let order = stream.next_called("order").await.data;
        assert_eq!((&order["vendor"], &order["order_id"], &order["status"]), (&json!("student"), &json!("a"), &json!(500)));
        assert_eq!(order["faults"], json!(["bug"]));
        assert!(order["millis"].is_number());
        let report = stream.next_called("report").await.data;
        assert_eq!((&report["vendor"], &report["fault"]), (&json!("student"), &json!("bug")));
        let order = stream.next_called("order").await.data;
        assert_eq!((&order["status"], &order["faults"]), (&json!(200), &json!([])));
        assert!(stream.next_called("reset").await.data["at"].is_string());

        let mut again = Stream::open(&network, &world, "").await;
        let mut whats = Vec::new();
        while whats.len() < 5 {
            let told = again.next_called("fault").await.data;
            assert_eq!(told["name"], "bug");
            whats.push((told["what"].clone(), told["by"].clone()));
        }
        let what = |what: &str| (json!(what), Value::Null);
        let triggered = (json!("end_triggered"), json!("report"));
        assert_eq!(whats, [what("added"), what("started"), triggered, what("ended"), what("removed")]);
    }

    async fn an_order_whose_answer_is_lost_has_no_status(network) {
        let world = controlled(&network, json!([{ "name": "lost", "inject": { "made_but_not_told": {} } }])).await;
        let mut stream = Stream::open(&network, &world, "").await;
        assert!(world.try_order("a").await.is_err());
        let order = stream.next_called("order").await.data;
        assert_eq!((&order["status"], &order["faults"]), (&Value::Null, &json!(["lost"])));
    }

    async fn a_reader_goes_on_where_it_was(network) {
        let world = controlled(&network, json!([])).await;
        for id in 0..3 {
            assert_eq!(world.order(id).await.status, 200);
        }
        let mut all = Stream::open(&network, &world, "").await;
        all.next_called("pizza").await;
        let second = all.next_called("pizza").await;
        let last = format!("Last-Event-ID: {}\r\n", second.id.expect("an id"));
        let mut rest = Stream::open(&network, &world, &last).await;
        let third = rest.next_called("pizza").await;
        assert_eq!(third.data["order_id"], "2");
        let refused = Stream::open(&network, &world, "Last-Event-ID: x\r\n").await;
        assert_eq!(refused.status, 400);
    }

    async fn what_is_kept_no_more_is_told_as_missed(network) {
        let world = controlled(&network, json!([])).await;
        for id in 0..300 {
            assert_eq!(world.order(id).await.status, 200);
        }
        let mut stream = Stream::open(&network, &world, "Last-Event-ID: 1\r\n").await;
        let missed = stream.next().await;
        assert_eq!(missed.name, "missed");
        let count = missed.data["missed"].as_u64().expect("a number");
        let first = stream.next().await;
        assert_eq!(first.id, Some(count + 2));
    }

    async fn more_streams_than_there_are_places_for_are_refused(network) {
        let world = controlled(&network, json!([])).await;
        let mut streams = Vec::new();
        for _ in 0..64 {
            let mut stream = Stream::open(&network, &world, "").await;
            assert_eq!(stream.status, 200);
            // Its place is taken once it answers.
            stream.line().await;
            streams.push(stream);
        }
        let refused = world.control(Method::GET, "/control/events").await;
        assert_eq!(refused.status, 503);
        assert_eq!(refused.body["message"], "64 streams are open already");
        assert_eq!(world.control(Method::GET, "/control/state").await.status, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_on_which_nothing_happens_says_that_it_is_there() {
    let network = crate::world::memory();
    let world = controlled(&network, json!([])).await;
    let mut stream = Stream::open(&network, &world, "").await;
    let asked = tokio::time::Instant::now();
    while stream.line().await != ": ping" {}
    assert_eq!(asked.elapsed(), Duration::from_secs(15));
}
