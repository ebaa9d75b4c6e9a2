//! Binary operators: between numbers and series, and between series that find each other by their labels.

use super::Val;
use crate::ast::{Binary, BinaryOp, Grouping, Many, Matching};
use crate::error::EvalError;
use promql::{Labels, Sample};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn joined(binary: &Binary, left: Val, right: Val) -> Result<Val, EvalError> {
    Ok(match (left, right) {
        (Val::Scalar(left), Val::Scalar(right)) => Val::Scalar(binary.op.apply(left, right)),
        (Val::Vector(samples), Val::Scalar(right)) => {
            Val::Vector(with_number(binary, samples, |value| (value, right)))
        }
        (Val::Scalar(left), Val::Vector(samples)) => {
            Val::Vector(with_number(binary, samples, |value| (left, value)))
        }
        (Val::Vector(left), Val::Vector(right)) if binary.op.is_set() => {
            Val::Vector(set(binary, left, right))
        }
        (Val::Vector(left), Val::Vector(right)) => Val::Vector(paired(binary, left, right)?),
    })
}

/// What an operator makes of two values; nothing where a comparison filters. `kept` is the value that a filter lets through.
fn applied(binary: &Binary, left: f64, right: f64, kept: f64) -> Option<f64> {
    let op = binary.op;
    if !op.is_comparison() || binary.returns_bool {
        return Some(op.apply(left, right));
    }
    op.holds(left, right).then_some(kept)
}

fn with_number(
    binary: &Binary,
    samples: Vec<Sample>,
    sides: impl Fn(f64) -> (f64, f64),
) -> Vec<Sample> {
    let sample = |sample: Sample| {
        let (left, right) = sides(sample.value);
        let value = applied(binary, left, right, sample.value)?;
        let labels = sample.labels;
        Some(Sample { labels, value })
    };
    samples.into_iter().filter_map(sample).collect()
}

fn signature(matching: &Matching, labels: &Labels) -> Labels {
    let grouping = Grouping {
        without: !matching.on,
        labels: matching.labels.clone(),
    };
    grouping.of(labels)
}

fn set(binary: &Binary, left: Vec<Sample>, right: Vec<Sample>) -> Vec<Sample> {
    let key = |sample: &Sample| signature(&binary.matching, &sample.labels);
    let (mut first, second) = match binary.op {
        BinaryOp::Or => {
            let known: BTreeSet<Labels> = left.iter().map(key).collect();
            let new = right
                .into_iter()
                .filter(|sample| !known.contains(&key(sample)));
            return left.iter().cloned().chain(new).collect();
        }
        _ => (left, right),
    };
    let known: BTreeSet<Labels> = second.iter().map(key).collect();
    let keeps_known = binary.op == BinaryOp::And;
    first.retain(|sample| known.contains(&key(sample)) == keeps_known);
    first
}

fn paired(
    binary: &Binary,
    left: Vec<Sample>,
    right: Vec<Sample>,
) -> Result<Vec<Sample>, EvalError> {
    let matching = &binary.matching;
    // The side of which each pair has one series, and the other.
    let (one, many, swapped) = match matching.many {
        Many::Right => (left, right, true),
        Many::Neither | Many::Left => (right, left, false),
    };
    let mut ones: BTreeMap<Labels, Sample> = BTreeMap::new();
    for sample in one {
        let key = signature(matching, &sample.labels);
        if let Some(other) = ones.insert(key.clone(), sample) {
            let side = if swapped { "left" } else { "right" };
            return Err(EvalError::Matching(format!(
                "found duplicate series on the {side} hand-side for the match group {key}, such as {}: the labels must be unique there",
                other.labels
            )));
        }
    }
    let mut seen = BTreeSet::new();
    let mut samples = Vec::new();
    for sample in many {
        let key = signature(matching, &sample.labels);
        let Some(one) = ones.get(&key) else { continue };
        let (left, right) = match swapped {
            true => (one.value, sample.value),
            false => (sample.value, one.value),
        };
        let Some(value) = applied(binary, left, right, left) else {
            continue;
        };
        let labels = result_labels(binary, &sample.labels, &one.labels);
        let is_new = match matching.many {
            Many::Neither => seen.insert(key),
            _ => seen.insert(labels.clone()),
        };
        if !is_new {
            return Err(EvalError::Matching(
                "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
                    .to_owned(),
            ));
        }
        samples.push(Sample { labels, value });
    }
    Ok(samples)
}

fn result_labels(binary: &Binary, many: &Labels, one: &Labels) -> Labels {
    let matching = &binary.matching;
    if matching.many == Many::Neither {
        // A comparison that filters lets its left side through as it is matched.
        return signature(matching, many);
    }
    let include = matching.include.iter();
    include.fold(many.clone(), |labels, name| {
        labels.with(name, one.get(name).unwrap_or_default())
    })
}
