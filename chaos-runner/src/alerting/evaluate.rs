//! Evaluates rule groups as Prometheus does, and Loki's ruler, which is the same machine with LogQL: in order, recording rules feeding later ones, alerts going from pending to firing to
//! resolved. When a group is due and what becomes of its alerts is decided elsewhere; the only time here is the one passed in.

mod asking;
mod states;
mod written;

use super::rules::{AlertingRule, RecordingRule, Rule, RuleGroup};
use super::sources::{Language, QueryOptions, Sources};
use asking::Asking;
use promql::{Labels, METRIC_NAME, TimeMs};
pub use states::{Active, AlertState, Change, StateChange};
use states::{Evaluation, States};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use written::Written;

/// How rules are evaluated, beyond what their groups say.
#[derive(Clone, Debug, Default)]
pub struct EngineOptions {
    /// How queries are evaluated.
    pub query: QueryOptions,
    /// `$externalLabels` of templates.
    pub external_labels: Labels,
    /// `$externalURL` of templates.
    pub external_url: String,
}

/// Rule groups with the states of their alerts.
#[derive(Debug)]
pub struct Engine {
    groups: Vec<Group>,
    options: EngineOptions,
    alerts: usize,
}

#[derive(Debug)]
struct Group {
    group: RuleGroup,
    rules: Vec<RuleState>,
}

#[derive(Debug)]
struct RuleState {
    asking: Asking,
    states: States,
    written: Written,
}

/// What one evaluation of one rule came to.
#[derive(Clone, Debug, Default)]
pub struct RuleOutcome {
    /// The rule's place in its group.
    pub rule: usize,
    /// The value furthest towards the threshold, as [`crate::record::alerts::RuleRecord::values`] has it.
    pub value: Option<f64>,
    /// How many series the left side of the comparison (else the expression) returned.
    pub series: usize,
    /// What happened to its alerts, in order.
    pub changes: Vec<StateChange>,
    /// Why the evaluation failed; the states of its alerts are then as they were.
    pub error: Option<String>,
    /// What may make its value wrong.
    pub warnings: Vec<String>,
}

/// The threshold of an alerting rule: `value operator threshold`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RuleThreshold {
    /// The operator, with the value on its left.
    pub operator: &'static str,
    /// The number.
    pub threshold: f64,
}

impl Engine {
    /// An engine in which no rule was evaluated yet.
    #[must_use]
    pub fn new(groups: Vec<RuleGroup>, options: EngineOptions) -> Self {
        let groups = groups
            .into_iter()
            .map(|group| Group {
                rules: group
                    .rules
                    .iter()
                    .map(|rule| RuleState {
                        asking: Asking::new(&rule.expr().query),
                        states: States::default(),
                        written: Written::default(),
                    })
                    .collect(),
                group,
            })
            .collect();
        Engine {
            groups,
            options,
            alerts: 0,
        }
    }

    /// The groups, in the order in which they were given.
    pub fn groups(&self) -> impl Iterator<Item = &RuleGroup> {
        self.groups.iter().map(|group| &group.group)
    }

    /// The name of a rule: its alert, or the series that it records.
    #[must_use]
    pub fn rule_name(&self, group: usize, rule: usize) -> &str {
        let rules = self.groups.get(group).map(|group| &group.group.rules);
        rules
            .and_then(|rules| rules.get(rule))
            .map_or("", Rule::name)
    }

    /// The threshold of a rule, where its expression ends in a comparison with a number.
    #[must_use]
    pub fn threshold(&self, group: usize, rule: usize) -> Option<RuleThreshold> {
        self.groups.get(group)?.rules.get(rule)?.asking.threshold()
    }

    /// How far before an evaluation any rule in this language reads, in milliseconds; none where no rule is written in it.
    #[must_use]
    pub fn reach_ms(&self, language: Language) -> Option<i64> {
        let reach = |group: &Group| {
            let offset = offset_ms(group.group.query_offset);
            let queries = group.group.rules.iter().map(|rule| &rule.expr().query);
            queries
                .filter(|query| query.language() == language)
                .map(|query| query.reach_ms(&self.options.query))
                .max()
                .map(|reach| reach.saturating_add(offset))
        };
        self.groups.iter().filter_map(reach).max()
    }

    /// Every alert that is pending or firing.
    pub fn active(&self) -> impl Iterator<Item = &Active> {
        let rules = self.groups.iter().flat_map(|group| &group.rules);
        rules.flat_map(|rule| rule.states.active())
    }

