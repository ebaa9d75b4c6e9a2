//! Which routes an alert takes: the tree of a scenario's `route`, flattened, with Alertmanager's inheritance and defaults. When a
//! group is sent is not its business.

use crate::scenario::matcher;
use crate::scenario::monitoring::Route;
use promql::{Labels, Matcher};
use std::time::Duration;

/// Where alerts go.
#[derive(Clone, Debug)]
pub struct Routes {
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Every change of an alert, by itself and at once, to each of these channels.
    ToAll(Vec<String>),
    /// Through a tree.
    Tree(RouteTree),
}

/// A text that should be a matcher.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no matcher: {reason}")]
pub struct RouteError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Routes {
    /// Every change of an alert, by itself and at once, to each of `channels`.
    pub fn to_all(channels: impl IntoIterator<Item = String>) -> Self {
        let channels = channels.into_iter().collect();
        Routes {
            kind: Kind::ToAll(channels),
        }
    }

    /// The tree as a scenario writes it.
    ///
    /// # Errors
    /// When a matcher is none; a scenario that was checked has none such.
    pub fn from_written(root: &Route) -> Result<Self, RouteError> {
        let mut tree = RouteTree { nodes: Vec::new() };
        let defaults = RouteNode {
            channel: String::new(),
            group_by: GroupBy::Labels(Vec::new()),
            group_wait: Duration::from_secs(30),
            group_interval: Duration::from_secs(5 * 60),
            repeat_interval: Duration::from_secs(4 * 3_600),
            matchers: Vec::new(),
            continues: false,
            children: Vec::new(),
        };
        tree.add(root, &defaults)?;
        Ok(Routes {
            kind: Kind::Tree(tree),
        })
    }
}

/// A sound tree of routes.
#[derive(Clone, Debug)]
pub(super) struct RouteTree {
    /// The root is the first.
    nodes: Vec<RouteNode>,
}

/// One route, with everything that it inherits filled in.
#[derive(Clone, Debug)]
pub(super) struct RouteNode {
    pub(super) channel: String,
    pub(super) group_by: GroupBy,
    pub(super) group_wait: Duration,
    pub(super) group_interval: Duration,
    pub(super) repeat_interval: Duration,
    matchers: Vec<Matcher>,
    continues: bool,
    children: Vec<usize>,
}

/// What alerts are grouped by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum GroupBy {
    /// By the values of these labels; by none of them: all alerts of the route are one group.
    Labels(Vec<String>),
    /// By all labels: every alert is a group.
    All,
}

impl GroupBy {
    /// The labels that name the group of an alert.
    pub(super) fn group_of(&self, labels: &Labels) -> Labels {
        match self {
            GroupBy::All => labels.clone(),
            GroupBy::Labels(names) => names
                .iter()
                .filter_map(|name| labels.get(name).map(|value| (name.clone(), value)))
                .collect(),
        }
    }
}

impl RouteTree {
    /// Adds a route and those below it and returns its number.
    fn add(&mut self, route: &Route, parent: &RouteNode) -> Result<usize, RouteError> {
        let matchers = route.matchers.iter().map(|text| {
            matcher::parse(text).map_err(|reason| RouteError {
                text: text.value.clone(),
                reason,
            })
        });
        let receiver = route.receiver.as_ref();
        let node = RouteNode {
            channel: receiver.map_or_else(|| parent.channel.clone(), |name| name.value.clone()),
            group_by: match &route.group_by {
                None => parent.group_by.clone(),
                Some(labels) if labels.iter().any(|label| label == "...") => GroupBy::All,
                Some(labels) => GroupBy::Labels(labels.clone()),
            },
            group_wait: route.group_wait.map_or(parent.group_wait, |wait| wait.0),
            group_interval: route
                .group_interval
                .map_or(parent.group_interval, |every| every.0),
            repeat_interval: route
                .repeat_interval
                .map_or(parent.repeat_interval, |every| every.0),
            matchers: matchers.collect::<Result<_, _>>()?,
            continues: route.continues,
            children: Vec::new(),
        };
        let number = self.nodes.len();
        self.nodes.push(node.clone());
        for child in &route.routes {
            let child = self.add(child, &node)?;
            self.nodes[number].children.push(child);
        }
        Ok(number)
    }

    /// The routes that an alert takes, by their numbers.
    pub(super) fn routes_of(&self, labels: &Labels) -> Vec<usize> {
        let mut taken = Vec::new();
        self.walk(0, labels, &mut taken);
        taken
    }

    /// The route of a number that [`RouteTree::routes_of`] gave.
    pub(super) fn node(&self, number: usize) -> Option<&RouteNode> {
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
