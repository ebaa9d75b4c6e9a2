//! The alerts of a rule as others hear of them: numbered, pending, firing, resolved. An alert whose labels change, as when an
//! evaluation fails, is another alert; the one before ends by itself once nobody sends it any more.

use super::Moving;
use super::instance::{Instance, State};
use crate::alerting::evaluate::{Active, AlertState, Annotations, Change, StateChange};
use crate::alerting::grafana::model::{ExecErrState, NoDataState};
use crate::record::alerts::{ERROR_ALERT, NO_DATA_ALERT, RULE_NAME_LABEL};
use promql::{Labels, TimeMs};
use std::collections::{BTreeMap, BTreeSet};

/// The annotation that tells why an alert is in its state.
const STATE_REASON: &str = "grafana_state_reason";

/// The alerts that others know of, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Posts {
    open: BTreeMap<usize, Active>,
    /// Those that nobody sends any more, and when they end.
    expiring: BTreeMap<usize, (Active, TimeMs)>,
}

/// What an alert should be.
struct Wanted {
    labels: Labels,
    annotations: Annotations,
    state: AlertState,
    value: f64,
}

impl Posts {
    pub(super) fn active(&self) -> impl Iterator<Item = &Active> {
        let expiring = self.expiring.values().map(|(alert, _)| alert);
        self.open.values().chain(expiring)
    }

    /// Makes the alerts what their instances want, and tells what changed.
    pub(super) fn follow(
        &mut self,
        instances: &mut BTreeMap<Labels, Instance>,
        moving: &Moving<'_>,
        alerts: &mut usize,
    ) -> Vec<StateChange> {
        let mut changes = Vec::new();
        self.expire(moving.at_ms, &mut changes);
        for instance in instances.values_mut() {
            let wanted = wanted(instance, moving);
            let known = instance.post.and_then(|number| self.open.remove(&number));
            instance.post = match (known, wanted) {
                (None, None) => None,
                (Some(alert), None) => {
                    changes.push(ended(alert, &instance.annotations, &instance.reason));
                    None
                }
                (Some(mut alert), Some(wanted)) if fits(&alert, &wanted) => {
                    let fires =
                        alert.state == AlertState::Pending && wanted.state == AlertState::Firing;
                    alert.state = wanted.state;
                    alert.annotations = wanted.annotations;
                    alert.value = wanted.value;
                    Some(self.keep(alert, fires, &mut changes))
                }
                (known, Some(wanted)) => {
                    self.let_go(known, instance.ended_before_ms, &mut changes);
                    Some(self.begin(wanted, moving.at_ms, alerts, &mut changes))
                }
            };
        }
        let kept: BTreeSet<usize> = instances.values().filter_map(|i| i.post).collect();
        let (kept, gone) = std::mem::take(&mut self.open)
            .into_iter()
            .partition(|(number, _)| kept.contains(number));
        self.open = kept;
        let gone: BTreeMap<usize, Active> = gone;
        for alert in gone.into_values() {
            let annotations = alert.annotations.clone();
            changes.push(ended(alert, &annotations, "MissingSeries"));
        }
        changes
    }

    fn expire(&mut self, at_ms: TimeMs, changes: &mut Vec<StateChange>) {
        let over = |(_, ends_at_ms): &mut (Active, TimeMs)| *ends_at_ms <= at_ms;
        let over: Vec<usize> = self
            .expiring
            .iter_mut()
            .filter_map(|(number, post)| over(post).then_some(*number))
            .collect();
        for number in over {
            if let Some((alert, _)) = self.expiring.remove(&number) {
                changes.push(StateChange {
                    change: Change::Resolved,
                    alert,
                });
            }
        }
    }

    fn keep(&mut self, alert: Active, fires: bool, changes: &mut Vec<StateChange>) -> usize {
        let number = alert.number;
        if fires {
            changes.push(StateChange {
                change: Change::Firing,
                alert: alert.clone(),
            });
        }
        self.open.insert(number, alert);
        number
    }

