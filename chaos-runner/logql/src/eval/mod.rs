//! Evaluates metric queries at one moment after another: lines to samples by stream, samples to vectors. It follows Loki's
//! `pkg/logql`, quirks that a rule can see included: dividing by zero gives no number.

mod aggregate;
mod binary;
mod range;

use crate::ast::{LabelReplace, Node};
use crate::error::EvalError;
use crate::options::Options;
use crate::store::LogStore;
use promql::{Labels, Sample, TimeMs};

/// How long a label may become that `label_replace` writes, in bytes: each could double that of the one before.
const LABEL_BYTES_MAX: usize = 1 << 16;

/// What a part of a query gives at a moment.
#[derive(Clone, Debug)]
pub(crate) enum Val {
    Scalar(f64),
    Vector(Vec<Sample>),
}

/// One evaluation: the lines, and how many of them were read.
pub(crate) struct Evaluator<'s> {
    store: &'s LogStore,
    options: &'s Options,
    read: usize,
}

impl<'s> Evaluator<'s> {
    pub(crate) fn new(store: &'s LogStore, options: &'s Options) -> Self {
        Evaluator {
            store,
            options,
            read: 0,
        }
    }

    pub(crate) fn eval(&mut self, node: &Node, at_ms: TimeMs) -> Result<Val, EvalError> {
        match node {
            Node::Number(value) => Ok(Val::Scalar(*value)),
            Node::Vector(value) => Ok(Val::Vector(vec![Sample {
                labels: Labels::empty(),
                value: *value,
            }])),
            Node::Range(range) => self.range(range, at_ms).map(Val::Vector),
            Node::Aggregate(aggregate) => {
                let samples = self.vector(&aggregate.inner, at_ms)?;
                Ok(Val::Vector(aggregate::together(aggregate, samples)))
            }
            Node::LabelReplace(replace) => {
                let samples = self.vector(&replace.inner, at_ms)?;
                replaced(replace, samples).map(Val::Vector)
            }
            Node::Binary(binary) => {
                let left = self.eval(&binary.lhs, at_ms)?;
                let right = self.eval(&binary.rhs, at_ms)?;
                binary::joined(binary, left, right)
            }
        }
    }

    /// The series of a part; a number is one without labels.
    fn vector(&mut self, node: &Node, at_ms: TimeMs) -> Result<Vec<Sample>, EvalError> {
        Ok(match self.eval(node, at_ms)? {
            Val::Vector(samples) => samples,
            Val::Scalar(value) => vec![Sample {
                labels: Labels::empty(),
                value,
            }],
        })
    }
}

/// A series whose label does not match stays as it is.
fn replaced(replace: &LabelReplace, samples: Vec<Sample>) -> Result<Vec<Sample>, EvalError> {
    let replace_in = |sample: Sample| {
        let source = sample.labels.get(&replace.from).unwrap_or_default();
        let Some(found) = replace.regex.captures(source) else {
            return Ok(sample);
        };
        let mut value = String::new();
        found.expand(&replace.replacement, &mut value);
        if value.len() > LABEL_BYTES_MAX {
            let limit = LABEL_BYTES_MAX;
            return Err(EvalError::LabelTooLong { limit });
        }
        Ok(Sample {
            labels: sample.labels.with(&replace.to, &value),
            value: sample.value,
        })
    };
    samples.into_iter().map(replace_in).collect()
}
