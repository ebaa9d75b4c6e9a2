//! Small scenarios and records for tests: lunch at headquarters, a fault from 10:00 to 10:15, and whatever a test adds.

use super::Finding;
use crate::record::alerts::{AlertRecord, PageRecord, PageStatus, RuleRecord, RuleValue};
use crate::record::faults::{Act, ActRecord, FaultRecord};
use crate::record::orders::{Believed, OrderRecord, Told};
use crate::record::{ClockKind, FORMAT, Gauge, PhaseRecord, Record, SourceRecord};
use crate::scenario::Scenario;
use crate::scenario::money::Money;
use fake_factory::clock::Elapsed;
use fake_factory::input::{Source, read};
use std::collections::BTreeMap;

const SCENARIO: &str = "
version: 1
name: lunch
starts_at: 2024-08-08T09:50:00-06:00
duration: 40m
diners: [{ name: lunch, arrivals: { constant: 1/min } }]
factories:
  headquarters:
    faults: [{ name: bug, starts: 10:00, ends: { at: 10:15 }, inject: { status: { code: 500 } } }]
order_service: { factory: headquarters, queue: { capacity: 10 } }
";

/// The scenario, with more sections of a file below it.
pub(crate) fn scenario(sections: &str) -> Scenario {
    let source = Source::new("lunch.yaml", &format!("{SCENARIO}{sections}\n"));
    let reading = read(&source);
    assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
    reading.value.expect("a reading without errors has a value")
}

/// What becomes of the expectations that are written as the entries of a YAML list.
pub(crate) fn findings(expect: &str, record: &Record) -> Vec<Finding> {
    super::judge(&scenario(&format!("expect: [{expect}]")), record).expectations
}

/// The same, as text: a line a finding, with its explanation below.
pub(crate) fn told(expect: &str, record: &Record) -> String {
    let shown: Vec<String> = findings(expect, record).iter().map(show).collect();
    shown.join("\n")
}

fn show(finding: &Finding) -> String {
    let mark = if finding.passed { "ok" } else { "FAIL" };
    let first = format!("{mark}: {} | {}", finding.expectation, finding.observed);
    match &finding.explanation {
        Some(explanation) => format!("{first}\n  {explanation}"),
        None => first,
    }
}

/// `minute:second` after 09:00 on the scenario's clock; 10:03 is `at(63, 0)`.
pub(crate) fn at(minutes: u64, seconds: u64) -> Elapsed {
    Elapsed::from_micros(((minutes - 50) * 60 + seconds) * 1_000_000)
}

/// Three orders in the steady state and three after the fault, all fulfilled; a fault that did touch requests.
pub(crate) fn record() -> Record {
    let elapsed = at(50, 0);
    Record {
        format: FORMAT,
        scenario: SourceRecord {
            path: "lunch.yaml".to_owned(),
            text: SCENARIO.to_owned(),
        },
        rule_files: Vec::new(),
        seed: 329,
        clock: ClockKind::Simulated,
        ended_at: at(90, 0),
        phase: PhaseRecord {
            scrape: elapsed,
            evaluation: elapsed,
            groups: Vec::new(),
        },
        orders: [51, 54, 57, 77, 80, 83]
            .into_iter()
            .map(|minute| order(minute, Told::Pizza))
            .collect(),
        faults: vec![FaultRecord {
            name: "bug".to_owned(),
            factory: "headquarters".to_owned(),
            started_at: Some(at(60, 0)),
            end_triggered_at: Some(at(75, 0)),
            ended_at: Some(at(75, 0)),
            asked: 3,
            injected: 3,
        }],
        rules: Vec::new(),
        alerts: Vec::new(),
        shadows: Vec::new(),
        pages: Vec::new(),
        acts: Vec::new(),
        probes: Vec::new(),
        queue: Vec::new(),
        watches: Vec::new(),
        warnings: Vec::new(),
        generator_behind_max: Elapsed::ZERO,
    }
}

