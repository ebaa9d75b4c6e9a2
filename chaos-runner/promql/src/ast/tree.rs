//! What can be told from a tree alone: types, constants, whether an order matters, and how to walk it.

use super::{Function, Kind, Length, Node, ValueType};

impl Node {
    pub(crate) fn value_type(&self) -> ValueType {
        match &self.kind {
            Kind::Number(_) => ValueType::Scalar,
            Kind::Text(_) => ValueType::Text,
            Kind::Selector(_) | Kind::Aggregate(_) => ValueType::Vector,
            Kind::Range(..) | Kind::Subquery(_) => ValueType::Matrix,
            Kind::Paren(inner) | Kind::Negate(inner) => inner.value_type(),
            Kind::Binary(binary) => match (binary.lhs.value_type(), binary.rhs.value_type()) {
                (ValueType::Scalar, ValueType::Scalar) => ValueType::Scalar,
                _ => ValueType::Vector,
            },
            Kind::Call(call) => call.function.value_type(),
        }
    }

    /// The node without the parentheses around it.
    pub(crate) fn unwrapped(&self) -> &Self {
        match &self.kind {
            Kind::Paren(inner) => inner.unwrapped(),
            _ => self,
        }
    }

    /// The number this node always is, if it is built of numbers alone.
    pub(crate) fn constant(&self) -> Option<f64> {
        match &self.kind {
            Kind::Number(value) => Some(*value),
            Kind::Paren(inner) => inner.constant(),
            Kind::Negate(inner) => inner.constant().map(|value| -value),
            Kind::Binary(binary) if !binary.op.is_set() && !binary.op.is_comparison() => {
                let (lhs, rhs) = (binary.lhs.constant()?, binary.rhs.constant()?);
                Some(crate::eval::arithmetic(binary.op, lhs, rhs))
            }
            _ => None,
        }
    }

    /// Whether the result has an order that means something: sorted, or the top of a list.
    pub(crate) fn is_ordered(&self) -> bool {
        match &self.kind {
            Kind::Paren(inner) | Kind::Negate(inner) => inner.is_ordered(),
            Kind::Binary(binary) => {
                let scalar = |node: &Self| node.value_type() == ValueType::Scalar;
                (scalar(&binary.rhs) && binary.lhs.is_ordered())
                    || (scalar(&binary.lhs) && binary.rhs.is_ordered())
            }
            Kind::Aggregate(aggregate) => aggregate.op.orders(),
            Kind::Call(call) => match call.function {
                Function::Sort { .. } | Function::SortByLabel { .. } => true,
                Function::Map(_) | Function::Round => {
                    call.args.first().is_some_and(Self::is_ordered)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Every node directly below this one.
    pub(crate) fn children(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Number(_) | Kind::Text(_) => Vec::new(),
            Kind::Selector(selector) => selector.shift.offset.node().into_iter().collect(),
            Kind::Range(selector, range) => {
                let lengths = [range, &selector.shift.offset];
                lengths.into_iter().filter_map(Length::node).collect()
            }
            Kind::Subquery(subquery) => [&subquery.range, &subquery.shift.offset]
                .into_iter()
                .chain(&subquery.step)
                .filter_map(Length::node)
                .chain([&*subquery.inner])
                .collect(),
            Kind::Paren(inner) | Kind::Negate(inner) => vec![inner],
            Kind::Binary(binary) => vec![&binary.lhs, &binary.rhs],
            Kind::Aggregate(aggregate) => aggregate
                .param
                .iter()
                .chain(std::iter::once(&aggregate.expr))
                .collect(),
            Kind::Call(call) => call.args.iter().collect(),
        }
    }

    fn children_mut(&mut self) -> Vec<&mut Self> {
        match &mut self.kind {
            Kind::Number(_) | Kind::Text(_) => Vec::new(),
            Kind::Selector(selector) => selector.shift.offset.node_mut().into_iter().collect(),
            Kind::Range(selector, range) => {
                let lengths = [range, &mut selector.shift.offset];
                lengths.into_iter().filter_map(Length::node_mut).collect()
            }
            Kind::Subquery(subquery) => [&mut subquery.range, &mut subquery.shift.offset]
                .into_iter()
                .chain(&mut subquery.step)
                .filter_map(Length::node_mut)
                .chain([&mut *subquery.inner])
                .collect(),
            Kind::Paren(inner) | Kind::Negate(inner) => vec![inner],
            Kind::Binary(binary) => vec![&mut binary.lhs, &mut binary.rhs],
            Kind::Aggregate(aggregate) => aggregate
                .param
                .iter_mut()
                .chain(std::iter::once(&mut aggregate.expr))
                .collect(),
            Kind::Call(call) => call.args.iter_mut().collect(),
        }
    }

    /// Numbers the tree's nodes from `next` on and returns the first number not used.
    pub(crate) fn number(&mut self, next: usize) -> usize {
        self.id = next;
        self.children_mut()
            .into_iter()
            .fold(next + 1, |next, child| child.number(next))
    }
}
