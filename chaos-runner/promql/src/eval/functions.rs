//! Function calls other than those over time: evaluates the arguments and applies what the name was resolved to.

use super::math::{greatest, least, round};
use super::{Evaluated, Evaluator, Item, Val};
use crate::ast::{Call, Function, Kind, Node, Selector};
use crate::error::EvalError;
use crate::labels::{Labels, METRIC_NAME};
use crate::matcher::MatchOp;
use crate::store::TimeMs;

impl Evaluator<'_> {
    pub(super) fn call(&mut self, id: usize, call: &Call, at: TimeMs) -> Evaluated<Val> {
        let args = call.args.as_slice();
        match &call.function {
            Function::Scalar => self.vector_arg(args, 0, at).map(|items| match &*items {
                [only] => Val::Scalar(only.value),
                _ => Val::Scalar(f64::NAN),
            }),
            Function::Time => Ok(Val::Scalar(at as f64 / 1000.0)),
            Function::Pi => Ok(Val::Scalar(std::f64::consts::PI)),
            Function::Start => Ok(Val::Scalar(self.span.start_ms as f64 / 1000.0)),
            Function::End => Ok(Val::Scalar(self.span.end_ms as f64 / 1000.0)),
            Function::Step => Ok(Val::Scalar(self.span.step_ms as f64 / 1000.0)),
            Function::RangeLength => {
                let length_ms = self.span.end_ms.saturating_sub(self.span.start_ms);
                Ok(Val::Scalar(length_ms as f64 / 1000.0))
            }
            Function::MinOf => self.fold_scalars(args, at, least).map(Val::Scalar),
            Function::MaxOf => self.fold_scalars(args, at, greatest).map(Val::Scalar),
            _ => self.vector_call(id, call, at).map(Val::Vector),
        }
    }

    fn vector_call(&mut self, id: usize, call: &Call, at: TimeMs) -> Evaluated<Vec<Item>> {
        let args = call.args.as_slice();
        match &call.function {
            Function::Map(function) => self.mapped(args, at, function),
            Function::Date(function) => self.date(args, at, *function),
            Function::OverTime(function) => self.over_time(id, *function, call, at),
            Function::Round => {
                let to = match args.get(1) {
                    Some(to) => self.scalar(to, at)?,
                    None => 1.0,
                };
                self.mapped(args, at, |value| round(value, to))
            }
            Function::Clamp => {
                let min = self.scalar_arg(args, 1, at)?;
                let max = self.scalar_arg(args, 2, at)?;
                self.clamped(args, at, min, max)
            }
            Function::ClampMin => {
                let min = self.scalar_arg(args, 1, at)?;
                self.clamped(args, at, min, f64::INFINITY)
            }
            Function::ClampMax => {
                let max = self.scalar_arg(args, 1, at)?;
                self.clamped(args, at, f64::NEG_INFINITY, max)
            }
            Function::Absent => {
                let items = self.vector_arg(args, 0, at)?;
                Ok(absence(items.is_empty(), args))
            }
            Function::AbsentOverTime => {
                let ranges = match args.first() {
                    Some(arg) => self.ranges(arg, at)?,
                    None => return Err(missing_argument()),
                };
                Ok(absence(ranges.series.is_empty(), args))
            }
            Function::Vector => {
                let value = self.scalar_arg(args, 0, at)?;
                Ok(vec![unlabelled(value)])
            }
            Function::Timestamp => self.timestamp(args, at),
            Function::Sort { descending } => {
                let items = self.vector_arg(args, 0, at)?;
                Ok(self.sorted_by_value(items, *descending))
            }
            Function::SortByLabel { labels, descending } => {
                let items = self.vector_arg(args, 0, at)?;
                Ok(self.sorted_by_labels(items, labels, *descending))
            }
            Function::LabelReplace(replace) => {
                let items = self.vector_arg(args, 0, at)?;
                self.replace_label(id, items, replace)
            }
            Function::LabelJoin(join) => {
                let items = self.vector_arg(args, 0, at)?;
                self.join_labels(id, items, join)
            }
            Function::HistogramQuantile => self.histogram_quantile(args, at),
            Function::HistogramQuantiles { label } => self.histogram_quantiles(args, label, at),
            Function::HistogramFraction => self.histogram_fraction(args, at),
            Function::Info => self.info(id, args, at),
            Function::NativeHistogram => {
                // These have no result for float samples, and the store has no others.
                self.vector_arg(args, 0, at)?;
                self.notes.native_histograms_only(call.name);
                Ok(Vec::new())
            }
            // The functions with a scalar result, which `call` has dealt with.
            Function::Scalar
            | Function::Time
            | Function::Pi
            | Function::Start
            | Function::End
            | Function::Step
            | Function::RangeLength
            | Function::MinOf
            | Function::MaxOf => Err(EvalError::Type {
                expected: "instant vector",
                got: "scalar",
            }),
        }
    }

    pub(super) fn vector_arg(
        &mut self,
        args: &[Node],
        index: usize,
        at: TimeMs,
    ) -> Evaluated<Vec<Item>> {
        let arg = args.get(index).ok_or_else(missing_argument)?;
        self.vector(arg, at)
    }

    pub(super) fn scalar_arg(&mut self, args: &[Node], index: usize, at: TimeMs) -> Evaluated<f64> {
        let arg = args.get(index).ok_or_else(missing_argument)?;
        self.scalar(arg, at)
    }

    fn fold_scalars(
        &mut self,
        args: &[Node],
        at: TimeMs,
        fold: fn(f64, f64) -> f64,
    ) -> Evaluated<f64> {
        let mut result = self.scalar_arg(args, 0, at)?;
        for arg in &args[1..] {
            result = fold(result, self.scalar(arg, at)?);
        }
        Ok(result)
    }

    fn mapped(
        &mut self,
        args: &[Node],
        at: TimeMs,
        function: impl Fn(f64) -> f64,
    ) -> Evaluated<Vec<Item>> {
        let mut items = self.vector_arg(args, 0, at)?;
        for item in &mut items {
            item.value = function(item.value);
            item.drop_name = true;
        }
        Ok(items)
    }

    fn clamped(&mut self, args: &[Node], at: TimeMs, min: f64, max: f64) -> Evaluated<Vec<Item>> {
        if max < min {
            return Ok(Vec::new());
        }
        self.mapped(args, at, |value| greatest(min, least(max, value)))
    }

    fn date(
        &mut self,
        args: &[Node],
        at: TimeMs,
        function: fn(i64) -> f64,
    ) -> Evaluated<Vec<Item>> {
        if args.is_empty() {
            return Ok(vec![unlabelled(function(at.div_euclid(1000)))]);
        }
        self.mapped(args, at, |value| function(value as i64))
    }

    /// The time of each sample: its own where a selector names it, the evaluation's for anything computed.
    fn timestamp(&mut self, args: &[Node], at: TimeMs) -> Evaluated<Vec<Item>> {
        let arg = args.first().ok_or_else(missing_argument)?.unwrapped();
        let mut items = if let Kind::Selector(selector) = &arg.kind {
            let moment = self.shifted(&selector.shift, at)?;
            self.select_with(arg.id, selector, moment, |point| {
                point.time_ms as f64 / 1000.0
            })?
        } else {
            let mut items = self.vector(arg, at)?;
            for item in &mut items {
                item.value = at as f64 / 1000.0;
            }
            items
        };
        for item in &mut items {
            item.drop_name = true;
        }
        Ok(items)
    }
}

fn missing_argument() -> EvalError {
    EvalError::Type {
        expected: "another argument",
        got: "nothing",
    }
}

fn unlabelled(value: f64) -> Item {
    Item {
        labels: Labels::empty(),
        value,
        drop_name: false,
    }
}

/// One sample of value 1 with the labels that the argument demands, if there is nothing.
fn absence(is_absent: bool, args: &[Node]) -> Vec<Item> {
    if !is_absent {
        return Vec::new();
    }
    let labels = match args.first().map(|arg| &arg.unwrapped().kind) {
        Some(Kind::Selector(selector) | Kind::Range(selector, _)) => demanded_labels(selector),
        _ => Labels::empty(),
    };
    vec![Item {
        labels,
        value: 1.0,
        drop_name: false,
    }]
}

/// The labels that a selector fixes by a single `=`.
fn demanded_labels(selector: &Selector) -> Labels {
    let conditions = &selector.matchers;
    let fixed = conditions.iter().filter(|matcher| {
        let same = conditions.iter().filter(|m| m.name() == matcher.name());
        matcher.name() != METRIC_NAME && matcher.op() == MatchOp::Equal && same.count() == 1
    });
    fixed.map(|m| (m.name(), m.value())).collect()
}
