//! Functions of one series' window (`rate`, `avg_over_time`, …). Each is a function of the points, the window's bounds
//! and the function's numbers; `None` means that the series has no result.

use super::regression;
use super::selectors::Bounds;
use super::{Evaluated, Evaluator, Item};
use crate::ast::{Call, Edges, OverTime, ValueType};
use crate::error::EvalError;
use crate::number::{Mean, Sum, quantile};
use crate::store::{Point, TimeMs};

/// What a function over time works on.
pub(super) struct Window<'p> {
    pub(super) points: &'p [Point],
    pub(super) bounds: Bounds,
    /// The moment of evaluation.
    pub(super) at_ms: TimeMs,
}

impl Window<'_> {
    fn seconds(&self) -> f64 {
        (self.bounds.end_ms - self.bounds.start_ms) as f64 / 1000.0
    }
}

impl Evaluator<'_> {
    /// Applies a function over time to every series of its range vector.
    pub(super) fn over_time(
        &mut self,
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
        let keeps_name = matches!(function, OverTime::First | OverTime::Last);
        let mut items = Vec::with_capacity(ranges.series.len());
        for series in ranges.series {
            let window = Window {
                points: &series.points,
                bounds: ranges.bounds,
                at_ms: at,
            };
            let Some(value) = apply(function, &window, &numbers) else {
                continue;
            };
            if matches!(function, OverTime::Rate | OverTime::Increase) {
                self.note_counter(&series.labels);
            }
            items.push(Item {
                labels: series.labels,
                value,
                drop_name: series.drop_name || !keeps_name,
            });
        }
        if function == OverTime::Quantile && !items.is_empty() {
            self.notes.check_quantile(numbers[0]);
        }
        Ok(items)
    }

    /// Notes a rate of what does not look like a counter.
    fn note_counter(&mut self, labels: &crate::labels::Labels) {
        let Some(name) = labels.name() else {
            return;
        };
        if let Some(kind) = labels.get("__type__") {
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
        OverTime::Rate => return rate(window, true, true),
        OverTime::Increase => return rate(window, true, false),
        OverTime::Delta => return rate(window, false, false),
        OverTime::Irate => return instant_rate(points, true),
        OverTime::Idelta => return instant_rate(points, false),
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
        OverTime::Changes => count_pairs(anchored(window)?, |before, value| {
            before != value && !(before.is_nan() && value.is_nan())
        }),
        OverTime::Resets => count_pairs(anchored(window)?, |before, value| value < before),
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

fn count_pairs(points: &[Point], differ: impl Fn(f64, f64) -> bool) -> f64 {
    let pairs = points.windows(2);
    pairs
        .filter(|pair| differ(pair[0].value, pair[1].value))
        .count() as f64
}

/// The points of an anchored window from the last one before it on; all points of a plain one.
fn anchored<'p>(window: &Window<'p>) -> Option<&'p [Point]> {
    if window.bounds.edges != Edges::Anchored {
        return Some(window.points);
    }
    let start_ms = window.bounds.start_ms;
    window.points.last().filter(|p| p.time_ms > start_ms)?;
    let inside = window.points.partition_point(|p| p.time_ms <= start_ms);
    Some(&window.points[inside.saturating_sub(1)..])
}

fn instant_rate(points: &[Point], is_rate: bool) -> Option<f64> {
    let [.., before, last] = points else {
        return None;
    };
    let elapsed_ms = last.time_ms - before.time_ms;
    if elapsed_ms == 0 {
        return None;
    }
    let was_reset = is_rate && last.value < before.value;
    let change = if was_reset {
        last.value
    } else {
        last.value - before.value
    };
    Some(if is_rate {
        change / (elapsed_ms as f64 / 1000.0)
    } else {
        change
    })
}

/// The change over the window, extrapolated to its bounds; resets of a counter are added back.
fn rate(window: &Window<'_>, is_counter: bool, per_second: bool) -> Option<f64> {
    if window.bounds.edges != Edges::Plain {
        return edge_rate(window, is_counter, per_second);
    }
    let [first, .., last] = window.points else {
        return None;
    };
    let mut change = last.value - first.value;
    if is_counter {
        change += resets_between(window.points);
    }
    let sampled = (last.time_ms - first.time_ms) as f64 / 1000.0;
    let between = sampled / (window.points.len() - 1) as f64;
    // A sample missing for more than this means that the series does not reach to the bound.
    let threshold = between * 1.1;
    let mut to_start = (first.time_ms - window.bounds.start_ms) as f64 / 1000.0;
    let mut to_end = (window.bounds.end_ms - last.time_ms) as f64 / 1000.0;
    if to_start >= threshold {
        to_start = between / 2.0;
    }
    if is_counter && change > 0.0 && first.value >= 0.0 {
        // A counter cannot have been below zero: it started there at the earliest.
        to_start = to_start.min(sampled * (first.value / change));
    }
    if to_end >= threshold {
        to_end = between / 2.0;
    }
    let mut factor = (sampled + to_start + to_end) / sampled;
    if per_second {
        factor /= window.seconds();
    }
    Some(change * factor)
}

fn resets_between(points: &[Point]) -> f64 {
    points
        .windows(2)
        .filter(|pair| pair[1].value < pair[0].value)
        .map(|pair| pair[0].value)
        .sum()
}

/// The change between the window's very bounds, for anchored and smoothed selectors.
fn edge_rate(window: &Window<'_>, is_counter: bool, per_second: bool) -> Option<f64> {
    let Bounds {
        start_ms,
        end_ms,
        edges,
    } = window.bounds;
    let points = window.points;
    let smoothed = edges == Edges::Smoothed;
    let mut last = points.len() - 1;
    let mut first = points[..last]
        .partition_point(|p| p.time_ms <= start_ms)
        .saturating_sub(1);
    if smoothed {
        last = points[..last].partition_point(|p| p.time_ms < end_ms);
    }
    if points[last].time_ms <= start_ms || (smoothed && points[first].time_ms > end_ms) {
        return None;
    }
    let left = if smoothed && points[first].time_ms < start_ms {
        interpolated(points[first], points[first + 1], start_ms, is_counter)
    } else {
        points[first].value
    };
    let right = if smoothed && last > 0 && points[last].time_ms > end_ms {
        interpolated(points[last - 1], points[last], end_ms, is_counter)
    } else {
        points[last].value
    };
    let mut change = right - left;
    if is_counter {
        first += usize::from(points[first].time_ms <= start_ms);
        let end = last + usize::from(points[last].time_ms < end_ms);
        let inside = points.get(first..end).unwrap_or_default();
        change += resets_at_edges(left, right, inside);
    }
    Some(if per_second {
        change / window.seconds()
    } else {
        change
    })
}

fn resets_at_edges(left: f64, right: f64, inside: &[Point]) -> f64 {
    let mut lost = 0.0;
    let mut before = left;
    for value in inside.iter().map(|p| p.value).chain([right]) {
        if value < before {
            lost += before;
        }
        before = value;
    }
    lost
}

/// The value at `time_ms` on the line between two points; a counter that was reset between them started again at zero.
pub(super) fn interpolated(from: Point, to: Point, time_ms: TimeMs, is_counter: bool) -> f64 {
    let start = if is_counter && to.value < from.value {
        0.0
    } else {
        from.value
    };
    let share = (time_ms - from.time_ms) as f64 / (to.time_ms - from.time_ms) as f64;
    start + (to.value - start) * share
}
