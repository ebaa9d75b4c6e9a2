//! What makes a run inconclusive, and what outranks it.

use crate::record::faults::FaultRecord;
use crate::record::orders::Told;
use crate::record::{ClockKind, Record};
use crate::scenario::order_service::FactoryTarget;
use crate::verdict::sample::{add, alert, at, error, order, record, record_with, scenario};
use crate::verdict::{Outcome, Verdict, judge};
use fake_factory::clock::Elapsed;

const HOLDS: &str = "expect: [{ orders: { lost: 0 } }]";

fn judged(record: &Record) -> Verdict {
    judge(&scenario(HOLDS), record)
}

/// What makes it inconclusive, one reason a line.
fn reasons(record: &Record) -> String {
    let verdict = judged(record);
    assert_eq!(verdict.outcome, Outcome::Inconclusive);
    verdict.inconclusive.join("\n")
}

#[test]
fn a_run_with_a_steady_state_and_a_fault_that_bites_is_conclusive() {
    let verdict = judged(&record_with(&error()));
    assert_eq!(
        (verdict.outcome, verdict.inconclusive.len()),
        (Outcome::Passed, 0)
    );
    insta::assert_snapshot!(
        format!("{} | {}", verdict.steady_state.expectation, verdict.steady_state.observed), @"steady state: 99% of orders fulfilled, no alert pending | 100% of 3 orders fulfilled");
}

#[test]
fn orders_that_fail_before_the_fault_leave_no_steady_state() {
    let mut record = record();
    add(&mut record, order(55, error()));
    insta::assert_snapshot!(reasons(&record), @r#"no steady state: not fulfilled: lunch-55 at 09:55:00 was told 500 "chaos monkey""#);
}

#[test]
fn no_order_before_the_fault_is_no_steady_state_unless_the_scenario_says_so() {
    let mut record = record();
    record.orders.retain(|order| order.placed_at > at(60, 0));
    insta::assert_snapshot!(reasons(&record), @"no steady state: 0 orders before 10:00:00, at least 1 asked for");
    let night = scenario(&format!("steady_state: {{ orders_at_least: 0 }}\n{HOLDS}"));
    assert_eq!(judge(&night, &record).outcome, Outcome::Passed);
}

#[test]
fn an_order_still_open_when_the_fault_starts_says_nothing_about_before() {
    let mut record = record();
    let mut open = order(59, Told::HungUp);
    open.answered_at = Some(at(60, 5));
    add(&mut record, open);
    assert_eq!(judged(&record).outcome, Outcome::Passed);
}

#[test]
fn an_alert_pending_when_the_fault_starts_leaves_no_steady_state() {
    let mut record = record();
    record.alerts = vec![alert("Failing", [Some(at(59, 0)), None, None, None])];
    insta::assert_snapshot!(reasons(&record), @"no steady state: Failing was pending since 09:59:00 when the fault started at 10:00:00");
    record.alerts[0].resolved_at = Some(at(59, 30));
    assert_eq!(judged(&record).outcome, Outcome::Passed);
}

#[test]
fn a_fault_that_touched_nothing_shows_nothing() {
    let mut record = record();
    record.faults[0].injected = 0;
    let fault = |name: &str, started_at: Option<Elapsed>| FaultRecord {
        name: name.to_owned(),
        factory: "headquarters".to_owned(),
        started_at,
        end_triggered_at: None,
        ended_at: None,
        asked: 0,
        injected: 0,
    };
    record.faults.push(fault("late", None));
    record.faults.push(fault("idle", Some(at(70, 0))));
    insta::assert_snapshot!(reasons(&record), @"
    fault `bug` touched none of the 3 requests that it was asked to
    fault `late` never started: the run ended at 10:30:00
    fault `idle` was asked to touch no request
    ");
}

#[test]
fn traffic_may_be_late_by_what_its_clock_cannot_help() {
    let mut record = record();
    let late = |record: &mut Record, clock, micros| {
        record.clock = clock;
        record.generator_behind_max = Elapsed::from_micros(micros);
        judged(record).outcome
    };
    let simulated = |record: &mut Record, micros| late(record, ClockKind::Simulated, micros);
    assert_eq!(simulated(&mut record, 1_000), Outcome::Passed);
    assert_eq!(simulated(&mut record, 1_001), Outcome::Inconclusive);
    assert_eq!(late(&mut record, ClockKind::Live, 100_000), Outcome::Passed);
    assert_eq!(
        late(&mut record, ClockKind::Live, 250_000),
        Outcome::Inconclusive
    );
    insta::assert_snapshot!(reasons(&record), @"the traffic fell 250ms behind its schedule, and may be 100ms late");
    record.clock = ClockKind::Simulated;
    insta::assert_snapshot!(reasons(&record), @"the traffic fell 250ms behind its schedule, and may be 1ms late: too many orders were under way at once for more to be placed");
}

#[test]
fn a_failed_expectation_outranks_an_inconclusive_run() {
    let mut record = record_with(&error());
    record.faults[0].injected = 0;
    let failing = scenario("expect: [{ orders: { failed: 0 } }]");
    let verdict = judge(&failing, &record);
    assert_eq!(verdict.outcome, Outcome::Failed);
    assert_eq!(verdict.inconclusive.len(), 1);
}

#[test]
fn where_nothing_breaks_the_whole_run_is_the_steady_state() {
    let mut calm = record();
    calm.faults.clear();
    assert_eq!(judged(&calm).outcome, Outcome::Passed);
    // Pending comes and goes; an alert that fires and that nobody expects does not belong to a calm day.
    calm.alerts = vec![alert(
        "Failing",
        [Some(at(70, 0)), None, None, Some(at(71, 0))],
    )];
    assert_eq!(judged(&calm).outcome, Outcome::Passed);
    calm.alerts[0].firing_at = Some(at(70, 30));
    add(&mut calm, order(85, error()));
    insta::assert_snapshot!(reasons(&calm), @r#"no steady state: not fulfilled: lunch-85 at 10:25:00 was told 500 "chaos monkey"; Failing fired at 10:10:30, though nothing breaks"#);
}

#[test]
fn a_service_whose_factory_does_not_resolve_has_no_steady_state_to_hold() {
    let mut lost = record_with(&error());
    lost.faults.clear();
    let mut scenario = scenario(HOLDS);
    scenario.order_service.factory.value =
        FactoryTarget::Unresolvable("factory.nowhere".to_owned());
    let verdict = judge(&scenario, &lost);
    assert_eq!(verdict.outcome, Outcome::Passed);
    assert_eq!(
        verdict.steady_state.observed,
        "none to hold: factory.nowhere never resolved"
    );
}
