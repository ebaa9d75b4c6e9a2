//! Watches the run at other phases beside the monitor: the same scrapes and rules at other ticks, to tell how much of the time to
//! detect is chance. Nobody is paged by them, so that they change nothing of the run; what people do, they do for the monitor's pages.

use super::MonitorSetup;
use super::alerts::ALERT_NAME;
use super::lookout::Lookout;
use crate::alerting::evaluate::{Change, StateChange};
use crate::record::PhaseRecord;
use crate::record::shadows::{FiringRecord, ShadowRecord};
use fake_factory::clock::Elapsed;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

/// Scrapes that a shadow makes before what it watches for can begin, and after it has: its work has a bound, however long a run is.
const SCRAPES_BEFORE_MAX: u32 = 1_000;
const SCRAPES_AFTER_MAX: u32 = 2_000;
/// Alerts that fire and are written down at each phase.
const FIRINGS_MAX: usize = 1_000;

/// What is watched for at other phases, and at which.
#[derive(Clone, Debug, Default)]
pub struct ShadowPlan {
    /// The phases.
    pub phases: Vec<PhaseRecord>,
    /// The alerts.
    pub wanted: Vec<Wanted>,
}

/// An alert that is watched for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its name.
    pub alert: String,
    /// Before this moment it says nothing of what it is to tell.
    pub after: Elapsed,
    /// Whether that is when the fault starts, and not only the earliest that it can.
    pub is_start: bool,
}

/// One phase that is watched at.
pub(super) struct Shadow {
    lookout: Lookout,
    wanted: Vec<Wanted>,
    record: ShadowRecord,
    /// Where each alert that fires stands in the record, by its number.
    firing: BTreeMap<usize, usize>,
}

impl Shadow {
    /// A shadow for each phase of `setup`'s plan, none where there is nothing to watch for.
    pub(super) fn all(setup: &MonitorSetup, to_skip: &Arc<AtomicU32>) -> Vec<Shadow> {
        let ShadowPlan { phases, wanted } = &setup.shadows;
        let moments = wanted.iter().map(|wanted| wanted.after);
        let Some((first, last)) = moments.clone().min().zip(moments.max()) else {
            return Vec::new();
        };
        let scrapes = |count| setup.scrape_interval.saturating_mul(count);
        let before = first
            .as_duration()
            .saturating_sub(scrapes(SCRAPES_BEFORE_MAX));
        let shadow = |phase: &PhaseRecord| Shadow {
            lookout: Lookout::new(setup, phase, to_skip.clone(), 0),
            wanted: wanted.clone(),
            record: ShadowRecord {
                phase: phase.clone(),
                from: Elapsed::from_duration(before),
                until: last.plus(scrapes(SCRAPES_AFTER_MAX)),
                firings: Vec::new(),
            },
            firing: BTreeMap::new(),
        };
        phases.iter().map(shadow).collect()
    }

    /// Watches until all has happened that it is to tell, until `until` at the latest.
    pub(super) async fn run(mut self, until: Elapsed) -> ShadowRecord {
        self.record.until = self.record.until.min(until);
        self.lookout.begin_at(self.record.from).await;
        loop {
            let now = self.lookout.next();
            if now > self.record.until {
                return self.record;
            }
            for (_, outcome) in self.lookout.look(now).await.outcomes {
                for change in outcome.changes {
                    self.note(now, &change);
                }
            }
            if self.has_seen_all(now) {
                self.record.until = now;
                return self.record;
            }
        }
    }

    fn note(&mut self, now: Elapsed, change: &StateChange) {
        let StateChange { change, alert } = change;
        let firings = &mut self.record.firings;
        match change {
            Change::Firing => {
                let name = alert.labels.get(ALERT_NAME).unwrap_or_default();
                let is_wanted = self.wanted.iter().any(|wanted| wanted.alert == name);
                if is_wanted && firings.len() < FIRINGS_MAX {
                    self.firing.insert(alert.number, firings.len());
                    firings.push(FiringRecord {
                        alert: name.to_owned(),
                        firing_at: now,
                        resolved_at: None,
                    });
                }
            }
            Change::Resolved => {
                if let Some(place) = self.firing.remove(&alert.number) {
                    firings[place].resolved_at = Some(now);
                }
            }
            Change::Pending | Change::Dropped => {}
        }
    }

    fn has_seen_all(&self, now: Elapsed) -> bool {
        self.wanted.iter().all(|wanted| {
            let has_fired = |firing: &FiringRecord| {
                let over = firing.resolved_at.is_some_and(|at| at <= wanted.after);
                firing.alert == wanted.alert && !over
            };
            wanted.is_start && now >= wanted.after && self.record.firings.iter().any(has_fired)
        })
    }
}
