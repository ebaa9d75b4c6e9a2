//! A monitor under a paused clock, before a target that is served in memory.

mod lines;
mod shadows;

use super::*;
use crate::alerting::notify::written::routing_of;
use crate::alerting::rules::loki;
use crate::alerting::rules::prometheus::parse_rule_file;
use crate::scenario::monitoring::Route;
use axum::Router;
use axum::routing::get;
use fake_factory::input::{Source, read};
use fake_factory::net::Network;
use fake_factory::net::memory::MemoryNetwork;
use fake_factory::net::serve::serve;
use http::Uri;
use promql::Query;
use serde_json::{Value, json};

/// A world of one target, watched for a while.
struct World {
    rules: &'static str,
    loki: &'static str,
    route: Option<&'static str>,
    watches: Vec<(&'static str, Option<u64>)>,
    scrape_phase: u64,
    evaluation_phase: u64,
    minutes: u64,
    /// What the target exposes after so many seconds; none: it hangs.
    exposes: fn(u64) -> Option<String>,
}

impl Default for World {
    fn default() -> Self {
        World {
            rules: "groups: []",
            loki: "groups: []",
            route: None,
            watches: Vec::new(),
            scrape_phase: 0,
            evaluation_phase: 0,
            minutes: 10,
            exposes: |_| Some(String::new()),
        }
    }
}

fn seconds(seconds: u64) -> Elapsed {
    Elapsed::from_duration(Duration::from_secs(seconds))
}

fn simulated<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime")
        .block_on(future)
}

impl World {
    async fn open(&self, clock: &Clock) -> (MonitorSetup, broadcast::Receiver<Delivered>, Logs) {
        let network = Network::Memory(MemoryNetwork::new());
        let listener = network.bind("orders:80").await.expect("a free name");
        let (exposes, told) = (self.exposes, clock.clone());
        let metrics = move || async move {
            match exposes(told.elapsed().as_millis() / 1_000) {
                Some(text) => text,
                None => std::future::pending().await,
            }
        };
        let router = Router::new().route("/metrics", get(metrics));
        tokio::spawn(serve(listener, router, clock.clone()));
        let mut groups =
            parse_rule_file(&Source::new("rules.yml", self.rules)).expect("sound rules");
        let lines = loki::parse_rule_file(&Source::new("loki.yml", self.loki));
        groups.extend(lines.expect("sound rules"));
        let delays = [("phone", 66), ("slack", 0)];
        let delays = delays.map(|(name, delay)| (name.to_owned(), Duration::from_secs(delay)));
        let routes = match self.route {
            None => Routes::to_all(["phone".to_owned()]),
            Some(text) => {
                let route = read::<Route>(&Source::new("route.yml", text)).value;
                let routing = routing_of(&route.expect("a route")).expect("sound matchers");
                Routes::through(&routing).expect("sound routes")
            }
        };
        let watches = self.watches.iter().map(|(expr, at)| Watch {
            expr: (*expr).to_owned(),
            query: Query::parse(expr).expect("PromQL"),
            at: at.map(seconds),
        });
        let (pages, arrived) = broadcast::channel(1_024);
        let logs = Logs::new();
        let setup = MonitorSetup {
            clock: clock.clone(),
            client: Client::new(network),
            targets: vec![Target {
                job: "orders".to_owned(),
                instance: "orders:80".to_owned(),
                uri: Uri::from_static("http://orders:80/metrics"),
            }],
            logs: logs.clone(),
            scrape_interval: Duration::from_secs(15),
            evaluation_interval: Duration::from_secs(60),
            phase: PhaseRecord {
                scrape: seconds(self.scrape_phase),
                evaluation: seconds(self.evaluation_phase),
                groups: groups.iter().map(|group| self.phase_of(group)).collect(),
            },
            shadows: ShadowPlan::default(),
            groups,
            routes,
            channels: BTreeMap::from(delays),
            watches: watches.collect(),
            pages,
            observer: None,
        };
        (setup, arrived, logs)
    }

    /// The evaluation's phase within the group's own interval.
    fn phase_of(&self, group: &RuleGroup) -> Elapsed {
        let interval = group.interval.map_or(60, |interval| interval.as_secs());
        seconds(self.evaluation_phase % interval)
    }

    fn play(&self) -> Seen {
        self.play_while(|_, _, _| {})
    }

    /// Plays the world; `meanwhile` may act on it as soon as it is open.
    fn play_while(&self, meanwhile: impl FnOnce(&Clock, MonitorHandle, Logs)) -> Seen {
        simulated(async {
            let epoch = "2024-08-08T15:50:00Z".parse().expect("a time");
            let clock = Clock::starting_at(epoch);
            let (setup, _arrived, logs) = self.open(&clock).await;
            let (monitor, handle) = Monitor::new(setup);
            meanwhile(&clock, handle, logs);
            let seen = monitor.run(seconds(self.minutes * 60)).await;
            seen.expect("no shadow breaks down")
        })
    }
}

