//! Range aggregations: the lines of a window, through their pipeline, to one sample a series.

use super::Evaluator;
use crate::ast::{RangeAgg, RangeOp, Unwrap, UnwrapUnit};
use crate::error::EvalError;
use crate::pipeline::{LineLabels, run};
use crate::query::NS_PER_MS;
use crate::units;
use promql::{Labels, MatchOp, Sample, TimeMs};
use std::collections::BTreeMap;

/// Series that one range aggregation may come to, before anything brings them together.
const SERIES_HELD_MAX: usize = 100_000;

/// The values of a series with their times.
type Values = Vec<(i64, f64)>;

impl Evaluator<'_> {
    pub(super) fn range(
        &mut self,
        range: &RangeAgg,
        at_ms: TimeMs,
    ) -> Result<Vec<Sample>, EvalError> {
        let until_ns = at_ms
            .saturating_mul(NS_PER_MS)
            .saturating_sub(range.offset_ns);
        let series = self.extracted(range, until_ns.saturating_sub(range.range_ns), until_ns)?;
        if range.op == RangeOp::AbsentOverTime {
            let absent = Sample {
                labels: absent_labels(range),
                value: 1.0,
            };
            return Ok(if series.is_empty() {
                vec![absent]
            } else {
                Vec::new()
            });
        }
        let seconds = range.range_ns as f64 / 1e9;
        let is_counted = range.unwrap.is_none();
        let samples = series.into_iter().map(|(labels, mut values)| {
            // Several streams may feed one series.
            values.sort_by_key(|(at, _)| *at);
            let value = aggregated(range.op, is_counted, seconds, &values);
            Sample { labels, value }
        });
        Ok(samples.collect())
    }

    /// The values of the lines in `(after, until]`, by series.
    fn extracted(
        &mut self,
        range: &RangeAgg,
        after_ns: i64,
        until_ns: i64,
    ) -> Result<BTreeMap<Labels, Values>, EvalError> {
        let grouping = range.extract.grouping.as_ref();
        let mut series: BTreeMap<Labels, Values> = BTreeMap::new();
        for stream in self.store.streams() {
            let mut matchers = range.log.matchers.iter();
            if !matchers.all(|matcher| matcher.matches(stream.labels())) {
                continue;
            }
            let mut labels = LineLabels::new(stream.labels(), &range.extract.wanted);
            for line in stream.between(after_ns, until_ns) {
                self.read += 1;
                let limit = self.options.limits.lines;
                if self.read > limit {
                    return Err(EvalError::TooManyLines { limit });
                }
                labels.reset();
                let Some(value) = value_of(range, &line.text, &mut labels) else {
                    continue;
                };
                if let Some(error) = labels.error()
                    && !labels.keeps_errors()
                {
                    return Err(EvalError::pipeline(error, &labels.all()));
                }
                let values = series.entry(labels.grouped(grouping)).or_default();
                values.push((line.time_ns, value));
                if series.len() > SERIES_HELD_MAX {
                    let limit = SERIES_HELD_MAX;
                    return Err(EvalError::TooManySeries { limit });
                }
            }
        }
        Ok(series)
    }
}

/// What a line counts for, unless it is filtered out or has no value.
fn value_of(range: &RangeAgg, line: &str, labels: &mut LineLabels<'_>) -> Option<f64> {
    let line = run(&range.log.stages, line, labels)?;
    let Some(unwrap) = &range.unwrap else {
        return Some(match range.op {
            RangeOp::BytesOverTime | RangeOp::BytesRate => line.len() as f64,
            _ => 1.0,
        });
    };
    let text = labels.get(&unwrap.label).filter(|text| !text.is_empty())?;
    let value = match unwrapped(unwrap, text) {
        Some(value) => value,
        None => {
            let details = format!("{text:?} is no {}", unwrap.unit.name());
            labels.fail("SampleExtractionErr", &details);
            0.0
        }
    };
    run(&unwrap.filters, &line, labels)?;
    Some(value)
}

