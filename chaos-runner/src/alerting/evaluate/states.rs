//! The states of one rule's alerts: inactive, pending, firing, and back. It follows Prometheus' `AlertingRule.Eval` step for step;
//! what a change leads to is not its business.

use super::{Annotations, EngineOptions};
use crate::alerting::rules::AlertingRule;
use crate::alerting::sources::{AskedError, Readable};
use crate::alerting::template::{Template, TemplateData};
use promql::{Labels, METRIC_NAME, Sample, TimeMs};
use std::collections::BTreeMap;

/// The label that holds an alert's name.
pub(super) const ALERT_NAME: &str = "alertname";

/// The state of an active alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertState {
    /// Its series is returned, not yet for long enough.
    Pending,
    /// Its series was returned for long enough.
    Firing,
}

/// An alert that is pending or firing.
#[derive(Clone, Debug)]
pub struct Active {
    /// Its number: alerts are counted from 0 in the order in which they become pending.
    pub number: usize,
    /// Its labels, the name included.
    pub labels: Labels,
    /// Its annotations, as rendered when its series was returned last.
    pub annotations: Annotations,
    /// Its state.
    pub state: AlertState,
    /// Since when it is active.
    pub active_at_ms: TimeMs,
    /// The value of its series when it was returned last.
    pub value: f64,
}

/// An alert, and what its rule remembers of it.
#[derive(Clone, Debug)]
struct Tracked {
    alert: Active,
    /// Since when it fires on although its series is no longer returned.
    keep_firing_since_ms: Option<TimeMs>,
    alerts_series: [Labels; 2],
    for_state_series: Labels,
}

/// What can happen to an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It became pending.
    Pending,
    /// It fired.
    Firing,
    /// It fired and no longer does.
    Resolved,
    /// It was pending and no longer is: it never fired.
    Dropped,
}

/// Something that happened to an alert.
#[derive(Clone, Debug)]
pub struct StateChange {
    /// What.
    pub change: Change,
    /// The alert as it is then.
    pub alert: Active,
}

/// One evaluation of an alerting rule.
pub(super) struct Evaluation<'a> {
    pub(super) rule: &'a AlertingRule,
    pub(super) options: &'a EngineOptions,
    pub(super) sources: Readable<'a>,
    pub(super) at_ms: TimeMs,
    pub(super) limit: usize,
}

/// What a step did.
#[derive(Default)]
pub(super) struct Stepped {
    pub(super) changes: Vec<StateChange>,
    pub(super) error: Option<String>,
}

/// The active alerts of a rule, by their labels.
#[derive(Debug, Default)]
pub(super) struct States {
    active: BTreeMap<Labels, Tracked>,
}

/// What a series says of its alert: the value and the annotations.
type Returned = BTreeMap<Labels, (f64, Annotations)>;

impl States {
    pub(super) fn active(&self) -> impl Iterator<Item = &Active> {
        self.active.values().map(|tracked| &tracked.alert)
    }

    /// `ALERTS` and `ALERTS_FOR_STATE` of every active alert.
    pub(super) fn samples(&self) -> impl Iterator<Item = (Labels, f64)> {
        self.active.values().flat_map(|tracked| {
            let [pending, firing] = &tracked.alerts_series;
            let series = match tracked.alert.state {
                AlertState::Pending => pending,
                AlertState::Firing => firing,
            };
            let since_seconds = tracked.alert.active_at_ms.div_euclid(1_000) as f64;
            [
                (series.clone(), 1.0),
                (tracked.for_state_series.clone(), since_seconds),
            ]
        })
    }

    /// Moves every alert on by what the expression returned. `alerts` counts all alerts there ever were.
    pub(super) fn step(
        &mut self,
        evaluation: &Evaluation<'_>,
        samples: &[Sample],
        alerts: &mut usize,
    ) -> Stepped {
        if samples.is_empty() && self.active.is_empty() {
            return Stepped::default();
        }
        let returned = match evaluation.returned(samples) {
            Ok(returned) => returned,
            Err(error) => {
                return Stepped {
                    changes: Vec::new(),
                    error: Some(error),
                };
            }
        };
        let mut stepped = Stepped::default();
        let before = *alerts;
        self.end_absent(evaluation, &returned, &mut stepped);
        self.take_returned(evaluation, returned, alerts, &mut stepped);
        self.fire_due(evaluation, &mut stepped);
        let (limit, count) = (evaluation.limit, self.active.len());
        if limit > 0 && count > limit {
            // Prometheus forgets all alerts of the rule then, and nobody hears of the new ones.
            let known = |change: &StateChange| change.alert.number < before;
            *alerts = before;
            let forgotten = std::mem::take(&mut self.active);
            let forgotten = forgotten.into_values().map(|tracked| ended(tracked.alert));
            stepped.changes.extend(forgotten);
            stepped.changes.retain(known);
            stepped.error = Some(format!("exceeded limit of {limit} with {count} alerts"));
        }
        stepped
    }

