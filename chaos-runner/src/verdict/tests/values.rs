//! Revenue, error budgets and expressions.

use crate::record::Record;
use crate::record::alerts::{WatchRecord, WatchedSeries};
use crate::record::orders::Told;
use crate::verdict::sample::{add, at, error, findings, gauge, order, record, record_with, told};

#[test]
fn revenue_is_what_diners_paid_in_a_window() {
    let least = "{ revenue: { during: faults, at_least: 0.02 } }";
    let most = "{ revenue: { during: faults, at_most: 0 } }";
    let both = format!("{least}, {most}");
    insta::assert_snapshot!(told(&both, &record_with(&Told::Pizza)), @"
    ok: revenue at least 0.02 during the faults | 0.03 from 3 orders
    FAIL: revenue at most 0 during the faults | 0.03 from 3 orders
      3 orders paid from 10:00:00 to 10:15:00: lunch-62 at 10:02:00 got a pizza; lunch-65 at 10:05:00 got a pizza; lunch-68 at 10:08:00 got a pizza
    ");
    insta::assert_snapshot!(told(&both, &record_with(&error())), @r#"
    FAIL: revenue at least 0.02 during the faults | 0 from 0 orders
      3 orders brought nothing: lunch-62 at 10:02:00 was told 500 "chaos monkey"; lunch-65 at 10:05:00 was told 500 "chaos monkey"; lunch-68 at 10:08:00 was told 500 "chaos monkey"
    ok: revenue at most 0 during the faults | 0 from 0 orders
    "#);
    let mut record = record();
    let mut canary = order(65, Told::Pizza);
    canary.canary = true;
    add(&mut record, canary);
    assert!(findings(most, &record)[0].passed);
}

#[test]
fn a_budget_is_burned_by_what_is_not_served() {
    let record = record_with(&error());
    // A third bad at 99%: 33 times the rate, for 40 minutes of 30 days.
    let expect = "{ slo: { objective: 99%, over: 30d, burns_at_most: 5% } }, \
         { slo: { objective: 99%, over: 30d, burns_at_most: 3% } }";
    insta::assert_snapshot!(told(expect, &record), @r#"
    ok: burns at most 5% of the error budget of 99% over 4w 2d | burned 3.086%
    FAIL: burns at most 3% of the error budget of 99% over 4w 2d | burned 3.086%
      3 of 9 orders not served: lunch-62 at 10:02:00 was told 500 "chaos monkey"; lunch-65 at 10:05:00 was told 500 "chaos monkey"; lunch-68 at 10:08:00 was told 500 "chaos monkey"
    "#);
    let mut empty = record;
    empty.orders.clear();
    assert!(!findings(expect, &empty)[0].passed);
}

const EXPR: &str = "sum(failures)";

fn watched(values: &[(u64, f64)], empty: &[(u64, u64)]) -> Record {
    let mut record = record();
    record.watches = vec![WatchRecord {
        expr: EXPR.to_owned(),
        series: if values.is_empty() {
            Vec::new()
        } else {
            vec![WatchedSeries {
                labels: "{job=\"pizza\"}".to_owned(),
                values: values
                    .iter()
                    .map(|(minute, value)| gauge(at(*minute, 0), *value))
                    .collect(),
                gone_at: None,
            }]
        },
        empty: empty
            .iter()
            .map(|(from, to)| (at(*from, 0), at(*to, 0)))
            .collect(),
        error: None,
    }];
    record
}

#[test]
fn a_value_holds_until_the_next_one() {
    let at = |time: &str, is: &str| {
        format!("{{ promql: {{ expr: {EXPR}, at: {time}, is: \"{is}\" }} }}")
    };
    let record = watched(&[(50, 0.0), (63, 3.0), (76, 0.0)], &[]);
    let expect = [at("10:01", "== 0"), at("10:05", ">= 3"), at("5m", "== 0")].join(", ");
    insta::assert_snapshot!(told(&expect, &record), @r#"
    ok: sum(failures) == 0 at 10:01:00 | 0
    ok: sum(failures) >= 3 at 10:05:00 | 3
    FAIL: sum(failures) == 0 5m after the first fault starts | 3
      its value was 3 for {job="pizza"} at 10:05:00, and must be == 0
    "#);
}

#[test]
fn each_value_in_a_window_has_to_pass() {
    let during =
        |is: &str| format!("{{ promql: {{ expr: {EXPR}, during: faults, is: \"{is}\" }} }}");
    let record = watched(&[(50, 1.0), (63, 3.0), (76, 9.0)], &[]);
    let expect = [during("<= 3"), during("< 3"), during("> 1")].join(", ");
    insta::assert_snapshot!(told(&expect, &record), @r#"
    ok: sum(failures) <= 3 during the faults | 1 to 3
    FAIL: sum(failures) < 3 during the faults | 1 to 3
      its value was 3 for {job="pizza"} at 10:03:00, and must be < 3
    FAIL: sum(failures) > 1 during the faults | 1 to 3
      its value was 1 for {job="pizza"} at 10:00:00, and must be > 1
    "#);
}

#[test]
fn no_value_passes_none() {
    let expect = format!("{{ promql: {{ expr: {EXPR}, during: faults, is: \">= 0\" }} }}");
    insta::assert_snapshot!(told(&expect, &watched(&[], &[(50, 90)])), @"
    FAIL: sum(failures) >= 0 during the faults | no series
      the expression returned no series from 09:50:00 to 10:30:00
    ");
    insta::assert_snapshot!(told(&expect, &watched(&[], &[])), @"
    FAIL: sum(failures) >= 0 during the faults | nothing to measure
      no evaluation of it fell in the time asked for
    ");
    insta::assert_snapshot!(told(&expect, &record()), @"
    FAIL: sum(failures) >= 0 during the faults | nothing to measure
      the record holds nothing of this expression
    ");
    let mut broken = watched(&[], &[]);
    broken.watches[0].error = Some("many-to-many matching".to_owned());
    insta::assert_snapshot!(told(&expect, &broken), @"
    FAIL: sum(failures) >= 0 during the faults | not evaluated
      the expression could not be evaluated: many-to-many matching
    ");
    assert!(findings(&expect, &watched(&[(50, 1.0)], &[(77, 78)]))[0].passed);
}

#[test]
fn expectations_about_the_same_expression_have_a_watch_each() {
    let mut record = watched(&[(61, 1.0)], &[]);
    record.watches.extend(watched(&[(62, 2.0)], &[]).watches);
    let expect = |is: &str, time: &str| {
        format!("{{ promql: {{ expr: {EXPR}, at: {time}, is: \"{is}\" }} }}")
    };
    let both = [expect("== 1", "10:01"), expect("== 2", "10:02")].join(", ");
    assert!(
        findings(&both, &record)
            .iter()
            .all(|finding| finding.passed)
    );
}