/// The same with three orders during the fault, at 10:02, 10:05 and 10:08.
pub(crate) fn record_with(told: &Told) -> Record {
    let mut record = record();
    for minute in [62, 65, 68] {
        add(&mut record, order(minute, told.clone()));
    }
    record
}

/// What a diner is told by a service that does nothing about a fault.
pub(crate) fn error() -> Told {
    Told::Error {
        status: Some(500),
        message: "chaos monkey".to_owned(),
    }
}

/// An order placed in this minute after 09:00 and answered half a second later, or after 30 s by its diner's hanging up.
pub(crate) fn order(minute: u64, told: Told) -> OrderRecord {
    let placed_at = at(minute, 0);
    let (made, believed) = match told {
        Told::Pizza => (1, Believed::Fulfilled),
        Told::Accepted => (0, Believed::Queued),
        _ => (0, Believed::Failed),
    };
    let micros = match told {
        Told::HungUp => 30_000_000,
        _ => 500_000,
    };
    let answered_at = Elapsed::from_micros(placed_at.as_micros() + micros);
    let mut order = OrderRecord {
        reference: format!("lunch-{minute}"),
        group: "lunch".to_owned(),
        canary: false,
        pizzas: 1,
        price: Money::from_amount(0.01).expect("it is a price"),
        placed_at,
        answered_at: (told != Told::Nothing).then_some(answered_at),
        fate: OrderRecord::fate(&told, believed, made),
        told,
        believed,
        made_at: Vec::new(),
        fulfilled_at: None,
    };
    if made > 0 {
        order.made_at.push(answered_at);
        order.fulfilled_at = Some(answered_at);
    }
    order
}

/// Adds an order where its time puts it.
pub(crate) fn add(record: &mut Record, order: OrderRecord) {
    record.orders.push(order);
    record.orders.sort_by_key(|order| order.placed_at);
}

/// An alert that went pending at a time, and what came of it.
pub(crate) fn alert(name: &str, times: [Option<Elapsed>; 4]) -> AlertRecord {
    let [pending_at, firing_at, paged_at, resolved_at] = times;
    AlertRecord {
        name: name.to_owned(),
        labels: BTreeMap::from([("severity".to_owned(), "page".to_owned())]),
        annotations: BTreeMap::new(),
        pending_at: pending_at.expect("every alert was pending first"),
        firing_at,
        paged_at,
        resolved_at,
        value: Some(0.08),
    }
}

/// A rule `alert > 0.05` for two minutes whose expression had these values from these moments on.
pub(crate) fn rule(alert: &str, values: &[(Elapsed, Option<f64>)]) -> RuleRecord {
    RuleRecord {
        alert: alert.to_owned(),
        group: "orders".to_owned(),
        file: "rules/lunch.yml".to_owned(),
        expr: "failures > 0.05".to_owned(),
        for_seconds: 120.0,
        interval_seconds: 15.0,
        threshold: Some(0.05),
        operator: Some(">".to_owned()),
        values: values
            .iter()
            .map(|(at, value)| RuleValue {
                at: *at,
                value: *value,
                series: usize::from(value.is_some()),
            })
            .collect(),
        evaluations: 160,
        failures: 0,
    }
}

/// A page of the record's first alert.
pub(crate) fn page(sent_at: Elapsed, at: Elapsed) -> PageRecord {
    PageRecord {
        sent_at,
        at,
        channel: "phone".to_owned(),
        status: PageStatus::Firing,
        alerts: vec![0],
    }
}

/// Something that somebody did.
pub(crate) fn act(at: Elapsed, who: &str, act: Act) -> ActRecord {
    ActRecord {
        at,
        who: who.to_owned(),
        act,
    }
}

/// A number that changed.
pub(crate) fn gauge(at: Elapsed, value: f64) -> Gauge {
    Gauge { at, value }
}
