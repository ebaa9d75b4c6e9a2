//! Trends of a window: the least-squares line (`deriv`, `predict_linear`) and double exponential smoothing.

use crate::number::Sum;
use crate::store::{Point, TimeMs};

/// The slope of the line through the points, per second.
pub(super) fn slope(points: &[Point]) -> Option<f64> {
    line(points, points.first()?.time_ms).map(|(slope, _)| slope)
}

/// The line's value `ahead_s` seconds after `at_ms`.
pub(super) fn predict(points: &[Point], at_ms: TimeMs, ahead_s: f64) -> Option<f64> {
    line(points, at_ms).map(|(slope, intercept)| slope * ahead_s + intercept)
}

/// Slope and value at `origin_ms` of the line through the points.
fn line(points: &[Point], origin_ms: TimeMs) -> Option<(f64, f64)> {
    let [first, _, ..] = points else {
        return None;
    };
    if points.iter().all(|p| p.value == first.value) {
        let flat = (0.0, first.value);
        return Some(if first.value.is_infinite() {
            (f64::NAN, f64::NAN)
        } else {
            flat
        });
    }
    let mut sums = [Sum::default(); 4];
    for point in points {
        // Times near the origin keep their precision.
        let x = (point.time_ms - origin_ms) as f64 / 1000.0;
        let y = point.value;
        for (sum, value) in sums.iter_mut().zip([x, y, x * y, x * x]) {
            sum.add(value);
        }
    }
    let [x, y, xy, xx] = sums.map(|sum| sum.sum + sum.compensation);
    let n = points.len() as f64;
    let slope = (xy - x * y / n) / (xx - x * x / n);
    Some((slope, y / n - slope * x / n))
}

/// The last smoothed value; `level` and `trend` weigh old against new.
pub(super) fn smooth(points: &[Point], level: f64, trend: f64) -> Option<f64> {
    let [first, second, ..] = points else {
        return None;
    };
    let mut before = 0.0;
    let mut smoothed = first.value;
    let mut slope = second.value - first.value;
    for (at, point) in points.iter().enumerate().skip(1) {
        if at > 1 {
            slope = trend * (smoothed - before) + (1.0 - trend) * slope;
        }
        before = smoothed;
        smoothed = level * point.value + (1.0 - level) * (smoothed + slope);
    }
    Some(smoothed)
}
