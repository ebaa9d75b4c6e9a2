//! What became of every alert: its transitions, the notifications that they led to, and the pages that arrived.

use super::Delivered;
use crate::alerting::evaluate::{AlertState, Transition};
use crate::alerting::notify::{AlertId, Dispatcher, Notification};
use crate::record::alerts::{AlertRecord, PageRecord, PageStatus};
use fake_factory::clock::Elapsed;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::broadcast;

/// Alerts and pages, as they come and go.
pub(super) struct Alerts {
    dispatcher: Dispatcher,
    channels: BTreeMap<String, Duration>,
    delivered: broadcast::Sender<Delivered>,
    /// Where each alert stands among the records.
    numbers: BTreeMap<AlertId, usize>,
    /// On their way, by the moment of arrival and the order of sending.
    underway: BTreeMap<(Elapsed, usize), PageRecord>,
    sent: usize,
    pub(super) records: Vec<AlertRecord>,
    pub(super) pages: Vec<PageRecord>,
}

impl Alerts {
    /// Nothing yet, to be sent through `dispatcher`.
    pub(super) fn new(
        dispatcher: Dispatcher,
        channels: BTreeMap<String, Duration>,
        delivered: broadcast::Sender<Delivered>,
    ) -> Self {
        Alerts {
            dispatcher,
            channels,
            delivered,
            numbers: BTreeMap::new(),
            underway: BTreeMap::new(),
            sent: 0,
            records: Vec::new(),
            pages: Vec::new(),
        }
    }

    /// An alert changes its state.
    pub(super) fn note(&mut self, now: Elapsed, transition: Transition) {
        if transition.to == AlertState::Pending {
            self.begin(now, transition);
            return;
        }
        let Some(record) = self.numbers.get(&transition.alert).and_then(|number| self.records.get_mut(*number)) else {
            return;
        };
        match transition.to {
            AlertState::Pending => {}
            AlertState::Firing => {
                record.firing_at = Some(now);
                record.annotations = transition.annotations;
                let mut labels = record.labels.clone();
                labels.insert("alertname".to_owned(), record.name.clone());
                self.dispatcher.fires(now, transition.alert, &labels);
            }
            AlertState::Resolved => {
                record.resolved_at = Some(now);
                self.dispatcher.resolves(now, transition.alert);
            }
            AlertState::Dropped => record.resolved_at = Some(now),
        }
    }

    fn begin(&mut self, now: Elapsed, transition: Transition) {
        self.numbers.insert(transition.alert, self.records.len());
        self.records.push(AlertRecord {
            name: transition.name,
            labels: transition.labels,
            annotations: transition.annotations,
            pending_at: now,
            firing_at: None,
            paged_at: None,
            resolved_at: None,
            value: transition.value.filter(|value| value.is_finite()),
        });
    }

    /// When a notification is due to be sent or a page to arrive.
    pub(super) fn next_deadline(&self) -> Option<Elapsed> {
        let arrival = self.underway.keys().next().map(|(at, _)| *at);
        [self.dispatcher.next_deadline(), arrival].into_iter().flatten().min()
    }

    /// Sends what is due and lets arrive what has been underway for long enough.
    pub(super) fn advance(&mut self, now: Elapsed) {
        for notification in self.dispatcher.advance(now) {
            self.send(notification);
        }
        while let Some(entry) = self.underway.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let page = entry.remove();
            self.arrive(page);
        }
    }

    fn send(&mut self, notification: Notification) {
        let status = if notification.firing.is_empty() { PageStatus::Resolved } else { PageStatus::Firing };
        let told = notification.firing.iter().chain(&notification.resolved);
        let page = PageRecord {
            sent_at: notification.at,
            at: notification.at.plus(self.channels.get(&notification.receiver).copied().unwrap_or_default()),
            channel: notification.receiver,
            status,
            alerts: told.filter_map(|alert| self.numbers.get(alert).copied()).collect(),
        };
        self.underway.insert((page.at, self.sent), page);
        self.sent += 1;
    }

    fn arrive(&mut self, page: PageRecord) {
        if page.status == PageStatus::Firing {
            for number in &page.alerts {
                self.records[*number].paged_at.get_or_insert(page.at);
            }
        }
        // Nobody need be listening: a run without responders has pages all the same.
        let _ = self.delivered.send(Delivered { channel: page.channel.clone(), status: page.status });
        self.pages.push(page);
    }
}
