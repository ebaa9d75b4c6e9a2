//! What a monitor sees the world with: scrapes into a series store, and rules evaluated over it, each at its tick. It tells what each
//! evaluation came to; who is told of an alert, and what is written down, is not its business.

use super::MonitorSetup;
use super::scrapes::Scrapes;
use super::ticks::{Pace, Ticks};
use super::warnings::Warnings;
use crate::alerting::evaluate::{Engine, EngineOptions, RuleOutcome};
use crate::alerting::sources::{Language, Sources};
use crate::record::PhaseRecord;
use crate::stage::observe::{Evaluated, Observing};
use crate::telemetry::log_series::LogSeries;
use crate::telemetry::log_streams::LogStreams;
use crate::telemetry::logs::{LogReader, Logs};
use crate::telemetry::scrape::SCRAPE_TIMEOUT;
use fake_factory::clock::{Clock, Elapsed};
use logql::LogStore;
use promql::{SeriesStore, TimeMs};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Scrapes between two clearings of what no expression looks back to any more.
const SCRAPES_PER_CLEARING: u64 = 64;
/// Nanoseconds of a millisecond.
const NS_PER_MS: i64 = 1_000_000;
/// Samples of this long are kept in any case, in milliseconds.
const KEPT_MS_MIN: i64 = 3_600_000;

/// Scrapes, rules and the series between them.
pub(super) struct Lookout {
    clock: Clock,
    logs: Logs,
    log_series: LogSeries,
    scrapes: Scrapes,
    engine: Engine,
    store: SeriesStore,
    lines: LogStore,
    /// Where log lines come from; nothing where no rule reads any.
    pushed: Option<Pushed>,
    /// For how long samples are kept, in milliseconds.
    kept_ms: i64,
    ticks: Ticks,
    scrape_count: u64,
    /// How many scrapes were to be missed so far, and how many of them were.
    to_skip: Arc<AtomicU32>,
    skipped: u32,
    warnings: Warnings,
    /// Who looks on.
    pub(super) observer: Option<Observing>,
}

/// Log lines on their way into the store.
struct Pushed {
    reader: LogReader,
    streams: LogStreams,
    /// For how long they are kept, in milliseconds.
    kept_ms: i64,
}

/// What came of one moment.
pub(super) struct Looked {
    /// What each rule of each group that was due came to, by the group's number.
    pub(super) outcomes: Vec<(usize, RuleOutcome)>,
    /// Whether the evaluations that follow the default interval were due.
    pub(super) is_evaluation: bool,
}

impl Lookout {
    /// One that has not looked yet, and looks at `phase`. It keeps samples for `kept_ms` at the least.
    pub(super) fn new(
        setup: &MonitorSetup,
        phase: &PhaseRecord,
        to_skip: Arc<AtomicU32>,
        kept_ms: i64,
    ) -> Self {
        let interval = setup.evaluation_interval;
        let groups = setup.groups.iter();
        let start_ms = setup.clock.at(Elapsed::ZERO).as_millisecond();
        let paces = groups.map(|group| Pace {
            interval: group.interval.unwrap_or(interval),
            looks: group
                .looks_every()
                .map(|apart| (apart, first_look(start_ms, apart))),
        });
        let ticks = Ticks::new(phase, setup.scrape_interval, interval, paces);
        let engine = Engine::new(setup.groups.clone(), EngineOptions::default());
        let timeout = setup.scrape_interval.min(SCRAPE_TIMEOUT);
        let pushed = reach_ms(&engine, Language::Logql).map(|kept_ms| Pushed {
            reader: setup.logs.reader(),
            streams: LogStreams::default(),
            kept_ms,
        });
        let promql_ms = reach_ms(&engine, Language::Promql).unwrap_or(KEPT_MS_MIN);
        Lookout {
            scrapes: Scrapes::new(
                setup.clock.clone(),
                setup.client.clone(),
                timeout,
                setup.targets.clone(),
            ),
            clock: setup.clock.clone(),
            logs: setup.logs.clone(),
            log_series: LogSeries::default(),
            kept_ms: promql_ms.max(kept_ms),
            engine,
            store: SeriesStore::new(),
            lines: LogStore::new(),
            pushed,
            ticks,
            scrape_count: 0,
            to_skip,
            skipped: 0,
            warnings: Warnings::default(),
            observer: None,
        }
    }

    /// The rules and the states of their alerts.
    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The series so far.
    pub(super) fn store(&self) -> &SeriesStore {
        &self.store
    }

    /// The next moment at which anything is due.
    pub(super) fn next(&self) -> Elapsed {
        self.ticks.next()
    }

