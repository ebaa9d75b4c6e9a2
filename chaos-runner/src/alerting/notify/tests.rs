//! Routes, groups and timers, held to what an Alertmanager sends and when.

mod quiet;

use super::routing::{GroupBy, Routing};
use super::tree::RouteTree;
use super::written::{MatcherError, routing_of};
use super::*;
use crate::scenario::monitoring::Route;
use fake_factory::input::{Source, read};

fn seconds(seconds: u64) -> Elapsed {
    Elapsed::from_duration(Duration::from_secs(seconds))
}

fn routing(text: &str) -> Result<Routing, MatcherError> {
    let reading = read::<Route>(&Source::new("route.yaml", text));
    assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
    routing_of(&reading.value.expect("a route"))
}

fn routes(text: &str) -> Routes {
    Routes::through(&routing(text).expect("sound matchers")).expect("sound routes")
}

fn labels(text: &str) -> Labels {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    pairs.collect()
}

/// Something that an alert does, at a second: `+` it fires, `-` it is resolved; its labels are told apart by the name.
type Happening = (u64, &'static str, &'static str);

/// Plays `happenings` up to the second `until` and tells every page: `sent>arrived channel +numbers` or `-numbers`.
fn play(route: Option<&str>, happenings: &[Happening], until: u64) -> Vec<String> {
    let to_all = Routes::to_all(["phone", "slack"].map(str::to_owned));
    play_through(route.map_or(to_all, routes), happenings, until)
}

fn play_through(routes: Routes, happenings: &[Happening], until: u64) -> Vec<String> {
    let channels = [("phone", 66), ("slack", 0)];
    let channels = channels.map(|(name, delay)| (name.to_owned(), Duration::from_secs(delay)));
    let mut dispatcher = Dispatcher::new(routes, BTreeMap::from(channels), Timestamp::UNIX_EPOCH);
    let mut pages = Vec::new();
    let mut numbers: BTreeMap<Labels, (usize, Elapsed)> = BTreeMap::new();
    let mut count = 0;
    for (at, sign, text) in happenings {
        let at = seconds(*at);
        // Deadlines are met one by one, as the monitor does.
        while let Some(deadline) = dispatcher.next_deadline().filter(|deadline| *deadline < at) {
            pages.extend(dispatcher.advance(deadline));
        }
        let firing = *sign == "+";
        if firing {
            numbers.insert(labels(text), (count, at));
            count += 1;
        }
        let (number, starts_at) = numbers[&labels(text)];
        dispatcher.receive(
            at,
            &AlertUpdate {
                number,
                labels: labels(text),
                starts_at,
                firing,
            },
        );
    }
    while let Some(deadline) = dispatcher
        .next_deadline()
        .filter(|at| *at <= seconds(until))
    {
        pages.extend(dispatcher.advance(deadline));
    }
    pages.iter().map(written).collect()
}

fn written(page: &Delivery) -> String {
    let sign = match page.status {
        PageStatus::Firing => '+',
        PageStatus::Resolved => '-',
    };
    let alerts: Vec<String> = page.alerts.iter().map(ToString::to_string).collect();
    let (sent, at) = (
        page.sent_at.as_millis() / 1_000,
        page.at.as_millis() / 1_000,
    );
    format!("{sent}>{at} {} {sign}{}", page.channel, alerts.join(","))
}

const SLACK: &str = "{ receiver: slack, group_by: [alertname] }";

#[test]
fn without_a_route_every_change_goes_to_every_channel_at_once() {
    let happenings = [
        (100, "+", "alertname=A"),
        (110, "+", "alertname=B"),
        (160, "-", "alertname=A"),
    ];
    let pages = play(None, &happenings, 1_000);
    assert_eq!(
        pages,
        [
            "100>100 slack +0",
            "110>110 slack +1",
            "160>160 slack -0",
            "100>166 phone +0",
            "110>176 phone +1",
            "160>226 phone -0",
        ]
    );
}

