//! What is not sent: inhibited alerts, muted routes, resolved alerts that an integration does not tell of, and what is said once
//! that is over. The clock shows midnight of a Thursday, in Greenwich, at the start.

use super::super::interval::{Span, TimeInterval};
use super::super::routing::{Inhibition, Integration, Receiver, Route as Node};
use super::*;
use promql::{MatchOp, Matcher};

fn is(name: &str, value: &str) -> Matcher {
    Matcher::new(name, MatchOp::Equal, value).expect("no regular expression")
}

/// All alerts to slack, by name, a group that does not change again after an hour.
fn to_slack(send_resolved: bool) -> Routing {
    let integration = Integration {
        channel: "slack".to_owned(),
        send_resolved,
    };
    let receiver = Receiver {
        integrations: vec![integration],
    };
    Routing {
        root: Node {
            receiver: Some("slack".to_owned()),
            group_by: Some(GroupBy::Labels(vec!["alertname".to_owned()])),
            repeat_interval: Some(Duration::from_secs(3_600)),
            ..Node::default()
        },
        receivers: BTreeMap::from([("slack".to_owned(), receiver)]),
        ..Routing::default()
    }
}

fn play_routing(routing: &Routing, happenings: &[Happening], until: u64) -> Vec<String> {
    let routes = Routes::through(routing).expect("it has what it names");
    play_through(routes, happenings, until)
}

/// Minutes of the day in which all is muted, or only in which anything is sent.
fn during(minutes: (u16, u16), mute: bool) -> Routing {
    let mut routing = to_slack(true);
    let (from, to) = minutes;
    let interval = TimeInterval {
        times: Some(vec![Span { from, to }]),
        ..TimeInterval::default()
    };
    routing.intervals.insert("then".to_owned(), vec![interval]);
    let names = vec!["then".to_owned()];
    if mute {
        routing.root.mute_time_intervals = names;
    } else {
        routing.root.active_time_intervals = names;
    }
    routing
}

#[test]
fn a_source_that_fires_keeps_targets_quiet() {
    let mut routing = to_slack(true);
    routing.inhibitions.push(Inhibition {
        source: vec![is("severity", "page")],
        target: vec![is("service", "orders")],
        equal: vec!["site".to_owned()],
        line: None,
    });
    let table: [(&str, &[Happening], &[&str]); 6] = [
        (
            "the target is not sent, the source is",
            &[
                (0, "+", "alertname=S,severity=page"),
                (0, "+", "alertname=T,service=orders"),
            ],
            &["30>30 slack +0"],
        ),
        (
            "of another site it is",
            &[
                (0, "+", "alertname=S,severity=page,site=a"),
                (0, "+", "alertname=T,service=orders,site=b"),
                (0, "+", "alertname=U,service=orders"),
            ],
            &["30>30 slack +0", "30>30 slack +1", "30>30 slack +2"],
        ),
        (
            "two that match both sides are both sent",
            &[
                (0, "+", "alertname=S,severity=page,service=orders"),
                (0, "+", "alertname=T,severity=page,service=orders"),
            ],
            &["30>30 slack +0", "30>30 slack +1"],
        ),
        (
            "one that matches both sides is kept quiet by one that does not",
            &[
                (0, "+", "alertname=S,severity=page"),
                (0, "+", "alertname=T,severity=page,service=orders"),
            ],
            &["30>30 slack +0"],
        ),
        (
            "the target is sent at its first tick after the source was resolved",
            &[
                (0, "+", "alertname=S,severity=page"),
                (5, "+", "alertname=T,service=orders"),
                (40, "-", "alertname=S,severity=page"),
            ],
            &["30>30 slack +0", "330>330 slack -0", "335>335 slack +1"],
        ),
        (
            "a target that is resolved while it is quiet is never told of, and when it comes back it is nothing new",
            &[
                (0, "+", "alertname=T,service=orders"),
                (60, "+", "alertname=S,severity=page"),
                (70, "-", "alertname=T,service=orders"),
                (340, "-", "alertname=S,severity=page"),
                (345, "+", "alertname=T,service=orders"),
            ],
            &["30>30 slack +0", "90>90 slack +1", "390>390 slack -1"],
        ),
    ];
    for (what, happenings, pages) in table {
        assert_eq!(play_routing(&routing, happenings, 700), pages, "{what}");
    }
}

