//! Compiled queries: parsed once, evaluated at many moments, by shared reference.

use crate::ast::{LogExpr, Node};
use crate::error::{EvalError, ParseError};
use crate::eval::{Evaluator, Val};
use crate::options::Options;
use crate::store::LogStore;
use promql::{Answer, Labels, Matcher, Point, RangeAnswer, RangeSeries, Sample, TimeMs, Value};
use std::collections::BTreeMap;
use std::fmt;

/// A compiled LogQL expression. Its `Display` is the text it was made of.
#[derive(Clone, Debug)]
pub struct Query {
    text: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// Gives lines.
    Log(LogExpr),
    /// Gives numbers.
    Metric(Node),
}

/// The comparison that an alert's expression ends in: `value op threshold`.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The side that is compared, to be evaluated on its own.
    pub value: Query,
    /// The operator, with the value on its left: `>`, `>=`, `<`, `<=`, `==` or `!=`.
    pub op: &'static str,
    /// The number it is compared with.
    pub threshold: f64,
}

/// What a query reads.
#[derive(Clone, Debug)]
pub struct SelectorInfo {
    /// The conditions on the labels of its streams.
    pub matchers: Vec<Matcher>,
    /// How far before an evaluation's time it reads, in milliseconds; 0 for a log query, whose window is its asker's.
    pub reach_ms: i64,
}