#[test]
fn groups_are_sent_when_alertmanager_sends_them() {
    let table: [(&str, &[Happening], u64, &[&str]); 12] = [
        (
            "a new group waits for group_wait",
            &[(0, "+", "alertname=A")],
            400,
            &["30>30 slack +0"],
        ),
        (
            "alerts of one group that come within group_wait are sent together",
            &[
                (0, "+", "alertname=A,code=1"),
                (20, "+", "alertname=A,code=2"),
            ],
            400,
            &["30>30 slack +0,1"],
        ),
        (
            "groups wait apart",
            &[(0, "+", "alertname=A"), (20, "+", "alertname=B")],
            400,
            &["30>30 slack +0", "50>50 slack +1"],
        ),
        (
            "resolving inside group_wait sends nothing",
            &[(0, "+", "alertname=A"), (20, "-", "alertname=A")],
            1_000,
            &[],
        ),
        (
            "a new alert in a known group waits for its next tick",
            &[
                (0, "+", "alertname=A,code=1"),
                (60, "+", "alertname=A,code=2"),
            ],
            400,
            &["30>30 slack +0", "330>330 slack +0,1"],
        ),
        (
            "resolving waits for the next tick, too",
            &[(0, "+", "alertname=A"), (60, "-", "alertname=A")],
            1_000,
            &["30>30 slack +0", "330>330 slack -0"],
        ),
        (
            "one of two that is resolved is told of with the other",
            &[
                (0, "+", "alertname=A,code=1"),
                (0, "+", "alertname=A,code=2"),
                (60, "-", "alertname=A,code=1"),
            ],
            1_000,
            &["30>30 slack +0,1", "330>330 slack +0,1"],
        ),
        (
            "an alert that flaps between two ticks says nothing new",
            &[
                (0, "+", "alertname=A"),
                (60, "-", "alertname=A"),
                (120, "+", "alertname=A"),
            ],
            1_000,
            &["30>30 slack +0"],
        ),
        (
            "one that comes and goes between two ticks of a known group is told of as resolved",
            &[
                (0, "+", "alertname=A,code=1"),
                (60, "+", "alertname=A,code=2"),
                (120, "-", "alertname=A,code=2"),
            ],
            400,
            &["30>30 slack +0", "330>330 slack +0,1"],
        ),
        (
            "a group that did not change is repeated at the first tick more than repeat_interval later",
            &[(0, "+", "alertname=A")],
            4 * 3_600 + 700,
            &["30>30 slack +0", "14730>14730 slack +0"],
        ),
        (
            "a group that was resolved and cleared starts anew",
            &[
                (0, "+", "alertname=A"),
                (60, "-", "alertname=A"),
                (400, "+", "alertname=A"),
            ],
            1_000,
            &["30>30 slack +0", "330>330 slack -0", "430>430 slack +1"],
        ),
        (
            "a group that was resolved and not cleared yet keeps its rhythm",
            &[
                (0, "+", "alertname=A"),
                (60, "-", "alertname=A"),
                (340, "+", "alertname=A"),
            ],
            1_000,
            &["30>30 slack +0", "330>330 slack -0", "630>630 slack +1"],
        ),
    ];
    for (what, happenings, until, pages) in table {
        assert_eq!(play(Some(SLACK), happenings, until), pages, "{what}");
    }
}

#[test]
fn an_alert_older_than_group_wait_skips_the_wait() {
    let mut dispatcher = Dispatcher::new(routes(SLACK), BTreeMap::new(), Timestamp::UNIX_EPOCH);
    dispatcher.receive(
        seconds(100),
        &AlertUpdate {
            number: 0,
            labels: labels("alertname=A"),
            starts_at: seconds(60),
            firing: true,
        },
    );
    assert_eq!(dispatcher.next_deadline(), Some(seconds(100)));
}

#[test]
fn without_a_wait_a_page_leaves_at_once() {
    let route = "{ receiver: phone, group_wait: 0s }";
    assert_eq!(
        play(Some(route), &[(7, "+", "alertname=A")], 100),
        ["7>73 phone +0"]
    );
}

const NESTED: &str = "
receiver: slack
group_by: [alertname]
routes:
  - matchers: ['severity=\"page\"']
    receiver: phone
    group_wait: 10s
    continue: true
  - matchers: ['team=~\"a|b\"', 'severity!=\"info\"']
    group_by: ['...']
    routes:
      - matchers: [night=yes]
        receiver: phone
";

#[test]
fn routes_match_in_order_and_inherit() {
    let tree = RouteTree::new(&routing(NESTED).expect("sound matchers")).expect("sound routes");
    let table = [
        ("alertname=A", vec![0]),
        ("alertname=A,severity=page", vec![1]),
        ("alertname=A,severity=page,team=a", vec![1, 2]),
        ("alertname=A,team=b", vec![2]),
        ("alertname=A,team=bb", vec![0]),
        ("alertname=A,team=b,night=yes", vec![3]),
        ("alertname=A,team=b,severity=info", vec![0]),
    ];
    for (text, routes) in table {
        assert_eq!(tree.routes_of(&labels(text)), routes, "{text}");
    }
    let node = |number| tree.node(number).expect("it exists");
    assert_eq!(node(1).group_by, node(0).group_by);
    assert_eq!(node(1).group_wait, Duration::from_secs(10));
    assert_eq!(&*node(3).receiver, "phone");
    assert_eq!(node(3).group_by, GroupBy::All);
    assert_eq!(node(3).group_interval, Duration::from_secs(300));
}

#[test]
fn an_alert_that_takes_two_routes_is_sent_by_both() {
    let happenings = [(0, "+", "alertname=A,severity=page,team=a")];
    assert_eq!(
        play(Some(NESTED), &happenings, 200),
        ["30>30 slack +0", "10>76 phone +0"]
    );
}

#[test]
fn what_is_no_matcher_is_refused() {
    let refused = routing("{ receiver: slack, routes: [{ matchers: [x] }] }").map(|_| ());
    assert_eq!(refused.map_err(|error| error.text), Err("x".to_owned()));
}

#[test]
fn alerts_of_one_server_go_by_another_way_than_those_of_another() {
    let own = routes("{ receiver: phone, group_wait: 10s, group_by: [name] }");
    let others = Routes::to_all(["slack".to_owned()]);
    let takes = [Matcher::new("server", promql::MatchOp::Equal, "grafana").expect("sound")];
    let pages = play_through(
        others.behind(&takes, own),
        &[
            (0, "+", "name=a,server=grafana"),
            (1, "+", "name=b"),
            (2, "+", "name=c,server=grafana"),
            (3, "-", "name=b"),
        ],
        100,
    );
    assert_eq!(
        pages,
        [
            "1>1 slack +1",
            "3>3 slack -1",
            "10>76 phone +0",
            "12>78 phone +2"
        ]
    );
}
