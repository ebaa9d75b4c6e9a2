//! Which values of two sets an operator pairs, by their labels, and what a pair of values comes to.

use super::Operator;
use crate::alerting::grafana::expressions::value::{Cell, Value, contains};
use promql::Labels;
use std::collections::BTreeMap;

/// Pairs that one operator may make.
const PAIRS_MAX: usize = 100_000;

/// Pairs the values of two sets whose labels are equal, or of which one has all labels of the other.
pub(super) fn unite(
    left: &[Value],
    right: &[Value],
    operator: Operator,
) -> Result<Vec<Value>, String> {
    let (Some(first), Some(second)) = (left.first(), right.first()) else {
        return Ok(Vec::new());
    };
    let no_data = *first == Value::NoData || *second == Value::NoData;
    if (left.len() == 1 || right.len() == 1) && no_data {
        return Ok(vec![Value::NoData]);
    }
    let mut united = Vec::new();
    for a in left {
        for b in right {
            let (own, others) = (a.labels(), b.labels());
            let labels = if own == others || others.is_empty() {
                own
            } else if own.is_empty() {
                others
            } else if own.len() == others.len() {
                continue;
            } else if contains(&own, &others) {
                own
            } else if contains(&others, &own) {
                others
            } else {
                continue;
            };
            if united.len() == PAIRS_MAX {
                return Err(format!("more than {PAIRS_MAX} pairs of values"));
            }
            united.push(pair(labels, a, b, operator));
        }
    }
    // One value on each side belongs together, whatever the labels are, and loses them.
    if united.is_empty() && left.len() == 1 && right.len() == 1 {
        united.push(pair(Labels::empty(), first, second, operator));
    }
    Ok(united)
}

fn pair(labels: Labels, a: &Value, b: &Value, operator: Operator) -> Value {
    let cell = |a: Cell, b: Cell| Some(operator.of(a?, b?));
    match (a, b) {
        (Value::NoData, _) | (_, Value::NoData) => Value::NoData,
        (Value::Scalar(a), Value::Scalar(b)) => Value::Scalar(cell(*a, *b)),
        (Value::Scalar(a) | Value::Number(_, a), Value::Scalar(b) | Value::Number(_, b)) => {
            Value::Number(labels, cell(*a, *b))
        }
        (Value::Series(_, points), Value::Scalar(b) | Value::Number(_, b)) => {
            let points = points.iter().map(|(at, a)| (*at, cell(*a, *b)));
            Value::Series(labels, points.collect())
        }
        (Value::Scalar(a) | Value::Number(_, a), Value::Series(_, points)) => {
            let points = points.iter().map(|(at, b)| (*at, cell(*a, *b)));
            Value::Series(labels, points.collect())
        }
        // Points of moments that only one of them has are dropped.
        (Value::Series(_, left), Value::Series(_, right)) => {
            let right: BTreeMap<_, _> = right.iter().copied().collect();
            let points = left
                .iter()
                .filter_map(|(at, a)| right.get(at).map(|b| (*at, cell(*a, *b))));
            Value::Series(labels, points.collect())
        }
    }
}
