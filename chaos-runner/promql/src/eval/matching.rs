//! Which series of two vectors belong together, and what labels the result has. Both depend on label sets alone, so the
//! pairs are planned once for the sets seen; only the arithmetic is done every time.

use std::collections::{BTreeMap, BTreeSet};

use super::memory::Inputs;
use super::{Evaluated, Item};
use crate::ast::{Binary, BinaryOp, Cardinality, MatchLabels, Matching};
use crate::error::EvalError;
use crate::labels::{Labels, METRIC_NAME};

/// The pairs of two vectors.
#[derive(Debug)]
pub(super) struct Pairs {
    lhs: Inputs,
    rhs: Inputs,
    pub(super) pairs: Vec<Pair>,
}

/// Two items that belong together; one of them may be missing where a fill value stands in.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) lhs: Option<usize>,
    pub(super) rhs: Option<usize>,
    pub(super) labels: Labels,
    pub(super) drop_name: bool,
}

impl Pairs {
    pub(super) fn fit(&self, lhs: &[Item], rhs: &[Item]) -> bool {
        self.lhs.fit(lhs) && self.rhs.fit(rhs)
    }

    pub(super) fn new(binary: &Binary, lhs: &[Item], rhs: &[Item]) -> Evaluated<Self> {
        let swapped = matches!(binary.matching.cardinality, Cardinality::OneToMany(_));
        let (many, one) = if swapped { (rhs, lhs) } else { (lhs, rhs) };
        let pairing = Pairing {
            binary,
            many,
            one,
            swapped,
        };
        Ok(Self {
            lhs: Inputs::of(lhs),
            rhs: Inputs::of(rhs),
            pairs: pairing.pairs()?,
        })
    }
}

/// The pairing of a "many" side, which may have several series of one signature, with a "one" side, which may not.
struct Pairing<'a> {
    binary: &'a Binary,
    many: &'a [Item],
    one: &'a [Item],
    /// The left side is the "one" side.
    swapped: bool,
}

impl Pairing<'_> {
    fn matching(&self) -> &Matching {
        &self.binary.matching
    }

    fn pairs(&self) -> Evaluated<Vec<Pair>> {
        let by_signature = self.one_by_signature()?;
        let (fill_many, fill_one) = if self.swapped {
            (self.matching().fill_rhs, self.matching().fill_lhs)
        } else {
            (self.matching().fill_lhs, self.matching().fill_rhs)
        };
        let mut pairs = Vec::with_capacity(self.many.len());
        let mut taken = BTreeSet::new();
        let mut used = BTreeSet::new();
        for (at, item) in self.many.iter().enumerate() {
            let signature = signature(&item.labels, &self.matching().labels);
            let found = by_signature.get(&signature).copied();
            if found.is_none() && fill_one.is_none() {
                continue;
            }
            used.extend(found);
            let pair = self.pair(Some(at), found, &item.labels, &signature);
            self.claim(&mut taken, signature, &pair)?;
            pairs.push(pair);
        }
        if fill_many.is_some() {
            for (signature, at) in &by_signature {
                if !used.contains(at) {
                    pairs.push(self.pair(None, Some(*at), signature, signature));
                }
            }
        }
        Ok(pairs)
    }

    fn one_by_signature(&self) -> Evaluated<BTreeMap<Labels, usize>> {
        let mut by_signature = BTreeMap::new();
        for (at, item) in self.one.iter().enumerate() {
            let signature = signature(&item.labels, &self.matching().labels);
            if let Some(earlier) = by_signature.insert(signature.clone(), at) {
                let side = if self.swapped { "left" } else { "right" };
                let earlier = &self.one[earlier].labels;
                return Err(EvalError::Matching(format!(
                    "found duplicate series for the match group {signature} on the {side} hand-side of the operation: [{earlier}, {}];many-to-many matching not allowed: matching labels must be unique on one side",
                    item.labels
                )));
            }
        }
        Ok(by_signature)
    }

    /// Refuses a second result for what must have one.
    fn claim(
        &self,
        taken: &mut BTreeSet<(Labels, Option<Labels>)>,
        signature: Labels,
        pair: &Pair,
    ) -> Evaluated<()> {
        let one_to_one = self.matching().cardinality == Cardinality::OneToOne;
        let result = (!one_to_one).then(|| pair.labels.clone());
        if taken.insert((signature, result)) {
            return Ok(());
        }
        Err(EvalError::Matching(
            if one_to_one {
                "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
            } else {
                "multiple matches for labels: grouping labels must ensure unique matches"
            }
            .to_owned(),
        ))
    }

    /// A pair, whose labels are built on `base`. An item that is missing has the labels of the match group.
    fn pair(&self, many: Option<usize>, one: Option<usize>, base: &Labels, group: &Labels) -> Pair {
        let op = self.binary.op;
        let one_labels = one.map_or(group, |at| &self.one[at].labels);
        let labels = result_labels(base, one_labels, op, self.matching());
        let named_by = match many {
            Some(at) => Some(&self.many[at]),
            None => one.map(|at| &self.one[at]),
        };
        let inherits = op.is_comparison() && named_by.is_some_and(|item| item.drop_name);
        let (lhs, rhs) = if self.swapped {
            (one, many)
        } else {
            (many, one)
        };
        Pair {
            lhs,
            rhs,
            labels,
            drop_name: self.binary.returns_bool || inherits,
        }
    }
}

