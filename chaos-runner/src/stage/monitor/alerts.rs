//! What became of every alert: its transitions, the notifications that they led to, and the pages that arrived.

use super::Delivered;
use crate::alerting::evaluate::{Active, Change, StateChange};
use crate::alerting::notify::{AlertLabels, Dispatcher, Notification};
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
    /// On their way, by the moment of arrival and the order of sending.
    underway: BTreeMap<(Elapsed, usize), PageRecord>,
    sent: usize,
    /// By the number that the engine gives each alert.
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
            underway: BTreeMap::new(),
            sent: 0,
            records: Vec::new(),
            pages: Vec::new(),
        }
    }

    /// An alert changes its state.
    pub(super) fn note(&mut self, now: Elapsed, StateChange { change, alert }: StateChange) {
        if change == Change::Pending {
            debug_assert_eq!(
                alert.number,
                self.records.len(),
                "alerts are numbered as they become pending"
            );
            self.records.push(record(now, &alert));
        }
        let Some(record) = self.records.get_mut(alert.number) else {
            return;
        };
        match change {
            Change::Pending => {}
            Change::Firing => {
                record.firing_at = Some(now);
                record.annotations = alert.annotations.clone();
                self.dispatcher.fires(now, alert.number, &labels(&alert));
            }
            Change::Resolved => {
                record.resolved_at = Some(now);
                self.dispatcher.resolves(now, alert.number);
            }
            Change::Dropped => record.resolved_at = Some(now),
        }
    }

    /// When a notification is due to be sent or a page to arrive.
    pub(super) fn next_deadline(&self) -> Option<Elapsed> {
        let arrival = self.underway.keys().next().map(|(at, _)| *at);
        [self.dispatcher.next_deadline(), arrival]
            .into_iter()
            .flatten()
            .min()
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
        let status = if notification.firing.is_empty() {
            PageStatus::Resolved
        } else {
            PageStatus::Firing
        };
        let told = notification.firing.iter().chain(&notification.resolved);
        let page = PageRecord {
            sent_at: notification.at,
            at: notification.at.plus(
                self.channels
                    .get(&notification.receiver)
                    .copied()
                    .unwrap_or_default(),
            ),
            channel: notification.receiver,
            status,
            alerts: told.copied().collect(),
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
        let _ = self.delivered.send(Delivered {
            channel: page.channel.clone(),
            status: page.status,
        });
        self.pages.push(page);
    }
}

fn record(now: Elapsed, alert: &Active) -> AlertRecord {
    let mut labels = labels(alert);
    AlertRecord {
        name: labels.remove("alertname").unwrap_or_default(),
        labels,
        annotations: alert.annotations.clone(),
        pending_at: now,
        firing_at: None,
        paged_at: None,
        resolved_at: None,
        value: Some(alert.value).filter(|value| value.is_finite()),
    }
}

fn labels(alert: &Active) -> AlertLabels {
    alert
        .labels
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
