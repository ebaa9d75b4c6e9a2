//! Changes of a series over a window (`rate`, `increase`, `delta`, `irate`, `idelta`, `resets`): extrapolated to the window's
//! bounds, with a counter's resets added back. A reset shows in a falling value, or in a later start of the counter.

use super::selectors::Bounds;
use crate::ast::Edges;
use crate::store::{NO_START, Point, TimeMs};

/// What a function over time works on.
pub(super) struct Window<'p> {
    /// At least one.
    pub(super) points: &'p [Point],
    /// When the counter behind each point was started; empty if that is not known.
    pub(super) starts: &'p [TimeMs],
    /// Whether it is known that no value is lower than the one before it.
    pub(super) only_rises: bool,
    pub(super) bounds: Bounds,
    /// The moment of evaluation.
    pub(super) at_ms: TimeMs,
}

impl Window<'_> {
    fn seconds(&self) -> f64 {
        (self.bounds.end_ms - self.bounds.start_ms) as f64 / 1000.0
    }

    /// Whether the counter was reset between the point at `index` and the one before it.
    fn is_reset(&self, index: usize) -> bool {
        let (before, point) = (self.points[index - 1], self.points[index]);
        if point.value < before.value {
            return true;
        }
        let (Some(old), Some(new)) = (self.starts.get(index - 1), self.starts.get(index)) else {
            return false;
        };
        let (old, new) = (*old, *new);
        if new == NO_START || new >= point.time_ms || new < before.time_ms {
            return false;
        }
        // A start at the very sample before it is a delta's, unless that sample's own start is unknown.
        new > before.time_ms || (old != NO_START && old < before.time_ms)
    }
}

/// Whether a sample's start lies before the sample ahead of it without being the same start: the data is inconsistent.
pub(super) fn starts_overlap(window: &Window<'_>) -> bool {
    let pairs = window.starts.windows(2).zip(window.points);
    let mut pairs = pairs.map(|(starts, before)| (starts[0], starts[1], before.time_ms));
    pairs.any(|(old, new, before_ms)| new != NO_START && new < before_ms && new != old)
}

/// The index of the first point that counts: in an anchored window the last one before it.
pub(super) fn first_counted(window: &Window<'_>) -> Option<usize> {
    if window.bounds.edges != Edges::Anchored {
        return Some(0);
    }
    let start_ms = window.bounds.start_ms;
    window.points.last().filter(|p| p.time_ms > start_ms)?;
    let inside = window.points.partition_point(|p| p.time_ms <= start_ms);
    Some(inside.saturating_sub(1))
}

/// How often the counter was reset.
pub(super) fn resets(window: &Window<'_>) -> Option<f64> {
    let first = first_counted(window)?;
    let pairs = first + 1..window.points.len();
    Some(pairs.filter(|at| window.is_reset(*at)).count() as f64)
}

/// The change between the last two points, of a counter per second.
pub(super) fn instant(window: &Window<'_>, is_rate: bool) -> Option<f64> {
    let [.., before, last] = window.points else {
        return None;
    };
    let elapsed_ms = last.time_ms - before.time_ms;
    if elapsed_ms == 0 {
        return None;
    }
    let change = if is_rate && window.is_reset(window.points.len() - 1) {
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

/// The counter's change per second.
pub(super) fn rate(window: &Window<'_>) -> Option<f64> {
    change(window, true, window.seconds())
}

/// The counter's change.
pub(super) fn increase(window: &Window<'_>) -> Option<f64> {
    change(window, true, 1.0)
}

/// The gauge's change.
pub(super) fn delta(window: &Window<'_>) -> Option<f64> {
    change(window, false, 1.0)
}

fn change(window: &Window<'_>, is_counter: bool, per: f64) -> Option<f64> {
    if window.bounds.edges != Edges::Plain {
        return edge_change(window, is_counter).map(|change| change / per);
    }
    let (first, last) = (window.points.first()?, window.points.last()?);
    let mut change = last.value - first.value;
    if is_counter {
        change += lost(window);
    }
    let mut sampled = (last.time_ms - first.time_ms) as f64 / 1000.0;
    let between = match window.points.len() {
        1 => 0.0,
        points => sampled / (points - 1) as f64,
    };
    // A sample missing for more than this means that the series does not reach to the bound.
    let threshold = between * 1.1;
    let mut to_start = (first.time_ms - window.bounds.start_ms) as f64 / 1000.0;
    let mut to_end = (window.bounds.end_ms - last.time_ms) as f64 / 1000.0;
    if let Some(started_ms) = started_inside(window, first).filter(|_| is_counter) {
        // It counted from zero at its start, so nothing needs to be guessed there.
        to_start = 0.0;
        sampled = (last.time_ms - started_ms) as f64 / 1000.0;
        change += first.value;
    } else if window.points.len() == 1 {
        return None;
    } else {
        if to_start >= threshold {
            to_start = between / 2.0;
        }
        if is_counter && change > 0.0 && first.value >= 0.0 {
            // A counter cannot have been below zero: it started there at the earliest.
            to_start = to_start.min(sampled * (first.value / change));
        }
    }
    if to_end >= threshold {
        to_end = between / 2.0;
    }
    let factor = (sampled + to_start + to_end) / sampled / per;
    Some(change * factor)
}

/// What a counter lost at its resets.
fn lost(window: &Window<'_>) -> f64 {
    let mut lost = 0.0;
    if window.starts.is_empty() {
        if window.only_rises {
            return 0.0;
        }
        // Only falling values tell of resets.
        for pair in window.points.windows(2) {
            if pair[1].value < pair[0].value {
                lost += pair[0].value;
            }
        }
        return lost;
    }
    for at in (1..window.points.len()).filter(|at| window.is_reset(*at)) {
        lost += window.points[at - 1].value;
    }
    lost
}

/// When the counter was started, if that is inside the window and before its first point.
fn started_inside(window: &Window<'_>, first: &Point) -> Option<TimeMs> {
    let started_ms = *window.starts.first()?;
    let inside = started_ms > window.bounds.start_ms && started_ms < first.time_ms;
    (inside && started_ms != NO_START).then_some(started_ms)
}

/// The change between the window's very bounds, for anchored and smoothed selectors.
fn edge_change(window: &Window<'_>, is_counter: bool) -> Option<f64> {
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
        change += lost_at_resets(left, right, inside);
    }
    Some(change)
}

/// What a counter lost at its resets, on the way from `left` over the points to `right`.
fn lost_at_resets(left: f64, right: f64, inside: &[Point]) -> f64 {
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
