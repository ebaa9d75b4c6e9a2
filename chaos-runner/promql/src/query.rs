//! Compiled queries: parsed once, evaluated at many moments. Evaluation is by shared reference; what a query remembers
//! between evaluations (matched series, pairings, groupings) only makes it faster, never different.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::annotations::Notes;
use crate::ast::{BinaryOp, Kind, Node};
use crate::error::{EvalError, ParseError};
use crate::eval::{Evaluator, Item, Memory, Span, Val};
use crate::labels::Labels;
use crate::store::{Point, SeriesStore, Stamp, TimeMs};
use crate::value::{Answer, Options, RangeAnswer, RangeSeries, Sample, Value};

/// A compiled PromQL expression. Its `Display` is its canonical text.
#[derive(Debug)]
pub struct Query {
    pub(crate) root: Node,
    nodes: usize,
    remembered: Mutex<Remembered>,
}

#[derive(Debug, Default)]
struct Remembered {
    stamp: Option<Stamp>,
    memory: Vec<Memory>,
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

/// Warnings and infos.
type NoteLists = (Vec<String>, Vec<String>);

impl Query {
    /// Compiles PromQL text.
    ///
    /// # Errors
    /// When the text is no PromQL, or uses what is not supported.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        crate::parse::parse(text).map(Self::of)
    }

    pub(crate) fn of(mut root: Node) -> Self {
        let nodes = root.number(0);
        Self {
            root,
            nodes,
            remembered: Mutex::default(),
        }
    }

    /// Evaluates at one moment. A vector's samples are ordered by their labels, unless the query sorts.
    ///
    /// # Errors
    /// When the query has no answer for the data, or would use more than the limits allow.
    pub fn instant(
        &self,
        store: &SeriesStore,
        at: TimeMs,
        options: &Options,
    ) -> Result<Answer, EvalError> {
        let span = Span {
            start_ms: at,
            end_ms: at,
            step_ms: 0,
        };
        self.evaluating(store, span, options, |evaluator| {
            if matches!(
                self.root.unwrapped().kind,
                Kind::Range(..) | Kind::Subquery(_)
            ) {
                return evaluator.range_series(&self.root, at).map(Value::Matrix);
            }
            Ok(match evaluator.eval(&self.root, at)? {
                Val::Scalar(value) => Value::Scalar(value),
                Val::Text(text) => Value::String(text),
                Val::Vector(items) => {
                    let (mut items, in_order) = evaluator.finished(items)?;
                    if !in_order && !self.root.is_ordered() {
                        items.sort_by(|a, b| a.labels.cmp(&b.labels));
                    }
                    Value::Vector(items.into_iter().map(sample).collect())
                }
            })
        })
        .map(|(value, (warnings, infos))| Answer {
            value,
            warnings,
            infos,
        })
    }

    /// Evaluates at `start`, `start + step`, … up to and including `end`.
    ///
    /// # Errors
    /// As [`Query::instant`]; also when the step is not positive or the query's type has no range form.
    pub fn range(
        &self,
        store: &SeriesStore,
        start: TimeMs,
        end: TimeMs,
        step: i64,
        options: &Options,
    ) -> Result<RangeAnswer, EvalError> {
        let span = Span {
            start_ms: start,
            end_ms: end,
            step_ms: step,
        };
        if step <= 0 {
            return Err(EvalError::BadRange {
                start_ms: start,
                end_ms: end,
                step_ms: step,
            });
        }
        self.evaluating(store, span, options, |evaluator| {
            let mut series = BTreeMap::new();
            let mut points = 0;
            let mut next = Some(start);
            while let Some(at) = next.filter(|at| *at <= end) {
                evaluator.samples = points;
                points += self.step(evaluator, at, &mut series)?.max(1);
                if points > options.limits.samples {
                    return Err(EvalError::TooManySamples {
                        limit: options.limits.samples,
                    });
                }
                next = at.checked_add(step);
            }
            Ok(series)
        })
        .map(|(series, (warnings, infos))| RangeAnswer {
            series: series
                .into_iter()
                .map(|(labels, points)| RangeSeries { labels, points })
                .collect(),
            warnings,
            infos,
        })
    }

