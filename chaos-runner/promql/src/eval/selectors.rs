//! Selectors and subqueries: samples out of the store, at a moment or in a window. Windows and the lookback are open on
//! the left and closed on the right; staleness markers end a series and are no samples.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Evaluated, Evaluator, Item};
use crate::ast::{Edges, Kind, Node, Selector, Subquery};
use crate::error::EvalError;
use crate::labels::Labels;
use crate::series::Series;
use crate::store::{Point, SeriesId, TimeMs, is_stale};
use crate::value::RangeSeries;

/// A range vector under evaluation.
#[derive(Debug)]
pub(super) struct Ranges<'s> {
    pub(super) series: Vec<RangeItem<'s>>,
    pub(super) bounds: Bounds,
}

/// The window that all series of a range vector share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) start_ms: TimeMs,
    pub(super) end_ms: TimeMs,
    pub(super) edges: Edges,
}

/// One series of a range vector; it has at least one point.
#[derive(Debug)]
pub(super) struct RangeItem<'s> {
    pub(super) labels: Cow<'s, Labels>,
    pub(super) drop_name: bool,
    pub(super) points: Cow<'s, [Point]>,
    /// When the counter behind each point was started; empty if that is not known.
    pub(super) starts: Cow<'s, [TimeMs]>,
    /// Whether it is known that no value is lower than the one before it.
    pub(super) only_rises: bool,
}

impl<'s> Evaluator<'s> {
    /// The newest sample of each matching series, if it is recent enough.
    pub(super) fn select(
        &mut self,
        id: usize,
        selector: &Selector,
        at: TimeMs,
    ) -> Evaluated<Vec<Item>> {
        let moment = self.shifted(&selector.shift, at)?;
        if selector.edges == Edges::Smoothed {
            return self.select_smoothed(id, selector, moment);
        }
        self.select_with(id, selector, moment, |point| point.value)
    }

    /// As [`Evaluator::select`], with what `value_of` makes of the sample.
    pub(super) fn select_with(
        &mut self,
        id: usize,
        selector: &Selector,
        moment: TimeMs,
        value_of: impl Fn(Point) -> f64,
    ) -> Evaluated<Vec<Item>> {
        let oldest = moment.saturating_sub(self.options.lookback_ms);
        let ids = self.matching_series(id, selector)?;
        let mut items = Vec::with_capacity(ids.len());
        for id in &ids {
            let series = self.store.at(*id);
            let Some(point) = series.latest(moment) else {
                continue;
            };
            if point.time_ms > oldest && !is_stale(point.value) {
                items.push(Item {
                    labels: series.labels().clone(),
                    value: value_of(point),
                    drop_name: false,
                });
            }
        }
        self.memory[id].series = Some(ids);
        self.count_samples(items.len())?;
        Ok(items)
    }

    /// The value at the moment, interpolated between the samples around it.
    fn select_smoothed(
        &mut self,
        id: usize,
        selector: &Selector,
        moment: TimeMs,
    ) -> Evaluated<Vec<Item>> {
        let lookback = self.options.lookback_ms;
        let ids = self.matching_series(id, selector)?;
        let mut items = Vec::with_capacity(ids.len());
        for id in &ids {
            let series = self.store.at(*id);
            let (points, _) = window(
                series,
                moment.saturating_sub(lookback),
                moment.saturating_add(lookback),
            );
            let after = points.partition_point(|p| p.time_ms <= moment);
            let value = match (points[..after].last(), points.get(after)) {
                (Some(before), _) if before.time_ms == moment => before.value,
                (Some(before), Some(next)) => {
                    super::rate::interpolated(*before, *next, moment, false)
                }
                (Some(before), None) => before.value,
                (None, _) => continue,
            };
            items.push(Item {
                labels: series.labels().clone(),
                value,
                drop_name: false,
            });
        }
        self.memory[id].series = Some(ids);
        self.count_samples(items.len())?;
        Ok(items)
    }

