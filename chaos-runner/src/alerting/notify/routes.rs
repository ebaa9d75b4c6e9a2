//! The tree of routes, flattened: which routes an alert takes, and what each inherits from its parents.

use super::matcher::{Matcher, MatcherError};
use super::{AlertId, AlertLabels};
use crate::scenario::monitoring::Route as Written;
use fake_factory::input::units::HumanDuration;
use std::time::Duration;

/// How long a group waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// A new group, for more alerts.
    pub group_wait: Duration,
    /// A change in a group that was sent.
    pub group_interval: Duration,
    /// A group that did not change, to be sent again.
    pub repeat_interval: Duration,
}

impl Timers {
    /// The defaults of an Alertmanager.
    pub const DEFAULT: Timers = Timers {
        group_wait: Duration::from_secs(30),
        group_interval: Duration::from_secs(5 * 60),
        repeat_interval: Duration::from_secs(4 * 60 * 60),
    };

    /// Sent as it comes: for scenarios that say nothing of routes. A reminder never comes.
    const AT_ONCE: Timers = Timers {
        group_wait: Duration::ZERO,
        group_interval: Duration::ZERO,
        repeat_interval: Duration::MAX,
    };
}

/// A route with all that it inherits.
#[derive(Clone, Debug)]
pub(super) struct Route {
    receiver: String,
    group_by: GroupBy,
    matchers: Vec<Matcher>,
    continues: bool,
    pub(super) timers: Timers,
    children: Vec<usize>,
}

#[derive(Clone, Debug)]
enum GroupBy {
    /// By the values of these labels.
    Labels(Vec<String>),
    /// By all labels: each alert for itself, though it may come again.
    All,
    /// Each alert for itself, every time it fires.
    Alert,
}

impl Route {
    /// What tells the alert's group from the other groups of this route.
    pub(super) fn group_key(&self, alert: AlertId, labels: &AlertLabels) -> Vec<(String, String)> {
        match &self.group_by {
            GroupBy::Alert => vec![("alert".to_owned(), format!("{alert:020}"))],
            GroupBy::All => labels
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            GroupBy::Labels(names) => names
                .iter()
                .filter_map(|name| Some((name.clone(), labels.get(name)?.clone())))
                .collect(),
        }
    }
}

/// A tree of routes.
#[derive(Clone, Debug)]
pub struct Routes {
    nodes: Vec<Route>,
    /// Where every alert begins: one root, or one route for each channel.
    roots: Vec<usize>,
}

impl Routes {
    /// Every alert to every channel, each alert for itself and at once.
    pub fn to_all(channels: impl IntoIterator<Item = String>) -> Self {
        let nodes: Vec<Route> = channels
            .into_iter()
            .map(|receiver| Route {
                receiver,
                group_by: GroupBy::Alert,
                matchers: Vec::new(),
                continues: true,
                timers: Timers::AT_ONCE,
                children: Vec::new(),
            })
            .collect();
        let roots = (0..nodes.len()).collect();
        Routes { nodes, roots }
    }

    /// The tree as a scenario writes it.
    ///
    /// # Errors
    /// When a matcher is none; a scenario that was checked has none such.
    pub fn from_written(root: &Written) -> Result<Self, MatcherError> {
        let mut routes = Routes {
            nodes: Vec::new(),
            roots: Vec::new(),
        };
        let above = Route {
            receiver: String::new(),
            group_by: GroupBy::Labels(Vec::new()),
            matchers: Vec::new(),
            continues: false,
            timers: Timers::DEFAULT,
            children: Vec::new(),
        };
        let number = routes.add(root, &above)?;
        routes.roots.push(number);
        Ok(routes)
    }

    fn add(&mut self, written: &Written, parent: &Route) -> Result<usize, MatcherError> {
        let or =
            |own: &Option<HumanDuration>, inherited| own.map_or(inherited, |duration| duration.0);
        let route = Route {
            receiver: written
                .receiver
                .as_ref()
                .map_or_else(|| parent.receiver.clone(), |name| name.value.clone()),
            group_by: match &written.group_by {
                None => parent.group_by.clone(),
                Some(labels) if labels.iter().any(|label| label == "...") => GroupBy::All,
                Some(labels) => GroupBy::Labels(labels.clone()),
            },
            matchers: written
                .matchers
                .iter()
                .map(|text| text.parse())
                .collect::<Result<_, _>>()?,
            continues: written.continues,
            timers: Timers {
                group_wait: or(&written.group_wait, parent.timers.group_wait),
                group_interval: or(&written.group_interval, parent.timers.group_interval),
                repeat_interval: or(&written.repeat_interval, parent.timers.repeat_interval),
            },
            children: Vec::new(),
        };
        let number = self.nodes.len();
        self.nodes.push(route.clone());
        let children = written
            .routes
            .iter()
            .map(|child| self.add(child, &route))
            .collect::<Result<_, _>>()?;
        self.nodes[number].children = children;
        Ok(number)
    }

    /// The receiver of a route.
    pub(super) fn receiver(&self, number: usize) -> &str {
        &self.nodes[number].receiver
    }

    /// The routes that an alert with these labels takes, by number: the deepest that match, the first of its siblings and those
    /// after one that says `continue`.
    pub(super) fn for_labels(&self, labels: &AlertLabels) -> Vec<(usize, &Route)> {
        let mut taken = Vec::new();
        for root in &self.roots {
            self.descend(*root, labels, &mut taken);
        }
        taken
            .into_iter()
            .map(|number| (number, &self.nodes[number]))
            .collect()
    }

    fn descend(&self, number: usize, labels: &AlertLabels, taken: &mut Vec<usize>) -> bool {
        let route = &self.nodes[number];
        if !route.matchers.iter().all(|matcher| matcher.matches(labels)) {
            return false;
        }
        let mut by_child = false;
        for child in &route.children {
            if self.descend(*child, labels, taken) {
                by_child = true;
                if !self.nodes[*child].continues {
                    break;
                }
            }
        }
        if !by_child {
            taken.push(number);
        }
        true
    }
}
