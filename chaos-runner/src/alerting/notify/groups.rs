//! Groups of alerts and when they are sent: Alertmanager's dispatcher and its notification log, step for step. Times are passed in;
//! how long a channel takes is not its business.

use super::routes::RouteTree;
use super::{AlertUpdate, Notification};
use crate::record::alerts::PageStatus;
use fake_factory::clock::Elapsed;
use promql::Labels;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How often Alertmanager clears groups that have become empty. A group that was not cleared yet keeps its rhythm.
const MAINTENANCE: Duration = Duration::from_secs(30);

/// A route's number and the labels that name one of its groups.
type GroupKey = (usize, Labels);

/// All groups of a tree of routes.
#[derive(Debug)]
pub(super) struct Groups {
    tree: RouteTree,
    groups: BTreeMap<GroupKey, Group>,
    log: BTreeMap<GroupKey, Logged>,
}

#[derive(Debug)]
struct Group {
    alerts: BTreeMap<Labels, Member>,
    next_flush: Elapsed,
    flushed: bool,
    emptied_at: Option<Elapsed>,
}

#[derive(Debug)]
struct Member {
    number: usize,
    firing: bool,
}

/// What a group said last.
#[derive(Debug)]
struct Logged {
    at: Elapsed,
    firing: BTreeSet<Labels>,
    resolved: BTreeSet<Labels>,
}

impl Groups {
    pub(super) fn new(tree: RouteTree) -> Self {
        Groups {
            tree,
            groups: BTreeMap::new(),
            log: BTreeMap::new(),
        }
    }

    pub(super) fn receive(&mut self, at: Elapsed, update: &AlertUpdate) {
        self.clear_empty(at);
        for route in self.tree.routes_of(&update.labels) {
            let Some(node) = self.tree.node(route) else {
                continue;
            };
            let key = (route, node.group_by.group_of(&update.labels));
            if !update.firing && !self.groups.contains_key(&key) {
                continue;
            }
            let group = self.groups.entry(key).or_insert_with(|| Group {
                alerts: BTreeMap::new(),
                next_flush: at.plus(node.group_wait),
                flushed: false,
                emptied_at: None,
            });
            // A group that became empty kept ticking.
            while group.flushed && group.next_flush < at {
                group.next_flush = group.next_flush.plus(node.group_interval);
            }
            group.emptied_at = None;
            if !group.flushed && update.starts_at.plus(node.group_wait) < at {
                group.next_flush = at;
            }
            let member = Member {
                number: update.number,
                firing: update.firing,
            };
            group.alerts.insert(update.labels.clone(), member);
        }
    }

    /// When a group is due.
    pub(super) fn next_flush(&self) -> Option<Elapsed> {
        let filled = self
            .groups
            .values()
            .filter(|group| !group.alerts.is_empty());
        filled.map(|group| group.next_flush).min()
    }

    /// Sends what the groups that are due at `now` have to say.
    pub(super) fn flush(&mut self, now: Elapsed) -> Vec<Notification> {
        let mut notifications = Vec::new();
        for (key, group) in &mut self.groups {
            let Some(node) = self.tree.node(key.0) else {
                continue;
            };
            if group.alerts.is_empty() || group.next_flush > now {
                continue;
            }
            group.flushed = true;
            group.next_flush = now.plus(node.group_interval);
            let said = Logged::of(group, now);
            let has_news = match self.log.get(key) {
                None => !said.firing.is_empty(),
                Some(last) => last.is_outdated_by(&said, node.repeat_interval),
            };
            if has_news {
                notifications.push(Notification {
                    sent_at: now,
                    channel: node.channel.clone(),
                    status: said.status(),
                    alerts: group.numbers(),
                });
                self.log.insert(key.clone(), said);
            }
            group.alerts.retain(|_, member| member.firing);
            group.emptied_at = group.alerts.is_empty().then_some(now);
        }
        notifications
    }

    /// Forgets groups that were empty when Alertmanager last looked.
    fn clear_empty(&mut self, now: Elapsed) {
        let round = |at: Elapsed| at.as_micros() / Elapsed::from_duration(MAINTENANCE).as_micros();
        self.groups.retain(|_, group| {
            group
                .emptied_at
                .is_none_or(|emptied| round(emptied) == round(now))
        });
        // A log entry is needed while its group may compare with it; Alertmanager keeps it for two repeats.
        let (tree, groups) = (&self.tree, &self.groups);
        self.log.retain(|key, logged| {
            let repeat = tree
                .node(key.0)
                .map_or(Duration::ZERO, |node| node.repeat_interval);
            groups.contains_key(key) || logged.at.plus(repeat.saturating_mul(2)) > now
        });
    }
}

impl Group {
    fn numbers(&self) -> Vec<usize> {
        let mut numbers: Vec<usize> = self.alerts.values().map(|member| member.number).collect();
        numbers.sort_unstable();
        numbers
    }
}

impl Logged {
    fn of(group: &Group, at: Elapsed) -> Self {
        let labels = |firing: bool| {
            let members = group.alerts.iter();
            members
                .filter(|(_, member)| member.firing == firing)
                .map(|(labels, _)| labels.clone())
                .collect()
        };
        Logged {
            at,
            firing: labels(true),
            resolved: labels(false),
        }
    }

    fn status(&self) -> PageStatus {
        if self.firing.is_empty() {
            PageStatus::Resolved
        } else {
            PageStatus::Firing
        }
    }

    /// Whether `now` is news to who heard this: Alertmanager's `DedupStage.needsUpdate`.
    fn is_outdated_by(&self, now: &Logged, repeat: Duration) -> bool {
        if !now.firing.is_subset(&self.firing) {
            return true;
        }
        if now.firing.is_empty() {
            return !self.firing.is_empty();
        }
        if !now.resolved.is_subset(&self.resolved) {
            return true;
        }
        self.at.plus(repeat) < now.at
    }
}
