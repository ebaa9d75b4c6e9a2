//! The faults of one factory while it runs: which are active, which requests they touch, how often, and what has been told of them.
//! They are asked the time; they do not know the clock.

use super::latency;
use super::outage::WireAction;
use super::plan::{FaultPlan, Inject};
use super::schedule::{Ends, Phase, Schedule};
use crate::clock::Elapsed;
use crate::event::{EndedBy, Event};
use crate::input::units::{MomentError, StartsAt};
use crate::seed::Seed;
use http::Method;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The length of a fix code.
pub(crate) const CODE_LETTERS: usize = 16;

/// How often a fault was asked and how often it struck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultCount {
    /// The fault's name.
    pub name: Arc<str>,
    /// The matching requests while it was active. For a wire fault: connections and requests, as its module counts them.
    pub asked: u64,
    /// Those of them that it touched.
    pub injected: u64,
}

/// Why a fault was not mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MendError {
    /// The factory has no fault of that name.
    #[error("the factory has no fault of that name")]
    Unknown,
    /// It has not started, or its end was triggered before.
    #[error("the fault is not active")]
    NotActive,
    /// It never ends.
    #[error("the fault never ends")]
    Never,
}

/// One fault while the factory runs.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) name: Arc<str>,
    pub(crate) inject: Inject,
    pub(crate) code: String,
    schedule: Schedule,
    share: f64,
    method: Option<Method>,
    path: String,
    draws: Seed,
    delays: Seed,
    asked: AtomicU64,
    injected: Arc<AtomicU64>,
    /// `2 * micros + 1` when it was mended, without the 1 when it was reported, [`NOBODY`] before.
    by_hand: AtomicU64,
}

const NOBODY: u64 = u64::MAX;

/// What the faults do to one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touch {
    /// How late it is answered.
    pub(crate) delay: Duration,
    /// The first fault that delays it and tells its report URL.
    pub(crate) delayed_by: Option<usize>,
    /// The fault that answers it.
    pub(crate) answer: Option<usize>,
}

impl Fault {
    fn new(plan: &FaultPlan, schedule: Schedule, seed: Seed, code: String) -> Self {
        let seed = seed.of("fault").of(&plan.name);
        let method = plan.matches.method.as_str();
        Fault {
            name: Arc::from(plan.name.as_str()),
            inject: (*plan.inject).clone(),
            code,
            schedule,
            share: plan.requests.0,
            method: (method != "*")
                .then(|| Method::from_bytes(method.as_bytes()).unwrap_or(Method::POST)),
            path: (*plan.matches.path).clone(),
            draws: seed.of("requests"),
            delays: seed.of("delays"),
            asked: AtomicU64::new(0),
            injected: Arc::default(),
            by_hand: AtomicU64::new(NOBODY),
        }
    }

    fn by_hand(&self) -> Option<Elapsed> {
        match self.by_hand.load(Ordering::Acquire) {
            NOBODY => None,
            packed => Some(Elapsed::from_micros(packed / 2)),
        }
    }

    fn ended_by(&self) -> EndedBy {
        match (self.schedule.ends, self.by_hand()) {
            (Ends::At(at), Some(by_hand)) if at <= by_hand => EndedBy::Schedule,
            (_, None) => EndedBy::Schedule,
            (_, Some(_)) if self.by_hand.load(Ordering::Acquire) % 2 == 1 => EndedBy::Mended,
            (_, Some(_)) => EndedBy::Report,
        }
    }

    pub(crate) fn phase(&self, now: Elapsed) -> Phase {
        self.schedule.phase(now, self.by_hand())
    }

    /// Whether a call of its report URL ends it at `now`.
    pub(crate) fn awaits_report(&self, now: Elapsed) -> bool {
        self.schedule.ends == Ends::OnReport && self.phase(now) == Phase::Active
    }

    fn matches(&self, method: &Method, path: &str) -> bool {
        self.method.as_ref().is_none_or(|own| own == method)
            && match self.path.strip_suffix('*') {
                Some(start) => path
                    .get(..start.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(start)),
                None => path.eq_ignore_ascii_case(self.path.trim_end_matches('/')),
            }
    }

    /// Counts a request that it is asked about; gives the request's number when it touches it. The draw is keyed by the number, so
    /// a share is a share whatever the concurrency.
    fn ask(&self) -> Option<u64> {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        (self.share >= 1.0 || self.draws.nth(number).share() < self.share).then_some(number)
    }

    /// Asks a wire fault about a request or connection, and counts it when it is touched.
    pub(crate) fn strikes(&self) -> bool {
        let struck = self.ask().is_some();
        if struck {
            self.injected.fetch_add(1, Ordering::Relaxed);
        }
        struck
    }

    /// The counter of what it touched, for whoever counts refused connections.
    pub(crate) fn injected(&self) -> &Arc<AtomicU64> {
        &self.injected
    }

    /// What it does to the wire, when it is a wire fault.
    pub(crate) fn wire_action(&self) -> Option<WireAction> {
        match &self.inject {
            Inject::Outage(outage) => Some(outage.action(self.share)),
            _ => None,
        }
    }

