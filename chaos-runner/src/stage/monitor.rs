//! The task of a run that watches: scrapes, evaluates rules, sends notifications through their channels and writes all of it down,
//! each at its tick. It ties telemetry and alerting to the clock; what a rule or a route means is theirs to know.

mod alerts;
mod lookout;
mod rules;
mod scrapes;
mod shadows;
mod ticks;
mod warnings;
mod watches;

pub use shadows::{ShadowPlan, Wanted};
pub use watches::Watch;

use super::observe::Observing;
use crate::alerting::notify::{Dispatcher, Routes};
use crate::alerting::rules::RuleGroup;
use crate::record::alerts::{AlertRecord, PageRecord, PageStatus, RuleRecord, WatchRecord};
use crate::record::shadows::ShadowRecord;
use crate::record::{PhaseRecord, WarningRecord};
use crate::telemetry::logs::Logs;
use crate::telemetry::scrape::Target;
use alerts::Alerts;
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::net::client::Client;
use lookout::Lookout;
use rules::RuleBook;
use shadows::Shadow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::task::JoinError;
use watches::WatchBook;

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
    /// What is watched for at other phases beside.
    pub shadows: ShadowPlan,
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
    to_skip: Arc<AtomicU32>,
}

impl MonitorHandle {
    /// Misses the next `count` scrapes.
    pub fn skip_scrapes(&self, count: u32) {
        self.to_skip.fetch_add(count, Ordering::SeqCst);
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
    /// What was seen at other phases.
    pub shadows: Vec<ShadowRecord>,
    /// What went wrong.
    pub warnings: Vec<WarningRecord>,
}

/// Watches one run.
pub struct Monitor {
    clock: Clock,
    lookout: Lookout,
    rules: RuleBook,
    alerts: Alerts,
    watches: WatchBook,
    shadows: Vec<Shadow>,
}

impl Monitor {
    /// A monitor that has not looked yet, and what acts on it.
    #[must_use]
    pub fn new(mut setup: MonitorSetup) -> (Self, MonitorHandle) {
        let to_skip = Arc::new(AtomicU32::new(0));
        let watches = WatchBook::new(std::mem::take(&mut setup.watches));
        let kept_ms = watches.reach_ms();
        let mut lookout = Lookout::new(&setup, &setup.phase, to_skip.clone(), kept_ms);
        lookout.observer = setup.observer.take();
        let shadows = Shadow::all(&setup, &to_skip);
        let dispatcher =
            Dispatcher::new(setup.routes, setup.channels, setup.clock.at(Elapsed::ZERO));
        let monitor = Monitor {
            clock: setup.clock,
            rules: RuleBook::new(lookout.engine(), setup.evaluation_interval),
            lookout,
            shadows,
            alerts: Alerts::new(dispatcher, setup.pages),
            watches,
        };
        (monitor, MonitorHandle { to_skip })
    }

    /// Watches until `until`, that moment included, and tells what it saw.
    ///
    /// # Errors
    /// When a shadow broke down.
    pub async fn run(mut self, until: Elapsed) -> Result<Seen, JoinError> {
        let shadows = std::mem::take(&mut self.shadows).into_iter();
        let shadows: Vec<_> = shadows
            .map(|shadow| tokio::spawn(shadow.run(until)))
            .collect();
        while let Some(now) = self.next().filter(|next| *next <= until) {
            let looked = self.lookout.look(now).await;
            for (group, outcome) in looked.outcomes {
                self.rules.note(now, group, &outcome);
                for change in outcome.changes {
                    self.alerts.note(now, change);
                }
            }
            let at_ms = self.clock.at(now).as_millisecond();
            let store = self.lookout.store();
            self.watches.ask(now, at_ms, looked.is_evaluation, store);
            // What rules raise at an instant is sent in it.
            self.alerts.advance(now);
        }
        self.alerts.finish(self.lookout.engine().active());
        self.lookout.tell_the_end();
        let mut warnings = self.lookout.into_warnings();
        if self.alerts.unwritten > 0 {
            let message = format!("{} are not in the record", self.alerts.unwritten);
            warnings.note(until, "alerts and pages", &message);
        }
        let mut seen_at_others = Vec::new();
        for shadow in shadows {
            seen_at_others.push(shadow.await?);
        }
        Ok(Seen {
            rules: self.rules.into_records(),
            alerts: self.alerts.records,
            pages: self.alerts.pages,
            watches: self.watches.into_records(),
            shadows: seen_at_others,
            warnings: warnings.into_records(),
        })
    }

    fn next(&self) -> Option<Elapsed> {
        let due = [
            Some(self.lookout.next()),
            self.alerts.next_deadline(),
            self.watches.next_moment(),
        ];
        due.into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests;