impl Query {
    /// Compiles LogQL text: a log query, or a metric query.
    ///
    /// # Errors
    /// When the text is no LogQL, or uses what is not supported.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Ok(Query {
            kind: crate::parse::parse(text)?,
            text: text.to_owned(),
        })
    }

    /// Whether it gives numbers. One that does not gives lines, and cannot be evaluated here.
    #[must_use]
    pub fn is_metric(&self) -> bool {
        matches!(self.kind, Kind::Metric(_))
    }

    fn node(&self) -> Result<&Node, EvalError> {
        match &self.kind {
            Kind::Metric(node) => Ok(node),
            Kind::Log(_) => Err(EvalError::NoMetricQuery),
        }
    }

    /// Evaluates at one moment. A vector's samples are ordered by their labels, unless the query sorts.
    ///
    /// # Errors
    /// When the query gives no numbers, has no answer for the data, or would use more than the limits allow.
    pub fn instant(
        &self,
        store: &LogStore,
        at_ms: TimeMs,
        options: &Options,
    ) -> Result<Answer, EvalError> {
        let node = self.node()?;
        let mut evaluator = Evaluator::new(store, options);
        let value = match evaluator.eval(node, at_ms)? {
            Val::Scalar(value) => Value::Scalar(value),
            Val::Vector(samples) => {
                let limit = options.limits.series;
                if samples.len() > limit {
                    return Err(EvalError::TooManySeries { limit });
                }
                Value::Vector(in_order(samples, node.is_ordered())?)
            }
        };
        Ok(Answer {
            value,
            warnings: Vec::new(),
            infos: Vec::new(),
        })
    }

    /// Evaluates at `start`, `start + step`, … up to and including `end`.
    ///
    /// # Errors
    /// As [`Query::instant`]; also when the step is not positive.
    pub fn range(
        &self,
        store: &LogStore,
        start: TimeMs,
        end: TimeMs,
        step: i64,
        options: &Options,
    ) -> Result<RangeAnswer, EvalError> {
        let node = self.node()?;
        let bad = EvalError::BadRange {
            start_ms: start,
            end_ms: end,
            step_ms: step,
        };
        if step <= 0 || end.saturating_sub(start) / step > STEPS_MAX {
            return Err(bad);
        }
        let mut evaluator = Evaluator::new(store, options);
        let mut series: BTreeMap<Labels, Vec<Point>> = BTreeMap::new();
        let mut next = Some(start);
        while let Some(time_ms) = next.filter(|at| *at <= end) {
            let samples = match evaluator.eval(node, time_ms)? {
                Val::Vector(samples) => samples,
                Val::Scalar(value) => vec![Sample {
                    labels: Labels::empty(),
                    value,
                }],
            };
            for Sample { labels, value } in samples {
                let points = series.entry(labels).or_default();
                if points.last().is_some_and(|last| last.time_ms == time_ms) {
                    return Err(EvalError::DuplicateLabels);
                }
                points.push(Point { time_ms, value });
            }
            let limit = options.limits.series;
            if series.len() > limit {
                return Err(EvalError::TooManySeries { limit });
            }
            next = time_ms.checked_add(step);
        }
        let series = series.into_iter();
        Ok(RangeAnswer {
            series: series
                .map(|(labels, points)| RangeSeries { labels, points })
                .collect(),
            warnings: Vec::new(),
            infos: Vec::new(),
        })
    }

    /// The comparison with a number that the expression ends in, for explaining an alert. The number may stand on either side
    /// and the whole in parentheses; a comparison with `bool` filters nothing and does not count.
    #[must_use]
    pub fn comparison(&self) -> Option<Comparison> {
        let Kind::Metric(Node::Binary(binary)) = &self.kind else {
            return None;
        };
        if !binary.op.is_comparison() || binary.returns_bool {
            return None;
        }
        let (value, (start, end), op, threshold) = match (&binary.lhs, &binary.rhs) {
            (value, Node::Number(threshold)) => (value, binary.lhs_span, binary.op, *threshold),
            (Node::Number(threshold), value) => {
                (value, binary.rhs_span, binary.op.mirrored(), *threshold)
            }
            _ => return None,
        };
        Some(Comparison {
            value: Query {
                text: self.text.get(start..end).unwrap_or(&self.text).to_owned(),
                kind: Kind::Metric(value.clone()),
            },
            op: op.symbol(),
            threshold,
        })
    }

    /// The least number that it can return, where that is known: of lines that are not there is no count, and so none of 0.
    #[must_use]
    pub fn least(&self) -> Option<f64> {
        match &self.kind {
            Kind::Metric(node) => node.least(),
            Kind::Log(_) => None,
        }
    }

    /// Every stream selector of the query, in the order they are written.
    #[must_use]
    pub fn selectors(&self) -> Vec<SelectorInfo> {
        let mut found = Vec::new();
        match &self.kind {
            Kind::Log(log) => found.push(SelectorInfo {
                matchers: log.matchers.clone(),
                reach_ms: 0,
            }),
            Kind::Metric(node) => node.for_each_range(&mut |range| {
                let reach_ns = range.range_ns.saturating_add(range.offset_ns).max(0);
                found.push(SelectorInfo {
                    matchers: range.log.matchers.clone(),
                    reach_ms: reach_ns / NS_PER_MS + i64::from(reach_ns % NS_PER_MS != 0),
                });
            }),
        }
        found
    }

    /// How far before an evaluation's time the query reads, in milliseconds: lines older than that are not needed.
    #[must_use]
    pub fn reach_ms(&self) -> i64 {
        let reaches = self
            .selectors()
            .into_iter()
            .map(|selector| selector.reach_ms);
        reaches.max().unwrap_or(0)
    }
}

/// The samples by their labels, unless they have an order of their own.
fn in_order(samples: Vec<Sample>, is_ordered: bool) -> Result<Vec<Sample>, EvalError> {
    let mut by_labels: Vec<&Sample> = samples.iter().collect();
    by_labels.sort_by(|a, b| a.labels.cmp(&b.labels));
    let mut pairs = by_labels.windows(2);
    if pairs.any(|pair| pair[0].labels == pair[1].labels) {
        return Err(EvalError::DuplicateLabels);
    }
    Ok(match is_ordered {
        true => samples,
        false => by_labels.into_iter().cloned().collect(),
    })
}

/// Nanoseconds of a millisecond.
pub(crate) const NS_PER_MS: i64 = 1_000_000;

/// Steps of a range query, as Loki has it.
const STEPS_MAX: i64 = 11_000;

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for Query {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}
