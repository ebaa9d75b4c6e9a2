//! All shipped scenarios in one command: they pass, the document has the promised shape, and the reports are there and can be read,
//! judged again and found the same. It is run once for all of these tests: a calm week takes its time.

use chaos_runner::record::Record;
use chaos_runner::report::files::folder_name;
use chaos_runner::report::json::pretty;
use chaos_runner::scenario::discover::discover;
use chaos_runner::scenario::load::load_text;
use chaos_runner::verdict::{Verdict, judge};
use end_to_end::{Ended, chaos_runner, folder, scenarios};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

/// What the command said, and the folder of its reports.
fn ran() -> &'static (Ended, PathBuf) {
    static RAN: OnceLock<(Ended, PathBuf)> = OnceLock::new();
    RAN.get_or_init(|| {
        let folder = folder("shipped");
        let shipped = scenarios().display().to_string();
        let arguments = ["run", &shipped, "--format", "json", "--report", "report"];
        (chaos_runner(&folder, &arguments), folder.join("report"))
    })
}

fn entries() -> Vec<Value> {
    let mut document = ran().0.json();
    match document["scenarios"].take() {
        Value::Array(entries) => entries,
        other => panic!("no list of scenarios: {other}"),
    }
}

#[test]
fn every_scenario_passes_with_its_own_seed() {
    let (ended, _) = ran();
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let document = ended.json();
    let files = discover(&[scenarios()]).expect("scenarios are shipped");
    assert_eq!(document["passed"], files.len());
    assert_eq!(document["failed"], 0);
    assert_eq!(document["inconclusive"], 0);
    let paths: Vec<String> = files
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let told: Vec<String> = entries()
        .iter()
        .map(|entry| entry["path"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(told, paths);
    let hours: f64 = entries()
        .iter()
        .filter_map(|entry| entry["simulated_seconds"].as_f64())
        .sum::<f64>()
        / 3600.0;
    assert!(hours > 200.0, "{hours} hours");
}

/// The keys of an object, in their order.
fn keys(value: &Value) -> Vec<&str> {
    let fields = value
        .as_object()
        .unwrap_or_else(|| panic!("no object: {value}"));
    fields.keys().map(String::as_str).collect()
}

fn list(value: &Value) -> &[Value] {
    value
        .as_array()
        .unwrap_or_else(|| panic!("no list: {value}"))
}

/// Seconds from the start of a run, or null where a thing never happened.
fn is_time_or_null(value: &Value, seconds: f64) -> bool {
    value.is_null()
        || value
            .as_f64()
            .is_some_and(|at| (0.0..=seconds).contains(&at))
}

#[test]
fn the_document_has_the_promised_shape() {
    let document = ran().0.json();
    assert_eq!(
        keys(&document),
        ["passed", "failed", "inconclusive", "scenarios"]
    );
    for entry in list(&document["scenarios"]) {
        assert_eq!(
            keys(entry),
            [
                "name",
                "path",
                "seed",
                "simulated_seconds",
                "verdict",
                "faults",
                "expectations",
                "detections",
                "warnings",
                "alerts",
                "orders"
            ]
        );
        assert!(entry["name"].is_string() && entry["path"].is_string() && entry["seed"].is_u64());
        assert_eq!(entry["verdict"], "passed");
        let seconds = entry["simulated_seconds"].as_f64().unwrap_or(-1.0);
        assert!(seconds > 0.0, "{entry}");
        for fault in list(&entry["faults"]) {
            assert_eq!(keys(fault), ["name", "asked", "injected"]);
            assert!(fault["injected"].as_u64() > Some(0), "{fault}");
            assert!(
                fault["asked"].as_u64() >= fault["injected"].as_u64(),
                "{fault}"
            );
        }
        for expectation in list(&entry["expectations"]) {
            assert_eq!(
                keys(expectation),
                ["expectation", "passed", "observed", "explanation"]
            );
            assert!(expectation["expectation"].is_string() && expectation["observed"].is_string());
            assert!(expectation["passed"] == true && expectation["explanation"].is_null());
        }
        for detection in list(&entry["detections"]) {
            assert_eq!(
                keys(detection),
                [
                    "alert",
                    "counted_from",
                    "observed_seconds",
                    "over_phases",
                    "summary",
                    "warning"
                ]
            );
            assert!(
                detection["observed_seconds"].is_f64(),
                "{entry}: {detection}"
            );
        }
        for alert in list(&entry["alerts"]) {
            assert_eq!(
                keys(alert),
                [
                    "name",
                    "labels",
                    "pending_at",
                    "firing_at",
                    "paged_at",
                    "resolved_at"
                ]
            );
            assert!(alert["name"].is_string() && alert["pending_at"].is_f64());
            let labels = alert["labels"].as_object().expect("labels are an object");
            assert!(labels.values().all(Value::is_string) && !labels.contains_key("alertname"));
            for time in ["pending_at", "firing_at", "paged_at", "resolved_at"] {
                assert!(is_time_or_null(&alert[time], seconds), "{time} of {alert}");
            }
        }
        let orders = &entry["orders"];
        assert_eq!(
            keys(orders),
            [
                "placed",
                "fulfilled",
                "queued",
                "refused",
                "failed",
                "lost",
                "duplicated",
                "in_doubt"
            ]
        );
        let count = |fate: &str| {
            orders[fate]
                .as_u64()
                .unwrap_or_else(|| panic!("{fate} of {orders}"))
        };
        let fates = [
            "fulfilled",
            "queued",
            "refused",
            "failed",
            "lost",
            "in_doubt",
        ];
        assert_eq!(
            fates.map(count).iter().sum::<u64>(),
            count("placed"),
            "{entry}"
        );
    }
}

#[test]
fn reports_are_written_for_each_scenario_and_for_all() {
    let (_, report) = ran();
    let mut suites = 0;
    for entry in entries() {
        let folder = report.join(folder_name(entry["name"].as_str().unwrap_or_default()));
        let junit = fs::read_to_string(folder.join("junit.xml")).expect("junit.xml was written");
        assert!(junit.starts_with("<?xml"), "{junit}");
        suites += junit.matches("<testsuite ").count();
        for file in ["run.json", "verdict.json"] {
            assert!(
                folder.join(file).is_file(),
                "{file} in {}",
                folder.display()
            );
        }
    }
    let all = fs::read_to_string(report.join("junit.xml")).expect("junit.xml was written");
    assert_eq!(all.matches("<testsuite ").count(), suites);
    assert_eq!(suites, entries().len());
}

#[test]
fn a_saved_run_can_be_judged_again_to_the_same_verdict() {
    let (_, report) = ran();
    for entry in entries() {
        let folder = report.join(folder_name(entry["name"].as_str().unwrap_or_default()));
        let read = |file: &str| fs::read_to_string(folder.join(file)).expect("it was written");
        let (run, verdict) = (read("run.json"), read("verdict.json"));
        let record: Record = serde_json::from_str(&run).expect("a record can be read back");
        assert!(
            pretty(&record).expect("and written again") == run,
            "{}",
            folder.display()
        );
        let rules: Vec<(String, String)> = record
            .rule_files
            .iter()
            .map(|file| (file.path.clone(), file.text.clone()))
            .collect();
        let loaded = load_text(&record.scenario.path, &record.scenario.text, &rules)
            .unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
        let again = judge(&loaded.scenario, &record);
        assert_eq!(pretty(&again).expect("a verdict can be written"), verdict);
        let _: Verdict = serde_json::from_str(&verdict).expect("a verdict can be read back");
    }
}
