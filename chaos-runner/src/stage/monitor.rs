//! The task of a run that watches: scrapes, evaluates rules, sends notifications through their channels and writes all of it down,
//! each at its tick. It ties telemetry and alerting to the clock; what a rule or a route means is theirs to know.

mod alerts;
mod rules;
mod scrapes;
mod ticks;
mod warnings;
mod watches;

pub use watches::Watch;

use super::observe::{Evaluated, Observing};
use crate::alerting::evaluate::{Engine, EngineOptions, RuleOutcome};
use crate::alerting::notify::{Dispatcher, Routes};
use crate::alerting::rules::RuleGroup;
use crate::alerting::sources::{Language, Sources};
use crate::record::alerts::{AlertRecord, PageRecord, PageStatus, RuleRecord, WatchRecord};
use crate::record::{PhaseRecord, WarningRecord};
use crate::telemetry::log_series::LogSeries;
use crate::telemetry::logs::Logs;
use crate::telemetry::scrape::{SCRAPE_TIMEOUT, Target};
use alerts::Alerts;
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::net::client::Client;
use logql::LogStore;
use promql::{SeriesStore, TimeMs};
use rules::RuleBook;
use scrapes::Scrapes;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use ticks::{Pace, Ticks};
use tokio::sync::broadcast;
use warnings::Warnings;
use watches::WatchBook;

/// Scrapes between two clearings of what no expression looks back to any more.
const SCRAPES_PER_CLEARING: u64 = 64;
/// Samples of this long are kept in any case, in milliseconds.
const KEPT_MS_MIN: i64 = 3_600_000;

/// What a monitor watches with.
pub struct MonitorSetup {
    /// What time it is.
    pub clock: Clock,
    /// What scrapes are made with.
    pub client: Client,
    /// What is scraped.
    pub targets: Vec<Target>,
    /// The log of the run, whose lines are counted at each scrape.
    pub logs: Logs,
    /// How often targets are scraped.
    pub scrape_interval: Duration,
    /// How often watches are asked, and the groups of rules that do not say otherwise.
    pub evaluation_interval: Duration,
    /// Where the ticks fall.
    pub phase: PhaseRecord,
    /// The rules.
    pub groups: Vec<RuleGroup>,
    /// Which alert goes to which channel.
    pub routes: Routes,
    /// How long a page takes on each channel.
    pub channels: BTreeMap<String, Duration>,
    /// What is asked of the series besides.
    pub watches: Vec<Watch>,
    /// Where pages arrive.
    pub pages: broadcast::Sender<Delivered>,
    /// Who looks on.
    pub observer: Option<Observing>,
}

/// A page that arrived.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// By this channel.
    pub channel: String,
    /// Whether alerts fire, or all of them are resolved.
    pub status: PageStatus,
}

/// Acts on a monitor that is running.
#[derive(Clone, Debug)]
pub struct MonitorHandle {
    skipped: Arc<AtomicU32>,
}

impl MonitorHandle {
    /// Misses the next `count` scrapes.
    pub fn skip_scrapes(&self, count: u32) {
        self.skipped.fetch_add(count, Ordering::SeqCst);
    }
}

/// What a monitor saw.
pub struct Seen {
    /// Every alerting rule and how its value went.
    pub rules: Vec<RuleRecord>,
    /// Every alert.
    pub alerts: Vec<AlertRecord>,
    /// Every page that arrived.
    pub pages: Vec<PageRecord>,
    /// What the watches gave.
    pub watches: Vec<WatchRecord>,
    /// What went wrong.
    pub warnings: Vec<WarningRecord>,
}

/// Watches one run.
pub struct Monitor {
    clock: Clock,
    logs: Logs,
    log_series: LogSeries,
    scrapes: Scrapes,
    engine: Engine,
    store: SeriesStore,
    lines: LogStore,
    /// For how long samples are kept, in milliseconds.
    kept_ms: i64,
    ticks: Ticks,
    scrape_count: u64,
    skipped: Arc<AtomicU32>,
    rules: RuleBook,
    alerts: Alerts,
    watches: WatchBook,
    warnings: Warnings,
    observer: Option<Observing>,
}

impl Monitor {
    /// A monitor that has not looked yet, and what acts on it.
    #[must_use]
    pub fn new(setup: MonitorSetup) -> (Self, MonitorHandle) {
        let skipped = Arc::new(AtomicU32::new(0));
        let interval = setup.evaluation_interval;
        let groups = setup.groups.iter();
        let paces = groups.map(|group| Pace {
            interval: group.interval.unwrap_or(interval),
            looks: group.looks_every().map(|apart| {
                let start_ms = setup.clock.at(Elapsed::ZERO).as_millisecond();
                (apart, first_look(start_ms, apart))
            }),
        });
        let ticks = Ticks::new(setup.phase, setup.scrape_interval, interval, paces);
        let engine = Engine::new(setup.groups, EngineOptions::default());
        let timeout = setup.scrape_interval.min(SCRAPE_TIMEOUT);
        let watches = WatchBook::new(setup.watches);
        let dispatcher =
            Dispatcher::new(setup.routes, setup.channels, setup.clock.at(Elapsed::ZERO));
        let monitor = Monitor {
            scrapes: Scrapes::new(setup.clock.clone(), setup.client, timeout, setup.targets),
            clock: setup.clock,
            logs: setup.logs,
            log_series: LogSeries::default(),
            rules: RuleBook::new(&engine, interval),
            alerts: Alerts::new(dispatcher, setup.pages),
            kept_ms: reach_ms(&engine, Language::Promql).max(watches.reach_ms()),
            watches,
            engine,
            store: SeriesStore::new(),
            lines: LogStore::new(),
            ticks,
            scrape_count: 0,
            skipped: skipped.clone(),
            warnings: Warnings::default(),
            observer: setup.observer,
        };
        (monitor, MonitorHandle { skipped })
    }

