//! Alerts that fire, page and resolve in time, and alerts that stay silent.

use crate::record::Record;
use crate::record::faults::ProbeRecord;
use crate::verdict::sample::{
    alert, at, error, findings, page, record, record_with, rule, scenario, told,
};
use crate::verdict::why_not_firing;

const ALL: &str =
    "alert: { name: Failing, fires_within: 5m, pages_within: 6m, resolves_within: 5m }";

fn fired() -> Record {
    let mut record = record_with(&error());
    record.rules = vec![rule(
        "Failing",
        &[
            (at(50, 0), Some(0.0)),
            (at(62, 15), Some(0.08)),
            (at(77, 0), Some(0.03)),
        ],
    )];
    record.alerts = vec![alert(
        "Failing",
        [
            Some(at(62, 15)),
            Some(at(64, 15)),
            Some(at(65, 21)),
            Some(at(77, 0)),
        ],
    )];
    record.pages = vec![page(at(64, 15), at(65, 21))];
    record
}

#[test]
fn what_grafana_raises_about_a_rule_is_explained_by_that_rule() {
    let scenario = scenario("");
    let mut record = fired();
    record.alerts[0].name = "DatasourceNoData".to_owned();
    record.alerts[0].firing_at = None;
    let labels = &mut record.alerts[0].labels;
    labels.insert("rulename".to_owned(), "Failing".to_owned());
    let why = |name| why_not_firing(&scenario, &record, name);
    assert_eq!(
        why("DatasourceNoData"),
        "DatasourceNoData went pending at 10:02:15 and needed 0s more when it cleared at 10:17:00; last value 0.03, threshold 0.05"
    );
    assert_eq!(
        why("DatasourceError"),
        "DatasourceError was never pending: no rule of Grafana's with `execErrState: Error` failed"
    );
    assert_eq!(
        why("Failed"),
        "Failed is defined by no rule that was evaluated"
    );
}

