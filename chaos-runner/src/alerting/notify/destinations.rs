//! Where one alert would go and when, without sending anything: the routes that it takes, what groups it, and what could keep it
//! quiet. It reads a routing and knows nothing of how it is shown.

use super::inhibit::all;
use super::routing::{GroupBy, Inhibition, Integration, Routing};
use super::tree::{NamedInterval, RouteNode, RouteTree, RoutingError};
use jiff::{SignedDuration, Timestamp};
use promql::{Labels, Matcher};
use serde::Serialize;
use std::collections::BTreeMap;

/// How far ahead it is looked for the end of a mute: a year and a day.
const AHEAD_MINUTES: i64 = 366 * 24 * 60;

/// Where an alert would go.
#[derive(Debug, Serialize)]
pub struct Destinations {
    /// The alert.
    pub labels: BTreeMap<String, String>,
    /// The routes that it takes, in the order of the tree.
    pub routes: Vec<Destination>,
    /// The rules by which other alerts could keep it quiet.
    pub inhibited_by: Vec<Inhibiting>,
}

/// One route that an alert takes.
#[derive(Debug, Serialize)]
pub struct Destination {
    /// The way to it from the root.
    pub path: Vec<Step>,
    /// Who is told.
    pub receiver: String,
    /// How: nobody is told where there is none.
    pub integrations: Vec<Way>,
    /// The labels that alerts are grouped by; `...` for all.
    pub group_by: Vec<String>,
    /// The labels that name its group.
    pub group: BTreeMap<String, String>,
    /// How long a new group waits for more alerts.
    pub group_wait_seconds: f64,
    /// How often a group that was sent is looked at again.
    pub group_interval_seconds: f64,
    /// After how long a group that did not change is sent again.
    pub repeat_interval_seconds: f64,
    /// When nothing is sent.
    pub mute_time_intervals: Vec<Named>,
    /// When only something is sent; none for always.
    pub active_time_intervals: Vec<Named>,
    /// What holds at the moment that was asked for.
    pub at: Option<Then>,
}

/// A node of the tree on the way to a route.
#[derive(Debug, Serialize)]
pub struct Step {
    /// Its line.
    pub line: Option<usize>,
    /// What an alert must be to take it.
    pub matchers: Vec<String>,
    /// Whether the next sibling was tried as well.
    #[serde(rename = "continue")]
    pub continues: bool,
}

/// One way by which a receiver is told.
#[derive(Debug, Serialize)]
pub struct Way {
    /// The integration's kind, or the channel of a scenario.
    pub by: String,
    /// Whether it tells of alerts that are resolved.
    pub send_resolved: bool,
}

/// A time interval of a name.
#[derive(Debug, Serialize)]
pub struct Named {
    /// The name.
    pub name: String,
    /// Its parts, in words.
    pub parts: Vec<String>,
}

/// What holds at a moment.
#[derive(Debug, Serialize)]
pub struct Then {
    /// The moment.
    pub time: Timestamp,
    /// Whether something would be sent.
    pub sends: bool,
    /// When that changes, within a year.
    pub until: Option<Timestamp>,
}

/// A rule by which other alerts could keep one quiet.
#[derive(Debug, Serialize)]
pub struct Inhibiting {
    /// Its line.
    pub line: Option<usize>,
    /// What such an alert must be.
    pub source: Vec<String>,
    /// The labels that it must have in common with this one, and their values.
    pub equal: BTreeMap<String, String>,
}

/// Where an alert of these labels would go, and what holds at a moment.
///
/// # Errors
/// When the routing names what it does not have.
pub fn destinations(
    routing: &Routing,
    labels: &Labels,
    at: Option<Timestamp>,
) -> Result<Destinations, RoutingError> {
    let tree = RouteTree::new(routing)?;
    let taken = tree.routes_of(labels).into_iter();
    let inhibitions = routing.inhibitions.iter();
    Ok(Destinations {
        labels: map(labels),
        routes: taken
            .filter_map(|number| Some(destination(&tree, tree.node(number)?, labels, at)))
            .collect(),
        inhibited_by: inhibitions
            .filter(|rule| could_inhibit(rule, labels))
            .map(|rule| inhibiting(rule, labels))
            .collect(),
    })
}

fn destination(
    tree: &RouteTree,
    node: &RouteNode,
    labels: &Labels,
    at: Option<Timestamp>,
) -> Destination {
    let mut path = vec![step(node)];
    let mut parent = node.parent;
    while let Some(above) = parent.and_then(|number| tree.node(number)) {
        path.insert(0, step(above));
        parent = above.parent;
    }
    let ways = node.integrations.iter();
    Destination {
        path,
        receiver: node.receiver.to_string(),
        integrations: ways.map(way).collect(),
        group_by: match &node.group_by {
            GroupBy::All => vec!["...".to_owned()],
            GroupBy::Labels(labels) => labels.clone(),
        },
        group: map(&node.group_by.group_of(labels)),
        group_wait_seconds: node.group_wait.as_secs_f64(),
        group_interval_seconds: node.group_interval.as_secs_f64(),
        repeat_interval_seconds: node.repeat_interval.as_secs_f64(),
        mute_time_intervals: node.mute.iter().map(named).collect(),
        active_time_intervals: node.active.iter().map(named).collect(),
        at: at.map(|time| then(node, time)),
    }
}

fn step(node: &RouteNode) -> Step {
    Step {
        line: node.line,
        matchers: texts(&node.matchers),
        continues: node.continues,
    }
}

fn way(integration: &Integration) -> Way {
    Way {
        by: integration.channel.clone(),
        send_resolved: integration.send_resolved,
    }
}

fn named(interval: &NamedInterval) -> Named {
    Named {
        name: interval.name.clone(),
        parts: interval.parts.iter().map(ToString::to_string).collect(),
    }
}

fn then(node: &RouteNode, time: Timestamp) -> Then {
    let sends = !node.is_muted(time);
    let restless = !node.mute.is_empty() || !node.active.is_empty();
    // Intervals are told in whole minutes of clocks that are whole minutes apart.
    let minute = Timestamp::from_second(time.as_second().div_euclid(60) * 60).unwrap_or(time);
    let ahead = if restless { AHEAD_MINUTES } else { 0 };
    let mut minutes = (1..=ahead).map(|count| minute.checked_add(SignedDuration::from_mins(count)));
    let until = minutes.find_map(|moment| {
        let moment = moment.ok()?;
        (node.is_muted(moment) == sends).then_some(moment)
    });
    Then { time, sends, until }
}

/// Whether an alert may exist that keeps this one quiet by the rule. One that matches both sides is only kept quiet by those that
/// do not match the target side; whether there are any, nobody knows.
fn could_inhibit(rule: &Inhibition, labels: &Labels) -> bool {
    all(&rule.target, labels) && !rule.source.is_empty()
}

fn inhibiting(rule: &Inhibition, labels: &Labels) -> Inhibiting {
    let equal = rule.equal.iter();
    Inhibiting {
        line: rule.line,
        source: texts(&rule.source),
        equal: equal
            .map(|name| {
                (
                    name.clone(),
                    labels.get(name).unwrap_or_default().to_owned(),
                )
            })
            .collect(),
    }
}

fn texts(matchers: &[Matcher]) -> Vec<String> {
    matchers.iter().map(ToString::to_string).collect()
}

fn map(labels: &Labels) -> BTreeMap<String, String> {
    let pairs = labels.iter();
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
