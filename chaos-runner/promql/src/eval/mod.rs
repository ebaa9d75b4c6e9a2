//! Evaluation of an expression tree at one moment: walks the tree, passing vectors up. Reads the store and the compiled
//! query's memory. What drops a name flags the item; the name goes right behind that node or, with delayed name removal
//! on, at the end.

mod aggregate;
mod aggregate_k;
mod binary;
pub(crate) mod calendar;
mod functions;
mod histogram;
mod info;
mod labels;
mod matching;
pub(crate) mod math;
mod memory;
mod over_time;
mod rate;
mod regression;
mod selectors;
mod sort;

use memory::Slot;

pub(crate) use binary::arithmetic;
pub(crate) use memory::Memory;

use crate::annotations::Notes;
use crate::ast::{At, Kind, Length, Node, Shift};
use crate::error::EvalError;
use crate::labels::Labels;
use crate::store::{SeriesStore, TimeMs};
use crate::value::Options;

pub(crate) type Evaluated<T> = Result<T, EvalError>;

/// An element of a vector under evaluation.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) labels: Labels,
    pub(crate) value: f64,
    /// The name is still there, but is not to be in the result.
    pub(crate) drop_name: bool,
}

/// A value under evaluation.
#[derive(Clone, Debug)]
pub(crate) enum Val {
    Scalar(f64),
    Text(String),
    Vector(Vec<Item>),
}

impl Val {
    fn type_name(&self) -> &'static str {
        match self {
            Self::Scalar(_) => "scalar",
            Self::Text(_) => "string",
            Self::Vector(_) => "instant vector",
        }
    }
}

/// The steps of the whole query, which `@ start()` and the like refer to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) start_ms: TimeMs,
    pub(crate) end_ms: TimeMs,
    pub(crate) step_ms: i64,
}

impl Span {
    fn is_instant(self) -> bool {
        self.start_ms == self.end_ms
    }
}

/// One evaluation of a query, over one or more steps.
pub(crate) struct Evaluator<'s> {
    pub(crate) store: &'s SeriesStore,
    pub(crate) options: &'s Options,
    pub(crate) span: Span,
    /// What the query remembers for each node, and last for the result.
    pub(crate) memory: &'s mut [Memory],
    pub(crate) notes: Notes,
    /// How many samples were read so far.
    pub(crate) samples: usize,
}

/// The labels that are left when a name that is to be dropped is.
fn nameless(item: &Item) -> (Labels, bool) {
    if item.drop_name {
        (item.labels.without_metadata(), false)
    } else {
        (item.labels.clone(), false)
    }
}

impl Evaluator<'_> {
    /// Evaluates a node at `at`.
    pub(crate) fn eval(&mut self, node: &Node, at: TimeMs) -> Evaluated<Val> {
        match &node.kind {
            Kind::Number(value) => Ok(Val::Scalar(*value)),
            Kind::Text(text) => Ok(Val::Text(text.clone())),
            Kind::Selector(selector) => self.select(node.id, selector, at).map(Val::Vector),
            Kind::Range(..) | Kind::Subquery(_) => Err(EvalError::Type {
                expected: "instant vector",
                got: "range vector",
            }),
            Kind::Paren(inner) => self.eval(inner, at),
            Kind::Negate(inner) => {
                let value = self.negate(inner, at)?;
                self.settled(node.id, value)
            }
            Kind::Binary(binary) => {
                let value = self.binary(node.id, binary, at)?;
                self.settled(node.id, value)
            }
            Kind::Aggregate(aggregate) => self.aggregate(node.id, aggregate, at).map(Val::Vector),
            Kind::Call(call) => {
                let value = self.call(node.id, call, at)?;
                self.settled(node.id, value)
            }
        }
    }

    /// A vector's items with their final labels: names dropped, two of one label set refused. Also says whether they are
    /// in order of their labels.
    pub(crate) fn finished(&mut self, items: Vec<Item>) -> Evaluated<(Vec<Item>, bool)> {
        let last = self.memory.len() - 1;
        self.relabelled(last, items, nameless)
    }

    /// A node's value without the names that it drops, unless they are dropped at the end.
    fn settled(&mut self, id: usize, value: Val) -> Evaluated<Val> {
        match value {
            Val::Vector(items)
                if !self.options.delayed_name_removal && items.iter().any(|i| i.drop_name) =>
            {
                let (items, _) = self.relabelled_as(id, Slot::Settled, items, nameless)?;
                Ok(Val::Vector(items))
            }
            value => Ok(value),
        }
    }

    fn vector(&mut self, node: &Node, at: TimeMs) -> Evaluated<Vec<Item>> {
        match self.eval(node, at)? {
            Val::Vector(items) => Ok(items),
            other => Err(EvalError::Type {
                expected: "instant vector",
                got: other.type_name(),
            }),
        }
    }

    fn scalar(&mut self, node: &Node, at: TimeMs) -> Evaluated<f64> {
        match self.eval(node, at)? {
            Val::Scalar(value) => Ok(value),
            other => Err(EvalError::Type {
                expected: "scalar",
                got: other.type_name(),
            }),
        }
    }

    fn negate(&mut self, inner: &Node, at: TimeMs) -> Evaluated<Val> {
        match self.eval(inner, at)? {
            Val::Scalar(value) => Ok(Val::Scalar(-value)),
            Val::Vector(mut items) => {
                for item in &mut items {
                    item.value = -item.value;
                    item.drop_name = true;
                }
                Ok(Val::Vector(items))
            }
            Val::Text(_) => Err(EvalError::Type {
                expected: "scalar or instant vector",
                got: "string",
            }),
        }
    }

    /// The moment that a selector or subquery looks at.
    fn shifted(&mut self, shift: &Shift, at: TimeMs) -> Evaluated<TimeMs> {
        let base = match shift.at {
            None => at,
            Some(At::Start) => self.span.start_ms,
            Some(At::End) => self.span.end_ms,
            Some(At::Time(time)) => time,
        };
        let offset_ms = self.length_ms(&shift.offset, at)?;
        Ok(base.saturating_sub(offset_ms))
    }

    /// A duration in milliseconds.
    fn length_ms(&mut self, length: &Length, at: TimeMs) -> Evaluated<i64> {
        match length {
            Length::Ms(ms) => Ok(*ms),
            Length::Computed(node) => Ok((self.scalar(node, at)? * 1000.0) as i64),
        }
    }

    /// The duration of a window or a step.
    fn positive_length_ms(&mut self, length: &Length, at: TimeMs) -> Evaluated<i64> {
        match self.length_ms(length, at)? {
            ms if ms > 0 => Ok(ms),
            _ => Err(EvalError::InvalidArgument(
                "duration must be greater than 0".to_owned(),
            )),
        }
    }

    /// Counts samples that were read, against the limit.
    fn count_samples(&mut self, read: usize) -> Evaluated<()> {
        self.samples += read;
        let limit = self.options.limits.samples;
        if self.samples > limit {
            return Err(EvalError::TooManySamples { limit });
        }
        Ok(())
    }
}
