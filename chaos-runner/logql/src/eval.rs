//! Evaluates metric queries at one moment after another.

use crate::ast::{
    Aggregate, Binary, Grouping, LineFilter, Node, Pattern, RangeAgg, RangeOp, Stage, VectorOp,
};
use crate::error::EvalError;
use crate::options::Options;
use crate::query::NS_PER_MS;
use crate::store::LogStore;
use promql::{Labels, Sample, TimeMs};
use std::collections::BTreeMap;

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
            Node::Range(range) => self.range(range, at_ms).map(Val::Vector),
            Node::Aggregate(aggregate) => self.aggregate(aggregate, at_ms),
            Node::Binary(binary) => self.binary(binary, at_ms),
        }
    }

    fn range(&mut self, range: &RangeAgg, at_ms: TimeMs) -> Result<Vec<Sample>, EvalError> {
        let until_ns = at_ms
            .saturating_mul(NS_PER_MS)
            .saturating_sub(range.offset_ns);
        let after_ns = until_ns.saturating_sub(range.range_ns);
        let mut samples = Vec::new();
        for stream in self.store.streams() {
            let mut matchers = range.log.matchers.iter();
            if !matchers.all(|matcher| matcher.matches(stream.labels())) {
                continue;
            }
            let (mut count, mut bytes) = (0_usize, 0_usize);
            for line in stream.between(after_ns, until_ns) {
                self.read += 1;
                let mut stages = range.log.stages.iter();
                if stages.all(|stage| passes(stage, &line.text)) {
                    count += 1;
                    bytes += line.text.len();
                }
            }
            let limit = self.options.limits.lines;
            if self.read > limit {
                return Err(EvalError::TooManyLines { limit });
            }
            if count > 0 {
                samples.push(Sample {
                    labels: stream.labels().clone(),
                    value: value(range, count as f64, bytes as f64),
                });
            }
        }
        let limit = self.options.limits.series;
        if samples.len() > limit {
            return Err(EvalError::TooManySeries { limit });
        }
        Ok(samples)
    }

    fn aggregate(&mut self, aggregate: &Aggregate, at_ms: TimeMs) -> Result<Val, EvalError> {
        let Val::Vector(samples) = self.eval(&aggregate.inner, at_ms)? else {
            return Ok(Val::Vector(Vec::new()));
        };
        let mut groups: BTreeMap<Labels, Vec<f64>> = BTreeMap::new();
        for sample in samples {
            let labels = grouped(&sample.labels, &aggregate.grouping);
            groups.entry(labels).or_default().push(sample.value);
        }
        let samples = groups.into_iter().map(|(labels, values)| Sample {
            labels,
            value: together(aggregate.op, &values),
        });
        Ok(Val::Vector(samples.collect()))
    }

    fn binary(&mut self, binary: &Binary, at_ms: TimeMs) -> Result<Val, EvalError> {
        let (left, right) = (
            self.eval(&binary.lhs, at_ms)?,
            self.eval(&binary.rhs, at_ms)?,
        );
        Ok(match (left, right) {
            (Val::Vector(mut samples), Val::Scalar(right)) => {
                samples.retain(|sample| binary.op.holds(sample.value, right));
                Val::Vector(samples)
            }
            (Val::Scalar(left), Val::Vector(mut samples)) => {
                samples.retain(|sample| binary.op.holds(left, sample.value));
                Val::Vector(samples)
            }
            (Val::Scalar(left), Val::Scalar(right)) => {
                Val::Scalar(f64::from(u8::from(binary.op.holds(left, right))))
            }
            // The parser lets none through yet.
            (Val::Vector(_), Val::Vector(_)) => Val::Vector(Vec::new()),
        })
    }
}

fn passes(stage: &Stage, line: &str) -> bool {
    let Stage::Line(LineFilter {
        negated,
        alternatives,
    }) = stage;
    let found = alternatives.iter().any(|pattern| match pattern {
        Pattern::Text(text) => line.contains(text.as_str()),
        Pattern::Regex(regex) => regex.is_match(line),
    });
    found != *negated
}

fn value(range: &RangeAgg, count: f64, bytes: f64) -> f64 {
    let seconds = range.range_ns as f64 / 1e9;
    match range.op {
        RangeOp::CountOverTime => count,
        RangeOp::Rate => count / seconds,
        RangeOp::BytesOverTime => bytes,
        RangeOp::BytesRate => bytes / seconds,
    }
}

fn grouped(labels: &Labels, grouping: &Grouping) -> Labels {
    let named = |name: &str| grouping.labels.iter().any(|label| label == name);
    labels
        .iter()
        .filter(|(name, _)| named(name) != grouping.without)
        .collect()
}

fn together(op: VectorOp, values: &[f64]) -> f64 {
    let (sum, count) = (values.iter().sum::<f64>(), values.len() as f64);
    match op {
        VectorOp::Sum => sum,
        VectorOp::Avg => sum / count,
        VectorOp::Count => count,
        VectorOp::Min => values.iter().copied().fold(f64::INFINITY, f64::min),
        VectorOp::Max => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    }
}
