//! One group of alerts: when it is sent, and what has changed since it last was.

use super::AlertId;
use super::routes::Timers;
use fake_factory::clock::Elapsed;
use std::collections::BTreeSet;

/// Alerts that are sent together.
#[derive(Debug)]
pub(super) struct Group {
    timers: Timers,
    /// When it is next looked at: for news, or to be sent again.
    due: Elapsed,
    last_flush: Option<Elapsed>,
    firing: BTreeSet<AlertId>,
    /// Resolved since the last flush.
    resolved: BTreeSet<AlertId>,
    /// What the receiver was last told of, and when.
    told: BTreeSet<AlertId>,
    told_at: Option<Elapsed>,
}

impl Group {
    /// A group that begins at `at`: it waits for more alerts before it is sent.
    pub(super) fn new(at: Elapsed, timers: Timers) -> Self {
        Group {
            timers,
            due: at.plus(timers.group_wait),
            last_flush: None,
            firing: BTreeSet::new(),
            resolved: BTreeSet::new(),
            told: BTreeSet::new(),
            told_at: None,
        }
    }

    pub(super) fn fires(&mut self, at: Elapsed, alert: AlertId) {
        if self.firing.insert(alert) {
            self.has_news(at);
        }
    }

    pub(super) fn resolves(&mut self, at: Elapsed, alert: AlertId) {
        if self.firing.remove(&alert) {
            self.resolved.insert(alert);
            self.has_news(at);
        }
    }

    pub(super) fn due(&self) -> Elapsed {
        self.due
    }

    /// Whether nothing is left to tell, so that the next alert begins a new group.
    pub(super) fn is_empty(&self) -> bool {
        self.firing.is_empty() && self.resolved.is_empty()
    }

    /// What is to be told now that it is due, if anything: the firing and the resolved ones.
    pub(super) fn flush(&mut self) -> Option<(Vec<AlertId>, Vec<AlertId>)> {
        let now = self.due;
        self.last_flush = Some(now);
        // Nobody was told that it fires, so nobody needs to hear that it no longer does.
        let resolved: Vec<AlertId> = self.resolved.intersection(&self.told).copied().collect();
        let is_news = !self.firing.is_subset(&self.told) || !resolved.is_empty();
        let is_reminder = self
            .told_at
            .is_some_and(|at| now >= at.plus(self.timers.repeat_interval));
        self.resolved.clear();
        let is_sent = is_news || (is_reminder && !self.firing.is_empty());
        if is_sent {
            self.told.clone_from(&self.firing);
            self.told_at = Some(now);
        }
        self.due = self.tick_at(
            now,
            self.told_at
                .unwrap_or(now)
                .plus(self.timers.repeat_interval),
        );
        is_sent.then(|| (self.firing.iter().copied().collect(), resolved))
    }

    /// A change waits for the next tick of a group that was sent, and for the first flush of one that was not.
    fn has_news(&mut self, at: Elapsed) {
        if let Some(last) = self.last_flush {
            self.due = self.due.min(self.tick_at(last, at));
        }
    }

    /// The first tick of the group interval, counted from `base`, that is not before `at`.
    fn tick_at(&self, base: Elapsed, at: Elapsed) -> Elapsed {
        let interval = u64::try_from(self.timers.group_interval.as_micros()).unwrap_or(u64::MAX);
        if interval == 0 {
            return at;
        }
        let ticks = at
            .as_micros()
            .saturating_sub(base.as_micros())
            .div_ceil(interval);
        Elapsed::from_micros(
            base.as_micros()
                .saturating_add(ticks.saturating_mul(interval)),
        )
    }
}