/// The seconds at which an alert did what it did.
fn times(alert: &AlertRecord) -> [Option<u64>; 4] {
    let at = |at: Option<Elapsed>| at.map(|at| at.as_millis() / 1_000);
    [
        at(Some(alert.pending_at)),
        at(alert.firing_at),
        at(alert.paged_at),
        at(alert.resolved_at),
    ]
}

fn failing(from: u64, to: u64, now: u64) -> Option<String> {
    let failing = u8::from((from..to).contains(&now));
    Some(format!(
        "# TYPE failing gauge\nfailing{{code=\"500\"}} {failing}\n"
    ))
}

const FAILING: &str = "
groups:
  - name: orders
    rules:
      - alert: Failing
        expr: failing > 0.5
        for: 1m
        labels: { severity: page }
        annotations: { summary: 'code {{ $labels.code }}' }
";

#[test]
fn a_fault_is_scraped_judged_and_paged() {
    let seen = World {
        rules: FAILING,
        exposes: |now| failing(100, 300, now),
        ..World::default()
    }
    .play();
    let [alert] = seen.alerts.as_slice() else {
        panic!("one alert, not {:?}", seen.alerts);
    };
    // Seen by the scrape at 105, judged at 120, fires a minute later and pages 66 s after that. The page at 366 says resolved.
    assert_eq!(times(alert), [Some(120), Some(180), Some(246), Some(300)]);
    assert_eq!(alert.annotations["summary"], "code 500");
    assert_eq!(alert.labels["job"], "orders");
    assert!(!alert.labels.contains_key("alertname"));
    let pages: Vec<_> = seen
        .pages
        .iter()
        .map(|page| (page.at, page.status))
        .collect();
    assert_eq!(
        pages,
        [
            (seconds(246), PageStatus::Firing),
            (seconds(366), PageStatus::Resolved)
        ]
    );
    let [rule] = seen.rules.as_slice() else {
        panic!("one rule, not {:?}", seen.rules);
    };
    assert_eq!(
        (rule.threshold, rule.operator.as_deref()),
        (Some(0.5), Some(">"))
    );
    assert_eq!((rule.evaluations, rule.failures), (11, 0));
    let values: Vec<_> = rule
        .values
        .iter()
        .map(|value| (value.at, value.value))
        .collect();
    assert_eq!(
        values,
        [
            (seconds(0), Some(0.0)),
            (seconds(120), Some(1.0)),
            (seconds(300), Some(0.0))
        ],
        "a scrape and an evaluation of the same instant: the evaluation sees the scrape"
    );
    assert!(seen.warnings.is_empty(), "{:?}", seen.warnings);
}

#[test]
fn the_phase_shifts_every_tick() {
    let seen = World {
        rules: FAILING,
        scrape_phase: 7,
        evaluation_phase: 40,
        exposes: |now| failing(100, 300, now),
        ..World::default()
    }
    .play();
    assert_eq!(
        times(&seen.alerts[0]),
        [Some(160), Some(220), Some(286), Some(340)]
    );
}

#[test]
fn groups_tick_at_their_own_interval() {
    let rules = "
groups:
  - { name: often, interval: 20s, rules: [{ alert: Often, expr: failing > 0 }] }
  - { name: seldom, interval: 2m, rules: [{ alert: Seldom, expr: failing > 0 }] }
";
    let seen = World {
        rules,
        evaluation_phase: 50,
        exposes: |now| failing(45, 400, now),
        ..World::default()
    }
    .play();
    let pending: Vec<_> = seen
        .alerts
        .iter()
        .map(|alert| (alert.name.as_str(), times(alert)[0], times(alert)[3]))
        .collect();
    assert_eq!(
        pending,
        [
            ("Often", Some(50), Some(410)),
            ("Seldom", Some(50), Some(410))
        ]
    );
    assert_eq!(seen.rules[0].evaluations, 30, "from 10 s on, every 20 s");
}

#[test]
fn a_route_groups_what_goes_to_its_channel() {
    let seen = World {
        rules: FAILING,
        route: Some(
            "{ receiver: slack, routes: [{ matchers: [severity=page], receiver: phone }] }",
        ),
        exposes: |now| failing(100, 300, now),
        ..World::default()
    }
    .play();
    let pages: Vec<_> = seen
        .pages
        .iter()
        .map(|page| (page.channel.as_str(), page.sent_at, page.at, page.status))
        .collect();
    assert_eq!(
        pages,
        [
            ("phone", seconds(210), seconds(276), PageStatus::Firing),
            ("phone", seconds(510), seconds(576), PageStatus::Resolved)
        ]
    );
}

