//! What became of every alert: its changes, the notifications that they led to, and the pages that arrived.

use super::Delivered;
use crate::alerting::evaluate::{Active, Change, StateChange};
use crate::alerting::notify::{AlertUpdate, Delivery, Dispatcher};
use crate::record::alerts::{AlertRecord, PageRecord, PageStatus};
use fake_factory::clock::Elapsed;
use tokio::sync::broadcast;

/// The label that holds an alert's name.
pub(super) const ALERT_NAME: &str = "alertname";

/// Alerts and pages, as they come and go.
pub(super) struct Alerts {
    dispatcher: Dispatcher,
    delivered: broadcast::Sender<Delivered>,
    /// By the alerts' numbers.
    pub(super) records: Vec<AlertRecord>,
    pub(super) pages: Vec<PageRecord>,
    /// How many alerts and pages were too many to be written down.
    pub(super) unwritten: usize,
}

impl Alerts {
    /// Alerts that one run writes down, and pages; later ones go unwritten, though pages still arrive.
    const WRITTEN_MAX: usize = 50_000;

    /// Nothing yet, to be sent through `dispatcher`.
    pub(super) fn new(dispatcher: Dispatcher, delivered: broadcast::Sender<Delivered>) -> Self {
        Alerts {
            dispatcher,
            delivered,
            records: Vec::new(),
            pages: Vec::new(),
            unwritten: 0,
        }
    }

    /// Something happened to an alert.
    pub(super) fn note(&mut self, now: Elapsed, change: StateChange) {
        let StateChange { change, alert } = change;
        if change == Change::Pending {
            self.begin(now, alert);
            return;
        }
        let mut starts_at = now;
        if let Some(record) = self.records.get_mut(alert.number) {
            match change {
                Change::Pending => {}
                Change::Firing => record.firing_at = Some(now),
                Change::Resolved | Change::Dropped => record.resolved_at = Some(now),
            }
            record.annotations = alert.annotations;
            starts_at = record.firing_at.unwrap_or(now);
        }
        if change != Change::Dropped {
            let update = AlertUpdate {
                number: alert.number,
                labels: alert.labels,
                starts_at,
                firing: change == Change::Firing,
            };
            self.dispatcher.receive(now, &update);
        }
    }

    fn begin(&mut self, now: Elapsed, alert: Active) {
        if self.records.len() >= Self::WRITTEN_MAX {
            self.unwritten += 1;
            return;
        }
        let labels = alert.labels.iter();
        self.records.push(AlertRecord {
            name: alert.labels.get(ALERT_NAME).unwrap_or_default().to_owned(),
            labels: labels
                .filter(|(name, _)| *name != ALERT_NAME)
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            annotations: alert.annotations,
            pending_at: now,
            firing_at: None,
            paged_at: None,
            resolved_at: None,
            value: Some(alert.value).filter(|value| value.is_finite()),
        });
    }

    /// Writes down what the alerts that are still active say at the end.
    pub(super) fn finish<'a>(&mut self, active: impl Iterator<Item = &'a Active>) {
        for alert in active {
            if let Some(record) = self.records.get_mut(alert.number) {
                record.annotations.clone_from(&alert.annotations);
            }
        }
    }

    /// When a notification is due to be sent or a page to arrive.
    pub(super) fn next_deadline(&self) -> Option<Elapsed> {
        self.dispatcher.next_deadline()
    }

    /// Sends what is due and lets arrive what has been under way for long enough.
    pub(super) fn advance(&mut self, now: Elapsed) {
        for delivery in self.dispatcher.advance(now) {
            self.arrive(delivery);
        }
    }

    fn arrive(&mut self, delivery: Delivery) {
        let mut alerts = delivery.alerts;
        alerts.retain(|number| *number < self.records.len());
        for number in &alerts {
            let record = &mut self.records[*number];
            // A page that still fires may tell of alerts that are resolved already.
            if delivery.status == PageStatus::Firing && record.firing_at.is_some() {
                record.paged_at.get_or_insert(delivery.at);
            }
        }
        // Nobody need be listening: a run without responders has pages all the same.
        let _ = self.delivered.send(Delivered {
            channel: delivery.channel.clone(),
            status: delivery.status,
        });
        if self.pages.len() >= Self::WRITTEN_MAX {
            self.unwritten += 1;
            return;
        }
        self.pages.push(PageRecord {
            sent_at: delivery.sent_at,
            at: delivery.at,
            channel: delivery.channel,
            status: delivery.status,
            alerts,
        });
    }
}
