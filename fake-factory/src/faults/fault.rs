//! One fault while its factory runs: whether it goes on, which of the requests it is asked about it touches, and how often it has. It is
//! asked the time; it does not know the clock.

use super::inject::Inject;
use super::kind::{KindInfo, Memory, OwnRoutes, Stage, Strike};
use super::kinds::outage::WireAction;
use super::matching::{Asked, KEYS_PATH, ORDER_PATH};
use super::plan::{End, FaultPlan};
use super::schedule::{Ends, Phase, Schedule};
use super::touch::Touch;
use crate::clock::Elapsed;
use crate::event::{EndedBy, Event};
use crate::seed::Seed;
use http::Method;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// One fault of a running factory.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) name: Arc<str>,
    /// The code at the end of its report URL.
    pub(crate) code: String,
    /// What was written of it.
    pub(crate) plan: FaultPlan,
    /// When in the making of a reply it comes.
    pub(super) stage: Stage,
    routes: OwnRoutes,
    schedule: Schedule,
    /// The fault whose end starts it.
    follows: Option<Mutex<Arc<Fault>>>,
    draws: Seed,
    delays: Seed,
    asked: AtomicU64,
    injected: Arc<AtomicU64>,
    /// Who triggered its end and when, once somebody did.
    by_hand: OnceLock<(Elapsed, EndedBy)>,
    /// When somebody stopped it, whatever is said of its end.
    stopped: OnceLock<Elapsed>,
    memory: Mutex<Memory>,
    /// What its factory has told of it.
    told: Mutex<Phase>,
}

impl Fault {
    /// A fault as `plan` has it, whose randomness is a sub-stream of `seed`.
    pub(super) fn new(
        plan: &FaultPlan,
        schedule: Schedule,
        follows: Option<Arc<Fault>>,
        seed: Seed,
        code: String,
    ) -> Self {
        let seed = seed.of("fault").of(&plan.name);
        let kind = plan.inject.of_kind();
        Fault {
            stage: kind.stage(),
            routes: kind.own_routes(),
            name: Arc::from(plan.name.as_str()),
            code,
            schedule,
            follows: follows.map(Mutex::new),
            draws: seed.of("requests"),
            delays: seed.of("delays"),
            asked: AtomicU64::new(0),
            injected: Arc::default(),
            by_hand: OnceLock::new(),
            stopped: OnceLock::new(),
            memory: Mutex::default(),
            told: Mutex::new(Phase::Pending),
            plan: plan.clone(),
        }
    }

    pub(crate) fn inject(&self) -> &Inject {
        &self.plan.inject
    }

