//! Orders by their fate, and the share of them that was served.

use crate::record::orders::{Fate, Told};
use crate::verdict::sample::{add, at, error, findings, order, record, record_with, told};

#[test]
fn orders_are_counted_by_fate() {
    let expect =
        "{ orders: { of: diners, placed: 9, fulfilled: { at_least: 6 }, failed: 3, lost: 0 } }";
    insta::assert_snapshot!(told(expect, &record_with(&error())), @"ok: orders of diners: placed 9, fulfilled at least 6, failed 3, lost 0 | placed 9, fulfilled 6, failed 3, lost 0");
}

#[test]
fn too_many_orders_are_named_with_what_their_diners_were_told() {
    let mut record = record_with(&error());
    add(&mut record, order(66, Told::HungUp));
    let expect = "{ orders: { during: faults, failed: { at_most: 1 }, lost: 0 } }";
    insta::assert_snapshot!(told(expect, &record), @r#"
    FAIL: orders of diners during the faults: failed at most 1, lost 0 | failed 4, lost 0
      4 were failed, expected at most 1: lunch-62 at 10:02:00 was told 500 "chaos monkey"; lunch-65 at 10:05:00 was told 500 "chaos monkey"; lunch-66 at 10:06:00 hung up after 30s; and 1 more
    "#);
}

#[test]
fn too_few_orders_name_the_others() {
    let expect = "{ orders: { during: bug, fulfilled: { at_least: 3 } } }";
    insta::assert_snapshot!(told(expect, &record_with(&error())), @r#"
    FAIL: orders of diners during bug: fulfilled at least 3 | fulfilled 0
      0 were fulfilled, expected at least 3; the others: lunch-62 at 10:02:00 was told 500 "chaos monkey"; lunch-65 at 10:05:00 was told 500 "chaos monkey"; lunch-68 at 10:08:00 was told 500 "chaos monkey"
    "#);
    insta::assert_snapshot!(told(expect, &record()), @"
    FAIL: orders of diners during bug: fulfilled at least 3 | fulfilled 0
      0 were fulfilled, expected at least 3: nobody ordered from 10:00:00 to 10:15:00
    ");
}

#[test]
fn every_fate_can_break_its_bound() {
    let fates = [
        ("fulfilled", Fate::Fulfilled),
        ("queued", Fate::Queued),
        ("refused", Fate::Refused),
        ("failed", Fate::Failed),
        ("lost", Fate::Lost),
        ("in_doubt", Fate::InDoubt),
    ];
    for (word, fate) in fates {
        let mut record = record();
        let mut odd = order(65, error());
        odd.fate = fate;
        add(&mut record, odd);
        let bound = |count| {
            findings(
                &format!("{{ orders: {{ during: faults, {word}: {count} }} }}"),
                &record,
            )[0]
            .passed
        };
        assert!(bound(1) && !bound(0) && !bound(2), "{word}");
    }
    let mut record = record();
    record.orders[0].made_at.push(at(52, 0));
    insta::assert_snapshot!(told("{ orders: { duplicated: 0 } }", &record), @"
    FAIL: orders of diners: duplicated 0 | duplicated 1
      1 was duplicated, expected 0: lunch-51 at 09:51:00 got a pizza, and was made 2 times
    ");
}

#[test]
fn canaries_are_no_diners() {
    let mut record = record();
    let mut canary = order(65, error());
    canary.canary = true;
    canary.group = "canaries-at-night".to_owned();
    add(&mut record, canary);
    let expect = "{ orders: { failed: 0 } }, { orders: { of: canaries, failed: 1 } }, \
         { orders: { of: all, placed: 7 } }, { orders: { of: canaries-at-night, placed: 1 } }, \
         { orders: { of: lunch, placed: 6 } }, { served: { share: 100% } }";
    assert!(
        findings(expect, &record)
            .iter()
            .all(|finding| finding.passed)
    );
}

#[test]
fn a_window_holds_the_orders_placed_in_it() {
    let record = record_with(&error());
    let expect = "{ orders: { during: steady_state, placed: 3 } }, { orders: { during: faults, placed: 3 } }, \
         { orders: { during: recovery, placed: 3 } }, { orders: { during: run, placed: 9 } }, \
         { orders: { during: { from: 10:02, to: 10:08 }, placed: 2 } }, \
         { orders: { during: { from: 3m }, placed: 5 } }";
    insta::assert_snapshot!(told(expect, &record), @"
    ok: orders of diners in the steady state: placed 3 | placed 3
    ok: orders of diners during the faults: placed 3 | placed 3
    ok: orders of diners after the faults: placed 3 | placed 3
    ok: orders of diners during the run: placed 9 | placed 9
    ok: orders of diners from 10:02:00 to 10:08:00: placed 2 | placed 2
    ok: orders of diners from 3m on: placed 5 | placed 5
    ");
}

#[test]
fn kept_orders_are_served_and_failed_ones_are_not() {
    let expect = "{ served: { share: 99%, during: faults } }";
    insta::assert_snapshot!(told(expect, &record_with(&Told::Accepted)), @"ok: at least 99% of orders served during the faults | 100% (3 of 3)");
    insta::assert_snapshot!(told(expect, &record_with(&error())), @r#"
    FAIL: at least 99% of orders served during the faults | 0% (0 of 3)
      3 of 3 orders not served: lunch-62 at 10:02:00 was told 500 "chaos monkey"; lunch-65 at 10:05:00 was told 500 "chaos monkey"; lunch-68 at 10:08:00 was told 500 "chaos monkey"
    "#);
    insta::assert_snapshot!(told(expect, &record()), @"
    FAIL: at least 99% of orders served during the faults | no orders
      nobody ordered from 10:00:00 to 10:15:00
    ");
}

#[test]
fn ninety_nine_of_a_hundred_are_ninety_nine_percent() {
    let mut record = record();
    record.orders = (0..100).map(|_| order(62, Told::Pizza)).collect();
    record.orders[7] = order(62, error());
    let passed = |record: &_| findings("{ served: { share: 99% } }", record)[0].passed;
    assert!(passed(&record));
    record.orders[8] = order(62, error());
    assert!(!passed(&record));
}
