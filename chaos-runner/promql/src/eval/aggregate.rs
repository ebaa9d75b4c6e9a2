//! Aggregations to one value a group (`sum`, `avg`, …) and `count_values`. Which group an item belongs to depends on its
//! labels alone and is planned once for the sets seen.

use std::collections::BTreeMap;

use super::memory::{Inputs, Plan};
use super::{Evaluated, Evaluator, Item};
use crate::ast::{Aggregate, AggregateOp, Grouping, Kind};
use crate::error::EvalError;
use crate::labels::{Labels, METRIC_NAME};
use crate::number::{Mean, Sum, decimal, quantile};
use crate::store::TimeMs;

/// Which group each item belongs to.
#[derive(Debug, Default)]
pub(super) struct Groups {
    inputs: Inputs,
    /// For each item the index of its group.
    pub(super) group_of: Vec<usize>,
    /// For each group its labels, and whether a member's name is to be dropped.
    pub(super) outputs: Vec<(Labels, bool)>,
}

impl Groups {
    fn new(items: &[Item], grouping: &Grouping) -> Self {
        let mut index_of = BTreeMap::new();
        let mut outputs: Vec<(Labels, bool)> = Vec::new();
        let group_of = items.iter().map(|item| {
            let labels = grouped_labels(&item.labels, grouping);
            let index = *index_of.entry(labels.clone()).or_insert(outputs.len());
            if index == outputs.len() {
                outputs.push((labels, false));
            }
            outputs[index].1 |= item.drop_name;
            index
        });
        let mut group_of: Vec<usize> = group_of.collect();
        // In order of their labels, so that what an aggregation answers need not be sorted every time.
        let mut places = vec![0; outputs.len()];
        for (place, index) in index_of.values().enumerate() {
            places[*index] = place;
        }
        outputs.sort_by(|a, b| a.0.cmp(&b.0));
        for group in &mut group_of {
            *group = places[*group];
        }
        Self {
            inputs: Inputs::of(items),
            group_of,
            outputs,
        }
    }
}

/// The labels that a member's group has.
fn grouped_labels(labels: &Labels, grouping: &Grouping) -> Labels {
    let listed = |names: &[String], name: &str| names.iter().any(|n| n == name);
    match grouping {
        Grouping::By(names) => labels.filtered(|name| listed(names, name)),
        Grouping::Without(names) => {
            labels.filtered(|name| name != METRIC_NAME && !listed(names, name))
        }
    }
}

impl Evaluator<'_> {
    pub(super) fn aggregate(
        &mut self,
        id: usize,
        aggregate: &Aggregate,
        at: TimeMs,
    ) -> Evaluated<Vec<Item>> {
        use AggregateOp as Op;
        match aggregate.op {
            Op::CountValues => return self.count_values(aggregate, at),
            Op::Topk | Op::Bottomk | Op::Limitk | Op::LimitRatio => {
                return self.aggregate_k(id, aggregate, at);
            }
            _ => {}
        }
        let q = match (&aggregate.param, aggregate.op) {
            (Some(param), Op::Quantile) => self.scalar(param, at)?,
            _ => f64::NAN,
        };
        let items = self.vector(&aggregate.expr, at)?;
        if aggregate.op == Op::Quantile {
            self.notes.check_quantile(q);
        }
        let groups = self.groups(id, &items, &aggregate.grouping);
        let values = match aggregate.op {
            Op::Sum => fold(&items, &groups, Sum::starting_at, Sum::add, Sum::total),
            Op::Avg => fold(&items, &groups, Mean::starting_at, Mean::add, Mean::value),
            Op::Count => fold(&items, &groups, |_| 1.0, |n, _| *n += 1.0, |n| n),
            Op::Group => fold(&items, &groups, |_| 1.0, |_, _| {}, |one| one),
            Op::Min => fold(&items, &groups, |v| v, min, |v| v),
            Op::Max => fold(&items, &groups, |v| v, max, |v| v),
            Op::Stdvar => fold(&items, &groups, Spread::new, Spread::add, Spread::variance),
            Op::Stddev => fold(&items, &groups, Spread::new, Spread::add, |spread| {
                spread.variance().sqrt()
            }),
            _ => fold(
                &items,
                &groups,
                |v| vec![v],
                Vec::push,
                |mut values| quantile(q, &mut values),
            ),
        };
        let outputs = groups.outputs.iter().zip(values);
        let result = outputs.map(|((labels, drop_name), value)| Item {
            labels: labels.clone(),
            value,
            drop_name: *drop_name,
        });
        let result = result.collect();
        self.memory[id].plan = Plan::Groups(groups);
        Ok(result)
    }

    /// The groups of the items: those planned before, if the label sets are the same. The caller puts the plan back.
    pub(super) fn groups(&mut self, id: usize, items: &[Item], grouping: &Grouping) -> Groups {
        match std::mem::take(&mut self.memory[id].plan) {
            Plan::Groups(groups) if groups.inputs.fit(items) => groups,
            _ => Groups::new(items, grouping),
        }
    }

    /// How many items have each value, by group and value.
    fn count_values(&mut self, aggregate: &Aggregate, at: TimeMs) -> Evaluated<Vec<Item>> {
        let label = match aggregate.param.as_ref().map(|p| &p.unwrapped().kind) {
            Some(Kind::Text(label)) if !label.is_empty() => label,
            _ => {
                return Err(EvalError::InvalidArgument(
                    "invalid label name \"\"".to_owned(),
                ));
            }
        };
        let grouping = match &aggregate.grouping {
            Grouping::By(names) => Grouping::By(
                names
                    .iter()
                    .chain(std::iter::once(label))
                    .cloned()
                    .collect(),
            ),
            without @ Grouping::Without(_) => without.clone(),
        };
        let mut counts: BTreeMap<Labels, f64> = BTreeMap::new();
        for item in self.vector(&aggregate.expr, at)? {
            let labels = item.labels.with(label, &decimal(item.value));
            *counts
                .entry(grouped_labels(&labels, &grouping))
                .or_default() += 1.0;
        }
        let items = counts.into_iter().map(|(labels, value)| Item {
            labels,
            value,
            drop_name: false,
        });
        Ok(items.collect())
    }
}

/// Folds each group's values, starting from its first.
fn fold<A>(
    items: &[Item],
    groups: &Groups,
    start: impl Fn(f64) -> A,
    add: impl Fn(&mut A, f64),
    finish: impl Fn(A) -> f64,
) -> Vec<f64> {
    let mut states: Vec<Option<A>> = groups.outputs.iter().map(|_| None).collect();
    for (item, group) in items.iter().zip(&groups.group_of) {
        match &mut states[*group] {
            Some(state) => add(state, item.value),
            empty => *empty = Some(start(item.value)),
        }
    }
    // Every group has a member, so nothing is left out here.
    states.into_iter().flatten().map(finish).collect()
}

fn min(least: &mut f64, value: f64) {
    if value < *least || least.is_nan() {
        *least = value;
    }
}

fn max(most: &mut f64, value: f64) {
    if value > *most || most.is_nan() {
        *most = value;
    }
}

/// Mean and sum of squared deviations, updated value by value (Welford).
struct Spread {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Spread {
    fn new(value: f64) -> Self {
        Self {
            count: 1.0,
            mean: value,
            squares: if value.is_finite() { 0.0 } else { f64::NAN },
        }
    }

    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let delta = value - self.mean;
        self.mean += delta / self.count;
        self.squares += delta * (value - self.mean);
    }

    fn variance(self) -> f64 {
        self.squares / self.count
    }
}
