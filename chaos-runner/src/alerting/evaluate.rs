//! Evaluates rule groups as Prometheus does, and Loki's ruler, which is the same machine with LogQL: in order, recording rules feeding later ones, alerts going from pending to firing to
//! resolved. When a group is due and what becomes of its alerts is decided elsewhere; the only time here is the one passed in.

mod asking;
mod grafana;
mod states;
mod written;

use super::grafana::{InstanceSeen, NodeSeen};
use super::rules::{AlertingRule, RecordingRule, Rule, RuleGroup};
use super::sources::{Language, QueryOptions, Sources};
use asking::Asking;
pub(super) use asking::furthest;
use grafana::{GrafanaState, GrafanaStep};
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
enum RuleState {
    Common(CommonState),
    Grafana(GrafanaState),
}

/// What a rule of Prometheus' or Loki's remembers.
#[derive(Debug)]
struct CommonState {
    asking: Asking,
    states: States,
    written: Written,
}

impl RuleState {
    fn of(rule: &Rule) -> Self {
        match rule.expr() {
            Some(expr) => RuleState::Common(CommonState {
                asking: Asking::new(&expr.query),
                states: States::default(),
                written: Written::default(),
            }),
            None => RuleState::Grafana(GrafanaState::default()),
        }
    }

    fn active(&self) -> impl Iterator<Item = &Active> {
        let (common, grafana) = match self {
            RuleState::Common(state) => (Some(state.states.active()), None),
            RuleState::Grafana(state) => (None, Some(state.active())),
        };
        let common = common.into_iter().flatten();
        common.chain(grafana.into_iter().flatten())
    }
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
    /// Why the evaluation failed; the states of its alerts are then as they were, but for rules of Grafana's, which say what
    /// becomes of them.
    pub error: Option<String>,
    /// What may make its value wrong.
    pub warnings: Vec<String>,
    /// What its author may have overlooked.
    pub infos: Vec<String>,
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
                rules: group.rules.iter().map(RuleState::of).collect(),
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
        let group = self.groups.get(group)?;
        match (group.group.rules.get(rule)?, group.rules.get(rule)?) {
            (Rule::Grafana(rule), _) => GrafanaState::threshold(rule),
            (_, RuleState::Common(state)) => state.asking.threshold(),
            (_, RuleState::Grafana(_)) => None,
        }
    }

    /// How far before an evaluation any rule in this language reads, in milliseconds; none where no rule is written in it.
    #[must_use]
    pub fn reach_ms(&self, language: Language) -> Option<i64> {
        let reach = |group: &Group| {
            let offset = offset_ms(group.group.query_offset);
            let queries = group.group.rules.iter().flat_map(Rule::queries);
            queries
                .filter(|(query, _)| query.language() == language)
                .map(|(query, before_ms)| {
                    let reach = query.reach_ms(&self.options.query);
                    reach.saturating_add(before_ms)
                })
                .max()
                .map(|reach| reach.saturating_add(offset))
        };
        self.groups.iter().filter_map(reach).max()
    }

    /// The alerts of one rule that are pending or firing.
    pub fn active_of(&self, group: usize, rule: usize) -> impl Iterator<Item = &Active> {
        let rules = self.groups.get(group).map(|group| &group.rules);
        let rule = rules.and_then(|rules| rules.get(rule));
        rule.into_iter().flat_map(RuleState::active)
    }

    /// What a query or expression of a rule of Grafana's gave in its last evaluation.
    #[must_use]
    pub fn grafana_node(&self, group: usize, rule: usize, ref_id: &str) -> Option<NodeSeen> {
        self.grafana(group, rule)?.node(ref_id)
    }

    /// Every alert of a rule of Grafana's and its state, those that are normal too.
    pub fn grafana_states(&self, group: usize, rule: usize) -> impl Iterator<Item = InstanceSeen> {
        let state = self.grafana(group, rule);
        state.into_iter().flat_map(GrafanaState::seen)
    }

    fn grafana(&self, group: usize, rule: usize) -> Option<&GrafanaState> {
        match self.groups.get(group)?.rules.get(rule)? {
            RuleState::Grafana(state) => Some(state),
            RuleState::Common(_) => None,
        }
    }

    /// Every alert that is pending or firing.
    pub fn active(&self) -> impl Iterator<Item = &Active> {
        let rules = self.groups.iter().flat_map(|group| &group.rules);
        rules.flat_map(RuleState::active)
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
            .filter_map(|(number, (rule, state))| {
                let mut outcome = evaluating.rule(rule, state)?;
                outcome.rule = number;
                Some(outcome)
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
    /// Evaluates a rule, unless it is paused.
    fn rule(&mut self, rule: &Rule, state: &mut RuleState) -> Option<RuleOutcome> {
        match (rule, state) {
            (Rule::Alerting(rule), RuleState::Common(state)) => Some(self.alerting(rule, state)),
            (Rule::Recording(rule), RuleState::Common(state)) => Some(self.recording(rule, state)),
            (Rule::Grafana(rule), RuleState::Grafana(state)) => {
                let step = GrafanaStep {
                    rule,
                    options: &self.options.query,
                    interval_ms: offset_ms(self.group.interval.unwrap_or_default()),
                    at_ms: self.at_ms,
                };
                state.evaluate(&step, self.sources, self.alerts)
            }
            // A rule's state is made of the rule.
            _ => None,
        }
    }

    fn alerting(&mut self, rule: &AlertingRule, state: &mut CommonState) -> RuleOutcome {
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
        outcome.infos = answer.infos;
        let evaluation = Evaluation {
            rule,
            options: self.options,
            sources: self.sources.readable(),
            at_ms: self.at_ms,
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

    fn recording(&mut self, rule: &RecordingRule, state: &mut CommonState) -> RuleOutcome {
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
        state: &mut CommonState,
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
        outcome.infos = answer.infos;
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
