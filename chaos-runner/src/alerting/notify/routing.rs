//! What says how alerts become notifications, whatever kind of file it was written in: a tree of routes, receivers, inhibition
//! rules and named time intervals. Plain data: whoever reads a file makes it, `tree` makes sense of it.

use super::interval::TimeInterval;
use promql::{Labels, Matcher};
use std::collections::BTreeMap;
use std::time::Duration;

/// How alerts become notifications.
#[derive(Clone, Debug, Default)]
pub struct Routing {
    /// The tree that alerts are routed by. It takes every alert.
    pub root: Route,
    /// Who is told, by name.
    pub receivers: BTreeMap<String, Receiver>,
    /// Which alerts keep others quiet.
    pub inhibitions: Vec<Inhibition>,
    /// The time intervals that routes name. A moment is in one of a name when it is in any of its parts.
    pub intervals: BTreeMap<String, Vec<TimeInterval>>,
}

/// A node of the tree. What it leaves out is its parent's, and at the root what Alertmanager takes.
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// Who is told.
    pub receiver: Option<String>,
    /// How alerts are put together. Never inherited by halves: a list takes the place of the parent's.
    pub group_by: Option<GroupBy>,
    /// Which alerts take this route; all of them must hold.
    pub matchers: Vec<Matcher>,
    /// Whether the next sibling is tried as well.
    pub continues: bool,
    /// How long a new group waits for more alerts; 30 s.
    pub group_wait: Option<Duration>,
    /// How often a group that was sent is looked at again; 5 min.
    pub group_interval: Option<Duration>,
    /// After how long a group that did not change is sent again; 4 h.
    pub repeat_interval: Option<Duration>,
    /// The time intervals in which nothing is sent. Not inherited.
    pub mute_time_intervals: Vec<String>,
    /// The time intervals outside of which nothing is sent; none for always. Not inherited.
    pub active_time_intervals: Vec<String>,
    /// The children, tried in order.
    pub routes: Vec<Route>,
    /// The line of its file that it stands in, where it is known.
    pub line: Option<usize>,
}

/// What alerts are grouped by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// By the values of these labels; by none of them: all alerts of the route are one group.
    Labels(Vec<String>),
    /// By all labels: every alert is a group.
    All,
}

impl GroupBy {
    /// The labels that name the group of an alert.
    #[must_use]
    pub fn group_of(&self, labels: &Labels) -> Labels {
        match self {
            GroupBy::All => labels.clone(),
            GroupBy::Labels(names) => names
                .iter()
                .filter_map(|name| labels.get(name).map(|value| (name.clone(), value)))
                .collect(),
        }
    }
}

/// Who is told: by no integration at all, nobody.
#[derive(Clone, Debug, Default)]
pub struct Receiver {
    /// The ways by which, in order. Each remembers for itself what it said.
    pub integrations: Vec<Integration>,
}

/// One way by which a receiver is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// The channel that carries it.
    pub channel: String,
    /// Whether it tells of alerts that are resolved.
    pub send_resolved: bool,
}

/// Alerts that keep others quiet while they fire.
#[derive(Clone, Debug, Default)]
pub struct Inhibition {
    /// Which alerts keep others quiet.
    pub source: Vec<Matcher>,
    /// Which alerts are kept quiet.
    pub target: Vec<Matcher>,
    /// The labels that must have the same value in both; one that is missing counts as empty.
    pub equal: Vec<String>,
    /// The line of its file that it stands in, where it is known.
    pub line: Option<usize>,
}
