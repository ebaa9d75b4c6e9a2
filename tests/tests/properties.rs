//! Orders are accounted for, whatever breaks: under any seed, traffic, faults and service, every order has one fate and a run is
//! reproduced; and a service with a queue and a fallback, over factories that know an order when it comes again, loses and doubles
//! none.

use chaos_runner::record::Record;
use chaos_runner::record::orders::{Fate, OrderRecord};
use chaos_runner::report::Ran;
use chaos_runner::report::json::document;
use end_to_end::{Played, Script};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long a run takes, in seconds.
const DURATION: u32 = 600;
/// From when on nothing breaks any more, where a run has to recover.
const CALM_FROM: u32 = 360;

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(texts).prop_map(str::to_owned)
}

fn arrivals() -> impl Strategy<Value = String> {
    one_of(&[
        "{ constant: 6/min }",
        "{ constant: { rate: 1/s, from: 1m, until: 4m } }",
        "{ poisson: 12/min }",
        "{ poisson: { rate: 30/min, from: 30s } }",
        "{ ramp: { from: 2/min, to: 30/min, over: 5m } }",
        "{ burst: { base: 3/min, peak: 3/s, starts: 2m, lasts: 40s } }",
        "{ replay: [0s, 0s, 90s, 90s, 2m, 5m, 9m 59s] }",
    ])
}

fn groups() -> impl Strategy<Value = String> {
    let group = (
        arrivals(),
        one_of(&["1s", "5s", "30s"]),
        prop::sample::select(vec![1_u32, 3, 21]),
        any::<bool>(),
    );
    prop::collection::vec(group, 1..=3).prop_map(|groups| {
        let mut text = String::new();
        for (number, (arrivals, patience, pizzas, canary)) in groups.into_iter().enumerate() {
            text.push_str(&format!(
                "  - {{ name: group{number}, arrivals: {arrivals}, patience: {patience}, order: {{ pizzas: {pizzas} }}, canary: {canary} }}\n"
            ));
        }
        text
    })
}

/// What a fault does; with `calm`, nothing that a caller has to wait for longer than the run has left.
fn inject() -> impl Strategy<Value = String> {
    one_of(&[
        "{ status: { code: 500, message: chaos monkey } }",
        "{ status: { code: 503, message: down } }",
        "{ status: { code: 429, retry_after: 3s } }",
        "{ status: { code: 401 } }",
        "{ status: { code: 404, body: \"<html>\", content_type: text/html } }",
        "{ latency: { fixed: 8s } }",
        "{ latency: { uniform: { min: 1ms, max: 4s } } }",
        "{ latency: { normal: { mean: 1s, deviation: 500ms } } }",
        "{ latency: { pareto: { scale: 100ms, shape: 1.1, at_most: 20s } } }",
        "{ outage: refused }",
        "{ outage: reset }",
        "{ outage: hang }",
        "{ bad_jwt: {} }",
        "{ malformed_body: {} }",
        "{ made_but_not_told: { reply: reset } }",
        "{ made_but_not_told: { reply: hang } }",
    ])
}

/// The faults of one factory, all of them over by `until` seconds.
fn faults(factory: &'static str, until: u32) -> impl Strategy<Value = String> {
    let fault = (
        inject(),
        0..until - 1,
        1..until,
        prop::sample::select(vec![100_u32, 50, 7]),
    );
    prop::collection::vec(fault, 0..=3).prop_map(move |faults| {
        let mut text = String::new();
        for (number, (inject, starts, length, share)) in faults.into_iter().enumerate() {
            let length = length.min(until - starts);
            text.push_str(&format!(
                "      - {{ name: {factory}{number}, starts: {starts}s, ends: {{ after: {length}s }}, requests: {share}%, inject: {inject} }}\n"
            ));
        }
        text
    })
}

fn factory(name: &str, idempotent: bool, faults: &str) -> String {
    let list = if faults.is_empty() {
        " []\n".to_owned()
    } else {
        format!("\n{faults}")
    };
    format!("  {name}:\n    idempotent: {idempotent}\n    order_delay: 2s\n    faults:{list}")
}

/// A feature of the service, or nothing.
fn maybe(text: &'static str) -> impl Strategy<Value = String> {
    any::<bool>().prop_map(move |on| {
        if on {
            format!("  {text}\n")
        } else {
            String::new()
        }
    })
}

fn scenario(groups: &str, factories: &str, service: &str, more: &str) -> String {
    format!(
        "version: 1\nname: any\nstarts_at: 2025-01-01T12:00:00Z\nduration: {DURATION}s\ndiners:\n{groups}factories:\n{factories}\
         order_service:\n  factory: primary\n{service}{more}expect:\n  - orders: {{ of: all, lost: 0 }}\n"
    )
}