    /// An alert whose instance is about something else now.
    fn let_go(
        &mut self,
        alert: Option<Active>,
        ends_at_ms: TimeMs,
        changes: &mut Vec<StateChange>,
    ) {
        match alert {
            None => {}
            Some(alert) if alert.state == AlertState::Firing => {
                self.expiring.insert(alert.number, (alert, ends_at_ms));
            }
            Some(alert) => changes.push(StateChange {
                change: Change::Dropped,
                alert,
            }),
        }
    }

    /// A new alert; or the one of these labels that was about to end.
    fn begin(
        &mut self,
        wanted: Wanted,
        at_ms: TimeMs,
        alerts: &mut usize,
        changes: &mut Vec<StateChange>,
    ) -> usize {
        let ending = self
            .expiring
            .iter()
            .find(|(_, (alert, _))| alert.labels == wanted.labels)
            .map(|(number, _)| *number);
        if wanted.state == AlertState::Firing
            && let Some((mut alert, _)) = ending.and_then(|number| self.expiring.remove(&number))
        {
            alert.annotations = wanted.annotations;
            alert.value = wanted.value;
            return self.keep(alert, false, changes);
        }
        let fires = wanted.state == AlertState::Firing;
        let alert = Active {
            number: *alerts,
            labels: wanted.labels,
            annotations: wanted.annotations,
            state: wanted.state,
            active_at_ms: at_ms,
            value: wanted.value,
        };
        *alerts += 1;
        changes.push(StateChange {
            change: Change::Pending,
            alert: alert.clone(),
        });
        self.keep(alert, fires, changes)
    }
}

/// Whether an alert can become what is wanted: it has its labels, or nobody was told of it yet.
fn fits(alert: &Active, wanted: &Wanted) -> bool {
    let pending = alert.state == AlertState::Pending && wanted.state == AlertState::Pending;
    alert.labels == wanted.labels || pending
}

fn ended(mut alert: Active, annotations: &Annotations, reason: &str) -> StateChange {
    alert.annotations = with_reason(annotations, reason);
    let change = match alert.state {
        AlertState::Pending => Change::Dropped,
        AlertState::Firing => Change::Resolved,
    };
    StateChange { change, alert }
}

fn with_reason(annotations: &Annotations, reason: &str) -> Annotations {
    let mut annotations = annotations.clone();
    if !reason.is_empty() {
        annotations.insert(STATE_REASON.to_owned(), reason.to_owned());
    }
    annotations
}

/// What an alert should be by the state of its instance.
fn wanted(instance: &Instance, moving: &Moving<'_>) -> Option<Wanted> {
    let alerting = moving.alerting;
    // An alert about no data or errors is one from the start, though only its end tells it apart.
    let no_data = alerting.no_data == NoDataState::NoData && instance.reason == "NoData";
    let error = alerting.exec_err == ExecErrState::Error && instance.reason == "Error";
    let (labels, state) = match instance.state {
        State::Normal => return None,
        State::Pending if no_data => (no_data_labels(instance), AlertState::Pending),
        State::Pending if error => (error_labels(instance), AlertState::Pending),
        State::Pending => (instance.labels.clone(), AlertState::Pending),
        State::Alerting | State::Recovering => (instance.labels.clone(), AlertState::Firing),
        State::NoData => (no_data_labels(instance), AlertState::Firing),
        State::Error => (error_labels(instance), AlertState::Firing),
    };
    Some(Wanted {
        labels,
        annotations: with_reason(&instance.annotations, &instance.reason),
        state,
        value: instance.number.unwrap_or(f64::NAN),
    })
}

fn renamed(labels: &Labels, name: &str) -> Labels {
    let rule = labels.get("alertname").unwrap_or_default().to_owned();
    labels.with(RULE_NAME_LABEL, &rule).with("alertname", name)
}

fn no_data_labels(instance: &Instance) -> Labels {
    renamed(&instance.labels, NO_DATA_ALERT)
}

fn error_labels(instance: &Instance) -> Labels {
    let labels = renamed(&instance.labels, ERROR_ALERT);
    match &instance.failed_query {
        None => labels,
        Some((ref_id, uid)) => labels.with("ref_id", ref_id).with("datasource_uid", uid),
    }
}
