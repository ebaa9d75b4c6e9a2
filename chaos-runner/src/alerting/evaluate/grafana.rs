//! Grafana's rules in the engine: evaluated by `alerting::grafana`, told of in the words of all rules.

use super::written::Written;
use super::{Active, RuleOutcome, RuleThreshold};
use crate::alerting::grafana::model::{Alerting, GrafanaRule, Purpose};
use crate::alerting::grafana::{
    Evaluated, GrafanaEvaluation, GrafanaStates, InstanceSeen, Moving, NodeSeen, Verdict, threshold,
};
use crate::alerting::sources::{QueryOptions, Sources};
use promql::{Labels, METRIC_NAME, TimeMs};
use std::collections::BTreeSet;

/// What a rule of Grafana's remembers.
#[derive(Debug, Default)]
pub(super) struct GrafanaState {
    states: GrafanaStates,
    written: Written,
    /// The evaluation before, for those who look on.
    evaluated: Option<Evaluated>,
}

/// One evaluation of a rule.
pub(super) struct GrafanaStep<'a> {
    pub(super) rule: &'a GrafanaRule,
    pub(super) options: &'a QueryOptions,
    pub(super) interval_ms: i64,
    pub(super) at_ms: TimeMs,
}

impl GrafanaState {
    pub(super) fn active(&self) -> impl Iterator<Item = &Active> {
        self.states.active()
    }

    /// The threshold of a rule, where its condition compares one number with another.
    pub(super) fn threshold(rule: &GrafanaRule) -> Option<RuleThreshold> {
        threshold(rule)
    }

    /// Evaluates a rule, unless it is paused.
    pub(super) fn evaluate(
        &mut self,
        step: &GrafanaStep<'_>,
        sources: &mut Sources<'_>,
        alerts: &mut usize,
    ) -> Option<RuleOutcome> {
        if step.rule.paused {
            return None;
        }
        let states = &self.states;
        let evaluated = GrafanaEvaluation {
            rule: step.rule,
            sources: sources.readable(),
            options: step.options,
            at_ms: step.at_ms,
            is_active: &|labels: &Labels| states.is_active(labels),
        }
        .evaluate();
        let errors = evaluated
            .results
            .iter()
            .find_map(|result| match &result.verdict {
                Verdict::Error(failure) => Some(failure.message.clone()),
                _ => None,
            });
        let mut outcome = RuleOutcome {
            rule: 0,
            value: evaluated.watched.value,
            series: evaluated.watched.series,
            changes: Vec::new(),
            error: errors,
            warnings: evaluated.warnings.clone(),
            infos: Vec::new(),
        };
        match &step.rule.purpose {
            Purpose::Alerting(alerting) => {
                outcome.changes = self.step(step, alerting, &evaluated, alerts);
            }
            Purpose::Recording { metric, labels } if outcome.error.is_none() => {
                outcome.error = self
                    .record(step, sources, &evaluated, (metric, labels))
                    .err();
            }
            Purpose::Recording { .. } => {}
        }
        self.evaluated = Some(evaluated);
        Some(outcome)
    }

    /// What the node of this name gave in the evaluation before.
    pub(super) fn node(&self, ref_id: &str) -> Option<NodeSeen> {
        let evaluated = self.evaluated.as_ref()?;
        Some(evaluated.node(ref_id))
    }

    /// Every alert and its state.
    pub(super) fn seen(&self) -> impl Iterator<Item = InstanceSeen> {
        self.states.seen()
    }

    fn step(
        &mut self,
        step: &GrafanaStep<'_>,
        alerting: &Alerting,
        evaluated: &Evaluated,
        alerts: &mut usize,
    ) -> Vec<super::StateChange> {
        let moving = Moving {
            rule: step.rule,
            alerting,
            interval_ms: step.interval_ms,
            at_ms: step.at_ms,
        };
        self.states.step(&moving, &evaluated.results, alerts)
    }

    /// Writes the numbers of the condition as a series; no data writes none.
    fn record(
        &mut self,
        step: &GrafanaStep<'_>,
        sources: &mut Sources<'_>,
        evaluated: &Evaluated,
        (metric, own): (&str, &[(String, String)]),
    ) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        let mut samples = Vec::new();
        for result in &evaluated.results {
            let Some(value) = result.number else { continue };
            let mut labels = result.labels.with(METRIC_NAME, metric);
            for (name, value) in own {
                labels = labels.with(name, value);
            }
            if !seen.insert(labels.clone()) {
                return Err(format!("two series with the same labels {labels}"));
            }
            samples.push((labels, value));
        }
        self.written.write(sources.series, step.at_ms, samples)
    }
}
