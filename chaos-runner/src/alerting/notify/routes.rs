//! The tree that alerts are routed by: read from a scenario's `route`, with Alertmanager's inheritance and defaults. It says which
//! routes an alert takes; when a group is sent is not its business.

use super::matchers::parse_matchers;
use crate::scenario::monitoring::Route;
use fake_factory::input::{Located, Span};
use promql::{Labels, Matcher};
use std::time::Duration;

/// How many routes a tree may have.
const ROUTES_MAX: usize = 10_000;

/// A sound tree of routes.
#[derive(Clone, Debug)]
pub struct RouteTree {
    /// The root is the first.
    nodes: Vec<RouteNode>,
}

/// One route, with everything that it inherits filled in.
#[derive(Clone, Debug)]
pub struct RouteNode {
    /// The channel that its notifications go to.
    pub channel: String,
    /// What its alerts are grouped by.
    pub group_by: GroupBy,
    /// How long a new group waits for more alerts.
    pub group_wait: Duration,
    /// How long a change in a group that was sent waits.
    pub group_interval: Duration,
    /// After how long a group that did not change is sent again.
    pub repeat_interval: Duration,
    matchers: Vec<Matcher>,
    continues: bool,
    children: Vec<usize>,
}

/// What alerts are grouped by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// By the values of these labels; by none of them: all alerts of the route are one group.
    Labels(Vec<String>),
    /// By all labels: every alert is a group.
    All,
}

/// Something that is wrong with a route.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RouteError {
    /// What.
    pub message: String,
    /// Where, if the place is known.
    pub span: Option<Span>,
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

impl RouteTree {
    /// Reads a tree. `is_channel` says which receivers there are.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn new(
        root: &Located<Route>,
        is_channel: impl Fn(&str) -> bool,
    ) -> Result<Self, Vec<RouteError>> {
        let mut reader = Reader {
            nodes: Vec::new(),
            errors: Vec::new(),
            is_channel: &is_channel,
        };
        if root.receiver.is_none() {
            reader.wrong(root.span, "the top route needs a `receiver`");
        }
        if let Some(matcher) = root.matchers.first() {
            reader.wrong(
                matcher.span,
                "the top route takes every alert and has no `matchers`",
            );
        }
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
        reader.node(&root.value, &defaults, root.span);
        if reader.errors.is_empty() {
            Ok(RouteTree {
                nodes: reader.nodes,
            })
        } else {
            Err(reader.errors)
        }
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

struct Reader<'a> {
    nodes: Vec<RouteNode>,
    errors: Vec<RouteError>,
    is_channel: &'a dyn Fn(&str) -> bool,
}

impl Reader<'_> {
    fn wrong(&mut self, span: Option<Span>, message: &str) {
        self.errors.push(RouteError {
            message: message.to_owned(),
            span,
        });
    }

    /// Reads a route and those below it and returns its number. `span` stands for what has no place of its own.
    fn node(&mut self, route: &Route, parent: &RouteNode, span: Option<Span>) -> usize {
        let number = self.nodes.len();
        if number >= ROUTES_MAX {
            if number == ROUTES_MAX {
                self.wrong(span, &format!("there are more than {ROUTES_MAX} routes"));
            }
            return number;
        }
        let span = route
            .receiver
            .as_ref()
            .map_or(span, |receiver| receiver.span);
        let node = RouteNode {
            channel: self.channel(route, parent),
            group_by: self.group_by(route, parent, span),
            group_wait: route.group_wait.map_or(parent.group_wait, |wait| wait.0),
            group_interval: route
                .group_interval
                .map_or(parent.group_interval, |every| every.0),
            repeat_interval: route
                .repeat_interval
                .map_or(parent.repeat_interval, |every| every.0),
            matchers: self.matchers(route),
            continues: route.continues,
            children: Vec::new(),
        };
        for (name, interval) in [
            ("group_interval", route.group_interval),
            ("repeat_interval", route.repeat_interval),
        ] {
            if interval.is_some_and(|every| every.0.is_zero()) {
                self.wrong(span, &format!("`{name}` cannot be zero"));
            }
        }
        self.nodes.push(node.clone());
        let children: Vec<usize> = route
            .routes
            .iter()
            .map(|child| self.node(child, &node, span))
            .collect();
        self.nodes[number].children = children;
        number
    }

    fn channel(&mut self, route: &Route, parent: &RouteNode) -> String {
        let Some(receiver) = &route.receiver else {
            return parent.channel.clone();
        };
        if !(self.is_channel)(receiver) {
            let message = format!("there is no channel `{receiver}`");
            self.wrong(receiver.span, &message);
        }
        receiver.value.clone()
    }

    fn group_by(&mut self, route: &Route, parent: &RouteNode, span: Option<Span>) -> GroupBy {
        let Some(labels) = &route.group_by else {
            return parent.group_by.clone();
        };
        if labels.iter().any(|label| label == "...") {
            if labels.len() > 1 {
                self.wrong(
                    span,
                    "`...` groups by all labels: no other label can stand beside it",
                );
            }
            return GroupBy::All;
        }
        let mut sorted = labels.clone();
        sorted.sort();
        if let Some(twice) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            self.wrong(
                span,
                &format!("the label `{}` is in `group_by` twice", twice[0]),
            );
        }
        GroupBy::Labels(sorted)
    }

    fn matchers(&mut self, route: &Route) -> Vec<Matcher> {
        let mut all = Vec::new();
        for text in &route.matchers {
            match parse_matchers(text) {
                Ok(matchers) => all.extend(matchers),
                Err(error) => self.wrong(text.span, &error.to_string()),
            }
        }
        all
    }
}