    /// Waits for `from`, and is then as one that begins: what was due before is left out.
    pub(super) async fn begin_at(&mut self, from: Elapsed) {
        self.clock.sleep_until(from).await;
        self.ticks.skip_until(from);
        self.skipped = self.to_skip.load(Ordering::SeqCst);
    }

    /// Waits for `now` and does what is due then. What is scraped at an instant is seen by the rules of the same instant.
    pub(super) async fn look(&mut self, now: Elapsed) -> Looked {
        self.scrapes
            .collect_until(now, &mut self.store, &mut self.warnings)
            .await;
        let late = self.clock.elapsed();
        if self.ticks.scrape_is_due(now, late) {
            self.scrape(now).await;
        }
        self.push_lines(now);
        let mut outcomes = Vec::new();
        let at_ms = self.clock.at(now).as_millisecond();
        for group in self.ticks.groups_due(now, late) {
            let mut sources = Sources {
                series: &mut self.store,
                lines: &self.lines,
            };
            for outcome in self.engine.evaluate(group, &mut sources, at_ms) {
                self.warn(group, now, &outcome);
                self.observe(group, now, &outcome);
                outcomes.push((group, outcome));
            }
        }
        Looked {
            outcomes,
            is_evaluation: self.ticks.evaluation_is_due(now, late),
        }
    }

    /// Tells who looks on that this was all.
    pub(super) fn tell_the_end(&self) {
        if let Some(observer) = &self.observer {
            let mut observer = observer.lock().unwrap_or_else(PoisonError::into_inner);
            observer.ended(&self.store, &self.lines);
        }
    }

    /// What went wrong.
    pub(super) fn into_warnings(self) -> Warnings {
        self.warnings
    }

    async fn scrape(&mut self, now: Elapsed) {
        let at_ms = self.clock.at(now).as_millisecond();
        // Log lines are pushed, whatever becomes of scrapes.
        if let Err(error) = self.log_series.store(&mut self.store, at_ms, &self.logs) {
            self.warnings
                .note(now, "the count of log lines", &error.to_string());
        }
        self.scrape_count += 1;
        if self.scrape_count.is_multiple_of(SCRAPES_PER_CLEARING) {
            self.store.retain_since(at_ms.saturating_sub(self.kept_ms));
            if let Some(pushed) = &self.pushed {
                let since_ms = at_ms.saturating_sub(pushed.kept_ms);
                self.lines.retain_since(since_ms.saturating_mul(NS_PER_MS));
            }
        }
        if self.skipped != self.to_skip.load(Ordering::SeqCst) {
            self.skipped = self.skipped.wrapping_add(1);
            return;
        }
        self.scrapes.begin(now);
        self.scrapes
            .collect_at(now, &mut self.store, &mut self.warnings)
            .await;
    }

    /// Takes the log lines in that were written since the last time.
    fn push_lines(&mut self, now: Elapsed) {
        let Some(pushed) = &mut self.pushed else {
            return;
        };
        let unread = pushed.reader.take();
        let streams = &mut pushed.streams;
        if let Err(error) = streams.push(&mut self.lines, &self.clock, &unread) {
            self.warnings.note(now, "the log lines", &error.to_string());
        }
    }

    fn observe(&self, group: usize, now: Elapsed, outcome: &RuleOutcome) {
        if let Some(observer) = &self.observer {
            let mut observer = observer.lock().unwrap_or_else(PoisonError::into_inner);
            observer.evaluated(&Evaluated {
                now,
                at_ms: self.clock.at(now).as_millisecond(),
                group,
                outcome,
                engine: &self.engine,
                series: &self.store,
                lines: &self.lines,
            });
        }
    }

    fn warn(&mut self, group: usize, now: Elapsed, outcome: &RuleOutcome) {
        if outcome.error.is_none() && outcome.warnings.is_empty() && self.warnings.none_current() {
            return;
        }
        let rule = self.engine.rule_name(group, outcome.rule);
        let subject = format!("the rule {rule}");
        match outcome.error.as_ref().or(outcome.warnings.first()) {
            Some(message) => self.warnings.note(now, &subject, message),
            None => self.warnings.clear(&subject),
        }
    }
}

/// The first multiple of `apart` on the clock that is not before the start of the run.
fn first_look(start_ms: TimeMs, apart: Duration) -> Elapsed {
    let apart_ms = i64::try_from(apart.as_millis()).unwrap_or(i64::MAX).max(1);
    let ahead_ms = (-start_ms).rem_euclid(apart_ms);
    Elapsed::from_micros(ahead_ms.unsigned_abs() * 1_000)
}

/// How far back the rules of a language look, an hour at the least: queries in templates are not known beforehand.
fn reach_ms(engine: &Engine, language: Language) -> Option<i64> {
    let reach = engine.reach_ms(language)?;
    Some(reach.max(KEPT_MS_MIN))
}
