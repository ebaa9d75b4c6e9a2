//! The states of a rule's alerts: normal, pending, alerting, recovering, no data, error. It follows Grafana's
//! `pkg/services/ngalert/state` step for step; what became of an alert is told in the words of all alerts.

mod instance;
mod labels;
mod posts;

use super::evaluate::{Failure, Instance as Result, Verdict};
use super::model::{Alerting, ExecErrState, GrafanaRule, NoDataState};
use crate::alerting::evaluate::{Active, StateChange};
use crate::alerting::template::Template;
use instance::Instance;
pub use instance::InstanceSeen;
use instance::Step;
use labels::Reserved;
use posts::Posts;
use promql::{Labels, TimeMs};
use std::collections::BTreeMap;

/// The alerts of one rule.
#[derive(Debug, Default)]
pub(in crate::alerting) struct GrafanaStates {
    /// By the labels that tell them apart.
    instances: BTreeMap<Labels, Instance>,
    /// The same labels, by those of the results that they were worked out from.
    known: BTreeMap<Labels, Labels>,
    posts: Posts,
}

/// What alerts are moved on with.
pub(in crate::alerting) struct Moving<'a> {
    pub(in crate::alerting) rule: &'a GrafanaRule,
    pub(in crate::alerting) alerting: &'a Alerting,
    pub(in crate::alerting) interval_ms: i64,
    pub(in crate::alerting) at_ms: TimeMs,
}

impl GrafanaStates {
    /// Every alert that is pending or firing.
    pub(in crate::alerting) fn active(&self) -> impl Iterator<Item = &Active> {
        self.posts.active()
    }

    /// Every alert and its state, those that are normal too.
    pub(in crate::alerting) fn seen(&self) -> impl Iterator<Item = InstanceSeen> {
        self.instances.values().map(Instance::seen)
    }

    /// Whether the recovery threshold judges the series of these labels: its alert is pending or firing, for no other reason.
    pub(in crate::alerting) fn is_active(&self, labels: &Labels) -> bool {
        self.instances
            .values()
            .any(|instance| instance.is_loaded(labels))
    }

    /// Moves every alert on by what an evaluation said. `alerts` counts all alerts there ever were.
    pub(in crate::alerting) fn step(
        &mut self,
        moving: &Moving<'_>,
        results: &[Result],
        alerts: &mut usize,
    ) -> Vec<StateChange> {
        if !self.step_all(moving, results) {
            for result in results {
                self.step_one(moving, result);
            }
        }
        self.resolve_missing(moving);
        self.posts.follow(&mut self.instances, moving, alerts)
    }

    /// Where there is no data at all, or nothing but errors, and that means a state that is none of its own, every alert there is
    /// takes it. Whether there was any.
    fn step_all(&mut self, moving: &Moving<'_>, results: &[Result]) -> bool {
        let Some(first) = results.first() else {
            return true;
        };
        let all = |is: fn(&Verdict) -> bool| results.iter().all(|result| is(&result.verdict));
        let no_data = all(|verdict| *verdict == Verdict::NoData);
        let errors = all(|verdict| matches!(verdict, Verdict::Error(_)));
        let squashes = (no_data && moving.alerting.no_data != NoDataState::NoData)
            || (errors && moving.alerting.exec_err != ExecErrState::Error);
        if !squashes || self.instances.is_empty() {
            return false;
        }
        let sources = no_data.then(|| Sources::of(results));
        for instance in self.instances.values_mut() {
            instance.write_annotations(moving);
            instance.step(&Step {
                moving,
                result: first,
            });
            if let Some(sources) = &sources {
                sources.annotate(&mut instance.annotations);
            }
        }
        true
    }

    fn step_one(&mut self, moving: &Moving<'_>, result: &Result) {
        if self.stays_normal(moving, result) {
            return;
        }
        let reserved = Reserved::of(moving.rule);
        let (labels, annotations) = reserved.expand(moving, result);
        let new = || Instance::new(&labels, result, moving.at_ms);
        let known = self.known.entry(result.labels.clone()).or_default();
        known.clone_from(&labels);
        let instance = self.instances.entry(labels.clone()).or_insert_with(new);
        instance.annotations = annotations;
        instance.unwritten = None;
        instance.result_labels = result.labels.clone();
        instance.step(&Step { moving, result });
    }

    /// Moves an alert on that was normal and is, without working out anew what nobody will be told. Whether it was one.
    fn stays_normal(&mut self, moving: &Moving<'_>, result: &Result) -> bool {
        let is_plain = |(_, text): &(String, Template)| text.is_plain();
        if result.verdict != Verdict::Normal || !moving.alerting.labels.iter().all(is_plain) {
            return false;
        }
        let labels = self.known.get(&result.labels);
        let instance = labels.and_then(|labels| self.instances.get_mut(labels));
        match instance.filter(|instance| instance.is_normal_of(&result.labels)) {
            Some(instance) => {
                instance.unwritten = Some((result.clone(), moving.at_ms));
                instance.step(&Step { moving, result });
                true
            }
            None => false,
        }
    }

    /// Ends the alerts whose series was not there for long enough.
    fn resolve_missing(&mut self, moving: &Moving<'_>) {
        let before = self.instances.len();
        self.instances.retain(|_, instance| {
            let since = moving.at_ms - instance.evaluated_at_ms;
            let evaluations = match instance.is_of_bad_evaluations(moving.rule.version) {
                true => 1,
                false => i64::from(moving.alerting.missing_evaluations),
            };
            since == 0 || since < evaluations.saturating_mul(moving.interval_ms)
        });
        if self.instances.len() < before {
            let instances = &self.instances;
            self.known
                .retain(|_, labels| instances.contains_key(labels));
        }
    }
}

/// Which queries had no data, for annotations.
struct Sources {
    datasource_uid: String,
    ref_id: String,
}

impl Sources {
    fn of(results: &[Result]) -> Self {
        let all = |name: &str| {
            let mut values: Vec<&str> = results.iter().filter_map(|r| r.labels.get(name)).collect();
            values.dedup();
            values.join(",")
        };
        Sources {
            datasource_uid: all("datasource_uid"),
            ref_id: all("ref_id"),
        }
    }

    fn annotate(&self, annotations: &mut BTreeMap<String, String>) {
        for (name, value) in [
            ("datasource_uid", &self.datasource_uid),
            ("ref_id", &self.ref_id),
        ] {
            annotations.insert(name.to_owned(), value.clone());
        }
    }
}

/// What an error adds to annotations, besides the query that failed.
fn annotate(annotations: &mut BTreeMap<String, String>, failure: &Failure) {
    annotations.insert("Error".to_owned(), failure.message.clone());
}

#[cfg(test)]
mod tests;
