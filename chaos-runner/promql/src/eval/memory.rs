//! What a compiled query remembers between evaluations: which series a selector matches, and, for nodes whose work
//! depends on label sets alone, the plan made for the label sets seen last. Rules see the same sets time after time.

use std::collections::BTreeSet;

use super::{Evaluated, Evaluator, Item};
use crate::error::EvalError;
use crate::labels::Labels;
use crate::store::SeriesId;

/// What one node remembers.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// The series that a selector matches; forgotten when the store gets a new series.
    pub(crate) series: Option<Vec<SeriesId>>,
    pub(super) plan: Plan,
    /// How the names that the node drops are dropped.
    settled: Option<Relabel>,
}

/// Which of a node's two relabellings is meant: what it does to labels, or the dropping of names behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Plan,
    Settled,
}

/// A plan for the label sets seen last.
#[derive(Debug, Default)]
pub(super) enum Plan {
    #[default]
    None,
    Relabel(Relabel),
    Groups(super::aggregate::Groups),
    Pairs(super::matching::Pairs),
    Sets(super::matching::Signatures),
}

/// The label sets that a plan was made for.
#[derive(Debug, Default)]
pub(super) struct Inputs(Vec<(Labels, bool)>);

impl Inputs {
    pub(super) fn of(items: &[Item]) -> Self {
        let keys = items.iter().map(|i| (i.labels.clone(), i.drop_name));
        Self(keys.collect())
    }

    /// Whether the items have the very label sets, in the same order.
    pub(super) fn fit(&self, items: &[Item]) -> bool {
        self.0.len() == items.len()
            && self
                .0
                .iter()
                .zip(items)
                .all(|((labels, drop), item)| labels.same(&item.labels) && *drop == item.drop_name)
    }
}

/// New label sets for the items of a vector.
#[derive(Debug)]
pub(super) struct Relabel {
    inputs: Inputs,
    /// For each item its new labels and flag, unless they stay as they are.
    outputs: Vec<Option<(Labels, bool)>>,
    /// Whether the new label sets are in order as they come.
    in_order: bool,
}

impl Relabel {
    fn new(items: &[Item], change: impl Fn(&Item) -> (Labels, bool)) -> Evaluated<Self> {
        let outputs: Vec<_> = items.iter().map(change).collect();
        let mut seen = BTreeSet::new();
        if !outputs.iter().all(|(labels, _)| seen.insert(labels)) {
            return Err(EvalError::DuplicateLabels);
        }
        let in_order = outputs.is_sorted_by(|a, b| a.0 < b.0);
        let changed = items.iter().zip(outputs).map(|(item, output)| {
            let stays = output.0.same(&item.labels) && output.1 == item.drop_name;
            (!stays).then_some(output)
        });
        Ok(Self {
            inputs: Inputs::of(items),
            outputs: changed.collect(),
            in_order,
        })
    }
}

impl Evaluator<'_> {
    /// Gives every item the label set and name flag that `change` says; two of one label set are refused.
    pub(super) fn relabel(
        &mut self,
        id: usize,
        items: Vec<Item>,
        change: impl Fn(&Item) -> (Labels, bool),
    ) -> Evaluated<Vec<Item>> {
        self.relabelled(id, items, change).map(|(items, _)| items)
    }

    /// As [`Evaluator::relabel`], and says whether the items are in order of their labels.
    pub(super) fn relabelled(
        &mut self,
        id: usize,
        items: Vec<Item>,
        change: impl Fn(&Item) -> (Labels, bool),
    ) -> Evaluated<(Vec<Item>, bool)> {
        self.relabelled_as(id, Slot::Plan, items, change)
    }

    pub(super) fn relabelled_as(
        &mut self,
        id: usize,
        slot: Slot,
        mut items: Vec<Item>,
        change: impl Fn(&Item) -> (Labels, bool),
    ) -> Evaluated<(Vec<Item>, bool)> {
        let plan = match self.take_relabel(id, slot) {
            Some(plan) if plan.inputs.fit(&items) => plan,
            _ => Relabel::new(&items, change)?,
        };
        for (item, output) in items.iter_mut().zip(&plan.outputs) {
            if let Some((labels, drop_name)) = output {
                item.labels = labels.clone();
                item.drop_name = *drop_name;
            }
        }
        let in_order = plan.in_order;
        self.put_relabel(id, slot, plan);
        Ok((items, in_order))
    }

    /// The label sets that were left when a node's names were dropped last, if it has these very label sets and flags again.
    pub(super) fn settled_before<'l>(
        &self,
        id: usize,
        mut keys: impl ExactSizeIterator<Item = (&'l Labels, bool)>,
    ) -> Option<impl Iterator<Item = &Labels>> {
        let settled = self.memory[id].settled.as_ref()?;
        let inputs = &settled.inputs.0;
        let same = |((labels, drop), key): (&(Labels, bool), (&Labels, bool))| {
            labels.same(key.0) && *drop == key.1
        };
        if self.options.delayed_name_removal || inputs.len() != keys.len() {
            return None;
        }
        if !inputs.iter().zip(keys.by_ref()).all(same) {
            return None;
        }
        let both = inputs.iter().zip(&settled.outputs);
        Some(both.map(|((input, _), output)| match output {
            Some((labels, _)) => labels,
            None => input,
        }))
    }

    fn take_relabel(&mut self, id: usize, slot: Slot) -> Option<Relabel> {
        let memory = &mut self.memory[id];
        match slot {
            Slot::Settled => memory.settled.take(),
            Slot::Plan => match std::mem::take(&mut memory.plan) {
                Plan::Relabel(plan) => Some(plan),
                _ => None,
            },
        }
    }

    fn put_relabel(&mut self, id: usize, slot: Slot, plan: Relabel) {
        let memory = &mut self.memory[id];
        match slot {
            Slot::Settled => memory.settled = Some(plan),
            Slot::Plan => memory.plan = Plan::Relabel(plan),
        }
    }
}
