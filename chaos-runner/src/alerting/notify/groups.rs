//! Groups of alerts and when they are sent: Alertmanager's dispatcher and the pipeline behind it, step for step. Times are passed
//! in; how long a channel takes is not its business.

use super::inhibit::Inhibitor;
use super::log::{Log, LogKey, Said};
use super::routing::{Inhibition, Integration};
use super::tree::{RouteNode, RouteTree};
use super::{AlertUpdate, Notification};
use crate::record::alerts::PageStatus;
use fake_factory::clock::Elapsed;
use jiff::Timestamp;
use promql::Labels;
use std::collections::BTreeMap;
use std::time::Duration;

/// How often Alertmanager clears groups that have become empty. A group that was not cleared yet keeps its rhythm.
const MAINTENANCE: Duration = Duration::from_secs(30);

/// A route's number and the labels that name one of its groups.
type GroupKey = (usize, Labels);

/// All groups of a tree of routes.
#[derive(Debug)]
pub(super) struct Groups {
    tree: RouteTree,
    inhibitor: Inhibitor,
    /// What the clock shows at the start: time intervals are said by it.
    starts_at: Timestamp,
    groups: BTreeMap<GroupKey, Group>,
    log: Log,
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

impl Groups {
    pub(super) fn new(tree: RouteTree, inhibitions: Vec<Inhibition>, starts_at: Timestamp) -> Self {
        Groups {
            tree,
            inhibitor: Inhibitor::new(inhibitions),
            starts_at,
            groups: BTreeMap::new(),
            log: Log::default(),
        }
    }

    pub(super) fn receive(&mut self, at: Elapsed, update: &AlertUpdate) {
        self.clear(at);
        self.inhibitor.note(&update.labels, update.firing);
        for route in self.tree.routes_of(&update.labels) {
            let Some(node) = self.tree.node(route) else {
                continue;
            };
            let key = (route, node.group_by.group_of(&update.labels));
            // One that is resolved makes a group as well: it says nothing, but has its rhythm when the alert comes back.
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
        // Groups are sent side by side: none hears of what another says at the same time, though they share an entry of the log.
        let mut entries = Vec::new();
        let clock = self.starts_at.saturating_add(now.as_duration());
        let clock = clock.unwrap_or(Timestamp::MAX);
        for (key, group) in &mut self.groups {
            let Some(node) = self.tree.node(key.0) else {
                continue;
            };
            if group.alerts.is_empty() || group.next_flush > now {
                continue;
            }
            group.flushed = true;
            group.next_flush = now.plus(node.group_interval);
            // What is muted counts as sent: nobody hears of an alert that is resolved meanwhile.
            if !node.is_muted(clock) {
                let told = group.alerts.iter();
                let told = told.filter(|(labels, _)| !self.inhibitor.inhibits(labels));
                let telling = Telling::new(node, &key.1, told.collect(), now);
                for (entry, integration) in telling.news(&self.log) {
                    entries.push((entry, telling.said.clone(), node.repeat_interval));
                    notifications.extend(telling.notification(integration));
                }
            }
            group.alerts.retain(|_, member| member.firing);
            group.emptied_at = group.alerts.is_empty().then_some(now);
        }
        for (key, said, repeat) in entries {
            self.log.note(key, said, repeat);
        }
        notifications
    }

    /// Forgets the groups that were empty when Alertmanager last looked, and what its log has forgotten.
    fn clear(&mut self, now: Elapsed) {
        let round = |at: Elapsed| at.as_micros() / Elapsed::from_duration(MAINTENANCE).as_micros();
        self.groups.retain(|_, group| {
            group
                .emptied_at
                .is_none_or(|emptied| round(emptied) == round(now))
        });
        self.log.clear(now);
    }
}

/// What a group has to say of those of its alerts that nothing keeps quiet.
struct Telling<'g> {
    node: &'g RouteNode,
    group: &'g Labels,
    alerts: Vec<(&'g Labels, &'g Member)>,
    said: Said,
}

impl<'g> Telling<'g> {
    fn new(
        node: &'g RouteNode,
        group: &'g Labels,
        alerts: Vec<(&'g Labels, &'g Member)>,
        now: Elapsed,
    ) -> Self {
        let labels_of = |firing: bool| {
            let members = alerts.iter();
            members
                .filter(|(_, member)| member.firing == firing)
                .map(|(labels, _)| (*labels).clone())
                .collect()
        };
        let said = Said {
            at: now,
            firing: labels_of(true),
            resolved: labels_of(false),
        };
        Telling {
            node,
            group,
            alerts,
            said,
        }
    }

    /// The integrations to which it is news, by their numbers and with what they log it by.
    fn news(&self, log: &Log) -> Vec<(LogKey, &'g Integration)> {
        let mut news = Vec::new();
        if self.alerts.is_empty() {
            return news;
        }
        let node = self.node;
        for (number, integration) in node.integrations.iter().enumerate() {
            let (key, receiver) = (node.key.clone(), node.receiver.clone());
            let key = (key, self.group.clone(), receiver, number);
            let resolved = integration.send_resolved;
            if log.is_news(&key, &self.said, node.repeat_interval, resolved) {
                news.push((key, integration));
            }
        }
        news
    }

    /// What the integration sends; nothing where only resolved alerts are left that it does not tell of.
    fn notification(&self, integration: &Integration) -> Option<Notification> {
        let told = self.alerts.iter();
        let told = told.filter(|(_, member)| member.firing || integration.send_resolved);
        let mut alerts: Vec<usize> = told.map(|(_, member)| member.number).collect();
        alerts.sort_unstable();
        (!alerts.is_empty()).then(|| Notification {
            sent_at: self.said.at,
            channel: integration.channel.clone(),
            status: if self.said.firing.is_empty() {
                PageStatus::Resolved
            } else {
                PageStatus::Firing
            },
            alerts,
        })
    }
}
