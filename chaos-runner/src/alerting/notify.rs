//! From alerts to notifications, as an Alertmanager has it: which route an alert takes, which group it joins, and when that group
//! is sent. A state machine driven by the times that are passed in: it knows no clock, no channel and no person.

mod groups;
mod matcher;
mod routes;

pub use matcher::{Matcher, MatcherError};
pub use routes::{Routes, Timers};

use fake_factory::clock::Elapsed;
use groups::Group;
use std::collections::BTreeMap;

/// An alert, from pending to resolved: the number that the engine gave it.
pub type AlertId = usize;

/// The labels of an alert, its name among them as `alertname`.
pub type AlertLabels = BTreeMap<String, String>;

/// Something that is to be sent to a receiver now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The receiver: a channel's name.
    pub receiver: String,
    /// When it is sent.
    pub at: Elapsed,
    /// The alerts in it that fire.
    pub firing: Vec<AlertId>,
    /// The alerts in it that were resolved since the one before.
    pub resolved: Vec<AlertId>,
}

/// Sends alerts through a tree of routes.
#[derive(Debug)]
pub struct Dispatcher {
    routes: Routes,
    /// By the route's number and the values of the labels that it groups by.
    groups: BTreeMap<(usize, Vec<(String, String)>), Group>,
}

impl Dispatcher {
    /// A dispatcher over these routes, with nothing to tell.
    #[must_use]
    pub fn new(routes: Routes) -> Self {
        Dispatcher {
            routes,
            groups: BTreeMap::new(),
        }
    }

    /// An alert fires, from `at` on.
    pub fn fires(&mut self, at: Elapsed, alert: AlertId, labels: &AlertLabels) {
        for (number, route) in self.routes.for_labels(labels) {
            let key = (number, route.group_key(alert, labels));
            self.groups
                .entry(key)
                .or_insert_with(|| Group::new(at, route.timers))
                .fires(at, alert);
        }
    }

    /// An alert that fired is resolved.
    pub fn resolves(&mut self, at: Elapsed, alert: AlertId) {
        for group in self.groups.values_mut() {
            group.resolves(at, alert);
        }
    }

    /// When `advance` has something to do next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Elapsed> {
        self.groups.values().map(Group::due).min()
    }

    /// Everything that is due by `now`, in the order of the routes.
    pub fn advance(&mut self, now: Elapsed) -> Vec<Notification> {
        let routes = &self.routes;
        let mut due = Vec::new();
        self.groups.retain(|(number, _), group| {
            while group.due() <= now {
                let at = group.due();
                due.extend(group.flush().map(|(firing, resolved)| Notification {
                    receiver: routes.receiver(*number).to_owned(),
                    at,
                    firing,
                    resolved,
                }));
                if group.is_empty() {
                    return false;
                }
            }
            true
        });
        due.sort_by_key(|notification| notification.at);
        due
    }
}

#[cfg(test)]
mod tests;
