//! `resample`: a series brought onto a grid. It follows Grafana's `pkg/expr/mathexp/resample.go`.

use super::reduce::Reducer;
use super::value::{Cell, Value};
use promql::TimeMs;

/// Points that a resampled series may have.
const POINTS_MAX: i64 = 100_000;

/// How a series is resampled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resample {
    /// The distance of the points, in milliseconds.
    pub window_ms: i64,
    /// What several points of one window become.
    pub downsampler: Reducer,
    /// What stands where a window has no point.
    pub upsampler: Upsampler,
    /// Where the grid starts, before the evaluation, in milliseconds.
    pub from_ms: i64,
    /// Where it ends.
    pub to_ms: i64,
}

/// What stands where a window has no point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upsampler {
    /// The last one before.
    Pad,
    /// The next one.
    Backfilling,
    /// Null.
    Fillna,
}

impl Resample {
    /// Resamples every series.
    pub(in crate::alerting::grafana) fn of(
        self,
        values: &[Value],
        now_ms: TimeMs,
    ) -> Result<Vec<Value>, String> {
        let mut resampled = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Value::Series(labels, points) => {
                    resampled.push(Value::Series(labels.clone(), self.series(points, now_ms)?));
                }
                Value::NoData => {
                    resampled.push(Value::NoData);
                    return Ok(resampled);
                }
                other => {
                    return Err(format!(
                        "can only resample type series, got type {}",
                        other.type_name()
                    ));
                }
            }
        }
        Ok(resampled)
    }

    fn series(
        self,
        points: &[(TimeMs, Cell)],
        now_ms: TimeMs,
    ) -> Result<Vec<(TimeMs, Cell)>, String> {
        let (from, to) = (now_ms - self.from_ms, now_ms - self.to_ms);
        let steps = (to - from).checked_div(self.window_ms).unwrap_or(0);
        if steps <= 0 {
            return Err(
                "the series cannot be sampled further; the time range is shorter than the interval"
                    .to_owned(),
            );
        }
        if steps > POINTS_MAX {
            return Err(format!(
                "the resampled series would have more than {POINTS_MAX} points"
            ));
        }
        let mut rest = points;
        let mut last_seen = None;
        let mut resampled = Vec::new();
        for step in 0..=steps {
            let at = from + step * self.window_ms;
            let count = rest.partition_point(|(time, _)| *time <= at);
            let (window, later) = rest.split_at(count);
            rest = later;
            let cells: Vec<Cell> = window.iter().map(|(_, cell)| *cell).collect();
            last_seen = cells.last().copied().unwrap_or(last_seen);
            let cell = match cells.as_slice() {
                [] => match self.upsampler {
                    Upsampler::Pad => last_seen,
                    Upsampler::Backfilling => rest.first().and_then(|(_, cell)| *cell),
                    Upsampler::Fillna => None,
                },
                [only] => *only,
                several => self.downsampler.of(several),
            };
            resampled.push((at, cell));
        }
        Ok(resampled)
    }
}