    /// Evaluates the rules of a group in order and writes their series. Alerts are numbered from 0 in the order in which they
    /// become pending.
    pub fn evaluate(
        &mut self,
        group: usize,
        sources: &mut Sources<'_>,
        at_ms: TimeMs,
    ) -> Vec<RuleOutcome> {
        let Some(Group { group, rules }) = self.groups.get_mut(group) else {
            return Vec::new();
        };
        let mut evaluating = Evaluating {
            options: &self.options,
            group,
            alerts: &mut self.alerts,
            sources,
            at_ms,
            asked_ms: at_ms - offset_ms(group.query_offset),
        };
        let rules = group.rules.iter().zip(rules).enumerate();
        rules
            .map(|(number, (rule, state))| {
                let mut outcome = match rule {
                    Rule::Alerting(rule) => evaluating.alerting(rule, state),
                    Rule::Recording(rule) => evaluating.recording(rule, state),
                };
                outcome.rule = number;
                outcome
            })
            .collect()
    }
}

fn offset_ms(offset: Duration) -> i64 {
    i64::try_from(offset.as_millis()).unwrap_or(i64::MAX)
}

struct Evaluating<'a, 's> {
    options: &'a EngineOptions,
    group: &'a RuleGroup,
    alerts: &'a mut usize,
    sources: &'a mut Sources<'s>,
    at_ms: TimeMs,
    /// The moment that expressions are asked about, and of the samples that are written.
    asked_ms: TimeMs,
}

impl Evaluating<'_, '_> {
    fn alerting(&mut self, rule: &AlertingRule, state: &mut RuleState) -> RuleOutcome {
        let mut outcome = RuleOutcome::default();
        let asked = state.asking.ask(
            &rule.expr.query,
            self.sources.readable(),
            self.asked_ms,
            &self.options.query,
        );
        let answer = match asked {
            Ok(answer) => answer,
            Err(error) => {
                outcome.error = Some(error);
                return outcome;
            }
        };
        (outcome.value, outcome.series) = (answer.value, answer.series);
        outcome.warnings = answer.warnings;
        let evaluation = Evaluation {
            rule,
            options: self.options,
            sources: self.sources.readable(),
            at_ms: self.at_ms,
            asked_ms: self.asked_ms,
            limit: self.group.limit,
        };
        let stepped = state.states.step(&evaluation, &answer.samples, self.alerts);
        outcome.changes = stepped.changes;
        if let Some(error) = stepped.error {
            outcome.error = Some(error);
            return outcome;
        }
        let samples = state.states.samples();
        outcome.error = state
            .written
            .write(self.sources.series, self.asked_ms, samples)
            .err();
        outcome
    }

    fn recording(&mut self, rule: &RecordingRule, state: &mut RuleState) -> RuleOutcome {
        let mut outcome = RuleOutcome::default();
        match self.recorded(rule, state, &mut outcome) {
            Ok(()) => {}
            Err(error) => outcome.error = Some(error),
        }
        outcome
    }

    fn recorded(
        &mut self,
        rule: &RecordingRule,
        state: &mut RuleState,
        outcome: &mut RuleOutcome,
    ) -> Result<(), String> {
        let answer = state.asking.ask(
            &rule.expr.query,
            self.sources.readable(),
            self.asked_ms,
            &self.options.query,
        )?;
        (outcome.value, outcome.series) = (answer.value, answer.series);
        outcome.warnings = answer.warnings;
        let mut seen = BTreeSet::new();
        let mut samples = Vec::with_capacity(answer.samples.len());
        for sample in answer.samples {
            let mut labels = sample.labels.with(METRIC_NAME, &rule.record);
            for (name, value) in &rule.labels {
                labels = labels.with(name, value);
            }
            if !seen.insert(labels.clone()) {
                return Err(
                    "vector contains metrics with the same labelset after applying rule labels"
                        .to_owned(),
                );
            }
            samples.push((labels, sample.value));
        }
        let (limit, count) = (self.group.limit, samples.len());
        if limit > 0 && count > limit {
            return Err(format!("exceeded limit of {limit} with {count} series"));
        }
        state
            .written
            .write(self.sources.series, self.asked_ms, samples)
    }
}

/// Annotations as they are written down.
pub type Annotations = BTreeMap<String, String>;

#[cfg(test)]
mod tests;
