//! The in-memory series store: appended to in time order, read by queries. It indexes series by metric name and counts
//! a generation that changes only when a series is created, which is what compiled queries key their caches by.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::labels::{Labels, METRIC_TYPE};
use crate::series::Series;

/// A moment in milliseconds from any epoch the caller chose; negative moments are fine.
pub type TimeMs = i64;

/// The bits of the NaN that marks a series as ended ("stale"); any other NaN is an ordinary value.
pub const STALE_NAN_BITS: u64 = 0x7ff0_0000_0000_0002;

/// The value that marks a series as ended.
pub const STALE_NAN: f64 = f64::from_bits(STALE_NAN_BITS);

/// Whether `value` is the staleness marker, which other NaNs are not.
#[must_use]
pub fn is_stale(value: f64) -> bool {
    value.to_bits() == STALE_NAN_BITS
}

/// One sample of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When it was taken, in milliseconds.
    pub time_ms: TimeMs,
    /// Its value.
    pub value: f64,
}

/// Stands for a start that is not known.
pub(crate) const NO_START: TimeMs = TimeMs::MIN;

/// Names a series of the store that issued it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeriesId(usize);

/// Why a sample was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The store did not issue this id.
    #[error("append to a series the store does not know")]
    UnknownSeries,
    /// The series already has a later sample.
    #[error("append a sample of {time_ms} ms after one of {newest_ms} ms")]
    OutOfOrder {
        /// The sample's time.
        time_ms: TimeMs,
        /// The newest sample's time.
        newest_ms: TimeMs,
    },
    /// The series already has another value at this time.
    #[error("append a second, different sample of {time_ms} ms")]
    Duplicate {
        /// The sample's time.
        time_ms: TimeMs,
    },
}

/// The store holds as many series as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("create another series: the store is limited to {limit}")]
pub struct TooManySeries {
    /// How many series the store may hold.
    pub limit: usize,
}

/// Series by their labels, with samples in time order.
#[derive(Debug)]
pub struct SeriesStore {
    /// Tells this store from every other one that is alive, or that a query remembers.
    identity: Arc<()>,
    generation: u64,
    by_labels: BTreeMap<Labels, SeriesId>,
    by_name: BTreeMap<String, Vec<SeriesId>>,
    series: Vec<Series>,
    series_limit: usize,
    samples: usize,
    /// Whether any series says its type.
    typed: bool,
}

impl SeriesStore {
    /// How many series a store holds unless told otherwise.
    pub const DEFAULT_SERIES_LIMIT: usize = 1_000_000;

    /// An empty store with the default limit.
    #[must_use]
    pub fn new() -> Self {
        Self::with_series_limit(Self::DEFAULT_SERIES_LIMIT)
    }

    /// An empty store that refuses to hold more than `limit` series.
    #[must_use]
    pub fn with_series_limit(limit: usize) -> Self {
        Self {
            identity: Arc::new(()),
            generation: 0,
            by_labels: BTreeMap::new(),
            by_name: BTreeMap::new(),
            series: Vec::new(),
            series_limit: limit,
            samples: 0,
            typed: false,
        }
    }

    /// The series with exactly these labels, created if there is none.
    ///
    /// # Errors
    /// When the store may hold no further series.
    pub fn series_id(&mut self, labels: &Labels) -> Result<SeriesId, TooManySeries> {
        if let Some(id) = self.by_labels.get(labels) {
            return Ok(*id);
        }
        if self.series.len() >= self.series_limit {
            return Err(TooManySeries {
                limit: self.series_limit,
            });
        }
        let id = SeriesId(self.series.len());
        self.series.push(Series::new(labels.clone()));
        self.by_labels.insert(labels.clone(), id);
        self.typed |= labels.get(METRIC_TYPE).is_some();
        let name = labels.name().unwrap_or_default().to_owned();
        self.by_name.entry(name).or_default().push(id);
        self.generation += 1;
        Ok(id)
    }

    /// Adds a sample at the end of a series. The same sample again is no error.
    ///
    /// # Errors
    /// When the series has a later sample, or another value at this time.
    pub fn append(&mut self, id: SeriesId, time_ms: TimeMs, value: f64) -> Result<(), AppendError> {
        self.append_started(id, time_ms, None, value)
    }

    /// As [`SeriesStore::append`], with the moment at which the counter started to count from zero, where it is known
    /// (OpenTelemetry's start time). Rates then see restarts that the values hide.
    ///
    /// # Errors
    /// As [`SeriesStore::append`].
    pub fn append_started(
        &mut self,
        id: SeriesId,
        time_ms: TimeMs,
        started_ms: Option<TimeMs>,
        value: f64,
    ) -> Result<(), AppendError> {
        let series = self
            .series
            .get_mut(id.0)
            .ok_or(AppendError::UnknownSeries)?;
        let start = started_ms.unwrap_or(NO_START);
        let added = series.append(Point { time_ms, value }, start)?;
        self.samples += usize::from(added);
        Ok(())
    }

    /// Marks a series as ended at `time_ms`: it is absent from then on, without the lookback.
    ///
    /// # Errors
    /// As [`SeriesStore::append`].
    pub fn append_stale(&mut self, id: SeriesId, time_ms: TimeMs) -> Result<(), AppendError> {
        self.append(id, time_ms, STALE_NAN)
    }