#[test]
fn an_alert_in_time_passes_with_one_line_a_time() {
    insta::assert_snapshot!(told(&format!("{{ {ALL} }}"), &fired()), @"
    ok: alert Failing fires within 5m | fired at 10:04:15, 4m 15s after `bug` started
    ok: alert Failing pages within 6m | paged at 10:05:21, 5m 21s after `bug` started
    ok: alert Failing resolves within 5m of the fault's end | resolved at 10:17:00, 2m after `bug` ended
    ");
}

#[test]
fn an_alert_that_is_late_says_by_how_much_and_why() {
    let expect =
        "{ alert: { name: Failing, fires_within: 4m, pages_within: 5m, resolves_within: 1m } }";
    insta::assert_snapshot!(told(expect, &fired()), @"
    FAIL: alert Failing fires within 4m | fired at 10:04:15, 4m 15s after `bug` started
      Failing fired at 10:04:15, 15s late: it went pending at 10:02:15, its `for` is 2m and it is evaluated every 15s
    FAIL: alert Failing pages within 5m | paged at 10:05:21, 5m 21s after `bug` started
      the page of Failing arrived at 10:05:21, 21s late: it fired at 10:04:15, was sent at 10:04:15 and took 1m 6s on phone
    FAIL: alert Failing resolves within 1m of the fault's end | resolved at 10:17:00, 2m after `bug` ended
      Failing resolved at 10:17:00, 1m late; last value 0.08, threshold 0.05
    ");
}

#[test]
fn an_alert_that_stayed_pending_says_what_it_still_needed() {
    let mut record = fired();
    record.alerts[0] = alert("Failing", [Some(at(64, 15)), None, None, Some(at(65, 0))]);
    record.rules[0] = rule(
        "Failing",
        &[(at(64, 15), Some(0.08)), (at(65, 0), Some(0.03))],
    );
    insta::assert_snapshot!(told(&format!("{{ {ALL} }}"), &record), @"
    FAIL: alert Failing fires within 5m | never fired
      Failing went pending at 10:04:15 and needed 1m 15s more when it cleared at 10:05:00; last value 0.03, threshold 0.05
    FAIL: alert Failing pages within 6m | never paged
      Failing went pending at 10:04:15 and needed 1m 15s more when it cleared at 10:05:00; last value 0.03, threshold 0.05
    FAIL: alert Failing resolves within 5m of the fault's end | never fired
      there was nothing to resolve: Failing went pending at 10:04:15 and needed 1m 15s more when it cleared at 10:05:00; last value 0.03, threshold 0.05
    ");
}

#[test]
fn an_alert_whose_series_vanished_says_so() {
    let mut record = fired();
    record.alerts.clear();
    record.rules[0] = rule("Failing", &[(at(50, 0), Some(0.0)), (at(59, 0), None)]);
    let expect = "{ alert: { name: Failing, fires_within: 5m } }";
    insta::assert_snapshot!(told(expect, &record), @"
    FAIL: alert Failing fires within 5m | never fired
      Failing was never pending: its expression returned no series from 10:00:00 to 10:30:00
    ");
}

#[test]
fn an_alert_whose_value_fell_short_says_how_far_it_got() {
    let mut record = fired();
    record.alerts.clear();
    record.rules[0] = rule(
        "Failing",
        &[
            (at(50, 0), Some(0.0)),
            (at(63, 0), Some(0.04)),
            (at(66, 0), Some(0.02)),
            (at(70, 0), None),
        ],
    );
    let expect = "{ alert: { name: Failing, fires_within: 5m } }";
    insta::assert_snapshot!(told(expect, &record), @"
    FAIL: alert Failing fires within 5m | never fired
      Failing was never pending: from 10:00:00 to 10:30:00 its value got to 0.04 at 10:03:00, and must be > 0.05; its expression returned no series from 10:10:00 on
    ");
}

#[test]
fn an_alert_that_no_rule_defines_never_fired() {
    let expect = "{ alert: { name: Failing, fires_within: 5m } }";
    insta::assert_snapshot!(told(expect, &record()), @"
    FAIL: alert Failing fires within 5m | never fired
      Failing is defined by no rule that was evaluated
    ");
}

#[test]
fn an_alert_that_still_fires_at_the_end_is_not_resolved() {
    let mut record = fired();
    record.alerts[0].resolved_at = None;
    record.rules[0].values.pop();
    let expect = "{ alert: { name: Failing, resolves_within: 5m } }";
    insta::assert_snapshot!(told(expect, &record), @"
    FAIL: alert Failing resolves within 5m of the fault's end | never resolved
      Failing still fired when the run ended at 10:30:00, 15m after `bug` ended; last value 0.08, threshold 0.05
    ");
}

#[test]
fn every_alert_of_the_name_has_to_resolve() {
    let mut record = fired();
    let mut second = record.alerts[0].clone();
    second.resolved_at = Some(at(82, 0));
    record.alerts.insert(0, second);
    let expect = "{ alert: { name: Failing, resolves_within: 5m } }";
    assert!(!findings(expect, &record)[0].passed);
}

#[test]
fn a_fault_that_never_ended_resolves_nothing() {
    let mut record = fired();
    record.faults[0].ended_at = None;
    let expect = "{ alert: { name: Failing, resolves_within: 5m } }";
    insta::assert_snapshot!(told(expect, &record), @"
    FAIL: alert Failing resolves within 5m of the fault's end | nothing to measure
      `bug` never ended: it started at 10:00:00 and went on to the end of the run at 10:30:00
    ");
}

#[test]
fn a_fault_that_never_started_gives_nothing_to_count_from() {
    let mut record = fired();
    record.faults[0].started_at = None;
    record.faults[0].ended_at = None;
    insta::assert_snapshot!(told(&format!("{{ {ALL} }}"), &record), @"
    FAIL: alert Failing fires within 5m | nothing to measure
      no fault started before the run ended at 10:30:00
    FAIL: alert Failing pages within 6m | nothing to measure
      no fault started before the run ended at 10:30:00
    FAIL: alert Failing resolves within 5m of the fault's end | nothing to measure
      no fault started before the run ended at 10:30:00
    ");
}

#[test]
fn an_alert_that_was_over_before_the_fault_tells_nothing_of_it() {
    let mut record = fired();
    let early = [Some(at(51, 0)), Some(at(53, 0)), None, Some(at(59, 0))];
    record.alerts = vec![alert("Failing", early)];
    let expect = "{ alert: { name: Failing, fires_within: 5m } }";
    assert!(!findings(expect, &record)[0].passed);
}

#[test]
fn the_first_failure_is_an_order_or_a_probe() {
    let expect = "{ alert: { name: Failing, fires_within: 2m, since: first_failure } }";
    let mut record = fired();
    // The first order failed at 10:02 and the alert fired at 10:04:15.
    assert!(!findings(expect, &record)[0].passed);
    record.orders.retain(|order| order.placed_at != at(62, 0));
    assert!(findings(expect, &record)[0].passed);
    record.probes = vec![ProbeRecord {
        at: at(60, 10),
        factory: "headquarters".to_owned(),
        ready: false,
    }];
    insta::assert_snapshot!(told(expect, &record), @"
    FAIL: alert Failing fires within 2m of the first failure | fired at 10:04:15, 4m 5s after the first probe of `headquarters` failed
      Failing fired at 10:04:15, 2m 5s late: it went pending at 10:02:15, its `for` is 2m and it is evaluated every 15s
    ");
}

#[test]
fn without_a_failure_the_fault_s_start_counts() {
    let expect = "{ alert: { name: Failing, fires_within: 4m 15s, since: first_failure } }";
    let mut record = fired();
    record.orders.retain(|order| order.placed_at < at(60, 0));
    assert!(findings(expect, &record)[0].passed);
}

#[test]
fn a_failure_after_the_fault_is_about_something_else() {
    let expect = "{ alert: { name: Failing, fires_within: 4m 14s, since: first_failure } }";
    let mut record = fired();
    record.orders.retain(|order| order.placed_at < at(60, 0));
    record.probes = vec![ProbeRecord {
        at: at(78, 0),
        factory: "headquarters".to_owned(),
        ready: false,
    }];
    assert!(
        !findings(expect, &record)[0].passed,
        "counted from the fault's start"
    );
}

#[test]
fn without_any_fault_times_count_from_the_start_of_the_run() {
    let mut record = fired();
    record.faults.clear();
    let expect = "{ alert: { name: Failing, fires_within: 14m } }";
    insta::assert_snapshot!(told(expect, &record), @"
    FAIL: alert Failing fires within 14m | fired at 10:04:15, 14m 15s after the run started
      Failing fired at 10:04:15, 15s late: it went pending at 10:02:15, its `for` is 2m and it is evaluated every 15s
    ");
}

#[test]
fn silence_allows_pending_and_no_more() {
    let all = "{ silent: { alert: Failing } }, no_alerts";
    let mut record = fired();
    insta::assert_snapshot!(told(all, &record), @"
    FAIL: alert Failing stays silent | fired: Failing
      Failing fired at 10:04:15, pending since 10:02:15 with value 0.08, threshold > 0.05
    FAIL: no alert fires | fired: Failing
      Failing fired at 10:04:15, pending since 10:02:15 with value 0.08, threshold > 0.05
    ");
    record.alerts[0].firing_at = None;
    insta::assert_snapshot!(told(all, &record), @"
    ok: alert Failing stays silent | 1 alert pending, none fired
    ok: no alert fires | 1 alert pending, none fired
    ");
    assert!(findings("{ silent: { alert: Other } }", &fired())[0].passed);
}

#[test]
fn other_alerts_are_those_that_no_expectation_names() {
    let record = fired();
    let named = "no_other_alerts, { at: { what: { firing: Failing }, time: 10:04, within: 1m } }";
    assert!(findings(named, &record)[0].passed);
    let other = "no_other_alerts, { silent: { alert: Other } }";
    insta::assert_snapshot!(told(other, &record), @"
    FAIL: no other alert fires | fired: Failing
      Failing fired at 10:04:15, pending since 10:02:15 with value 0.08, threshold > 0.05
    ok: alert Other stays silent | none pending
    ");
}
