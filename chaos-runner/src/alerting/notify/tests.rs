//! The timers and the routes, held to what an Alertmanager does.

use super::*;
use crate::scenario::monitoring::Route;
use fake_factory::input::{Source, read};
use std::time::Duration;

fn at(seconds: u64) -> Elapsed {
    Elapsed::from_duration(Duration::from_secs(seconds))
}

fn labels(pairs: &[(&str, &str)]) -> AlertLabels {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn dispatcher(yaml: &str) -> Dispatcher {
    let reading = read::<Route>(&Source::new("route.yml", yaml));
    let route = reading.value.expect("a route");
    Dispatcher::new(Routes::from_written(&route).expect("matchers"))
}

/// What is sent up to `until`: when, to whom, how many firing and resolved.
fn sent(dispatcher: &mut Dispatcher, until: u64) -> Vec<(u64, String, usize, usize)> {
    dispatcher
        .advance(at(until))
        .into_iter()
        .map(|n| {
            (
                n.at.as_millis() / 1_000,
                n.receiver,
                n.firing.len(),
                n.resolved.len(),
            )
        })
        .collect()
}

#[test]
fn a_new_group_waits_and_a_change_waits_for_the_next_tick() {
    let mut dispatcher = dispatcher("{ receiver: phone, group_by: [alertname] }");
    let name = labels(&[("alertname", "A"), ("instance", "1")]);
    dispatcher.fires(at(0), 1, &name);
    assert_eq!(dispatcher.next_deadline(), Some(at(30)));
    dispatcher.fires(at(10), 2, &labels(&[("alertname", "A"), ("instance", "2")]));
    assert_eq!(sent(&mut dispatcher, 29), []);
    assert_eq!(sent(&mut dispatcher, 30), [(30, "phone".to_owned(), 2, 0)]);
    dispatcher.resolves(at(40), 1);
    assert_eq!(sent(&mut dispatcher, 329), []);
    assert_eq!(
        sent(&mut dispatcher, 330),
        [(330, "phone".to_owned(), 1, 1)]
    );
}

#[test]
fn an_alert_that_resolves_within_the_wait_is_never_sent() {
    let mut dispatcher = dispatcher("{ receiver: phone }");
    dispatcher.fires(at(0), 1, &labels(&[("alertname", "A")]));
    dispatcher.resolves(at(29), 1);
    assert_eq!(sent(&mut dispatcher, 3_600), []);
    assert_eq!(dispatcher.next_deadline(), None);
}

#[test]
fn an_unchanged_group_is_sent_again_after_the_repeat_interval() {
    let mut dispatcher =
        dispatcher("{ receiver: phone, group_wait: 0s, group_interval: 5m, repeat_interval: 12m }");
    dispatcher.fires(at(0), 1, &labels(&[("alertname", "A")]));
    let times: Vec<u64> = sent(&mut dispatcher, 2_000)
        .into_iter()
        .map(|(time, ..)| time)
        .collect();
    assert_eq!(
        times,
        [0, 900, 1_800],
        "at the first tick that is 12 minutes later"
    );
}

#[test]
fn the_first_matching_child_takes_it_unless_it_says_continue() {
    let mut dispatcher = dispatcher(
        "
receiver: log
group_wait: 0s
routes:
  - { receiver: audit, continue: true }
  - { receiver: phone, matchers: ['severity=\"page\"'] }
  - { receiver: mail, matchers: ['severity=~\"page|ticket\"'] }
",
    );
    dispatcher.fires(
        at(0),
        1,
        &labels(&[("alertname", "A"), ("severity", "page")]),
    );
    dispatcher.fires(
        at(0),
        2,
        &labels(&[("alertname", "B"), ("severity", "ticket")]),
    );
    dispatcher.fires(at(0), 3, &labels(&[("alertname", "C")]));
    let receivers: Vec<(String, usize)> = sent(&mut dispatcher, 0)
        .into_iter()
        .map(|(_, name, firing, _)| (name, firing))
        .collect();
    assert_eq!(
        receivers,
        [
            ("audit".to_owned(), 3),
            ("phone".to_owned(), 1),
            ("mail".to_owned(), 1)
        ]
    );
}

#[test]
fn without_routes_every_channel_hears_of_every_alert_at_once() {
    let mut dispatcher = Dispatcher::new(Routes::to_all(["phone".to_owned(), "slack".to_owned()]));
    dispatcher.fires(at(7), 1, &labels(&[("alertname", "A")]));
    assert_eq!(
        sent(&mut dispatcher, 7),
        [(7, "phone".to_owned(), 1, 0), (7, "slack".to_owned(), 1, 0)]
    );
    dispatcher.resolves(at(8), 1);
    assert_eq!(
        sent(&mut dispatcher, 8),
        [(8, "phone".to_owned(), 0, 1), (8, "slack".to_owned(), 0, 1)]
    );
}

#[test]
fn matchers_are_read_as_an_alertmanager_reads_them() {
    for (text, value, holds) in [
        ("team=\"pizza\"", "pizza", true),
        ("team=pizza", "pizza", true),
        ("team!=\"pizza\"", "ops", true),
        ("team=~\"piz.*\"", "pizza", true),
        ("team=~\"piz\"", "pizza", false),
        ("team!~\"piz.*\"", "pizza", false),
        ("team=\"a \\\"b\\\"\"", "a \"b\"", true),
    ] {
        let matcher: Matcher = text.parse().expect(text);
        assert_eq!(
            matcher.matches(&labels(&[("team", value)])),
            holds,
            "{text} on {value}"
        );
    }
    for text in ["team", "=x", "team=~\"(\"", "team=\"x", "te am=x"] {
        assert!(text.parse::<Matcher>().is_err(), "{text}");
    }
}