    /// A range vector: what a function over time is given.
    pub(super) fn ranges(&mut self, node: &Node, at: TimeMs) -> Evaluated<Ranges<'s>> {
        match &node.kind {
            Kind::Paren(inner) => self.ranges(inner, at),
            Kind::Range(selector, range) => {
                let range_ms = self.positive_length_ms(range, at)?;
                self.select_range(node.id, selector, range_ms, at)
            }
            Kind::Subquery(subquery) => self.subquery(subquery, at),
            _ => Err(EvalError::Type {
                expected: "range vector",
                got: node.value_type().name(),
            }),
        }
    }

    /// A range vector as a query's result: in order of its labels, names dropped where they are to be.
    pub(crate) fn range_series(&mut self, node: &Node, at: TimeMs) -> Evaluated<Vec<RangeSeries>> {
        let ranges = self.ranges(node, at)?;
        let mut by_labels = BTreeMap::new();
        for series in ranges.series {
            let labels = if series.drop_name {
                series.labels.without_metadata()
            } else {
                series.labels.into_owned()
            };
            let points = series.points.into_owned();
            if by_labels.insert(labels, points).is_some() {
                return Err(EvalError::DuplicateLabels);
            }
        }
        Ok(by_labels
            .into_iter()
            .map(|(labels, points)| RangeSeries { labels, points })
            .collect())
    }

    fn select_range(
        &mut self,
        id: usize,
        selector: &Selector,
        range_ms: i64,
        at: TimeMs,
    ) -> Evaluated<Ranges<'s>> {
        let end_ms = self.shifted(&selector.shift, at)?;
        let start_ms = end_ms.saturating_sub(range_ms);
        let lookback = self.options.lookback_ms;
        let (after, until) = match selector.edges {
            Edges::Plain => (start_ms, end_ms),
            Edges::Anchored => (start_ms.saturating_sub(lookback), end_ms),
            Edges::Smoothed => (
                start_ms.saturating_sub(lookback),
                end_ms.saturating_add(lookback),
            ),
        };
        let ids = self.matching_series(id, selector)?;
        let mut series = Vec::with_capacity(ids.len());
        let mut read = 0;
        for id in &ids {
            let source = self.store.at(*id);
            let (points, starts) = window(source, after, until);
            if points.is_empty() {
                continue;
            }
            read += points.len();
            let only_rises = source.only_rises_since(points[0].time_ms);
            series.push(RangeItem {
                labels: Cow::Borrowed(source.labels()),
                drop_name: false,
                points,
                starts,
                only_rises,
            });
        }
        self.memory[id].series = Some(ids);
        self.count_samples(read)?;
        Ok(Ranges {
            series,
            bounds: Bounds {
                start_ms,
                end_ms,
                edges: selector.edges,
            },
        })
    }

    /// Evaluates the inner expression at every multiple of the step inside the window.
    fn subquery(&mut self, subquery: &Subquery, at: TimeMs) -> Evaluated<Ranges<'s>> {
        let end_ms = self.shifted(&subquery.shift, at)?;
        let range_ms = self.positive_length_ms(&subquery.range, at)?;
        let start_ms = end_ms.saturating_sub(range_ms);
        let step = match &subquery.step {
            Some(step) => self.positive_length_ms(step, at)?,
            None => self.options.subquery_step_ms.max(1),
        };
        let mut collected = Collected::default();
        let mut next = (start_ms.div_euclid(step) + 1).checked_mul(step);
        while let Some(time_ms) = next.filter(|time_ms| *time_ms <= end_ms) {
            self.count_samples(1)?;
            let items = self.vector(&subquery.inner, time_ms)?;
            collected.add(items, time_ms);
            next = time_ms.checked_add(step);
        }
        Ok(Ranges {
            series: collected.series,
            bounds: Bounds {
                start_ms,
                end_ms,
                edges: Edges::Plain,
            },
        })
    }

    /// The series that a selector matches, in order of their labels. The caller puts the list back when it is done.
    fn matching_series(&mut self, id: usize, selector: &Selector) -> Evaluated<Vec<SeriesId>> {
        if let Some(ids) = self.memory[id].series.take() {
            return Ok(ids);
        }
        let mut ids = self.store.candidates(selector.metric());
        ids.retain(|id| {
            let labels = self.store.at(*id).labels();
            selector.matchers.iter().all(|m| m.matches(labels))
        });
        ids.sort_by(|a, b| {
            let labels = |id| self.store.at(id).labels();
            labels(*a).cmp(labels(*b))
        });
        let limit = self.options.limits.series;
        if ids.len() > limit {
            return Err(EvalError::TooManySeries { limit });
        }
        Ok(ids)
    }
}

/// A series' samples in a window with their starts, without staleness markers.
fn window(series: &Series, after: TimeMs, until: TimeMs) -> (Cow<'_, [Point]>, Cow<'_, [TimeMs]>) {
    let (points, starts) = series.window(after, until);
    if !series.has_stale_markers() || points.iter().all(|p| !is_stale(p.value)) {
        return (Cow::Borrowed(points), Cow::Borrowed(starts));
    }
    let kept = points.iter().filter(|p| !is_stale(p.value));
    let kept_starts = starts
        .iter()
        .zip(points)
        .filter(|(_, p)| !is_stale(p.value));
    (
        Cow::Owned(kept.copied().collect()),
        Cow::Owned(kept_starts.map(|(start, _)| *start).collect()),
    )
}

/// Vectors of successive steps, gathered into series.
#[derive(Default)]
struct Collected {
    series: Vec<RangeItem<'static>>,
    by_labels: BTreeMap<Labels, usize>,
}

impl Collected {
    fn add(&mut self, items: Vec<Item>, time_ms: TimeMs) {
        for (at, item) in items.into_iter().enumerate() {
            let point = Point {
                time_ms,
                value: item.value,
            };
            let index = self.index(at, &item);
            self.series[index].points.to_mut().push(point);
        }
    }

    /// Successive vectors mostly hold the same series in the same places.
    fn index(&mut self, guess: usize, item: &Item) -> usize {
        if self
            .series
            .get(guess)
            .is_some_and(|series| series.labels.same(&item.labels))
        {
            return guess;
        }
        let next = self.series.len();
        let index = *self.by_labels.entry(item.labels.clone()).or_insert(next);
        if index == next {
            self.series.push(RangeItem {
                labels: Cow::Owned(item.labels.clone()),
                drop_name: item.drop_name,
                points: Cow::Owned(Vec::new()),
                starts: Cow::Borrowed(&[]),
                only_rises: false,
            });
        }
        index
    }
}