    pub(crate) fn info(&self) -> &'static KindInfo {
        self.inject().of_kind().info()
    }

    /// Its schedule, with the start that it takes from the fault that it follows.
    fn schedule(&self) -> Schedule {
        let starts = match &self.follows {
            Some(leader) => leading(leader).over().unwrap_or(Elapsed::NEVER),
            None => self.schedule.starts,
        };
        Schedule {
            starts,
            ..self.schedule
        }
    }

    fn by_hand(&self) -> Option<Elapsed> {
        self.by_hand.get().map(|(at, _)| *at)
    }

    /// When it starts, where that is known.
    pub(crate) fn starts(&self) -> Option<Elapsed> {
        Some(self.schedule().starts).filter(|at| *at != Elapsed::NEVER)
    }

    /// Follows `leader` from now on, in place of the fault of that name that it followed, unless it has started.
    pub(super) fn follow_instead(&self, leader: &Arc<Fault>, now: Elapsed) {
        let Some(follows) = &self.follows else {
            return;
        };
        let same = leading(follows).name == leader.name;
        if same && self.phase(now) == Phase::Pending {
            *leading(follows) = leader.clone();
        }
    }

    /// When it is over, where that is known. One that was stopped before it started is never over: nothing was there to follow.
    pub(crate) fn over(&self) -> Option<Elapsed> {
        let schedule = self.schedule();
        let over = schedule.over(self.by_hand());
        let stopped = self.stopped.get().copied();
        if self.stopped_before(schedule.starts) {
            return None;
        }
        over.into_iter()
            .chain(stopped)
            .min()
            .filter(|at| *at != Elapsed::NEVER)
    }

    pub(crate) fn phase(&self, now: Elapsed) -> Phase {
        if self.stopped.get().is_some_and(|at| *at <= now) {
            return Phase::Ended;
        }
        self.schedule().phase(now, self.by_hand())
    }

    /// Whether it touches requests at `now`: it goes on, and does not flap off just then.
    pub(crate) fn touching(&self, now: Elapsed) -> bool {
        self.phase(now) != Phase::Ended && self.schedule().touches(now, self.by_hand())
    }

    pub(super) fn next_change(&self, now: Elapsed) -> Option<Elapsed> {
        if self.phase(now) == Phase::Ended {
            return None;
        }
        self.schedule().next_change(now, self.by_hand())
    }

    /// Whether a call of its report URL ends it at `now`.
    pub(crate) fn awaits_report(&self, now: Elapsed) -> bool {
        self.schedule.ends == Ends::OnReport && self.phase(now) == Phase::Active
    }

    /// Whether it could touch a request of this method and path.
    pub(super) fn fits_route(&self, method: &Method, path: &str) -> bool {
        let is = |its: Method, route: &str| *method == its && path.eq_ignore_ascii_case(route);
        let for_orders = || is(Method::POST, ORDER_PATH);
        let for_keys = || is(Method::GET, KEYS_PATH) || is(Method::HEAD, KEYS_PATH);
        match self.routes {
            OwnRoutes::Matched | OwnRoutes::WithKey => self.plan.matches.fits_route(method, path),
            OwnRoutes::Orders => for_orders(),
            OwnRoutes::Keys => for_keys(),
            OwnRoutes::OrdersAndKeys => for_orders() || for_keys(),
        }
    }

    /// Whether it is about this request, whose method and path fit.
    pub(super) fn fits_rest(&self, asked: &Asked<'_>) -> bool {
        self.plan.matches.fits_rest(asked)
            && (self.routes != OwnRoutes::WithKey || asked.vendor.is_some())
    }

    /// Whether it touches any request at all.
    pub(super) fn touches_some(&self) -> bool {
        self.plan.every.is_some() || self.plan.requests.0 > 0.0
    }

    /// Counts a request that it is asked about; gives the request's number when it is to touch it. The draw is keyed by the number, so
    /// a share is a share whatever the concurrency.
    pub(super) fn ask(&self) -> Option<u64> {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        let share = self.plan.requests.0;
        let touches = match &self.plan.every {
            Some(every) => (number + 1).is_multiple_of(every.value.max(1)),
            None => share >= 1.0 || self.draws.nth(number).share() < share,
        };
        touches.then_some(number)
    }

    /// Counts a request that it touched; whether there was one left to touch.
    fn count(&self) -> bool {
        let End::AfterRequests(most) = &*self.plan.ends else {
            self.injected.fetch_add(1, Ordering::Relaxed);
            return true;
        };
        // While it lingers, it goes on as if it were not spent.
        let lingers = self.by_hand().is_some();
        let next = |injected| (injected < *most || lingers).then_some(injected + 1);
        self.injected
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
            .is_ok()
    }

    /// Ends it when it has touched as many requests as it may; whether it did.
    fn end_if_spent(&self, now: Elapsed) -> bool {
        match &*self.plan.ends {
            End::AfterRequests(most) => {
                self.injected() >= *most && self.trigger(now, EndedBy::Requests)
            }
            _ => false,
        }
    }

    /// Strikes the request with this number: changes `touch`, and counts where that did anything.
    pub(super) fn strike(
        self: &Arc<Self>,
        asked: &Asked<'_>,
        number: u64,
        now: Elapsed,
        report_url: &dyn Fn(&str) -> String,
        touch: &mut Touch,
    ) {
        let kind = self.inject().of_kind();
        if kind.needs_pizza() && (!asked.bakes || touch.answer.is_some()) {
            return;
        }
        let strike = Strike {
            asked,
            now,
            since: self.schedule().starts,
            seed: self.delays.nth(number),
            memory: &self.memory,
            report_url: &|| report_url(&self.code),
        };
        // Counted first and taken back where there was nothing to do, so that of two requests at once only one is the last.
        if !self.count() {
            return;
        }
        if kind.strike(&strike, touch) {
            touch.names.push(self.name.clone());
            touch.spent |= self.end_if_spent(now);
        } else {
            self.injected.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Asks a wire fault about a request or connection, and counts it when it is touched.
    pub(crate) fn strikes(&self, now: Elapsed) -> bool {
        let struck = self.ask().is_some() && self.count();
        if struck {
            self.end_if_spent(now);
        }
        struck
    }

    /// What it does to the wire, when it is a wire fault.
    pub(crate) fn wire_action(&self) -> Option<WireAction> {
        match self.inject() {
            Inject::Outage(outage) => Some(outage.action(self.touches_all())),
            _ => None,
        }
    }

    fn touches_all(&self) -> bool {
        match &self.plan.every {
            Some(every) => every.value <= 1,
            None => self.plan.requests.0 >= 1.0,
        }
    }

    pub(crate) fn asked(&self) -> u64 {
        // Nobody asks before a connection is refused.
        self.asked.load(Ordering::Relaxed).max(self.injected())
    }

    pub(crate) fn injected(&self) -> u64 {
        self.injected.load(Ordering::Relaxed)
    }

    /// The counter of what it touched, for whoever counts refused connections.
    pub(crate) fn injected_counter(&self) -> &Arc<AtomicU64> {
        &self.injected
    }

    /// Triggers its end, when it is active; whether that did it.
    pub(super) fn trigger(&self, now: Elapsed, by: EndedBy) -> bool {
        self.phase(now) == Phase::Active && self.by_hand.set((now, by)).is_ok()
    }

    /// Ends it at once, whatever is said of its end and whether or not it has started; whether that changed anything.
    pub(crate) fn stop(&self, now: Elapsed) -> bool {
        self.phase(now) != Phase::Ended && self.stopped.set(now).is_ok()
    }

    /// What happened to it since this was last asked.
    pub(crate) fn news(&self, now: Elapsed) -> Vec<Event> {
        let phase = self.phase(now);
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let news = self.between(*told, phase);
        *told = phase;
        news
    }

    /// What happened to it between two phases.
    fn between(&self, told: Phase, phase: Phase) -> Vec<Event> {
        let name = || self.name.clone();
        let mut news = Vec::new();
        let started = self.schedule().starts;
        if told < Phase::Active && phase >= Phase::Active && !self.stopped_before(started) {
            news.push(Event::FaultStarted {
                name: name(),
                at: started,
            });
        }
        if told < Phase::Lingering
            && phase >= Phase::Lingering
            && let Some((at, by)) = self.end_trigger()
        {
            news.push(Event::FaultEndTriggered {
                name: name(),
                at,
                by,
            });
        }
        if told < Phase::Ended
            && phase == Phase::Ended
            && let Some(at) = self.over()
        {
            news.push(Event::FaultEnded { name: name(), at });
        }
        news
    }

    fn stopped_before(&self, started: Elapsed) -> bool {
        self.stopped.get().is_some_and(|at| *at < started)
    }

    /// When its end was triggered first, and by what.
    fn end_trigger(&self) -> Option<(Elapsed, EndedBy)> {
        let timed = self.schedule().timed_end();
        let stopped = self.stopped.get().copied();
        timed
            .map(|at| (at, EndedBy::Schedule))
            .into_iter()
            .chain(self.by_hand.get().copied())
            .chain(stopped.map(|at| (at, EndedBy::Mended)))
            .min_by_key(|(at, _)| *at)
    }

    /// Whether anything but a stop could ever end it.
    pub(super) fn ends(&self) -> bool {
        self.schedule.ends != Ends::Never
    }
}

fn leading(leader: &Mutex<Arc<Fault>>) -> MutexGuard<'_, Arc<Fault>> {
    // It is replaced in one go, so a panic elsewhere leaves it whole.
    leader.lock().unwrap_or_else(PoisonError::into_inner)
}