    /// Watches until `until`, that moment included, and tells what it saw.
    pub async fn run(mut self, until: Elapsed) -> Seen {
        while let Some(now) = self.next().filter(|next| *next <= until) {
            self.scrapes
                .collect_until(now, &mut self.store, &mut self.warnings)
                .await;
            // What is scraped at an instant is seen by the rules of the same instant, and what these raise is sent in it.
            let late = self.clock.elapsed();
            if self.ticks.scrape_is_due(now, late) {
                self.scrape(now).await;
            }
            for group in self.ticks.groups_due(now, late) {
                self.evaluate(group, now);
            }
            let at_ms = self.unix_ms(now);
            let is_evaluation = self.ticks.evaluation_is_due(now, late);
            self.watches.ask(now, at_ms, is_evaluation, &self.store);
            self.alerts.advance(now);
        }
        self.alerts.finish(self.engine.active());
        if let Some(observer) = &self.observer {
            let mut observer = observer.lock().unwrap_or_else(PoisonError::into_inner);
            observer.ended(&self.store, &self.lines);
        }
        if self.alerts.unwritten > 0 {
            let message = format!("{} are not in the record", self.alerts.unwritten);
            self.warnings.note(until, "alerts and pages", &message);
        }
        Seen {
            rules: self.rules.into_records(),
            alerts: self.alerts.records,
            pages: self.alerts.pages,
            watches: self.watches.into_records(),
            warnings: self.warnings.into_records(),
        }
    }

    fn next(&self) -> Option<Elapsed> {
        let due = [
            Some(self.ticks.next()),
            self.alerts.next_deadline(),
            self.watches.next_moment(),
        ];
        due.into_iter().flatten().min()
    }

    async fn scrape(&mut self, now: Elapsed) {
        let at_ms = self.unix_ms(now);
        // Log lines are pushed, whatever becomes of scrapes.
        if let Err(error) = self.log_series.store(&mut self.store, at_ms, &self.logs) {
            self.warnings
                .note(now, "the count of log lines", &error.to_string());
        }
        self.scrape_count += 1;
        if self.scrape_count.is_multiple_of(SCRAPES_PER_CLEARING) {
            self.store.retain_since(at_ms.saturating_sub(self.kept_ms));
        }
        let skips = |count: u32| count.checked_sub(1);
        let order = Ordering::SeqCst;
        if self.skipped.fetch_update(order, order, skips).is_ok() {
            return;
        }
        self.scrapes.begin(now);
        self.scrapes
            .collect_at(now, &mut self.store, &mut self.warnings)
            .await;
    }

    fn evaluate(&mut self, group: usize, now: Elapsed) {
        let at_ms = self.unix_ms(now);
        let mut sources = Sources {
            series: &mut self.store,
            lines: &self.lines,
        };
        for outcome in self.engine.evaluate(group, &mut sources, at_ms) {
            self.rules.note(now, group, &outcome);
            self.warn(group, now, &outcome);
            self.observe(group, now, &outcome);
            for change in outcome.changes {
                self.alerts.note(now, change);
            }
        }
    }

    fn observe(&self, group: usize, now: Elapsed, outcome: &RuleOutcome) {
        if let Some(observer) = &self.observer {
            let mut observer = observer.lock().unwrap_or_else(PoisonError::into_inner);
            observer.evaluated(&Evaluated {
                now,
                at_ms: self.unix_ms(now),
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

    fn unix_ms(&self, elapsed: Elapsed) -> TimeMs {
        self.clock.at(elapsed).as_millisecond()
    }
}

/// How far back the rules of a language look, an hour at the least: queries in templates are not known beforehand.
fn reach_ms(engine: &Engine, language: Language) -> i64 {
    engine.reach_ms(language).unwrap_or(0).max(KEPT_MS_MIN)
}

/// The first multiple of `apart` on the clock that is not before the start of the run.
fn first_look(start_ms: TimeMs, apart: Duration) -> Elapsed {
    let apart_ms = i64::try_from(apart.as_millis()).unwrap_or(i64::MAX).max(1);
    let ahead_ms = (-start_ms).rem_euclid(apart_ms);
    Elapsed::from_micros(ahead_ms.unsigned_abs() * 1_000)
}

#[cfg(test)]
mod tests;
