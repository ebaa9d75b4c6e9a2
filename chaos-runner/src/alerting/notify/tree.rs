//! Which routes an alert takes: a tree of routes, flattened, with Alertmanager's inheritance and defaults. When a group is sent
//! is not its business.

use super::interval::TimeInterval;
use super::routing::{GroupBy, Integration, Receiver, Route, Routing};
use jiff::Timestamp;
use promql::{Labels, Matcher};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Something that a routing names and does not have. One that came through a reader has no such thing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoutingError {
    /// The root says of no receiver.
    #[error("the root route has no receiver")]
    NoReceiver,
    /// A receiver that does not exist.
    #[error("there is no receiver `{0}`")]
    UnknownReceiver(String),
    /// A time interval that does not exist.
    #[error("there is no time interval `{0}`")]
    UnknownInterval(String),
}

/// A sound tree of routes.
#[derive(Clone, Debug)]
pub struct RouteTree {
    /// The root is the first, each parent stands before its children.
    nodes: Vec<RouteNode>,
}

/// One route, with everything that it inherits filled in.
#[derive(Clone, Debug)]
pub struct RouteNode {
    /// Who is told.
    pub receiver: Arc<str>,
    /// How they are told.
    pub integrations: Arc<[Integration]>,
    /// How alerts are put together.
    pub group_by: GroupBy,
    /// How long a new group waits for more alerts.
    pub group_wait: Duration,
    /// How often a group that was sent is looked at again.
    pub group_interval: Duration,
    /// After how long a group that did not change is sent again.
    pub repeat_interval: Duration,
    /// When nothing is sent.
    pub mute: Vec<NamedInterval>,
    /// When only something is sent; none for always.
    pub active: Vec<NamedInterval>,
    /// Which alerts take it.
    pub matchers: Vec<Matcher>,
    /// Whether the next sibling is tried as well.
    pub continues: bool,
    /// The number of its parent.
    pub parent: Option<usize>,
    /// The line of its file that it stands in, where it is known.
    pub line: Option<usize>,
    /// What Alertmanager's notification log knows it by: the matchers on the way to it. Routes that are alike share it.
    pub key: Arc<str>,
    children: Vec<usize>,
}

/// A time interval that a route names.
#[derive(Clone, Debug)]
pub struct NamedInterval {
    /// Its name.
    pub name: String,
    /// What it consists of.
    pub parts: Arc<[TimeInterval]>,
}

impl NamedInterval {
    /// Whether a moment is in it.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.parts.iter().any(|part| part.contains(at))
    }
}

impl RouteNode {
    /// Whether its time intervals let nothing through at a moment.
    #[must_use]
    pub fn is_muted(&self, at: Timestamp) -> bool {
        let is_in = |interval: &NamedInterval| interval.contains(at);
        let is_active = self.active.is_empty() || self.active.iter().any(is_in);
        !is_active || self.mute.iter().any(is_in)
    }
}

impl RouteTree {
    /// The tree of a routing.
    ///
    /// # Errors
    /// When it names what it does not have.
    pub fn new(routing: &Routing) -> Result<Self, RoutingError> {
        let mut builder = Builder {
            receivers: shared(&routing.receivers, |receiver: &Receiver| {
                receiver.integrations.as_slice()
            }),
            intervals: shared(&routing.intervals, Vec::as_slice),
            nodes: Vec::new(),
        };
        builder.add(&routing.root, None)?;
        Ok(RouteTree {
            nodes: builder.nodes,
        })
    }

    /// The routes that an alert takes, by their numbers.
    #[must_use]
    pub fn routes_of(&self, labels: &Labels) -> Vec<usize> {
        let mut taken = Vec::new();
        self.walk(0, labels, &mut taken);
        taken
    }

    /// The route of a number that [`RouteTree::routes_of`] gave.
    #[must_use]
    pub fn node(&self, number: usize) -> Option<&RouteNode> {
        self.nodes.get(number)
    }

