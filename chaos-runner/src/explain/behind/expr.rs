//! What is behind a rule of Prometheus' or Loki's: one expression, which often ends in a comparison with a number.

use super::super::samples::{name, number};
use super::super::{Active, Part, Valued};
use super::{Moments, VALUES_MAX, sources, threshold};
use crate::alerting::evaluate::AlertState;
use crate::alerting::rules::AlertingRule;
use crate::alerting::sources::{Asked as Query, AskedComparison, QueryOptions};
use crate::stage::observe::Evaluated;
use promql::{Sample, TimeMs, Value};

/// The label that holds an alert's name.
const ALERT_NAME: &str = "alertname";

/// An expression and the comparisons in it.
pub(in crate::explain) struct BehindExpr {
    pub(super) rule: AlertingRule,
    comparison: Option<AskedComparison>,
    /// The comparisons that the expression joins, where it does.
    parts: Vec<AskedComparison>,
}

impl BehindExpr {
    pub(super) fn new(rule: &AlertingRule) -> Self {
        let comparison = rule.expr.query.comparison();
        BehindExpr {
            rule: rule.clone(),
            parts: match comparison {
                Some(_) => Vec::new(),
                None => rule.expr.query.comparisons(),
            },
            comparison,
        }
    }

    pub(super) fn values(&self, evaluated: &Evaluated<'_>, at_ms: TimeMs) -> (Vec<Valued>, usize) {
        let query = self
            .comparison
            .as_ref()
            .map_or(&self.rule.expr.query, |comparison| &comparison.value);
        let mut samples = answer(query, evaluated, at_ms);
        let left_out = samples.len().saturating_sub(VALUES_MAX);
        if left_out > 0 && !matches!(self.comparison.as_ref().map(|c| c.op), Some("<" | "<=")) {
            samples.sort_by(|a, b| b.value.total_cmp(&a.value));
        } else if left_out > 0 {
            samples.sort_by(|a, b| a.value.total_cmp(&b.value));
        }
        samples.truncate(VALUES_MAX);
        let valued = |sample: Sample| Valued {
            labels: name(&sample.labels),
            value: number(sample.value),
        };
        (samples.into_iter().map(valued).collect(), left_out)
    }

    pub(super) fn parts(&self, evaluated: &Evaluated<'_>, at_ms: TimeMs) -> Vec<Part> {
        let parts = self.parts.iter();
        parts.map(|one| part(one, evaluated, at_ms)).collect()
    }

    pub(super) fn holds(&self, evaluated: &Evaluated<'_>, at_ms: TimeMs) -> bool {
        !answer(&self.rule.expr.query, evaluated, at_ms).is_empty()
    }
}

/// The alerts that are pending or firing.
pub(super) fn alerts(evaluated: &Evaluated<'_>, elapsed: &Moments<'_>) -> Vec<Active> {
    let active = evaluated
        .engine
        .active_of(evaluated.group, evaluated.outcome.rule);
    active
        .map(|active| Active {
            labels: active
                .labels
                .iter()
                .filter(|(name, _)| *name != ALERT_NAME)
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            state: match active.state {
                AlertState::Pending => "pending".to_owned(),
                AlertState::Firing => "firing".to_owned(),
            },
            active_since: elapsed(active.active_at_ms),
        })
        .collect()
}

/// One of the comparisons that an expression joins, at a moment.
fn part(comparison: &AskedComparison, evaluated: &Evaluated<'_>, at_ms: TimeMs) -> Part {
    let values = answer(&comparison.value, evaluated, at_ms).into_iter();
    let distance = |value: &f64| (value - comparison.threshold).abs();
    let passes = |value: f64| match comparison.op {
        ">" => value > comparison.threshold,
        ">=" => value >= comparison.threshold,
        "<" => value < comparison.threshold,
        "<=" => value <= comparison.threshold,
        "==" => distance(&value) == 0.0,
        _ => distance(&value) != 0.0,
    };
    // One that passes says more than one that is near.
    let nearest = values.map(|sample| sample.value).min_by(|a, b| {
        let rank = |value: f64| (!passes(value), distance(&value));
        let ((a_fails, a), (b_fails, b)) = (rank(*a), rank(*b));
        a_fails.cmp(&b_fails).then(a.total_cmp(&b))
    });
    Part {
        expr: comparison.value.to_string(),
        threshold: threshold((comparison.op, comparison.threshold)),
        value: nearest.map(number),
        holds: nearest.is_some_and(passes),
    }
}

/// What an expression gives at a moment; nothing where it fails.
fn answer(query: &Query, evaluated: &Evaluated<'_>, at_ms: TimeMs) -> Vec<Sample> {
    match query.instant(sources(evaluated), at_ms, &QueryOptions::default()) {
        Ok(answer) => match answer.value {
            Value::Vector(samples) => samples,
            Value::Scalar(value) => vec![Sample {
                labels: promql::Labels::empty(),
                value,
            }],
            Value::String(_) | Value::Matrix(_) => Vec::new(),
        },
        Err(_) => Vec::new(),
    }
}
