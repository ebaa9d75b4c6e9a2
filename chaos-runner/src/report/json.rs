//! JSON for programs: the document of `--format json`, and the record and the verdict as files. Times are seconds from the start of
//! the run, and null where a thing never happened.

use super::{Ran, Tally, count};
use crate::record::WarningRecord;
use crate::record::alerts::AlertRecord;
use crate::record::orders::{Fate, OrderRecord};
use crate::verdict::{Detection, Finding, Outcome};
use fake_factory::clock::Elapsed;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Document<'a> {
    passed: usize,
    failed: usize,
    inconclusive: usize,
    scenarios: Vec<ScenarioEntry<'a>>,
}

#[derive(Serialize)]
struct ScenarioEntry<'a> {
    name: &'a str,
    path: &'a str,
    seed: u64,
    simulated_seconds: Elapsed,
    verdict: Outcome,
    faults: Vec<FaultEntry<'a>>,
    expectations: &'a [Finding],
    detections: &'a [Detection],
    warnings: &'a [WarningRecord],
    alerts: Vec<AlertEntry<'a>>,
    orders: OrderCounts,
}

#[derive(Serialize)]
struct FaultEntry<'a> {
    name: &'a str,
    asked: u64,
    injected: u64,
}

#[derive(Serialize)]
struct AlertEntry<'a> {
    name: &'a str,
    labels: &'a BTreeMap<String, String>,
    pending_at: Elapsed,
    firing_at: Option<Elapsed>,
    paged_at: Option<Elapsed>,
    resolved_at: Option<Elapsed>,
}

#[derive(Serialize)]
struct OrderCounts {
    placed: usize,
    fulfilled: usize,
    queued: usize,
    refused: usize,
    failed: usize,
    lost: usize,
    duplicated: usize,
    in_doubt: usize,
}

/// The document of `--format json` for all that ran, in their order. It ends with a newline.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn document(ran: &[Ran]) -> Result<String, serde_json::Error> {
    let tally = Tally::of(ran);
    pretty(&Document {
        passed: tally.passed,
        failed: tally.failed,
        inconclusive: tally.inconclusive,
        scenarios: ran.iter().map(scenario).collect(),
    })
}

/// `value` as JSON that is indented, the same each time, and ends with a newline: how `run.json` and `verdict.json` are written.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn pretty<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}

fn scenario(ran: &Ran) -> ScenarioEntry<'_> {
    let Ran {
        path,
        record,
        verdict,
        wall: _,
    } = ran;
    ScenarioEntry {
        name: &verdict.scenario,
        path,
        seed: record.seed,
        simulated_seconds: record.ended_at,
        verdict: verdict.outcome,
        faults: record
            .faults
            .iter()
            .map(|fault| FaultEntry {
                name: &fault.name,
                asked: fault.asked,
                injected: fault.injected,
            })
            .collect(),
        expectations: &verdict.expectations,
        detections: &verdict.detections,
        warnings: &verdict.warnings,
        alerts: record.alerts.iter().map(alert).collect(),
        orders: OrderCounts {
            placed: record.orders.len(),
            fulfilled: count(&record.orders, Fate::Fulfilled),
            queued: count(&record.orders, Fate::Queued),
            refused: count(&record.orders, Fate::Refused),
            failed: count(&record.orders, Fate::Failed),
            lost: count(&record.orders, Fate::Lost),
            duplicated: record
                .orders
                .iter()
                .filter(|order| OrderRecord::is_duplicated(order))
                .count(),
            in_doubt: count(&record.orders, Fate::InDoubt),
        },
    }
}

fn alert(alert: &AlertRecord) -> AlertEntry<'_> {
    AlertEntry {
        name: &alert.name,
        labels: &alert.labels,
        pending_at: alert.pending_at,
        firing_at: alert.firing_at,
        paged_at: alert.paged_at,
        // One that was pending and then no longer is was never resolved.
        resolved_at: alert.resolved_at.filter(|_| alert.firing_at.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_document_has_the_promised_fields() {
        let text = document(&[sample::failed(), sample::passed()]).expect("it is plain data");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn an_alert_that_never_fired_was_never_resolved() {
        let mut ran = sample::failed();
        ran.record.alerts[0].firing_at = None;
        let text = document(&[ran]).expect("it is plain data");
        let document: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        assert!(document["scenarios"][0]["alerts"][0]["resolved_at"].is_null());
    }

    #[test]
    fn a_record_and_a_verdict_come_back_as_they_went() {
        let ran = sample::failed();
        let record = pretty(&ran.record).expect("it is plain data");
        let read: crate::record::Record = serde_json::from_str(&record).expect("it was written");
        assert_eq!(pretty(&read).expect("it is plain data"), record);
        let verdict = pretty(&ran.verdict).expect("it is plain data");
        let read: crate::verdict::Verdict = serde_json::from_str(&verdict).expect("it was written");
        assert_eq!(read, ran.verdict);
    }
}
