//! The time to detect, as it was observed and over phases.

use crate::record::shadows::{FiringRecord, ShadowRecord};
use crate::record::{PhaseRecord, Record};
use crate::verdict::sample::{alert, at, error, record_with, scenario};
use crate::verdict::{Detection, OverPhases, judge};
use fake_factory::clock::Elapsed;

const EXPECT: &str = "expect: [alert: { name: Failing, fires_within: 5m, pages_within: 6m }]";

/// Of a fault that starts at 10:00, an alert that fired at 10:04:15, and at other phases at these moments.
fn fired(elsewhere: &[Option<Elapsed>]) -> Record {
    let mut record = record_with(&error());
    record.alerts = vec![alert(
        "Failing",
        [Some(at(62, 15)), Some(at(64, 15)), Some(at(65, 21)), None],
    )];
    record.shadows = elsewhere.iter().map(shadow).collect();
    record
}

fn shadow(firing: &Option<Elapsed>) -> ShadowRecord {
    let firing = firing.map(|firing_at| FiringRecord {
        alert: "Failing".to_owned(),
        firing_at,
        resolved_at: None,
    });
    ShadowRecord {
        phase: PhaseRecord::default(),
        from: at(50, 0),
        until: at(90, 0),
        firings: firing.into_iter().collect(),
    }
}

fn detection(expect: &str, record: &Record) -> Detection {
    let mut detections = judge(&scenario(expect), record).detections;
    assert_eq!(detections.len(), 1);
    detections.remove(0)
}

#[test]
fn the_best_and_the_worst_phase_are_told_beside_what_was_observed() {
    let found = detection(EXPECT, &fired(&[Some(at(63, 50)), Some(at(64, 40))]));
    assert_eq!(
        found.summary,
        "detected in 4m 15s (3m 50s to 4m 40s over 3 phases)"
    );
    assert_eq!(found.counted_from, "`bug` started");
    assert_eq!(found.observed_seconds, Some(255.0));
    let expected = OverPhases {
        phases: 3,
        missed: 0,
        best_seconds: Some(230.0),
        worst_seconds: Some(280.0),
    };
    assert_eq!(found.over_phases, Some(expected));
    assert_eq!(found.warning, None);
}

#[test]
fn a_phase_that_would_have_broken_the_limit_is_warned_of() {
    let late = detection(EXPECT, &fired(&[Some(at(65, 30)), Some(at(64, 40))]));
    assert_eq!(
        late.warning.as_deref(),
        Some(
            "with other ticks Failing would have fired only after 5m 30s, later than 5m (at 1 of 3 phases)"
        )
    );
    let missed = detection(EXPECT, &fired(&[None, Some(at(65, 30))]));
    assert_eq!(
        missed.summary,
        "detected in 4m 15s (4m 15s at best, not at all at 1 of 3 phases)"
    );
    assert_eq!(
        missed.warning.as_deref(),
        Some("with other ticks Failing would not have fired (at 2 of 3 phases)")
    );
    let expected = EXPECT.replace("5m", "4m");
    let broken = detection(&expected, &fired(&[Some(at(65, 30))]));
    assert_eq!(broken.warning, None, "the expectation is broken as it is");
}

#[test]
fn where_one_phase_was_watched_at_it_is_said_why() {
    assert_eq!(
        detection(EXPECT, &fired(&[])).summary,
        "detected in 4m 15s (at one phase)"
    );
    let fixed = format!("monitoring: {{ phase: {{ scrape: 0s, evaluation: 0s }} }}\n{EXPECT}");
    let found = detection(&fixed, &fired(&[]));
    assert_eq!(
        found.summary,
        "detected in 4m 15s (the scenario fixes the phase)"
    );
    assert_eq!(found.over_phases, None);
}

#[test]
fn an_alert_that_fired_before_and_one_that_never_did_have_words_too() {
    let mut early = fired(&[Some(at(59, 30)), Some(at(60, 4))]);
    early.alerts[0].firing_at = Some(at(59, 50));
    let found = detection(EXPECT, &early);
    assert_eq!(
        found.summary,
        "detected 10s before (30s before to 4s over 3 phases)"
    );
    assert_eq!(found.observed_seconds, Some(-10.0));

    let mut never = fired(&[None, None]);
    never.alerts.clear();
    let found = detection(EXPECT, &never);
    assert_eq!(found.summary, "not detected (at none of 3 phases)");
    assert_eq!(found.observed_seconds, None);
}

#[test]
fn an_alert_that_was_over_before_the_fault_tells_nothing_of_it() {
    let mut record = fired(&[Some(at(58, 0)), Some(at(64, 0))]);
    record.shadows[0].firings[0].resolved_at = Some(at(59, 0));
    let found = detection(EXPECT, &record);
    assert_eq!(
        found.summary,
        "detected in 4m 15s (4m at best, not at all at 1 of 3 phases)"
    );
}

#[test]
fn only_alerts_that_are_given_a_time_have_one() {
    let expect = "expect: [alert: { name: Failing, resolves_within: 5m }]";
    let verdict = judge(&scenario(expect), &fired(&[]));
    assert!(verdict.detections.is_empty());
}