    fn end_absent(
        &mut self,
        evaluation: &Evaluation<'_>,
        returned: &Returned,
        stepped: &mut Stepped,
    ) {
        let keep_ms = millis(evaluation.rule.keep_firing_for);
        let mut over = Vec::new();
        for (labels, tracked) in &mut self.active {
            if returned.contains_key(labels) {
                continue;
            }
            let keeps = tracked.alert.state == AlertState::Firing && keep_ms > 0 && {
                let since = tracked.keep_firing_since_ms.get_or_insert(evaluation.at_ms);
                evaluation.at_ms - *since < keep_ms
            };
            if !keeps {
                over.push(labels.clone());
            }
        }
        for labels in over {
            let tracked = self.active.remove(&labels);
            stepped
                .changes
                .extend(tracked.map(|tracked| ended(tracked.alert)));
        }
    }

    fn take_returned(
        &mut self,
        evaluation: &Evaluation<'_>,
        returned: Returned,
        alerts: &mut usize,
        stepped: &mut Stepped,
    ) {
        for (labels, (value, annotations)) in returned {
            if let Some(tracked) = self.active.get_mut(&labels) {
                tracked.alert.value = value;
                tracked.alert.annotations = annotations;
                tracked.keep_firing_since_ms = None;
                continue;
            }
            let series = evaluation.series_labels(&labels);
            let alert = Active {
                number: *alerts,
                annotations,
                state: AlertState::Pending,
                active_at_ms: evaluation.at_ms,
                value,
                labels: labels.clone(),
            };
            *alerts += 1;
            stepped.changes.push(StateChange {
                change: Change::Pending,
                alert: alert.clone(),
            });
            let tracked = Tracked {
                alert,
                keep_firing_since_ms: None,
                alerts_series: ["pending", "firing"]
                    .map(|state| series.with(METRIC_NAME, "ALERTS").with("alertstate", state)),
                for_state_series: series.with(METRIC_NAME, "ALERTS_FOR_STATE"),
            };
            self.active.insert(labels, tracked);
        }
    }

    fn fire_due(&mut self, evaluation: &Evaluation<'_>, stepped: &mut Stepped) {
        let hold_ms = millis(evaluation.rule.hold);
        for tracked in self.active.values_mut() {
            let alert = &mut tracked.alert;
            let due = evaluation.at_ms - alert.active_at_ms >= hold_ms;
            if alert.state == AlertState::Pending && due {
                alert.state = AlertState::Firing;
                stepped.changes.push(StateChange {
                    change: Change::Firing,
                    alert: alert.clone(),
                });
            }
        }
    }
}

fn ended(alert: Active) -> StateChange {
    let change = match alert.state {
        AlertState::Pending => Change::Dropped,
        AlertState::Firing => Change::Resolved,
    };
    StateChange { change, alert }
}

fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Evaluation<'_> {
    /// The labels of an alert's series. Prometheus lays those of the alert over the rule's as they were written, so that one that
    /// expanded to nothing stands there as its template.
    fn series_labels(&self, alert: &Labels) -> Labels {
        let written = self.rule.labels.iter();
        written
            .filter(|(name, _)| alert.get(name).is_none_or(str::is_empty))
            .fold(alert.clone(), |labels, (name, template)| {
                labels.with(name, template.text())
            })
    }

    /// The alerts that the samples stand for, with their labels and annotations expanded.
    fn returned(&self, samples: &[Sample]) -> Result<Returned, String> {
        let query = |expr: &str| self.query(expr);
        let mut returned = BTreeMap::new();
        for sample in samples {
            let data = TemplateData {
                alert: &self.rule.alert,
                labels: &sample.labels,
                value: sample.value,
                external_labels: &self.options.external_labels,
                external_url: &self.options.external_url,
                at_ms: self.at_ms,
                query: &query,
            };
            let expand =
                |(name, template): &(String, Template)| (name.clone(), template.expand(&data));
            let mut labels = sample.labels.without(METRIC_NAME);
            for (name, value) in self.rule.labels.iter().map(expand) {
                labels = labels.with(&name, &value);
            }
            let labels = labels.with(ALERT_NAME, &self.rule.alert);
            let annotations = self.rule.annotations.iter().map(expand).collect();
            if returned
                .insert(labels, (sample.value, annotations))
                .is_some()
            {
                let message =
                    "vector contains metrics with the same labelset after applying alert labels";
                return Err(message.to_owned());
            }
        }
        Ok(returned)
    }

    /// `query` in a template: in the language of the rule.
    fn query(&self, expr: &str) -> Result<Vec<(Labels, f64)>, String> {
        let language = self.rule.expr.query.language();
        let query = language
            .compile(expr)
            .map_err(|error| refused(expr, &error))?;
        let answer = query.instant(self.sources, self.at_ms, &self.options.query)?;
        match answer.value {
            promql::Value::Vector(samples) => Ok(samples
                .into_iter()
                .map(|sample| (sample.labels, sample.value))
                .collect()),
            promql::Value::Scalar(value) => Ok(vec![(Labels::empty(), value)]),
            _ => Err("rule result is not a vector or scalar".to_owned()),
        }
    }
}

/// Why an expression in a template is none, as Prometheus words it.
fn refused(expr: &str, error: &AskedError) -> String {
    let before = expr.get(..error.offset.unwrap_or(0)).unwrap_or(expr);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or(before).len() + 1;
    format!("{line}:{column}: parse error: {}", error.message)
}
