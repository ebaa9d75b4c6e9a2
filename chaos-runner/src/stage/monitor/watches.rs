//! The expressions of `promql` expectations, asked while the series are there, so that the verdict needs the record alone.

use crate::record::Gauge;
use crate::record::alerts::{WatchRecord, WatchedSeries};
use fake_factory::clock::Elapsed;
use promql::{Options, Query, SeriesStore, TimeMs, Value};
use std::collections::BTreeMap;

/// An expression and when it is asked.
#[derive(Debug)]
pub struct Watch {
    /// As it was written.
    pub expr: String,
    /// Compiled.
    pub query: Query,
    /// At this moment; at every evaluation where there is none.
    pub at: Option<Elapsed>,
}

/// Values of one watch that are written down; later changes are not, and the record says so.
const VALUES_MAX: usize = 200_000;

/// All watches and what they gave so far.
#[derive(Debug)]
pub(super) struct WatchBook {
    pages: Vec<Page>,
    options: Options,
}

#[derive(Debug)]
struct Page {
    watch: Watch,
    record: WatchRecord,
    /// Where each series that is there now stands in the record.
    present: BTreeMap<String, usize>,
    written: usize,
    was_empty: bool,
}

impl WatchBook {
    pub(super) fn new(watches: Vec<Watch>) -> Self {
        let page = |watch: Watch| Page {
            record: WatchRecord {
                expr: watch.expr.clone(),
                series: Vec::new(),
                empty: Vec::new(),
                error: None,
            },
            watch,
            present: BTreeMap::new(),
            written: 0,
            was_empty: false,
        };
        WatchBook {
            pages: watches.into_iter().map(page).collect(),
            options: Options::default(),
        }
    }

    /// The next moment that a watch asks for by itself.
    pub(super) fn next_moment(&self) -> Option<Elapsed> {
        let waiting = self.pages.iter().filter(|page| !page.was_asked());
        waiting.filter_map(|page| page.watch.at).min()
    }

    /// How far back any of them looks.
    pub(super) fn reach_ms(&self) -> i64 {
        self.pages
            .iter()
            .map(|page| page.watch.query.reach_ms(&self.options))
            .max()
            .unwrap_or(0)
    }

    /// Asks all that are due at `now`.
    pub(super) fn ask(
        &mut self,
        now: Elapsed,
        at_ms: TimeMs,
        is_evaluation: bool,
        store: &SeriesStore,
    ) {
        let options = self.options;
        for page in &mut self.pages {
            let is_due = match page.watch.at {
                None => is_evaluation,
                Some(at) => at <= now && !page.was_asked(),
            };
            if is_due {
                page.ask(now, at_ms, store, &options);
            }
        }
    }

    pub(super) fn into_records(self) -> Vec<WatchRecord> {
        self.pages.into_iter().map(|page| page.record).collect()
    }
}

impl Page {
    /// Whether it has an answer, be it that there is none.
    fn was_asked(&self) -> bool {
        !self.record.series.is_empty()
            || !self.record.empty.is_empty()
            || self.record.error.is_some()
    }

    fn ask(&mut self, now: Elapsed, at_ms: TimeMs, store: &SeriesStore, options: &Options) {
        if self.record.error.is_some() {
            return;
        }
        let values: Vec<(String, f64)> = match self.watch.query.instant(store, at_ms, options) {
            Err(error) => {
                self.record.error = Some(error.to_string());
                return;
            }
            Ok(answer) => match answer.value {
                Value::Scalar(value) => vec![("{}".to_owned(), value)],
                Value::Vector(samples) => samples
                    .into_iter()
                    .map(|sample| (sample.labels.to_string(), sample.value))
                    .collect(),
                Value::String(_) | Value::Matrix(_) => {
                    self.record.error =
                        Some("the expression gives no numbers at a moment".to_owned());
                    return;
                }
            },
        };
        self.note_emptiness(now, values.is_empty());
        self.note_gone(now, &values);
        for (labels, value) in values {
            self.note_value(now, labels, value);
        }
    }

    fn note_emptiness(&mut self, now: Elapsed, is_empty: bool) {
        match self.record.empty.last_mut() {
            Some((_, to)) if is_empty && self.was_empty => *to = now,
            _ if is_empty => self.record.empty.push((now, now)),
            _ => {}
        }
        self.was_empty = is_empty;
    }

    fn note_gone(&mut self, now: Elapsed, values: &[(String, f64)]) {
        let series = &mut self.record.series;
        self.present.retain(|labels, number| {
            let is_there = values.iter().any(|(present, _)| present == labels);
            if !is_there {
                series[*number].gone_at = Some(now);
            }
            is_there
        });
    }

    fn note_value(&mut self, now: Elapsed, labels: String, value: f64) {
        let series = &mut self.record.series;
        let number = *self.present.entry(labels.clone()).or_insert_with(|| {
            series.push(WatchedSeries {
                labels,
                values: Vec::new(),
                gone_at: None,
            });
            series.len() - 1
        });
        let values = &mut series[number].values;
        if values
            .last()
            .is_some_and(|last| last.value.to_bits() == value.to_bits())
        {
            return;
        }
        if self.written == VALUES_MAX {
            self.record.error = Some(format!("its values changed more than {VALUES_MAX} times"));
            return;
        }
        self.written += 1;
        values.push(Gauge { at: now, value });
    }
}
