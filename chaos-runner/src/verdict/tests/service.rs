//! Recovery, the queue and latency.

use crate::record::Record;
use crate::record::orders::Told;
use crate::verdict::judge;
use crate::verdict::sample::{
    add, at, error, findings, gauge, order, record, record_with, scenario, told,
};

const RECOVERY: &str = "{ recovery: { success: 99%, within: 1m } }";
const DRAINED: &str = "{ queue_drained: { within: 1m } }";

#[test]
fn orders_succeed_again_after_the_fault() {
    insta::assert_snapshot!(told(RECOVERY, &record_with(&error())), @"ok: at least 99% of orders fulfilled from 1m after the fault's end on | 100% (3 of 3)");
    let mut record = record();
    add(&mut record, order(79, error()));
    insta::assert_snapshot!(told(RECOVERY, &record), @r#"
    FAIL: at least 99% of orders fulfilled from 1m after the fault's end on | 75% (3 of 4)
      1 of 4 orders not fulfilled: lunch-79 at 10:19:00 was told 500 "chaos monkey"
    "#);
    record.orders.retain(|order| order.placed_at < at(75, 0));
    insta::assert_snapshot!(told(RECOVERY, &record), @"
    FAIL: at least 99% of orders fulfilled from 1m after the fault's end on | no orders
      nobody ordered from 10:16:00 to 10:30:00
    ");
    record.faults[0].ended_at = None;
    insta::assert_snapshot!(told(RECOVERY, &record), @"
    FAIL: at least 99% of orders fulfilled from 1m after the fault's end on | nothing to measure
      `bug` never ended: it started at 10:00:00 and went on to the end of the run at 10:30:00
    ");
}

fn queued(depths: &[(u64, u64, f64)]) -> Record {
    let mut record = record();
    record.queue = depths
        .iter()
        .map(|(minute, second, depth)| gauge(at(*minute, *second), *depth))
        .collect();
    record
}

#[test]
fn a_queue_drains_in_time_or_not() {
    let in_time = queued(&[(62, 0, 1.0), (65, 0, 2.0), (75, 20, 1.0), (75, 30, 0.0)]);
    insta::assert_snapshot!(told(DRAINED, &in_time), @"ok: queue drained within 1m of the fault's end | drained at 10:15:30, 30s after `bug` ended");
    let late = queued(&[(62, 0, 2.0), (75, 20, 1.0), (77, 0, 0.0)]);
    insta::assert_snapshot!(told(DRAINED, &late), @"
    FAIL: queue drained within 1m of the fault's end | drained at 10:17:00, 2m after `bug` ended
      1 order still waited at 10:16:00.001, when the time was up; the queue was empty 59s 999ms later
    ");
    let never = queued(&[(62, 0, 2.0)]);
    insta::assert_snapshot!(told(DRAINED, &never), @"
    FAIL: queue drained within 1m of the fault's end | never
      2 orders still waited when the run ended at 10:30:00
    ");
}

#[test]
fn an_order_that_joins_the_queue_just_after_the_fault_has_to_leave_it_too() {
    let joins = queued(&[(62, 0, 1.0), (74, 0, 0.0), (75, 10, 1.0)]);
    assert!(!findings(DRAINED, &joins)[0].passed);
    let later = queued(&[(62, 0, 1.0), (74, 0, 0.0), (80, 10, 1.0)]);
    assert!(findings(DRAINED, &later)[0].passed);
    assert!(findings(DRAINED, &record())[0].passed);
}

#[test]
fn a_service_without_a_queue_drains_none() {
    let mut scenario = scenario(&format!("expect: [{DRAINED}]"));
    scenario.order_service.queue = None;
    assert!(!judge(&scenario, &record()).expectations[0].passed);
}

#[test]
fn waiting_counts_until_the_answer_or_the_end_of_patience() {
    let expect = "{ latency: { quantile: 0.99, at_most: 2s, during: faults } }";
    insta::assert_snapshot!(told(expect, &record_with(&Told::Accepted)), @"ok: orders answered within 2s at p99 during the faults | 500ms");
    insta::assert_snapshot!(told(expect, &record_with(&Told::HungUp)), @"
    FAIL: orders answered within 2s at p99 during the faults | 30s
      3 of 3 orders took longer, the slowest 30s: lunch-62 at 10:02:00 hung up after 30s; lunch-65 at 10:05:00 hung up after 30s; lunch-68 at 10:08:00 hung up after 30s
    ");
    insta::assert_snapshot!(told(expect, &record_with(&Told::Nothing)), @"
    FAIL: orders answered within 2s at p99 during the faults | never answered
      3 of 3 orders took longer, the slowest without end: lunch-62 at 10:02:00 was told nothing until the run ended; lunch-65 at 10:05:00 was told nothing until the run ended; lunch-68 at 10:08:00 was told nothing until the run ended
    ");
    insta::assert_snapshot!(told(expect, &record()), @"
    FAIL: orders answered within 2s at p99 during the faults | no orders
      nobody ordered from 10:00:00 to 10:15:00
    ");
}

#[test]
fn a_quantile_forgives_the_orders_above_it() {
    let mut record = record_with(&Told::Pizza);
    add(&mut record, order(66, Told::HungUp));
    let at = |quantile| {
        findings(
            &format!("{{ latency: {{ quantile: {quantile}, at_most: 2s, during: faults }} }}"),
            &record,
        )[0]
        .passed
    };
    assert!(at(0.75) && !at(0.76));
}
