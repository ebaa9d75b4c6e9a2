//! What is behind a rule of Grafana's: queries and expressions that build on each other, one of which decides.

use super::super::samples::{Selector, name, number};
use super::super::{Active, NodeExplained, NodeGiven, Valued};
use super::{Moments, VALUES_MAX, sources};
use crate::alerting::grafana::model::{
    Alerting, ExecErrState, GrafanaRule, Moments as Asked, NoDataState, Purpose, RESERVED_LABELS,
    Work,
};
use crate::alerting::grafana::{NodeSeen, ValueSeen, would_alert};
use crate::stage::observe::Evaluated;
use fake_factory::input::units::HumanDuration;
use promql::{Labels, TimeMs};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A rule and how it raises alerts.
pub(in crate::explain) struct BehindGrafana {
    pub(super) rule: GrafanaRule,
    pub(super) alerting: Alerting,
    /// The node whose values the condition compares; the condition where it does more than that.
    compared: String,
    /// The names of the labels that Grafana gives to alerts of it, which tell none from another.
    shared: BTreeSet<String>,
}

impl BehindGrafana {
    pub(super) fn new(rule: &GrafanaRule) -> Option<Self> {
        let Purpose::Alerting(alerting) = &rule.purpose else {
            return None;
        };
        let condition = rule.nodes.get(rule.condition)?;
        let compared = match (&condition.work, condition.needs().as_slice()) {
            (Work::Threshold(..) | Work::Math(_), [input]) => (*input).to_owned(),
            _ => condition.ref_id.clone(),
        };
        Some(BehindGrafana {
            rule: rule.clone(),
            alerting: (**alerting).clone(),
            compared,
            shared: RESERVED_LABELS
                .map(str::to_owned)
                .into_iter()
                .chain(rule.reserved_labels().into_keys())
                .collect(),
        })
    }

    pub(super) fn nodes(&self) -> Vec<NodeExplained> {
        let nodes = self.rule.nodes.iter().enumerate();
        nodes
            .map(|(number, node)| NodeExplained {
                ref_id: node.ref_id.clone(),
                does: match &node.work {
                    Work::Query(query) => match query.moments {
                        Asked::End => node.work(),
                        Asked::Every { step_ms, .. } => format!(
                            "{} over {}, every {}",
                            node.work(),
                            length(query.from_ms - query.to_ms),
                            length(step_ms)
                        ),
                    },
                    _ => node.work(),
                },
                decides: number == self.rule.condition,
            })
            .collect()
    }

    pub(super) fn bad_states(&self) -> (&'static str, &'static str) {
        let no_data = match self.alerting.no_data {
            NoDataState::NoData => "NoData",
            NoDataState::Alerting => "Alerting",
            NoDataState::Ok => "OK",
            NoDataState::KeepLast => "KeepLast",
        };
        let error = match self.alerting.exec_err {
            ExecErrState::Error => "Error",
            ExecErrState::Alerting => "Alerting",
            ExecErrState::Ok => "OK",
            ExecErrState::KeepLast => "KeepLast",
        };
        (no_data, error)
    }

    pub(super) fn given(
        &self,
        evaluated: &Evaluated<'_>,
        threshold: Option<(&str, f64)>,
    ) -> Vec<NodeGiven> {
        let foremost = self.foremost(evaluated, threshold);
        let nodes = self.rule.nodes.iter();
        nodes
            .map(|node| {
                let (values, left_out, error) = match seen(evaluated, &node.ref_id) {
                    NodeSeen::Failed(error) => (Vec::new(), 0, Some(error)),
                    NodeSeen::NoData => (Vec::new(), 0, None),
                    NodeSeen::Values(values) => {
                        let (values, left_out) = bounded(values, &foremost);
                        (values, left_out, None)
                    }
                };
                NodeGiven {
                    ref_id: node.ref_id.clone(),
                    values,
                    values_left_out: left_out,
                    error,
                }
            })
            .collect()
    }

    pub(super) fn values(
        &self,
        evaluated: &Evaluated<'_>,
        threshold: Option<(&str, f64)>,
    ) -> (Vec<Valued>, usize) {
        let condition = self.rule.nodes.get(self.rule.condition);
        if condition.is_some_and(|node| matches!(node.work, Work::Classic(_))) {
            // What it reduced is compared, and no node gives that.
            let value = evaluated.outcome.value.map(|value| Valued {
                labels: name(&Labels::empty()),
                value: number(value),
            });
            return (value.into_iter().collect(), 0);
        }
        match seen(evaluated, &self.compared) {
            NodeSeen::Values(values) => bounded(values, &self.foremost(evaluated, threshold)),
            NodeSeen::Failed(_) | NodeSeen::NoData => (Vec::new(), 0),
        }
    }

