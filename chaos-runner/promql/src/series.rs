//! One series of the store: its samples in time order, the windows of them that queries read, and what it knows of them that spares
//! queries to look. Knows nothing of other series.

use crate::labels::Labels;
use crate::store::{AppendError, NO_START, Point, TimeMs, is_stale};

/// One series: its labels and its samples in time order.
#[derive(Clone, Debug)]
pub struct Series {
    labels: Labels,
    points: Vec<Point>,
    /// When each point's counter was started, or [`NO_START`]; empty while no point has a start.
    starts: Vec<TimeMs>,
    /// Points before this index were dropped; they are freed in bulk.
    head: usize,
    stale_markers: usize,
    /// The newest value that is no staleness marker.
    newest: f64,
    /// When a value was lower than the one before it, the last time.
    fell_ms: Option<TimeMs>,
}

impl Series {
    /// A series without samples.
    pub(crate) fn new(labels: Labels) -> Self {
        Self {
            labels,
            points: Vec::new(),
            starts: Vec::new(),
            head: 0,
            stale_markers: 0,
            newest: f64::NAN,
            fell_ms: None,
        }
    }

    /// What identifies the series.
    #[must_use]
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// The samples kept, oldest first, staleness markers included.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points[self.head..]
    }

    /// Whether no value after the one at `since` is lower than the one before it.
    pub(crate) fn only_rises_since(&self, since: TimeMs) -> bool {
        self.fell_ms.is_none_or(|fell_ms| fell_ms <= since)
    }

    pub(crate) fn has_stale_markers(&self) -> bool {
        self.stale_markers > 0
    }

    /// The samples later than `after` and not later than `until`, and their starts if there are any.
    pub(crate) fn window(&self, after: TimeMs, until: TimeMs) -> (&[Point], &[TimeMs]) {
        let points = self.points();
        let end = upper_bound(points, until);
        let start = upper_bound(&points[..end], after);
        let starts = self.starts.get(self.head + start..self.head + end);
        (&points[start..end], starts.unwrap_or_default())
    }

    /// The newest sample not later than `until`.
    pub(crate) fn latest(&self, until: TimeMs) -> Option<Point> {
        let points = self.points();
        upper_bound(points, until)
            .checked_sub(1)
            .map(|last| points[last])
    }

    pub(crate) fn append(&mut self, point: Point, start: TimeMs) -> Result<bool, AppendError> {
        if let Some(newest) = self.points().last() {
            let (time_ms, newest_ms) = (point.time_ms, newest.time_ms);
            if time_ms < newest_ms {
                return Err(AppendError::OutOfOrder { time_ms, newest_ms });
            }
            if time_ms == newest_ms {
                let same = newest.value.to_bits() == point.value.to_bits();
                return if same {
                    Ok(false)
                } else {
                    Err(AppendError::Duplicate { time_ms })
                };
            }
        }
        if is_stale(point.value) {
            self.stale_markers += 1;
        } else {
            if point.value < self.newest {
                self.fell_ms = Some(point.time_ms);
            }
            self.newest = point.value;
        }
        if start != NO_START || !self.starts.is_empty() {
            self.starts.resize(self.points.len(), NO_START);
            self.starts.push(start);
        }
        self.points.push(point);
        Ok(true)
    }

    /// Drops what is older than `since` and says how many samples that were.
    pub(crate) fn retain_since(&mut self, since: TimeMs) -> usize {
        let dropped = self.points().partition_point(|p| p.time_ms < since);
        let gone = &self.points[self.head..self.head + dropped];
        self.stale_markers -= gone.iter().filter(|p| is_stale(p.value)).count();
        self.head += dropped;
        if self.head > 64 && self.head * 2 > self.points.len() {
            self.points.drain(..self.head);
            self.starts.drain(..self.head.min(self.starts.len()));
            self.head = 0;
        }
        dropped
    }
}

/// The index after the last point not later than `until`. Rules read the newest samples, and samples mostly come at one interval:
/// it is guessed by the last one, and looked for around the guess in strides that double.
fn upper_bound(points: &[Point], until: TimeMs) -> usize {
    let guess = match points {
        [.., last] if last.time_ms <= until => return points.len(),
        [.., before, last] => {
            let interval = last.time_ms.abs_diff(before.time_ms).max(1);
            let back = last.time_ms.abs_diff(until).div_ceil(interval);
            points
                .len()
                .saturating_sub(usize::try_from(back).unwrap_or(usize::MAX))
        }
        _ => return 0,
    };
    let is_before = |at: usize| points[at].time_ms <= until;
    // What is searched in the end: all before `low` are not later, all from `high` on are.
    let (mut low, mut high) = (0, points.len());
    let mut stride = 1;
    if guess == 0 || is_before(guess - 1) {
        low = guess;
        while low + stride <= high && is_before(low + stride - 1) {
            low += stride;
            stride *= 2;
        }
        high = high.min(low + stride - 1);
    } else {
        high = guess - 1;
        while high >= stride && !is_before(high - stride) {
            high -= stride;
            stride *= 2;
        }
        low = low.max(high.saturating_sub(stride));
    }
    low + points[low..high].partition_point(|p| p.time_ms <= until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_a_walk_through_all_points() {
        for count in 0..40_i64 {
            let points: Vec<Point> = (0..count)
                .map(|at| Point {
                    time_ms: at * 10,
                    value: 0.0,
                })
                .collect();
            for until in -5..count * 10 + 5 {
                let walked = points.iter().filter(|p| p.time_ms <= until).count();
                assert_eq!(upper_bound(&points, until), walked, "{until} of {count}");
                // The same with moments that grow apart, come closer, and jump.
                for bend in [
                    |t: i64| t * t,
                    |t: i64| t * 3 - t * t / 400,
                    |t: i64| t + t / 70 * 500,
                ] {
                    let bent: Vec<Point> = points
                        .iter()
                        .map(|p| Point {
                            time_ms: bend(p.time_ms),
                            value: 0.0,
                        })
                        .collect();
                    let until = bend(until);
                    let walked = bent.iter().filter(|p| p.time_ms <= until).count();
                    assert_eq!(upper_bound(&bent, until), walked, "{until} of {count}");
                }
            }
        }
    }
}