/// Any scenario at all.
fn any_scenario() -> impl Strategy<Value = String> {
    let features = (
        maybe("factory_timeout: 1s"),
        maybe("retry: { attempts: 3, backoff: { first: 200ms, max: 2s } }"),
        maybe("circuit_breaker: { failures: 3, within: 30s, open_for: 10s }"),
        maybe("fallback: backup"),
        one_of(&[
            "",
            "  queue: { capacity: 5 }\n",
            "  queue: { capacity: 1000, durable: true }\n",
        ]),
        maybe("health_probe: { every: 5s }"),
    );
    let restart = one_of(&[
        "",
        "events: [{ at: 3m, restart: order_service }, { at: 5m, restart: order_service }]\n",
    ]);
    (
        groups(),
        faults("primary", DURATION),
        faults("backup", DURATION),
        any::<[bool; 2]>(),
        features,
        restart,
    )
        .prop_map(
            |(
                groups,
                primary,
                backup,
                idempotent,
                (timeout, retry, breaker, fallback, queue, probe),
                restart,
            )| {
                let factories = factory("primary", idempotent[0], &primary)
                    + &factory("backup", idempotent[1], &backup);
                let service = [timeout, retry, breaker, fallback, queue, probe].concat();
                scenario(&groups, &factories, &service, &restart)
            },
        )
}

/// A scenario whose service has what it takes, whose faults end, and which leaves the queue time to drain.
fn resilient_scenario() -> impl Strategy<Value = String> {
    let features = (
        maybe("retry: { attempts: 2, backoff: { first: 200ms, max: 2s } }"),
        maybe("circuit_breaker: { failures: 3, within: 30s, open_for: 10s }"),
        maybe("health_probe: { every: 5s }"),
    );
    let restart = one_of(&["", "events: [{ at: 3m, restart: order_service }]\n"]);
    (groups(), faults("primary", CALM_FROM), faults("backup", CALM_FROM), features, restart).prop_map(
        |(groups, primary, backup, (retry, breaker, probe), restart)| {
            let factories = factory("primary", true, &primary) + &factory("backup", true, &backup);
            let always = "  factory_timeout: 1s\n  fallback: backup\n  queue: { capacity: 10000, durable: true }\n".to_owned();
            let service = [always, retry, breaker, probe].concat();
            scenario(&groups, &factories, &service, &restart)
        },
    )
}

fn count(record: &Record, is_so: impl Fn(&OrderRecord) -> bool) -> u64 {
    record.orders.iter().filter(|order| is_so(order)).count() as u64
}

/// The counts that a user reads.
fn told(played: &Played) -> serde_json::Value {
    let ran = Ran {
        path: "any.yaml".to_owned(),
        record: played.record.clone(),
        verdict: played.verdict.clone(),
        wall: Duration::ZERO,
    };
    let text = document(&[ran]).expect("a run can be written");
    let document: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    document["scenarios"][0]["orders"].clone()
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 32,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_order_has_one_fate_and_the_sums_add_up(text in any_scenario(), seed in any::<u64>()) {
        let played = Script::new(&text).play(seed);
        let orders = &played.record.orders;
        let references: BTreeSet<&str> = orders.iter().map(|order| order.reference.as_str()).collect();
        prop_assert_eq!(references.len(), orders.len());
        for order in orders {
            prop_assert_eq!(order.fate, OrderRecord::fate(&order.told, order.believed, order.made_at.len()), "{:?}", order);
        }
        let counts = told(&played);
        let sum: u64 = ["fulfilled", "queued", "refused", "failed", "lost", "in_doubt"]
            .iter()
            .map(|fate| counts[fate].as_u64().unwrap_or(u64::MAX / 8))
            .sum();
        prop_assert_eq!(sum, orders.len() as u64);
        prop_assert_eq!(&counts["placed"], sum);
        prop_assert_eq!(&counts["duplicated"], count(&played.record, OrderRecord::is_duplicated));
    }

    #[test]
    fn a_seed_reproduces_its_run(text in any_scenario(), seed in any::<u64>()) {
        let script = Script::new(&text);
        let (first, again) = (script.play(seed), script.play(seed));
        prop_assert!(first.run_json() == again.run_json());
        prop_assert!(first.verdict_json() == again.verdict_json());
    }

    #[test]
    fn with_queue_and_fallback_nothing_is_lost_nor_made_twice(text in resilient_scenario(), seed in any::<u64>()) {
        let played = Script::new(&text).play(seed);
        let bad: Vec<&OrderRecord> = played
            .record
            .orders
            .iter()
            .filter(|order| order.fate == Fate::Lost || order.fate == Fate::Queued || order.is_duplicated())
            .collect();
        prop_assert!(bad.is_empty(), "{} orders: {:#?}", bad.len(), &bad[..bad.len().min(3)]);
    }
}