    fn trigger(&self, now: Elapsed, by: EndedBy) -> bool {
        let packed = now.as_micros() * 2 + u64::from(by == EndedBy::Mended);
        self.phase(now) == Phase::Active
            && self
                .by_hand
                .compare_exchange(NOBODY, packed, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
    }

    /// What happened to it between the phases `told` and `phase`.
    fn news(&self, told: Phase, phase: Phase) -> Vec<Event> {
        let by_hand = self.by_hand();
        let name = || self.name.clone();
        let mut news = Vec::new();
        if told < Phase::Active && phase >= Phase::Active {
            let at = self.schedule.starts;
            news.push(Event::FaultStarted { name: name(), at });
        }
        if told < Phase::Lingering
            && phase >= Phase::Lingering
            && let Some(at) = self.schedule.triggered(by_hand)
        {
            let by = self.ended_by();
            news.push(Event::FaultEndTriggered {
                name: name(),
                at,
                by,
            });
        }
        if told < Phase::Ended
            && phase == Phase::Ended
            && let Some(at) = self.schedule.over(by_hand)
        {
            news.push(Event::FaultEnded { name: name(), at });
        }
        news
    }
}

/// All faults of a factory, in the order of the file.
#[derive(Debug)]
pub(crate) struct Faults {
    all: Vec<Fault>,
    told: Mutex<Vec<Phase>>,
}

impl Faults {
    /// The faults of a factory in a run that starts at `starts_at`.
    ///
    /// # Errors
    /// When one starts or ends at a date before that.
    pub(crate) fn new(
        plans: &[FaultPlan],
        starts_at: &StartsAt,
        seed: Seed,
    ) -> Result<Self, MomentError> {
        let mut codes = BTreeSet::new();
        let mut all = Vec::with_capacity(plans.len());
        for plan in plans {
            let code = distinct(seed.of("fix-code").of(&plan.name), &mut codes);
            let schedule = Schedule::of(plan, starts_at)?;
            all.push(Fault::new(plan, schedule, seed, code));
        }
        Ok(Faults {
            told: Mutex::new(vec![Phase::Pending; all.len()]),
            all,
        })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.all.iter()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Fault> {
        self.all.get(index)
    }

    /// Asks every active fault that matches about one request, and counts.
    pub(crate) fn touch(&self, method: &Method, path: &str, now: Elapsed) -> Touch {
        let mut touch = Touch::default();
        for (index, fault) in self.all.iter().enumerate() {
            let asked = !fault.inject.is_wire()
                && fault.phase(now).touches()
                && fault.matches(method, path);
            let Some(number) = asked.then(|| fault.ask()).flatten() else {
                continue;
            };
            match &fault.inject {
                Inject::Latency(latency) => {
                    let delay = latency.draw(fault.delays.nth(number));
                    touch.delay = (touch.delay + delay).min(latency::DELAY_MAX);
                    if latency.report_url {
                        touch.delayed_by = touch.delayed_by.or(Some(index));
                    }
                }
                _ if touch.answer.is_some() => continue,
                _ => touch.answer = Some(index),
            }
            fault.injected.fetch_add(1, Ordering::Relaxed);
        }
        touch
    }

    /// The wire fault that counts at `now`: the first active one of the file.
    pub(crate) fn outage(&self, now: Elapsed) -> Option<(&Fault, WireAction)> {
        self.all.iter().find_map(|fault| {
            let action = fault.wire_action()?;
            fault.phase(now).touches().then_some((fault, action))
        })
    }

    /// The name of a fault that would touch POST /api/order at `now`.
    pub(crate) fn in_the_way_of_orders(&self, now: Elapsed) -> Option<&Arc<str>> {
        self.all
            .iter()
            .find(|fault| {
                fault.phase(now).touches()
                    && fault.share > 0.0
                    && (fault.inject.is_wire() || fault.matches(&Method::POST, "/api/order"))
            })
            .map(|fault| &fault.name)
    }

    /// Ends the fault that `code` belongs to, when it ends on report and is active; gives its name.
    pub(crate) fn report(&self, code: &str, now: Elapsed) -> Option<Arc<str>> {
        self.all
            .iter()
            .find(|fault| fault.code == code && fault.awaits_report(now))
            .filter(|fault| fault.trigger(now, EndedBy::Report))
            .map(|fault| fault.name.clone())
    }

    pub(crate) fn mend(&self, name: &str, now: Elapsed) -> Result<(), MendError> {
        let fault = self
            .all
            .iter()
            .find(|fault| &*fault.name == name)
            .ok_or(MendError::Unknown)?;
        if fault.schedule.ends == Ends::Never {
            return Err(MendError::Never);
        }
        if fault.trigger(now, EndedBy::Mended) {
            Ok(())
        } else {
            Err(MendError::NotActive)
        }
    }

    /// What changed since this was last asked, in the order of time.
    pub(crate) fn news(&self, now: Elapsed) -> Vec<Event> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let mut news = Vec::new();
        for (fault, told) in self.all.iter().zip(told.iter_mut()) {
            let phase = fault.phase(now);
            news.extend(fault.news(*told, phase));
            *told = phase;
        }
        news.sort_by_key(Event::at);
        news
    }

    /// The moment after `now` at which something changes next, as far as is known.
    pub(crate) fn next_change(&self, now: Elapsed) -> Option<Elapsed> {
        self.all
            .iter()
            .filter_map(|fault| fault.schedule.next_change(now, fault.by_hand()))
            .min()
    }

    pub(crate) fn counts(&self) -> Vec<FaultCount> {
        self.all
            .iter()
            .map(|fault| {
                let injected = fault.injected.load(Ordering::Relaxed);
                FaultCount {
                    name: fault.name.clone(),
                    // Nobody asks before a connection is refused.
                    asked: fault.asked.load(Ordering::Relaxed).max(injected),
                    injected,
                }
            })
            .collect()
    }
}

/// A fix code that is not in `taken` yet.
fn distinct(seed: Seed, taken: &mut BTreeSet<String>) -> String {
    let mut number = 0;
    loop {
        let code = seed.nth(number).letters(CODE_LETTERS);
        if taken.insert(code.clone()) {
            return code;
        }
        number += 1;
    }
}
