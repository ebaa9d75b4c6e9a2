//! Vector aggregations: series brought together by labels.

use super::range::variance;
use crate::ast::{Aggregate, VectorOp};
use promql::{Labels, Sample};
use std::cmp::Ordering;
use std::collections::BTreeMap;

pub(super) fn together(aggregate: &Aggregate, mut samples: Vec<Sample>) -> Vec<Sample> {
    let (count, ascending) = match aggregate.op {
        VectorOp::Sort => (usize::MAX, true),
        VectorOp::SortDesc => (usize::MAX, false),
        VectorOp::Topk(count) => (count, false),
        VectorOp::Bottomk(count) => (count, true),
        op => return merged(op, aggregate, samples),
    };
    samples
        .sort_by(|a, b| ordered(a.value, b.value, ascending).then_with(|| a.labels.cmp(&b.labels)));
    if count == usize::MAX {
        return samples;
    }
    let mut taken: BTreeMap<Labels, usize> = BTreeMap::new();
    samples.retain(|sample| {
        let taken = taken
            .entry(aggregate.grouping.of(&sample.labels))
            .or_default();
        *taken += 1;
        *taken <= count
    });
    samples
}

/// Values that are no numbers come last in either order.
fn ordered(a: f64, b: f64, ascending: bool) -> Ordering {
    match (a.is_nan(), b.is_nan()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        _ if ascending => a.total_cmp(&b),
        _ => b.total_cmp(&a),
    }
}

fn merged(op: VectorOp, aggregate: &Aggregate, samples: Vec<Sample>) -> Vec<Sample> {
    let mut groups: BTreeMap<Labels, Vec<f64>> = BTreeMap::new();
    for sample in samples {
        let labels = aggregate.grouping.of(&sample.labels);
        groups.entry(labels).or_default().push(sample.value);
    }
    let merged = groups.into_iter().map(|(labels, values)| Sample {
        labels,
        value: value(op, &values),
    });
    merged.collect()
}

fn value(op: VectorOp, values: &[f64]) -> f64 {
    let (sum, count) = (values.iter().sum::<f64>(), values.len() as f64);
    let numbers = values.iter().copied();
    match op {
        VectorOp::Sum => sum,
        VectorOp::Avg => sum / count,
        VectorOp::Min => numbers.fold(f64::NAN, f64::min),
        VectorOp::Max => numbers.fold(f64::NAN, f64::max),
        VectorOp::Stdvar => variance(numbers),
        VectorOp::Stddev => variance(numbers).sqrt(),
        // The others keep series as they are and do not come here.
        _ => count,
    }
}
