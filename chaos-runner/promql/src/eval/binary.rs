//! Binary operators: arithmetic and comparison of numbers and vectors, and the set operators.

use super::matching::{Pairs, Signatures};
use super::memory::Plan;
use super::{Evaluated, Evaluator, Item, Val};
use crate::ast::{Binary, BinaryOp, Matching};
use crate::error::EvalError;
use crate::store::TimeMs;

/// An arithmetic operator on two numbers; for a comparison, 1 if it holds and 0 if not.
pub(crate) fn arithmetic(op: BinaryOp, lhs: f64, rhs: f64) -> f64 {
    let truth = |holds: bool| if holds { 1.0 } else { 0.0 };
    match op {
        BinaryOp::Add => lhs + rhs,
        BinaryOp::Sub => lhs - rhs,
        BinaryOp::Mul => lhs * rhs,
        BinaryOp::Div => lhs / rhs,
        BinaryOp::Mod => lhs % rhs,
        BinaryOp::Pow => lhs.powf(rhs),
        BinaryOp::Atan2 => lhs.atan2(rhs),
        BinaryOp::Eq => truth(lhs == rhs),
        BinaryOp::Ne => truth(lhs != rhs),
        BinaryOp::Gt => truth(lhs > rhs),
        BinaryOp::Lt => truth(lhs < rhs),
        BinaryOp::Ge => truth(lhs >= rhs),
        BinaryOp::Le => truth(lhs <= rhs),
        // Set operators are not defined on numbers; the parser refuses them.
        BinaryOp::And | BinaryOp::Or | BinaryOp::Unless => f64::NAN,
    }
}

/// The value of an operator between two elements; `None` where a comparison filters the element out.
fn element(binary: &Binary, lhs: f64, rhs: f64, kept: f64) -> Option<f64> {
    let result = arithmetic(binary.op, lhs, rhs);
    if binary.op.is_comparison() && !binary.returns_bool {
        return (result == 1.0).then_some(kept);
    }
    Some(result)
}

impl Evaluator<'_> {
    pub(super) fn binary(&mut self, id: usize, binary: &Binary, at: TimeMs) -> Evaluated<Val> {
        let lhs = self.eval(&binary.lhs, at)?;
        let rhs = self.eval(&binary.rhs, at)?;
        match (lhs, rhs) {
            (Val::Scalar(lhs), Val::Scalar(rhs)) => {
                Ok(Val::Scalar(arithmetic(binary.op, lhs, rhs)))
            }
            (Val::Vector(items), Val::Scalar(rhs)) => {
                Ok(with_scalar(binary, items, |value| (value, rhs)))
            }
            (Val::Scalar(lhs), Val::Vector(items)) => {
                Ok(with_scalar(binary, items, |value| (lhs, value)))
            }
            (Val::Vector(lhs), Val::Vector(rhs)) if binary.op.is_set() => {
                let matching = &binary.matching;
                Ok(Val::Vector(
                    self.set_operation(id, binary.op, matching, lhs, rhs),
                ))
            }
            (Val::Vector(lhs), Val::Vector(rhs)) => {
                self.vectors(id, binary, &lhs, &rhs).map(Val::Vector)
            }
            _ => Err(EvalError::Type {
                expected: "scalar or instant vector",
                got: "string",
            }),
        }
    }

    fn vectors(
        &mut self,
        id: usize,
        binary: &Binary,
        lhs: &[Item],
        rhs: &[Item],
    ) -> Evaluated<Vec<Item>> {
        let fills = (binary.matching.fill_lhs, binary.matching.fill_rhs);
        let nothing = lhs.is_empty() && fills.0.is_none() || rhs.is_empty() && fills.1.is_none();
        if nothing {
            return Ok(Vec::new());
        }
        let plan = match std::mem::take(&mut self.memory[id].plan) {
            Plan::Pairs(plan) if plan.fit(lhs, rhs) => plan,
            _ => Pairs::new(binary, lhs, rhs)?,
        };
        let mut items = Vec::with_capacity(plan.pairs.len());
        for pair in &plan.pairs {
            let value = |items: &[Item], at: Option<usize>, fill: Option<f64>| match at {
                Some(at) => items[at].value,
                None => fill.unwrap_or(f64::NAN),
            };
            let left = value(lhs, pair.lhs, fills.0);
            let right = value(rhs, pair.rhs, fills.1);
            if let Some(value) = element(binary, left, right, left) {
                items.push(Item {
                    labels: pair.labels.clone(),
                    value,
                    drop_name: pair.drop_name,
                });
            }
        }
        self.memory[id].plan = Plan::Pairs(plan);
        Ok(items)
    }

    fn set_operation(
        &mut self,
        id: usize,
        op: BinaryOp,
        matching: &Matching,
        lhs: Vec<Item>,
        rhs: Vec<Item>,
    ) -> Vec<Item> {
        match op {
            BinaryOp::And if lhs.is_empty() || rhs.is_empty() => return Vec::new(),
            BinaryOp::Or if lhs.is_empty() => return rhs,
            BinaryOp::Or | BinaryOp::Unless if rhs.is_empty() => return lhs,
            _ => {}
        }
        let plan = match std::mem::take(&mut self.memory[id].plan) {
            Plan::Sets(plan) if plan.fit(&lhs, &rhs) => plan,
            _ => Signatures::new(matching, &lhs, &rhs),
        };
        let items = match op {
            BinaryOp::And => chosen(lhs, &plan.lhs_matched, true),
            BinaryOp::Unless => chosen(lhs, &plan.lhs_matched, false),
            _ => {
                let mut items = lhs;
                items.extend(chosen(rhs, &plan.rhs_matched, false));
                items
            }
        };
        self.memory[id].plan = Plan::Sets(plan);
        items
    }
}

fn chosen(items: Vec<Item>, matched: &[bool], wanted: bool) -> Vec<Item> {
    let both = items.into_iter().zip(matched);
    both.filter(|(_, matched)| **matched == wanted)
        .map(|(item, _)| item)
        .collect()
}

/// An operator between each element and a number; `sides` puts the element's value on its side.
fn with_scalar(binary: &Binary, mut items: Vec<Item>, sides: impl Fn(f64) -> (f64, f64)) -> Val {
    let renames = !binary.op.is_comparison() || binary.returns_bool;
    items.retain_mut(|item| {
        let (lhs, rhs) = sides(item.value);
        // A filter keeps the vector's value, whichever side it stands on.
        let Some(value) = element(binary, lhs, rhs, item.value) else {
            return false;
        };
        item.value = value;
        item.drop_name |= renames;
        true
    });
    Val::Vector(items)
}
