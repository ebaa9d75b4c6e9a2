//! The task of a run that watches: scrapes, evaluates rules, sends notifications through their channels and writes all of it down,
//! each at its tick. It ties telemetry and alerting to the clock; what a rule or a route means is theirs to know.

mod alerts;
mod rules;
mod ticks;
mod watches;

pub use watches::Watch;

use crate::alerting::evaluate::{Engine, EngineOptions};
use crate::alerting::notify::{Dispatcher, Routes};
use crate::alerting::rules::RuleGroup;
use crate::record::alerts::{AlertRecord, PageRecord, PageStatus, RuleRecord, WatchRecord};
use crate::record::{PhaseRecord, WarningRecord};
use crate::telemetry::log_series::LogSeries;
use crate::telemetry::logs::Logs;
use crate::telemetry::scrape::{self, Target, TargetSeries};
use alerts::Alerts;
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::net::client::Client;
use promql::{SeriesStore, TimeMs};
use rules::RuleBook;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use ticks::Ticks;
use tokio::sync::broadcast;
use watches::WatchBook;

/// Warnings that one run writes down; later ones are dropped.
const WARNINGS_MAX: usize = 1_000;
/// Scrapes between two clearings of what no expression looks back to any more.
const SCRAPES_PER_CLEARING: u64 = 64;

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
    client: Client,
    logs: Logs,
    targets: Vec<(Target, TargetSeries)>,
    log_series: LogSeries,
    scrape_timeout: Duration,
    engine: Engine,
    store: SeriesStore,
    ticks: Ticks,
    scrapes: u64,
    skipped: Arc<AtomicU32>,
    rules: RuleBook,
    alerts: Alerts,
    watches: WatchBook,
    warnings: Vec<WarningRecord>,
}

impl Monitor {
    /// A monitor that has not looked yet, and what acts on it.
    #[must_use]
    pub fn new(setup: MonitorSetup) -> (Self, MonitorHandle) {
        let skipped = Arc::new(AtomicU32::new(0));
        let default_interval = setup.evaluation_interval;
        let intervals = setup
            .groups
            .iter()
            .map(|group| group.interval.unwrap_or(default_interval));
        let ticks = Ticks::new(
            setup.phase,
            setup.scrape_interval,
            setup.evaluation_interval,
            intervals,
        );
        let engine = Engine::new(setup.groups, EngineOptions::default());
        let targets = setup.targets.into_iter().map(|target| {
            let series = TargetSeries::new(&target);
            (target, series)
        });
        let monitor = Monitor {
            targets: targets.collect(),
            log_series: LogSeries::default(),
            scrape_timeout: setup.scrape_interval.min(scrape::SCRAPE_TIMEOUT),
            rules: RuleBook::new(&engine, default_interval),
            alerts: Alerts::new(Dispatcher::new(setup.routes), setup.channels, setup.pages),
            watches: WatchBook::new(setup.watches),
            clock: setup.clock,
            client: setup.client,
            logs: setup.logs,
            engine,
            store: SeriesStore::new(),
            ticks,
            scrapes: 0,
            skipped: skipped.clone(),
            warnings: Vec::new(),
        };
        (monitor, MonitorHandle { skipped })
    }

    /// Watches until `until`, that moment included, and tells what it saw.
    pub async fn run(mut self, until: Elapsed) -> Seen {
        while let Some(now) = self.next().filter(|next| *next <= until) {
            self.clock.sleep_until(now).await;
            // What is scraped at an instant is seen by the rules of the same instant, and what these raise is sent in it.
            if self.ticks.scrape_is_due(now) {
                self.scrape(now).await;
            }
            for group in self.ticks.groups_due(now) {
                self.evaluate(group, now);
            }
            let at_ms = self.unix_ms(now);
            let is_evaluation = self.ticks.evaluation_is_due(now);
            self.watches.ask(now, at_ms, is_evaluation, &self.store);
            self.alerts.advance(now);
        }
        Seen {
            rules: self.rules.into_records(),
            alerts: self.alerts.records,
            pages: self.alerts.pages,
            watches: self.watches.into_records(),
            warnings: self.warnings,
        }
    }

    fn next(&self) -> Option<Elapsed> {
        [
            Some(self.ticks.next()),
            self.alerts.next_deadline(),
            self.watches.next_moment(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    async fn scrape(&mut self, now: Elapsed) {
        let skips = |count: u32| count.checked_sub(1);
        if self
            .skipped
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, skips)
            .is_ok()
        {
            return;
        }
        let at_ms = self.unix_ms(now);
        for (target, series) in &mut self.targets {
            let reply = scrape::fetch(&self.client, &target.uri, self.scrape_timeout).await;
            let stored = series.store(&mut self.store, at_ms, reply);
            if let Err(error) = stored {
                note(
                    &mut self.warnings,
                    now,
                    format!("the scrape of {} failed: {error}", target.instance),
                );
            }
        }
        if let Err(error) = self.log_series.store(&mut self.store, at_ms, &self.logs) {
            note(
                &mut self.warnings,
                now,
                format!("log lines could not be counted: {error}"),
            );
        }
        self.scrapes += 1;
        if self.scrapes.is_multiple_of(SCRAPES_PER_CLEARING) {
            let reach = self.engine.reach_ms().max(self.watches.reach_ms());
            self.store.retain_since(at_ms.saturating_sub(reach));
        }
    }

    fn evaluate(&mut self, group: usize, now: Elapsed) {
        let at_ms = self.unix_ms(now);
        for outcome in self.engine.evaluate(group, &mut self.store, at_ms) {
            self.rules.note(now, group, &outcome);
            let problems = outcome
                .error
                .iter()
                .map(|error| ("could not be evaluated", error));
            let doubts = outcome
                .warnings
                .iter()
                .map(|warning| ("may be wrong", warning));
            for (what, message) in problems.chain(doubts) {
                let rule = self.engine.rule_name(group, outcome.rule);
                note(
                    &mut self.warnings,
                    now,
                    format!("the rule {rule} {what}: {message}"),
                );
            }
            for change in outcome.changes {
                self.alerts.note(now, change);
            }
        }
    }

    fn unix_ms(&self, elapsed: Elapsed) -> TimeMs {
        self.clock.at(elapsed).as_millisecond()
    }
}

fn note(warnings: &mut Vec<WarningRecord>, at: Elapsed, message: String) {
    if warnings.len() < WARNINGS_MAX {
        warnings.push(WarningRecord { at, message });
    }
}
