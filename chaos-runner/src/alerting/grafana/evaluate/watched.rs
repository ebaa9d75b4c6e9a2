//! What a reader of reports wants to see of an evaluation: the number that the condition compares, and with what.

use super::Given;
use crate::alerting::evaluate::{RuleThreshold, furthest};
use crate::alerting::grafana::expressions::evaluator::Evaluator;
use crate::alerting::grafana::expressions::value::Value;
use crate::alerting::grafana::model::{GrafanaRule, Work};

/// The number that the condition compares.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::alerting) struct Watched {
    /// The one furthest towards the threshold.
    pub(in crate::alerting) value: Option<f64>,
    /// How many there were.
    pub(in crate::alerting) series: usize,
}

/// The threshold of a rule's condition, where it is one comparison with one number.
pub(in crate::alerting) fn threshold(rule: &GrafanaRule) -> Option<RuleThreshold> {
    compared(rule).and_then(|(_, threshold)| threshold)
}

/// The node that the condition compares with a number, and how.
fn compared(rule: &GrafanaRule) -> Option<(&str, Option<RuleThreshold>)> {
    let of = |evaluator: &Evaluator| match evaluator {
        Evaluator::Against(comparison, threshold) => Some(RuleThreshold {
            operator: comparison.symbol(),
            threshold: *threshold,
        }),
        Evaluator::Range { .. } | Evaluator::NoValue => None,
    };
    match &rule.nodes.get(rule.condition)?.work {
        Work::Threshold(input, threshold) => Some((input, of(&threshold.evaluator))),
        Work::Math(formula) => {
            let (input, operator, threshold) = formula.comparison()?;
            let operator = operator.symbol();
            Some((
                input,
                Some(RuleThreshold {
                    operator,
                    threshold,
                }),
            ))
        }
        Work::Classic(conditions) => match conditions.as_slice() {
            [only] => Some((&only.input, of(&only.evaluator))),
            _ => None,
        },
        _ => None,
    }
}

impl Watched {
    /// Of what the nodes of a rule gave.
    pub(super) fn of(rule: &GrafanaRule, given: &Given) -> Self {
        let condition = rule.nodes.get(rule.condition);
        let (name, threshold) = match (compared(rule), condition) {
            (Some(compared), _) => compared,
            (None, Some(node)) => (node.ref_id.as_str(), None),
            (None, None) => return Watched::default(),
        };
        let values = given.get(name).map_or(&[][..], Vec::as_slice);
        let reducing = match condition.map(|node| &node.work) {
            Some(Work::Classic(conditions)) => conditions.first().filter(|_| conditions.len() == 1),
            _ => None,
        };
        let numbers = || {
            values.iter().filter_map(|value| match (value, reducing) {
                (Value::NoData, _) => None,
                (value, Some(only)) => only.reduced(value).ok(),
                (Value::Scalar(cell) | Value::Number(_, cell), None) => Some(*cell),
                (Value::Series(..), None) => None,
            })
        };
        Watched {
            value: furthest(numbers().flatten(), threshold),
            series: numbers().count(),
        }
    }
}
