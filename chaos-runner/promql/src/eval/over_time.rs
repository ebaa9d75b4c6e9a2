//! Functions of one series' window (`rate`, `avg_over_time`, …). Each is a function of the points, the window's bounds
//! and the function's numbers; `None` means that the series has no result.

use super::rate::{self, Window};
use super::regression;
use super::selectors::RangeItem;
use super::{Evaluated, Evaluator, Item};
use crate::ast::{Call, Edges, Kind, OverTime, ValueType};
use crate::error::EvalError;
use crate::labels::METRIC_TYPE;
use crate::number::{Mean, Sum, quantile};
use crate::store::{Point, TimeMs};

impl Evaluator<'_> {
    /// Applies a function over time to every series of its range vector.
    pub(super) fn over_time(
        &mut self,
        id: usize,
        function: OverTime,
        call: &Call,
        at: TimeMs,
    ) -> Evaluated<Vec<Item>> {
        let mut numbers = Vec::new();
        let mut ranges = None;
        for arg in &call.args {
            match arg.value_type() {
                ValueType::Matrix => ranges = Some(self.ranges(arg, at)?),
                _ => numbers.push(self.scalar(arg, at)?),
            }
        }
        let Some(ranges) = ranges else {
            return Err(EvalError::Type {
                expected: "range vector",
                got: "nothing",
            });
        };
        check_edges(ranges.bounds.edges, function, call.name)?;
        check_numbers(function, &numbers)?;
        let is_rate = matches!(function, OverTime::Rate | OverTime::Increase);
        let one_metric = is_rate && !self.store.is_typed() && names_metric(call);
        let mut values = Vec::with_capacity(ranges.series.len());
        for series in &ranges.series {
            let window = Window {
                points: &series.points,
                starts: &series.starts,
                only_rises: series.only_rises,
                bounds: ranges.bounds,
                at_ms: at,
            };
            let Some(value) = apply(function, &window, &numbers) else {
                continue;
            };
            if is_rate {
                // Of one metric, the first series tells for all.
                if !one_metric || values.is_empty() {
                    self.note_counter(&series.labels);
                }
                if rate::starts_overlap(&window) {
                    let name = series.labels.name().unwrap_or_default();
                    self.notes.starts_overlap(name);
                }
            }
            values.push((series, value));
        }
        if function == OverTime::Quantile && !values.is_empty() {
            self.notes.check_quantile(numbers[0]);
        }
        let keeps_name = matches!(function, OverTime::First | OverTime::Last);
        Ok(self.named(id, &values, keeps_name))
    }

    /// Values with the labels of their series; where names were dropped from the same ones before, with what was left.
    fn named(&self, id: usize, values: &[(&RangeItem<'_>, f64)], keeps_name: bool) -> Vec<Item> {
        let drops = |series: &RangeItem<'_>| series.drop_name || !keeps_name;
        let keys = values
            .iter()
            .map(|(series, _)| (&*series.labels, drops(series)));
        if let Some(settled) = self.settled_before(id, keys) {
            let both = settled.zip(values);
            return both
                .map(|(labels, (_, value))| Item {
                    labels: labels.clone(),
                    value: *value,
                    drop_name: false,
                })
                .collect();
        }
        let items = values.iter().map(|(series, value)| Item {
            labels: series.labels.clone().into_owned(),
            value: *value,
            drop_name: drops(series),
        });
        items.collect()
    }

    /// Notes a rate of what does not look like a counter.
    fn note_counter(&mut self, labels: &crate::labels::Labels) {
        let Some(name) = labels.name() else {
            return;
        };
        if let Some(kind) = labels.get(METRIC_TYPE) {
            if kind != "counter" && kind != "histogram" {
                self.notes.type_is_no_counter(name, kind);
            }
            return;
        }
        let suffixes = ["_total", "_sum", "_count", "_bucket"];
        if !suffixes.iter().any(|suffix| name.ends_with(suffix)) {
            self.notes.not_a_counter(name);
        }
    }
}

/// Whether a function is of a selector that names its metric.
fn names_metric(call: &Call) -> bool {
    call.args.iter().any(|arg| {
        matches!(&arg.unwrapped().kind, Kind::Range(selector, _) if selector.metric().is_some())
    })
}

fn check_edges(edges: Edges, function: OverTime, name: &str) -> Evaluated<()> {
    let rates = matches!(
        function,
        OverTime::Rate | OverTime::Increase | OverTime::Delta
    );
    let counts = matches!(function, OverTime::Changes | OverTime::Resets);
    let (modifier, safe, names) = match edges {
        Edges::Plain => return Ok(()),
        Edges::Anchored => (
            "anchored",
            rates || counts,
            "changes, delta, increase, rate, resets",
        ),
        Edges::Smoothed => ("smoothed", rates, "delta, increase, rate"),
    };
    if safe {
        return Ok(());
    }
    Err(EvalError::InvalidArgument(format!(
        "{modifier} modifier can only be used with: {names} - not with {name}"
    )))
}

fn check_numbers(function: OverTime, numbers: &[f64]) -> Evaluated<()> {
    if function != OverTime::DoubleExponentialSmoothing {
        return Ok(());
    }
    for (factor, what, symbol) in [(numbers[0], "smoothing", "sf"), (numbers[1], "trend", "tf")] {
        if factor <= 0.0 || factor >= 1.0 {
            return Err(EvalError::InvalidArgument(format!(
                "invalid {what} factor. Expected: 0 < {symbol} < 1, got: {factor:.6}"
            )));
        }
    }
    Ok(())
}

fn apply(function: OverTime, window: &Window<'_>, numbers: &[f64]) -> Option<f64> {
    let points = window.points;
    let first = points.first()?;
    let last = points.last()?;
    let seconds = |time_ms: TimeMs| time_ms as f64 / 1000.0;
    Some(match function {
        OverTime::Rate => return rate::rate(window),
        OverTime::Increase => return rate::increase(window),
        OverTime::Delta => return rate::delta(window),
        OverTime::Irate => return rate::instant(window, true),
        OverTime::Idelta => return rate::instant(window, false),
        OverTime::Deriv => return regression::slope(points),
        OverTime::PredictLinear => return regression::predict(points, window.at_ms, numbers[0]),
        OverTime::DoubleExponentialSmoothing => {
            return regression::smooth(points, numbers[0], numbers[1]);
        }
        OverTime::Avg => mean(points),
        OverTime::Sum => sum(points),
        OverTime::Min => extreme(points, |value, best| value < best).value,
        OverTime::Max => extreme(points, |value, best| value > best).value,
        OverTime::TsOfMin => seconds(extreme(points, |value, best| value <= best).time_ms),
        OverTime::TsOfMax => seconds(extreme(points, |value, best| value >= best).time_ms),
        OverTime::TsOfFirst => seconds(first.time_ms),
        OverTime::TsOfLast => seconds(last.time_ms),
        OverTime::Count => points.len() as f64,
        OverTime::First => first.value,
        OverTime::Last => last.value,
        OverTime::Present => 1.0,
        OverTime::Quantile => quantile(numbers[0], &mut values(points)),
        OverTime::Stdvar => variance(points),
        OverTime::Stddev => variance(points).sqrt(),
        OverTime::Mad => median_deviation(points),
        OverTime::Changes => count_changes(&points[rate::first_counted(window)?..]),
        OverTime::Resets => rate::resets(window)?,
    })
}

fn values(points: &[Point]) -> Vec<f64> {
    points.iter().map(|p| p.value).collect()
}

fn mean(points: &[Point]) -> f64 {
    let mut mean = Mean::starting_at(points[0].value);
    for point in &points[1..] {
        mean.add(point.value);
    }
    mean.value()
}

fn sum(points: &[Point]) -> f64 {
    let mut sum = Sum::default();
    for point in points {
        sum.add(point.value);
    }
    sum.total()
}

fn extreme(points: &[Point], beats: impl Fn(f64, f64) -> bool) -> Point {
    points.iter().fold(points[0], |best, point| {
        if beats(point.value, best.value) || best.value.is_nan() {
            *point
        } else {
            best
        }
    })
}

fn variance(points: &[Point]) -> f64 {
    let mut count = 0.0;
    let mut mean = Sum::default();
    let mut squares = Sum::default();
    for point in points {
        count += 1.0;
        let delta = point.value - (mean.sum + mean.compensation);
        mean.add(delta / count);
        squares.add(delta * (point.value - (mean.sum + mean.compensation)));
    }
    (squares.sum + squares.compensation) / count
}

fn median_deviation(points: &[Point]) -> f64 {
    if points.iter().any(|p| p.value.is_nan()) {
        return f64::NAN;
    }
    let median = quantile(0.5, &mut values(points));
    let mut deviations: Vec<f64> = points.iter().map(|p| (p.value - median).abs()).collect();
    quantile(0.5, &mut deviations)
}

fn count_changes(points: &[Point]) -> f64 {
    let pairs = points.windows(2);
    pairs
        .filter(|pair| {
            let (before, value) = (pair[0].value, pair[1].value);
            before != value && !(before.is_nan() && value.is_nan())
        })
        .count() as f64
}
