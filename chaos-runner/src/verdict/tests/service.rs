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
    insta::assert_snapshot!(told(RECOVERY, &record_with(&error())), @"");
    let mut record = record();
    add(&mut record, order(79, error()));
    insta::assert_snapshot!(told(RECOVERY, &record), @"");
    record.orders.retain(|order| order.placed_at < at(75, 0));
    insta::assert_snapshot!(told(RECOVERY, &record), @"");
    record.faults[0].ended_at = None;
    insta::assert_snapshot!(told(RECOVERY, &record), @"");
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
    insta::assert_snapshot!(told(DRAINED, &in_time), @"");
    let late = queued(&[(62, 0, 2.0), (75, 20, 1.0), (77, 0, 0.0)]);
    insta::assert_snapshot!(told(DRAINED, &late), @"");
    let never = queued(&[(62, 0, 2.0)]);
    insta::assert_snapshot!(told(DRAINED, &never), @"");
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
    insta::assert_snapshot!(told(expect, &record_with(&Told::Accepted)), @"");
    insta::assert_snapshot!(told(expect, &record_with(&Told::HungUp)), @"");
    insta::assert_snapshot!(told(expect, &record_with(&Told::Nothing)), @"");
    insta::assert_snapshot!(told(expect, &record()), @"");
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
