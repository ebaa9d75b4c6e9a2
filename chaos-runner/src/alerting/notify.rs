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
use inhibit::all;
use jiff::Timestamp;
use promql::{Labels, Matcher};
use routes::{Kind, Way};
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
    /// An alert goes to the first that takes it.
    servers: Vec<Server>,
    /// By arrival, then in the order in which they were sent.
    under_way: BTreeMap<(Elapsed, u64), Delivery>,
    sent: u64,
}

/// What sends the alerts that it takes.
#[derive(Debug)]
struct Server {
    takes: Vec<Matcher>,
    kind: ServerKind,
}

#[derive(Debug)]
enum ServerKind {
    /// Each by itself and at once, to these channels.
    AtOnce(Vec<String>),
    /// Routed and grouped.
    Groups(Box<Groups>),
}

impl Server {
    fn new(way: Way, starts_at: Timestamp) -> Self {
        Server {
            takes: way.takes,
            kind: match way.kind {
                Kind::ToAll(channels) => ServerKind::AtOnce(channels),
                Kind::Through(tree, inhibitions) => {
                    ServerKind::Groups(Box::new(Groups::new(tree, inhibitions, starts_at)))
                }
            },
        }
    }

    fn next_flush(&self) -> Option<Elapsed> {
        match &self.kind {
            ServerKind::AtOnce(_) => None,
            ServerKind::Groups(groups) => groups.next_flush(),
        }
    }

    fn flush(&mut self, now: Elapsed) -> Vec<Notification> {
        match &mut self.kind {
            ServerKind::AtOnce(_) => Vec::new(),
            ServerKind::Groups(groups) => groups.flush(now),
        }
    }
}

impl Dispatcher {
    /// A dispatcher with nothing to tell. `delays` says how long a page takes on each channel, `starts_at` what the clock shows at
    /// the start.
    #[must_use]
    pub fn new(routes: Routes, delays: BTreeMap<String, Duration>, starts_at: Timestamp) -> Self {
        let servers = routes.ways.into_iter();
        Dispatcher {
            delays,
            servers: servers.map(|way| Server::new(way, starts_at)).collect(),
            under_way: BTreeMap::new(),
            sent: 0,
        }
    }

    /// Takes in a change of an alert at `at`, which is not before any earlier time given.
    pub fn receive(&mut self, at: Elapsed, update: &AlertUpdate) {
        let mut servers = self.servers.iter_mut();
        let Some(server) = servers.find(|server| all(&server.takes, &update.labels)) else {
            return;
        };
        let channels = match &mut server.kind {
            ServerKind::Groups(groups) => return groups.receive(at, update),
            ServerKind::AtOnce(channels) => channels.clone(),
        };
        let status = if update.firing {
            PageStatus::Firing
        } else {
            PageStatus::Resolved
        };
        for channel in channels {
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
        let flushes = self.servers.iter().filter_map(Server::next_flush);
        flushes.chain(arrival).min()
    }

    /// Does everything that is due up to `at`, and returns what arrived, in order.
    pub fn advance(&mut self, at: Elapsed) -> Vec<Delivery> {
        while let Some((flush, server)) = self.next_flush()
            && flush <= at
        {
            for notification in server.flush(flush) {
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

    /// The server that has something to send next, and when.
    fn next_flush(&mut self) -> Option<(Elapsed, &mut Server)> {
        let servers = self.servers.iter_mut();
        let due = servers.filter_map(|server| Some((server.next_flush()?, server)));
        due.min_by_key(|(flush, _)| *flush)
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