fn unwrapped(unwrap: &Unwrap, text: &str) -> Option<f64> {
    match unwrap.unit {
        UnwrapUnit::Float => units::float(text),
        UnwrapUnit::Duration => units::go_duration_seconds(text),
        UnwrapUnit::Bytes => units::bytes(text),
    }
}

impl UnwrapUnit {
    fn name(self) -> &'static str {
        match self {
            UnwrapUnit::Float => "number",
            UnwrapUnit::Duration => "duration",
            UnwrapUnit::Bytes => "size in bytes",
        }
    }
}

/// The labels that `absent_over_time` can tell from its selector: those that it fixes, each once.
fn absent_labels(range: &RangeAgg) -> Labels {
    let matchers = &range.log.matchers;
    let fixed = matchers.iter().filter(|matcher| {
        let same_name = matchers
            .iter()
            .filter(|other| other.name() == matcher.name());
        matcher.op() == MatchOp::Equal && same_name.count() == 1
    });
    fixed
        .map(|matcher| (matcher.name(), matcher.value()))
        .collect()
}

/// The value of a series. `values` is not empty, and in the order of time.
fn aggregated(op: RangeOp, is_counted: bool, seconds: f64, values: &Values) -> f64 {
    let count = values.len() as f64;
    let numbers = || values.iter().map(|(_, value)| *value);
    let sum = || numbers().sum::<f64>();
    match op {
        RangeOp::CountOverTime => count,
        RangeOp::Rate if is_counted => count / seconds,
        RangeOp::Rate | RangeOp::BytesRate => sum() / seconds,
        RangeOp::BytesOverTime | RangeOp::SumOverTime => sum(),
        RangeOp::RateCounter => increase(values) / seconds,
        RangeOp::AvgOverTime => numbers().fold((0.0, 0.0), running_mean).1,
        RangeOp::MinOverTime => numbers().fold(f64::NAN, f64::min),
        RangeOp::MaxOverTime => numbers().fold(f64::NAN, f64::max),
        RangeOp::FirstOverTime => numbers().next().unwrap_or(f64::NAN),
        RangeOp::LastOverTime => numbers().next_back().unwrap_or(f64::NAN),
        RangeOp::StdvarOverTime => variance(numbers()),
        RangeOp::StddevOverTime => variance(numbers()).sqrt(),
        RangeOp::QuantileOverTime(quantile) => quantile_of(quantile, numbers().collect()),
        // It does not come here.
        RangeOp::AbsentOverTime => 1.0,
    }
}

/// The count and the mean with one more value.
fn running_mean((count, mean): (f64, f64), value: f64) -> (f64, f64) {
    let count = count + 1.0;
    if mean.is_infinite() && !value.is_nan() && (value.is_finite() || value == mean) {
        return (count, mean);
    }
    (count, mean + value / count - mean / count)
}

/// How far a counter went up. Loki means to extrapolate to the window as `rate` of Prometheus does, but holds nanoseconds for
/// milliseconds, so that nothing of it is left.
fn increase(values: &Values) -> f64 {
    let steps = values.windows(2);
    steps
        .map(|pair| match pair[1].1 < pair[0].1 {
            true => pair[1].1,
            false => pair[1].1 - pair[0].1,
        })
        .sum()
}

/// The variance of a population.
pub(super) fn variance(values: impl Iterator<Item = f64>) -> f64 {
    let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
    for value in values {
        count += 1.0;
        let delta = value - mean;
        mean += delta / count;
        squares += delta * (value - mean);
    }
    squares / count
}

/// The quantile, between two values where it falls between them.
fn quantile_of(quantile: f64, mut values: Vec<f64>) -> f64 {
    if quantile.is_nan() {
        return f64::NAN;
    }
    if quantile < 0.0 {
        return f64::NEG_INFINITY;
    }
    if quantile > 1.0 {
        return f64::INFINITY;
    }
    values.sort_by(f64::total_cmp);
    let last = values.len() - 1;
    let rank = quantile * last as f64;
    let lower = (rank.floor() as usize).min(last);
    let weight = rank - rank.floor();
    values[lower] * (1.0 - weight) + values[(lower + 1).min(last)] * weight
}