    /// One step of a range query; returns how many points it added.
    fn step(
        &self,
        evaluator: &mut Evaluator<'_>,
        at: TimeMs,
        series: &mut BTreeMap<Labels, Vec<Point>>,
    ) -> Result<usize, EvalError> {
        let items = match evaluator.eval(&self.root, at)? {
            Val::Scalar(value) => vec![Item {
                labels: Labels::empty(),
                value,
                drop_name: false,
            }],
            Val::Vector(items) => evaluator.finished(items)?.0,
            Val::Text(_) => {
                return Err(EvalError::Type {
                    expected: "scalar or instant vector",
                    got: "string",
                });
            }
        };
        let added = items.len();
        for item in items {
            let point = Point {
                time_ms: at,
                value: item.value,
            };
            series.entry(item.labels).or_default().push(point);
        }
        let limit = evaluator.options.limits.series;
        if series.len() > limit {
            return Err(EvalError::TooManySeries { limit });
        }
        Ok(added)
    }

    /// Runs an evaluation with what the query remembers, and returns its result with its notes.
    fn evaluating<T>(
        &self,
        store: &SeriesStore,
        span: Span,
        options: &Options,
        evaluate: impl FnOnce(&mut Evaluator<'_>) -> Result<T, EvalError>,
    ) -> Result<(T, NoteLists), EvalError> {
        let mut remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        remembered.refresh(store, self.nodes);
        let mut evaluator = Evaluator {
            store,
            options,
            span,
            memory: &mut remembered.memory,
            notes: Notes::default(),
            samples: 0,
        };
        let result = evaluate(&mut evaluator)?;
        Ok((result, evaluator.notes.into_lists()))
    }

    /// The comparison with a number that the expression ends in, for explaining an alert: `value > 0.05`. The number may
    /// stand on either side and the whole in parentheses; a comparison with `bool` filters nothing and does not count.
    #[must_use]
    pub fn comparison(&self) -> Option<Comparison> {
        let Kind::Binary(binary) = &self.root.unwrapped().kind else {
            return None;
        };
        if !binary.op.is_comparison() || binary.returns_bool {
            return None;
        }
        let (value, op, threshold) = match (binary.lhs.constant(), binary.rhs.constant()) {
            (None, Some(threshold)) => (&binary.lhs, binary.op, threshold),
            (Some(threshold), None) => (&binary.rhs, mirrored(binary.op), threshold),
            _ => return None,
        };
        Some(Comparison {
            value: Self::of(value.unwrapped().clone()),
            op: op.symbol(),
            threshold,
        })
    }
}

impl Clone for Query {
    /// A query that evaluates the same, remembering nothing yet.
    fn clone(&self) -> Self {
        Self::of(self.root.clone())
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

impl std::str::FromStr for Query {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl Remembered {
    /// Forgets matched series when the store is another one or has new series.
    fn refresh(&mut self, store: &SeriesStore, nodes: usize) {
        // One more than there are nodes: the last is for the result.
        self.memory.resize_with(nodes + 1, Memory::default);
        let current = self.stamp.as_ref().is_some_and(|s| s.is_current(store));
        if !current {
            for memory in &mut self.memory {
                memory.series = None;
            }
            self.stamp = Some(store.stamp());
        }
    }
}

fn sample(item: Item) -> Sample {
    Sample {
        labels: item.labels,
        value: item.value,
    }
}

/// The operator that means the same with its sides exchanged.
fn mirrored(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Gt => BinaryOp::Lt,
        BinaryOp::Lt => BinaryOp::Gt,
        BinaryOp::Ge => BinaryOp::Le,
        BinaryOp::Le => BinaryOp::Ge,
        same => same,
    }
}
