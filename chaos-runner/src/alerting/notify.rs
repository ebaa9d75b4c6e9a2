//! From alerts to pages, as Alertmanager does it: routed, grouped, held back, repeated, and then carried by a channel that takes
//! its time. A state machine driven by times that are passed in; it knows alerts by number and labels, not where they come from.

pub mod destinations;
mod groups;
mod inhibit;
pub mod interval;
mod log;
mod routes;
pub mod routing;
pub mod tree;
pub mod written;

pub use routes::Routes;

use crate::record::alerts::PageStatus;
use fake_factory::clock::Elapsed;
use groups::Groups;
use jiff::Timestamp;
use promql::Labels;
use routes::Kind;
use std::collections::BTreeMap;
use std::time::Duration;

/// An alert that fired or was resolved.
#[derive(Clone, Debug)]
pub struct AlertUpdate {
    /// Its number.
    pub number: usize,
    /// Its labels, the name included.
    pub labels: Labels,
    /// When it fired.
    pub starts_at: Elapsed,
    /// Whether it fires now.
    pub firing: bool,
}

/// A notification on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// When it was sent.
    pub sent_at: Elapsed,
    /// When it arrives.
    pub at: Elapsed,
    /// The channel that carries it.
    pub channel: String,
    /// Whether it says that alerts fire, or that all of them are resolved.
    pub status: PageStatus,
    /// The numbers of the alerts it tells of, sorted.
    pub alerts: Vec<usize>,
}

/// What a group, or an alert without a route, gives to a channel.
struct Notification {
    sent_at: Elapsed,
    channel: String,
    status: PageStatus,
    alerts: Vec<usize>,
}

/// Takes alerts in and lets notifications out.
#[derive(Debug)]
pub struct Dispatcher {
    delays: BTreeMap<String, Duration>,
    /// Channels that every alert goes to at once.
    at_once: Vec<String>,
    groups: Option<Groups>,
    /// By arrival, then in the order in which they were sent.
    under_way: BTreeMap<(Elapsed, u64), Delivery>,
    sent: u64,
}

impl Dispatcher {
    /// A dispatcher with nothing to tell. `delays` says how long a page takes on each channel, `starts_at` what the clock shows at
    /// the start.
    #[must_use]
    pub fn new(routes: Routes, delays: BTreeMap<String, Duration>, starts_at: Timestamp) -> Self {
        let (at_once, groups) = match routes.kind {
            Kind::ToAll(channels) => (channels, None),
            Kind::Through(tree, inhibitions) => {
                let groups = Groups::new(tree, inhibitions, starts_at);
                (Vec::new(), Some(groups))
            }
        };
        Dispatcher {
            delays,
            at_once,
            groups,
            under_way: BTreeMap::new(),
            sent: 0,
        }
    }

    /// Takes in a change of an alert at `at`, which is not before any earlier time given.
    pub fn receive(&mut self, at: Elapsed, update: &AlertUpdate) {
        if let Some(groups) = &mut self.groups {
            groups.receive(at, update);
            return;
        }
        let status = if update.firing {
            PageStatus::Firing
        } else {
            PageStatus::Resolved
        };
        for channel in self.at_once.clone() {
            self.send(Notification {
                sent_at: at,
                channel,
                status,
                alerts: vec![update.number],
            });
        }
    }

    /// When [`Dispatcher::advance`] has something to do next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Elapsed> {
        let arrival = self.under_way.keys().next().map(|(at, _)| *at);
        let flush = self.groups.as_ref().and_then(Groups::next_flush);
        match (arrival, flush) {
            (Some(arrival), Some(flush)) => Some(arrival.min(flush)),
            (one, other) => one.or(other),
        }
    }

    /// Does everything that is due up to `at`, and returns what arrived, in order.
    pub fn advance(&mut self, at: Elapsed) -> Vec<Delivery> {
        while let Some(groups) = &mut self.groups
            && let Some(flush) = groups.next_flush()
            && flush <= at
        {
            for notification in groups.flush(flush) {
                self.send(notification);
            }
        }
        let mut arrived = Vec::new();
        while let Some(entry) = self.under_way.first_entry()
            && entry.key().0 <= at
        {
            arrived.push(entry.remove());
        }
        arrived
    }

    fn send(&mut self, notification: Notification) {
        let Notification {
            sent_at,
            channel,
            status,
            alerts,
        } = notification;
        let delay = self.delays.get(&channel).copied().unwrap_or_default();
        let at = sent_at.plus(delay);
        let delivery = Delivery {
            sent_at,
            at,
            channel,
            status,
            alerts,
        };
        self.under_way.insert((at, self.sent), delivery);
        self.sent += 1;
    }
}

#[cfg(test)]
mod tests;