    /// Drops samples older than `since`; series stay known, so that their ids stay valid.
    pub fn retain_since(&mut self, since: TimeMs) {
        for series in &mut self.series {
            self.samples -= series.retain_since(since);
        }
    }

    /// How many series there are.
    #[must_use]
    pub fn series_count(&self) -> usize {
        self.series.len()
    }

    /// How many samples are kept.
    #[must_use]
    pub fn sample_count(&self) -> usize {
        self.samples
    }

    /// Every series in the order of creation.
    pub fn series(&self) -> impl Iterator<Item = &Series> {
        self.series.iter()
    }

    /// The series that `id` names, if this store issued it.
    #[must_use]
    pub fn get(&self, id: SeriesId) -> Option<&Series> {
        self.series.get(id.0)
    }

    /// The id of the series with exactly these labels, if there is one.
    #[must_use]
    pub fn find(&self, labels: &Labels) -> Option<SeriesId> {
        self.by_labels.get(labels).copied()
    }

    /// The names of every metric, sorted.
    pub fn metric_names(&self) -> impl Iterator<Item = &str> {
        self.by_name
            .keys()
            .map(String::as_str)
            .filter(|name| !name.is_empty())
    }

    /// The ids that a selector has to look at: those of one metric, or all.
    pub(crate) fn candidates(&self, name: Option<&str>) -> Vec<SeriesId> {
        match name {
            Some(name) => self.by_name.get(name).cloned().unwrap_or_default(),
            None => self.by_labels.values().copied().collect(),
        }
    }

    /// Whether any series has the label that says its type.
    pub(crate) fn is_typed(&self) -> bool {
        self.typed
    }

    pub(crate) fn at(&self, id: SeriesId) -> &Series {
        &self.series[id.0]
    }

    /// Which store this is, and which series it holds: equal only while both are unchanged.
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp {
            identity: Arc::clone(&self.identity),
            generation: self.generation,
        }
    }
}

impl Default for SeriesStore {
    fn default() -> Self {
        Self::new()
    }
}

/// Identifies a store and the set of series it held.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    identity: Arc<()>,
    generation: u64,
}

impl Stamp {
    pub(crate) fn is_current(&self, store: &SeriesStore) -> bool {
        self.generation == store.generation && Arc::ptr_eq(&self.identity, &store.identity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(name: &str) -> Labels {
        [("__name__", name)].into_iter().collect()
    }

    #[test]
    fn samples_must_come_in_time_order() -> anyhow::Result<()> {
        let mut store = SeriesStore::new();
        let id = store.series_id(&labels("a"))?;
        store.append(id, -5, 1.0)?;
        store.append(id, -5, 1.0)?;
        assert_eq!(
            store.append(id, -5, 2.0),
            Err(AppendError::Duplicate { time_ms: -5 })
        );
        assert_eq!(
            store.append(id, -6, 2.0),
            Err(AppendError::OutOfOrder {
                time_ms: -6,
                newest_ms: -5
            })
        );
        assert_eq!(store.sample_count(), 1);
        Ok(())
    }

    #[test]
    fn the_number_of_series_is_bounded() -> anyhow::Result<()> {
        let mut store = SeriesStore::with_series_limit(1);
        let id = store.series_id(&labels("a"))?;
        assert_eq!(store.series_id(&labels("a"))?, id);
        assert_eq!(
            store.series_id(&labels("b")),
            Err(TooManySeries { limit: 1 })
        );
        Ok(())
    }

    #[test]
    fn windows_are_open_on_the_left_and_closed_on_the_right() -> anyhow::Result<()> {
        let mut store = SeriesStore::new();
        let id = store.series_id(&labels("a"))?;
        for time in 0..200_i32 {
            store.append(id, i64::from(time) * 10, f64::from(time))?;
        }
        store.retain_since(1000);
        assert_eq!(store.sample_count(), 100);
        let values: Vec<f64> = store
            .at(id)
            .window(1000, 1030)
            .0
            .iter()
            .map(|p| p.value)
            .collect();
        assert_eq!(values, [101.0, 102.0, 103.0]);
        assert_eq!(store.at(id).latest(999), None);
        Ok(())
    }

    #[test]
    fn a_series_knows_when_it_fell() -> anyhow::Result<()> {
        let mut store = SeriesStore::new();
        let id = store.series_id(&labels("a"))?;
        for (time_ms, value) in [(0, 5.0), (10, 7.0), (20, STALE_NAN), (30, 6.0), (40, 6.0)] {
            store.append(id, time_ms, value)?;
        }
        // It fell behind the marker, which is no value.
        let series = store.at(id);
        assert!(!series.only_rises_since(10));
        assert!(series.only_rises_since(30));
        Ok(())
    }

    #[test]
    fn a_stamp_changes_only_when_a_series_is_created() -> anyhow::Result<()> {
        let mut store = SeriesStore::new();
        let id = store.series_id(&labels("a"))?;
        let stamp = store.stamp();
        store.append(id, 0, 1.0)?;
        assert!(stamp.is_current(&store));
        store.series_id(&labels("b"))?;
        assert!(!stamp.is_current(&store));
        assert!(!SeriesStore::new().stamp().is_current(&store));
        Ok(())
    }
}