#[test]
fn time_intervals_mute_whole_groups() {
    let muted = during((0, 10), true);
    let active = during((10, 1_440), false);
    let table: [(&str, &[Happening], u64, &[&str]); 3] = [
        (
            "what still fires when the interval ends is sent at the next tick",
            &[(0, "+", "alertname=A")],
            1_000,
            &["630>630 slack +0"],
        ),
        (
            "what is resolved before it ends is never told of",
            &[(0, "+", "alertname=A"), (500, "-", "alertname=A")],
            1_000,
            &[],
        ),
        (
            "ticks stay where they are",
            &[(100, "+", "alertname=A"), (590, "+", "alertname=B")],
            1_200,
            &["620>620 slack +1", "730>730 slack +0"],
        ),
    ];
    for (what, happenings, until, pages) in table {
        assert_eq!(play_routing(&muted, happenings, until), pages, "{what}");
        assert_eq!(play_routing(&active, happenings, until), pages, "{what}");
    }
}

#[test]
fn an_alert_that_was_resolved_while_muted_is_resolved_for_nobody() {
    // Muted from 1:00 to 2:00; told before, resolved in it, back again after it within the repeat interval.
    let mut routing = during((60, 120), true);
    routing.root.repeat_interval = Some(Duration::from_secs(4 * 3_600));
    let happenings = [
        (3_500, "+", "alertname=A"),
        (3_600, "-", "alertname=A"),
        (7_300, "+", "alertname=A"),
    ];
    assert_eq!(
        play_routing(&routing, &happenings, 10_000),
        ["3530>3530 slack +0"]
    );
}

#[test]
fn the_log_forgets_after_two_repeats() {
    // Two repeats and a quarter of an hour go by while it is muted: its end is no news to anybody then.
    let mut routing = during((1, 300), true);
    routing.root.repeat_interval = Some(Duration::from_secs(3_600));
    let forgotten = [(0, "+", "alertname=A"), (17_950, "-", "alertname=A")];
    assert_eq!(
        play_routing(&routing, &forgotten, 20_000),
        ["30>30 slack +0"]
    );
    routing.root.repeat_interval = Some(Duration::from_secs(3 * 3_600));
    assert_eq!(
        play_routing(&routing, &forgotten, 20_000),
        ["30>30 slack +0", "18030>18030 slack -0"]
    );
}

#[test]
fn resolved_alerts_are_told_by_who_tells_of_them() {
    let happenings = [
        (0, "+", "alertname=A,code=1"),
        (0, "+", "alertname=A,code=2"),
        (60, "-", "alertname=A,code=1"),
        (400, "-", "alertname=A,code=2"),
        (700, "+", "alertname=A,code=1"),
    ];
    assert_eq!(
        play_routing(&to_slack(true), &happenings, 1_000),
        [
            "30>30 slack +0,1",
            "330>330 slack +0,1",
            "630>630 slack -1",
            "730>730 slack +2"
        ]
    );
    // The end is written to the log all the same: the next alert is news.
    assert_eq!(
        play_routing(&to_slack(false), &happenings, 1_000),
        ["30>30 slack +0,1", "730>730 slack +2"]
    );
}

#[test]
fn a_receiver_without_integrations_tells_nobody() {
    let mut routing = to_slack(true);
    routing
        .receivers
        .insert("slack".to_owned(), Receiver::default());
    let happenings = [(0, "+", "alertname=A")];
    assert!(play_routing(&routing, &happenings, 1_000).is_empty());
}

#[test]
fn routes_that_are_alike_share_what_they_said() {
    let mut routing = to_slack(true);
    let twin = Node {
        matchers: vec![is("team", "a")],
        continues: true,
        ..Node::default()
    };
    let later = Node {
        group_wait: Some(Duration::from_secs(40)),
        ..twin.clone()
    };
    let happenings = [(0, "+", "alertname=A,team=a")];
    routing.root.routes = vec![twin.clone(), later];
    assert_eq!(play_routing(&routing, &happenings, 100), ["30>30 slack +0"]);
    // At the same time neither hears of the other.
    routing.root.routes = vec![twin.clone(), twin];
    assert_eq!(
        play_routing(&routing, &happenings, 100),
        ["30>30 slack +0", "30>30 slack +0"]
    );
}

#[test]
fn what_does_not_exist_is_refused() {
    use super::super::tree::RoutingError;
    let refused = |change: &dyn Fn(&mut Routing)| {
        let mut routing = to_slack(true);
        change(&mut routing);
        Routes::through(&routing).map(|_| ()).err()
    };
    assert_eq!(
        refused(&|routing| routing.root.receiver = None),
        Some(RoutingError::NoReceiver)
    );
    assert_eq!(
        refused(&|routing| routing.root.receiver = Some("nobody".to_owned())),
        Some(RoutingError::UnknownReceiver("nobody".to_owned()))
    );
    assert_eq!(
        refused(&|routing| routing.root.mute_time_intervals = vec!["then".to_owned()]),
        Some(RoutingError::UnknownInterval("then".to_owned()))
    );
}
