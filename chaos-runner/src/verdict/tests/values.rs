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
    insta::assert_snapshot!(told(&both, &record_with(&Told::Pizza)), @"");
    insta::assert_snapshot!(told(&both, &record_with(&error())), @"");
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
    insta::assert_snapshot!(told(expect, &record), @"");
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
    insta::assert_snapshot!(told(&expect, &record), @"");
}

#[test]
fn each_value_in_a_window_has_to_pass() {
    let during =
        |is: &str| format!("{{ promql: {{ expr: {EXPR}, during: faults, is: \"{is}\" }} }}");
    let record = watched(&[(50, 1.0), (63, 3.0), (76, 9.0)], &[]);
    let expect = [during("<= 3"), during("< 3"), during("> 1")].join(", ");
    insta::assert_snapshot!(told(&expect, &record), @"");
}

#[test]
fn no_value_passes_none() {
    let expect = format!("{{ promql: {{ expr: {EXPR}, during: faults, is: \">= 0\" }} }}");
    insta::assert_snapshot!(told(&expect, &watched(&[], &[(50, 90)])), @"");
    insta::assert_snapshot!(told(&expect, &watched(&[], &[])), @"");
    insta::assert_snapshot!(told(&expect, &record()), @"");
    let mut broken = watched(&[], &[]);
    broken.watches[0].error = Some("many-to-many matching".to_owned());
    insta::assert_snapshot!(told(&expect, &broken), @"");
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