    /// Whether the alert takes the route or one below it.
    fn walk(&self, number: usize, labels: &Labels, taken: &mut Vec<usize>) -> bool {
        let Some(node) = self.nodes.get(number) else {
            return false;
        };
        if !node.matchers.iter().all(|matcher| matcher.matches(labels)) {
            return false;
        }
        let before = taken.len();
        for child in &node.children {
            let matched = self.walk(*child, labels, taken);
            if matched && !self.nodes[*child].continues {
                break;
            }
        }
        if taken.len() == before {
            taken.push(number);
        }
        true
    }
}

/// Every list of a map, to be shared by the routes that name it.
fn shared<T, U: Clone>(
    map: &BTreeMap<String, T>,
    list: impl Fn(&T) -> &[U],
) -> BTreeMap<String, Arc<[U]>> {
    let entries = map.iter();
    entries
        .map(|(name, value)| (name.clone(), list(value).into()))
        .collect()
}

struct Builder {
    receivers: BTreeMap<String, Arc<[Integration]>>,
    intervals: BTreeMap<String, Arc<[TimeInterval]>>,
    nodes: Vec<RouteNode>,
}

impl Builder {
    /// Adds a route and those below it and returns its number.
    fn add(&mut self, route: &Route, parent: Option<usize>) -> Result<usize, RoutingError> {
        let inherited = parent.map_or_else(defaults, |parent| self.nodes[parent].clone());
        let own = route.receiver.as_deref().map(Arc::from);
        let receiver: Arc<str> = own.unwrap_or(inherited.receiver);
        if receiver.is_empty() {
            return Err(RoutingError::NoReceiver);
        }
        let unknown = || RoutingError::UnknownReceiver(receiver.to_string());
        let integrations = self.receivers.get(&*receiver).ok_or_else(unknown)?.clone();
        let node = RouteNode {
            integrations,
            group_by: route.group_by.clone().unwrap_or(inherited.group_by),
            group_wait: route.group_wait.unwrap_or(inherited.group_wait),
            group_interval: route.group_interval.unwrap_or(inherited.group_interval),
            repeat_interval: route.repeat_interval.unwrap_or(inherited.repeat_interval),
            mute: self.named(&route.mute_time_intervals)?,
            active: self.named(&route.active_time_intervals)?,
            key: key(parent.map(|_| &*inherited.key), &route.matchers),
            matchers: route.matchers.clone(),
            continues: route.continues,
            parent,
            line: route.line,
            children: Vec::new(),
            receiver,
        };
        let number = self.nodes.len();
        self.nodes.push(node);
        for child in &route.routes {
            let child = self.add(child, Some(number))?;
            self.nodes[number].children.push(child);
        }
        Ok(number)
    }

    fn named(&self, names: &[String]) -> Result<Vec<NamedInterval>, RoutingError> {
        let named = names.iter().map(|name| {
            let unknown = || RoutingError::UnknownInterval(name.clone());
            let parts = self.intervals.get(name).ok_or_else(unknown)?.clone();
            let name = name.clone();
            Ok(NamedInterval { name, parts })
        });
        named.collect()
    }
}

fn key(parent: Option<&str>, matchers: &[Matcher]) -> Arc<str> {
    let mut own: Vec<String> = matchers.iter().map(ToString::to_string).collect();
    own.sort_unstable();
    let own = format!("{{{}}}", own.join(","));
    parent
        .map_or(own.clone(), |parent| format!("{parent}/{own}"))
        .into()
}

/// What the root inherits.
fn defaults() -> RouteNode {
    RouteNode {
        receiver: Arc::from(""),
        integrations: Arc::from([]),
        group_by: GroupBy::Labels(Vec::new()),
        group_wait: Duration::from_secs(30),
        group_interval: Duration::from_secs(5 * 60),
        repeat_interval: Duration::from_secs(4 * 3_600),
        mute: Vec::new(),
        active: Vec::new(),
        matchers: Vec::new(),
        continues: false,
        parent: None,
        line: None,
        key: Arc::from(""),
        children: Vec::new(),
    }
}