/// The labels by which series are matched.
fn signature(labels: &Labels, matching: &MatchLabels) -> Labels {
    match matching {
        MatchLabels::On(names) => labels.filtered(|name| names.iter().any(|n| n == name)),
        MatchLabels::Ignoring(names) => {
            labels.filtered(|name| name != METRIC_NAME && !names.iter().any(|n| n == name))
        }
    }
}

fn result_labels(many: &Labels, one: &Labels, op: BinaryOp, matching: &Matching) -> Labels {
    let mut labels = if op.is_comparison() {
        many.clone()
    } else {
        many.without_metadata()
    };
    let taken_over = match &matching.cardinality {
        Cardinality::OneToOne => {
            labels = match &matching.labels {
                MatchLabels::On(names) => labels.filtered(|name| names.iter().any(|n| n == name)),
                MatchLabels::Ignoring(names) => {
                    labels.filtered(|name| !names.iter().any(|n| n == name))
                }
            };
            return labels;
        }
        Cardinality::ManyToOne(names) | Cardinality::OneToMany(names) => names,
    };
    for name in taken_over {
        let value = one.get(name).unwrap_or_default();
        labels = labels.with(name, value);
    }
    labels
}

/// For a set operator: which items of the left and of the right have a partner on the other side.
#[derive(Debug)]
pub(super) struct Signatures {
    lhs: Inputs,
    rhs: Inputs,
    pub(super) lhs_matched: Vec<bool>,
    pub(super) rhs_matched: Vec<bool>,
}

impl Signatures {
    pub(super) fn fit(&self, lhs: &[Item], rhs: &[Item]) -> bool {
        self.lhs.fit(lhs) && self.rhs.fit(rhs)
    }

    pub(super) fn new(matching: &Matching, lhs: &[Item], rhs: &[Item]) -> Self {
        let signatures = |items: &[Item]| -> Vec<Labels> {
            let each = items.iter().map(|i| signature(&i.labels, &matching.labels));
            each.collect()
        };
        let (left, right) = (signatures(lhs), signatures(rhs));
        let matched = |own: &[Labels], other: &[Labels]| -> Vec<bool> {
            let other: BTreeSet<&Labels> = other.iter().collect();
            own.iter().map(|labels| other.contains(labels)).collect()
        };
        Self {
            lhs: Inputs::of(lhs),
            rhs: Inputs::of(rhs),
            lhs_matched: matched(&left, &right),
            rhs_matched: matched(&right, &left),
        }
    }
}