    /// The labels of as many values as are shown, where there are more: those for which the condition holds, and then those nearest
    /// to the threshold.
    fn foremost(
        &self,
        evaluated: &Evaluated<'_>,
        threshold: Option<(&str, f64)>,
    ) -> BTreeSet<Labels> {
        let values = |ref_id: &str| match seen(evaluated, ref_id) {
            NodeSeen::Values(values) => values,
            NodeSeen::Failed(_) | NodeSeen::NoData => Vec::new(),
        };
        let mut compared = values(&self.compared);
        if compared.len() > VALUES_MAX {
            let condition = self.rule.nodes.get(self.rule.condition);
            let decided = condition
                .map(|node| values(&node.ref_id))
                .unwrap_or_default();
            let holds = decided
                .into_iter()
                .filter(|one| one.value.is_some_and(|value| value != 0.0));
            let holding: BTreeSet<Labels> = holds.map(|one| one.labels).collect();
            let distance = |one: &ValueSeen| match (one.value, threshold) {
                (Some(value), Some((_, threshold))) => (value - threshold).abs(),
                _ => f64::INFINITY,
            };
            compared.sort_by(|a, b| {
                let rank = |one: &ValueSeen| !holding.contains(&one.labels);
                rank(a)
                    .cmp(&rank(b))
                    .then(distance(a).total_cmp(&distance(b)))
            });
            compared.truncate(VALUES_MAX);
        }
        compared.into_iter().map(|one| one.labels).collect()
    }

    /// The alerts and their states, those that are normal too.
    pub(super) fn alerts(&self, evaluated: &Evaluated<'_>, elapsed: &Moments<'_>) -> Vec<Active> {
        let (group, rule) = (evaluated.group, evaluated.outcome.rule);
        let states = evaluated.engine.grafana_states(group, rule);
        states
            .map(|seen| Active {
                labels: self.told(&seen.labels),
                state: match seen.reason.as_str() {
                    "" => seen.state.to_owned(),
                    reason => format!("{} ({reason})", seen.state),
                },
                active_since: elapsed(seen.since_ms),
            })
            .collect()
    }

    /// Labels without those that all alerts of the rule share.
    fn told(&self, labels: &Labels) -> BTreeMap<String, String> {
        let own = labels
            .iter()
            .filter(|(name, _)| !self.shared.contains(*name));
        own.map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    pub(super) fn holds(&self, evaluated: &Evaluated<'_>, at_ms: TimeMs) -> bool {
        would_alert(&self.rule, sources(evaluated), at_ms)
    }

    pub(super) fn selectors(&self) -> Vec<Selector> {
        let queries = self.rule.queries();
        Selector::all(queries.map(|query| {
            let reach_ms = query.reach_ms() - query.to_ms;
            (&query.expr.query, query.to_ms, reach_ms)
        }))
    }
}

fn seen(evaluated: &Evaluated<'_>, ref_id: &str) -> NodeSeen {
    let (group, rule) = (evaluated.group, evaluated.outcome.rule);
    let node = evaluated.engine.grafana_node(group, rule, ref_id);
    node.unwrap_or(NodeSeen::NoData)
}

/// As many values as are shown, and how many there are beside them.
fn bounded(mut values: Vec<ValueSeen>, foremost: &BTreeSet<Labels>) -> (Vec<Valued>, usize) {
    let left_out = values.len().saturating_sub(VALUES_MAX);
    if left_out > 0 {
        values.sort_by_key(|one| !foremost.contains(&one.labels));
        values.truncate(VALUES_MAX);
    }
    (values.iter().map(valued).collect(), left_out)
}

fn valued(seen: &ValueSeen) -> Valued {
    let value = seen.value.map_or_else(|| "null".to_owned(), number);
    Valued {
        labels: name(&seen.labels),
        value: match seen.points {
            None => value,
            Some(points) => format!("{value} ({points} points)"),
        },
    }
}

fn length(ms: i64) -> String {
    HumanDuration(Duration::from_millis(u64::try_from(ms).unwrap_or(0))).to_string()
}
