//! Things that happen at a moment, or one ahead of another.

use crate::record::Record;
use crate::record::faults::Act;
use crate::record::orders::Told;
use crate::verdict::sample::{
    act, alert, at, error, findings, gauge, record, record_with, rule, told,
};

fn eventful() -> Record {
    let mut record = record_with(&error());
    record.rules = vec![rule("Failing", &[(at(63, 0), Some(0.08))])];
    record.alerts = vec![alert(
        "Failing",
        [
            Some(at(63, 0)),
            Some(at(64, 0)),
            Some(at(65, 6)),
            Some(at(77, 0)),
        ],
    )];
    record.acts = vec![
        act(
            at(65, 6),
            "on-call",
            Act::Paged {
                channel: "phone".to_owned(),
            },
        ),
        act(at(65, 24), "on-call", Act::Acknowledged),
        act(
            at(75, 0),
            "on-call",
            Act::Reported {
                factory: "headquarters".to_owned(),
                resolved: true,
            },
        ),
    ];
    record.queue = vec![gauge(at(70, 0), 2.0), gauge(at(76, 0), 0.0)];
    record
}

fn at_expectation(what: &str, time: &str) -> String {
    format!("{{ at: {{ what: {what}, time: {time}, within: 15s }} }}")
}

const WHATS: [(&str, &str); 10] = [
    ("{ pending: Failing }", "10:03"),
    ("{ firing: Failing }", "10:04"),
    ("{ paged: on-call }", "10:05:06"),
    ("{ acknowledged: on-call }", "10:05:24"),
    ("{ reported: on-call }", "10:15"),
    ("{ resolved: Failing }", "10:17"),
    ("{ ended: bug }", "10:15"),
    ("first_failed_order", "10:02"),
    ("recovered", "10:17"),
    ("queue_drained", "10:16"),
];

#[test]
fn everything_that_can_happen_is_seen_when_it_does() {
    let all: Vec<String> = WHATS
        .iter()
        .map(|(what, time)| at_expectation(what, time))
        .collect();
    insta::assert_snapshot!(told(&all.join(", "), &eventful()), @"
    ok: Failing is pending within 15s of 10:03:00 | at 10:03:00
    ok: Failing fires within 15s of 10:04:00 | at 10:04:00
    ok: on-call is paged within 15s of 10:05:06 | at 10:05:06
    ok: on-call acknowledges within 15s of 10:05:24 | at 10:05:24
    ok: on-call reports within 15s of 10:15:00 | at 10:15:00
    ok: Failing resolves within 15s of 10:17:00 | at 10:17:00
    ok: bug ends within 15s of 10:15:00 | at 10:15:00
    ok: the first order fails within 15s of 10:02:00 | at 10:02:00.500, 500ms late
    ok: orders succeed again within 15s of 10:17:00 | at 10:17:00.500, 500ms late
    ok: the queue is drained within 15s of 10:16:00 | at 10:16:00
    ");
}

#[test]
fn everything_that_can_happen_can_happen_too_late_or_too_early() {
    for (what, _) in WHATS {
        for time in ["10:01", "10:20"] {
            let finding = &findings(&at_expectation(what, time), &eventful())[0];
            assert!(!finding.passed, "{finding:?}");
            assert!(finding.explanation.is_some());
        }
    }
}

#[test]
fn what_never_happens_says_why() {
    let mut quiet = record();
    quiet.rules = vec![rule("Failing", &[(at(50, 0), Some(0.0))])];
    quiet.faults[0].ended_at = None;
    let all: Vec<String> = WHATS
        .iter()
        .map(|(what, time)| at_expectation(what, time))
        .collect();
    insta::assert_snapshot!(told(&all.join(", "), &quiet), @"
    FAIL: Failing is pending within 15s of 10:03:00 | never
      Failing was never pending: from 09:50:00 to 10:30:00 its value got to 0 at 09:50:00, and must be > 0.05
    FAIL: Failing fires within 15s of 10:04:00 | never
      Failing was never pending: from 09:50:00 to 10:30:00 its value got to 0 at 09:50:00, and must be > 0.05
    FAIL: on-call is paged within 15s of 10:05:06 | never
      no page reached on-call before the run ended at 10:30:00
    FAIL: on-call acknowledges within 15s of 10:05:24 | never
      on-call acknowledged nothing before the run ended at 10:30:00
    FAIL: on-call reports within 15s of 10:15:00 | never
      on-call called no report URL before the run ended at 10:30:00
    FAIL: Failing resolves within 15s of 10:17:00 | never
      Failing was never pending: from 09:50:00 to 10:30:00 its value got to 0 at 09:50:00, and must be > 0.05
    FAIL: bug ends within 15s of 10:15:00 | never
      `bug` never ended: it started at 10:00:00 and went on to the end of the run at 10:30:00
    FAIL: the first order fails within 15s of 10:02:00 | never
      none of the diners' 6 orders failed
    FAIL: orders succeed again within 15s of 10:17:00 | never
      every diner's order was fulfilled, so there was nothing to recover from
    FAIL: the queue is drained within 15s of 10:16:00 | never
      the queue never held an order
    ");
}

#[test]
fn offsets_count_from_the_fault_and_clock_times_from_nothing() {
    let offset = "{ at: { what: { firing: Failing }, time: 4m, within: 0s } }";
    let of = "{ at: { what: { firing: Failing }, time: 4m, within: 0s, of: bug } }";
    let since = "{ at: { what: { firing: Failing }, time: 2m, within: 0s, since: first_failure } }";
    insta::assert_snapshot!(told(&format!("{offset}, {of}, {since}"), &eventful()), @"
    ok: Failing fires within 0s of 4m after the first fault starts | at 10:04:00
    ok: Failing fires within 0s of 4m after bug starts | at 10:04:00
    ok: Failing fires within 0s of 2m after the first failure | at 10:04:00
    ");
}

#[test]
fn a_moment_that_is_missed_says_by_how_much() {
    insta::assert_snapshot!(told(&at_expectation("{ firing: Failing }", "10:01"), &eventful()), @"
    FAIL: Failing fires within 15s of 10:01:00 | at 10:04:00, 3m late
      Failing fires at 10:04:00, 3m later than 10:01:00, and may be off by 15s; it went pending at 10:03:00
    ");
}

#[test]
fn before_wants_the_first_and_does_without_the_other() {
    let fires_first = "{ before: { first: { firing: Failing }, then: first_failed_order } }";
    let fails_first = "{ before: { first: first_failed_order, then: { firing: Failing } } }";
    insta::assert_snapshot!(told(&format!("{fires_first}, {fails_first}"), &eventful()), @"
    FAIL: Failing fires before the first order fails | 10:04:00, then 10:02:00.500
      Failing fires at 10:04:00, 2m after the first order fails at 10:02:00.500; it went pending at 10:03:00
    ok: the first order fails before Failing fires | 10:02:00.500, then 10:04:00
    ");
    let mut record = eventful();
    record.orders.retain(|order| order.told == Told::Pizza);
    insta::assert_snapshot!(told(&format!("{fires_first}, {fails_first}"), &record), @"
    ok: Failing fires before the first order fails | 10:04:00, then never
    FAIL: the first order fails before Failing fires | never, then 10:04:00
      none of the diners' 6 orders failed
    ");
}