#[test]
fn pages_are_delivered_when_they_arrive() {
    let world = World {
        rules: FAILING,
        exposes: |now| failing(100, 300, now),
        ..World::default()
    };
    let arrived = simulated(async {
        let clock = Clock::starting_at("2024-08-08T15:50:00Z".parse().expect("a time"));
        let (setup, mut pages, _) = world.open(&clock).await;
        let watching = tokio::spawn(Monitor::new(setup).0.run(seconds(600)));
        let page = pages.recv().await.expect("a page");
        let at = clock.elapsed();
        watching.await.flatten().expect("it ends");
        (at, page.channel)
    });
    assert_eq!(arrived, (seconds(246), "phone".to_owned()));
}

#[test]
fn a_target_that_hangs_is_down_and_holds_up_nothing() {
    let rules = "groups: [{ name: g, rules: [{ alert: Down, expr: up == 0 }, { alert: Always, expr: vector(1) }] }]";
    let seen = World {
        rules,
        minutes: 3,
        exposes: |now| (now < 60).then(|| "a 1\n".to_owned()),
        ..World::default()
    }
    .play();
    let fired: Vec<_> = seen
        .alerts
        .iter()
        .map(|alert| (alert.name.as_str(), times(alert)[1]))
        .collect();
    // The scrape at 60 gives up at 70, and is seen at 120.
    assert_eq!(fired, [("Always", Some(0)), ("Down", Some(120))]);
    let warnings: Vec<_> = seen
        .warnings
        .iter()
        .map(|warning| warning.message.as_str())
        .collect();
    assert_eq!(
        warnings,
        ["the scrape of orders:80: call the target: no reply within 10000 ms"],
        "told once, not at every scrape"
    );
}

#[test]
fn skipped_scrapes_leave_gaps() {
    let samples = |skipped: u32| {
        let world = World {
            watches: vec![("count_over_time(up[10m])", Some(590))],
            ..World::default()
        };
        let seen = world.play_while(|_, handle, _| handle.skip_scrapes(skipped));
        seen.watches[0].series[0].values[0].value
    };
    assert_eq!((samples(0), samples(3)), (40.0, 37.0));
}

#[test]
fn watches_are_asked_at_evaluations_and_at_moments() {
    let seen = World {
        minutes: 4,
        watches: vec![
            ("failing > 0", None),
            ("failing", Some(107)),
            ("sum(failing) + on() group_left() failing", None),
        ],
        exposes: |now| failing(100, 170, now),
        ..World::default()
    }
    .play();
    let [during, at, _] = seen.watches.as_slice() else {
        panic!("three watches");
    };
    let moments: Vec<Elapsed> = during.series[0]
        .values
        .iter()
        .map(|gauge| gauge.at)
        .collect();
    assert_eq!(moments, [seconds(120)]);
    assert_eq!(during.series[0].gone_at, Some(seconds(180)));
    assert_eq!(
        during.empty,
        [(seconds(0), seconds(60)), (seconds(180), seconds(240))]
    );
    assert_eq!(
        (at.series[0].values[0].at, at.series[0].values[0].value),
        (seconds(107), 1.0)
    );
}

#[test]
fn a_rule_that_fails_is_a_warning_told_once() {
    let rules = "groups: [{ name: g, rules: [{ alert: A, expr: 'a * on() b' }] }]";
    let seen = World {
        rules,
        exposes: |_| Some("a 1\nb{c=\"1\"} 1\nb{c=\"2\"} 1\n".to_owned()),
        ..World::default()
    }
    .play();
    assert_eq!(
        (seen.rules[0].evaluations, seen.rules[0].failures),
        (11, 11)
    );
    let [warning] = seen.warnings.as_slice() else {
        panic!("one warning, not {:?}", seen.warnings);
    };
    assert!(
        warning.message.starts_with("the rule A: "),
        "{}",
        warning.message
    );
}

#[test]
fn the_same_world_is_seen_the_same_twice() {
    let record = || -> Value {
        let seen = World {
            rules: FAILING,
            minutes: 60,
            exposes: |now| failing(now / 200 * 200 + 37, now / 200 * 200 + 160, now),
            ..World::default()
        }
        .play();
        json!({ "rules": seen.rules, "alerts": seen.alerts, "pages": seen.pages })
    };
    let (first, second) = (record(), record());
    assert_eq!(first, second);
    assert!(
        first["alerts"]
            .as_array()
            .is_some_and(|alerts| alerts.len() > 10)
    );
}
