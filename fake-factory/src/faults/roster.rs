//! The faults of one factory, in their order: the list may change while the factory runs, each request meets it as it is at one moment.
//! It is asked the time; it does not know the clock.

use super::fault::Fault;
use super::kind::Stage;
use super::kinds::outage::WireAction;
use super::matching::{Asked, ORDER_PATH};
use super::plan::{FaultPlan, Manners};
use super::schedule::Schedule;
use super::touch::Touch;
use crate::clock::Elapsed;
use crate::event::{EndedBy, Event};
use crate::input::units::{MomentError, StartsAt};
use crate::seed::Seed;
use http::Method;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The length of a fix code.
pub(crate) const CODE_LETTERS: usize = 16;
/// The most faults of one factory.
pub const FAULTS_MAX: usize = 1_000;

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

/// Why a fault was not added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddError {
    /// It starts or ends before now.
    #[error(transparent)]
    Moment(#[from] MomentError),
    /// Another fault has its name.
    #[error("another fault is called `{0}`")]
    NameTaken(String),
    /// It follows a fault that is not there.
    #[error("there is no fault `{0}` before it that it could follow")]
    FollowsNothing(String),
    /// The list holds [`FAULTS_MAX`].
    #[error("there are {FAULTS_MAX} faults already")]
    Full,
}

/// The list as it is at one moment.
pub(crate) type List = Arc<Vec<Arc<Fault>>>;

/// The list, and the parts of it that each request looks through, so that it looks at no fault that cannot touch it.
#[derive(Debug, Default)]
struct Roster {
    list: List,
    /// Those that break the wire.
    wire: List,
    /// Those that may touch an order, by method and path.
    orders: List,
    /// How the factory behaves where none of them touches a request.
    manners: Manners,
}

impl Roster {
    fn set(&mut self, list: List) {
        let part = |fits: &dyn Fn(&Fault) -> bool| {
            let faults = list.iter().filter(|fault| fits(fault));
            Arc::new(faults.cloned().collect::<Vec<_>>())
        };
        self.wire = part(&|fault| fault.stage == Stage::Wire);
        self.orders = part(&|fault| {
            fault.stage != Stage::Wire && fault.fits_route(&Method::POST, ORDER_PATH)
        });
        self.list = list;
    }

    /// Changes the list by `change`.
    fn change<T>(&mut self, change: impl FnOnce(&mut Vec<Arc<Fault>>) -> T) -> T {
        let mut list = Vec::clone(&self.list);
        let changed = change(&mut list);
        self.set(Arc::new(list));
        changed
    }
}

/// A fault that took the place of another one.
pub(crate) struct Replaced {
    pub(crate) old: Arc<Fault>,
    pub(crate) new: Arc<Fault>,
}

/// All faults of a factory.
#[derive(Debug)]
pub(crate) struct Faults {
    roster: Mutex<Roster>,
    /// Serialises the telling, so that nothing is told twice.
    telling: Mutex<()>,
    /// How many faults there have been: a name that comes again gets another code.
    added: Mutex<u64>,
    seed: Seed,
}

impl Faults {
    /// The faults of a factory in a run that starts at `starts_at`.
    ///
    /// # Errors
    /// As [`AddError`] says.
    pub(crate) fn new(
        plans: &[FaultPlan],
        manners: Manners,
        starts_at: &StartsAt,
        seed: Seed,
    ) -> Result<Self, AddError> {
        let faults = Faults {
            roster: Mutex::default(),
            telling: Mutex::default(),
            added: Mutex::new(0),
            seed,
        };
        let made = faults.make(plans, starts_at, Elapsed::ZERO)?;
        let mut roster = faults.guard();
        roster.set(Arc::new(made));
        roster.manners = manners;
        drop(roster);
        Ok(faults)
    }

    /// How the factory behaves where none of them touches a request.
    pub(crate) fn manners(&self) -> Manners {
        self.guard().manners
    }

    /// The faults as they are now.
    pub(crate) fn list(&self) -> List {
        self.guard().list.clone()
    }

    fn guard(&self) -> MutexGuard<'_, Roster> {
        // What may panic comes before a part is replaced, so that a panic leaves it whole.
        self.roster.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Faults that stand for themselves, as `plans` have them, with moments that count from `base`.
    fn make(
        &self,
        plans: &[FaultPlan],
        starts_at: &StartsAt,
        base: Elapsed,
    ) -> Result<Vec<Arc<Fault>>, AddError> {
        let mut made = Vec::with_capacity(plans.len());
        for plan in plans {
            let fault = self.make_one(plan, starts_at, base, &made)?;
            made.push(fault);
        }
        Ok(made)
    }

    fn make_one(
        &self,
        plan: &FaultPlan,
        starts_at: &StartsAt,
        base: Elapsed,
        before: &[Arc<Fault>],
    ) -> Result<Arc<Fault>, AddError> {
        let named = |name: &str| before.iter().find(|fault| &*fault.name == name);
        if named(&plan.name).is_some() {
            return Err(AddError::NameTaken(plan.name.value.clone()));
        }
        if before.len() >= FAULTS_MAX {
            return Err(AddError::Full);
        }
        let follows = match &plan.follows {
            None => None,
            Some(name) => Some(
                named(name)
                    .ok_or_else(|| AddError::FollowsNothing(name.value.clone()))?
                    .clone(),
            ),
        };
        let schedule = Schedule::of(plan, starts_at, base)?;
        let code = self.draw_code(&plan.name, before);
        Ok(Arc::new(Fault::new(
            plan, schedule, follows, self.seed, code,
        )))
    }

    /// A fix code that no fault of `present` has, nor one of this name had before.
    fn draw_code(&self, name: &str, present: &[Arc<Fault>]) -> String {
        let taken: BTreeSet<&str> = present.iter().map(|fault| fault.code.as_str()).collect();
        let mut added = self.added.lock().unwrap_or_else(PoisonError::into_inner);
        let seed = self.seed.of("fix-code").of(name);
        loop {
            let code = seed.nth(*added).letters(CODE_LETTERS);
            *added += 1;
            if !taken.contains(code.as_str()) {
                return code;
            }
        }
    }

    /// Adds a fault at the end of the list, with moments that count from now.
    pub(crate) fn add(
        &self,
        plan: &FaultPlan,
        starts_at: &StartsAt,
        now: Elapsed,
    ) -> Result<Arc<Fault>, AddError> {
        let mut roster = self.guard();
        let fault = self.make_one(plan, starts_at, now, &roster.list)?;
        roster.change(|list| list.push(fault.clone()));
        Ok(fault)
    }

    /// Puts a fault in the place of the one that has its name, if there is one.
    pub(crate) fn replace(
        &self,
        plan: &FaultPlan,
        starts_at: &StartsAt,
        now: Elapsed,
    ) -> Result<Option<Replaced>, AddError> {
        let mut roster = self.guard();
        let mut faults = roster.list.iter();
        let Some(index) = faults.position(|fault| *fault.name == **plan.name) else {
            return Ok(None);
        };
        let fault = self.make_one(plan, starts_at, now, &roster.list[..index])?;
        let old = roster.change(|list| std::mem::replace(&mut list[index], fault.clone()));
        for other in roster.list.iter() {
            other.follow_instead(&fault, now);
        }
        old.stop(now);
        Ok(Some(Replaced { old, new: fault }))
    }

    /// Puts `plans` in the place of the whole list in one step; gives the old list.
    pub(crate) fn replace_all(
        &self,
        plans: &[FaultPlan],
        manners: Option<Manners>,
        starts_at: &StartsAt,
        now: Elapsed,
    ) -> Result<List, AddError> {
        let made = Arc::new(self.make(plans, starts_at, now)?);
        let mut roster = self.guard();
        let old = roster.list.clone();
        roster.set(made);
        roster.manners = manners.unwrap_or(roster.manners);
        drop(roster);
        for fault in old.iter() {
            fault.stop(now);
        }
        Ok(old)
    }

    /// Ends a fault and takes it off the list; gives it.
    pub(crate) fn remove(&self, name: &str, now: Elapsed) -> Option<Arc<Fault>> {
        let mut roster = self.guard();
        let mut faults = roster.list.iter();
        let index = faults.position(|fault| &*fault.name == name)?;
        let fault = roster.change(|list| list.remove(index));
        fault.stop(now);
        Some(fault)
    }

    /// The fault of this name.
    pub(crate) fn find(&self, name: &str) -> Option<Arc<Fault>> {
        self.guard()
            .list
            .iter()
            .find(|fault| &*fault.name == name)
            .cloned()
    }

    /// Asks every active fault that matches about one request, counts, and composes what they do, stage by stage.
    pub(crate) fn touch(
        &self,
        asked: &Asked<'_>,
        now: Elapsed,
        report_url: &dyn Fn(&str) -> String,
    ) -> Touch {
        let is_order = asked.method == Method::POST && asked.path.eq_ignore_ascii_case(ORDER_PATH);
        let roster = self.guard();
        let (orders, manners) = (&roster.orders, roster.manners);
        let list = if is_order { orders } else { &roster.list }.clone();
        drop(roster);
        let fits_route = |fault: &Fault| {
            is_order || (fault.stage != Stage::Wire && fault.fits_route(asked.method, asked.path))
        };
        let mut struck: Vec<(&Arc<Fault>, u64)> = list
            .iter()
            // Whether it fits is told sooner than whether it goes on.
            .filter(|fault| fits_route(fault) && fault.fits_rest(asked) && fault.touching(now))
            .filter_map(|fault| Some((fault, fault.ask()?)))
            .collect();
        struck.sort_by_key(|(fault, _)| fault.stage);
        let mut touch = Touch {
            manners,
            promised: asked.promised,
            ..Touch::default()
        };
        for (fault, number) in struck {
            fault.strike(asked, number, now, report_url, &mut touch);
        }
        touch
    }

    /// The wire fault that counts at `now`: the first active one of the list.
    pub(crate) fn outage(&self, now: Elapsed) -> Option<(Arc<Fault>, WireAction)> {
        let roster = self.guard();
        roster.wire.iter().find_map(|fault| {
            let action = fault.wire_action()?;
            fault.touching(now).then(|| (fault.clone(), action))
        })
    }

    /// The name of a fault that would touch some POST /api/order at `now`.
    pub(crate) fn in_the_way_of_orders(&self, now: Elapsed) -> Option<Arc<str>> {
        self.list()
            .iter()
            .find(|fault| {
                fault.touching(now)
                    && fault.touches_some()
                    && (fault.stage == Stage::Wire || fault.fits_route(&Method::POST, ORDER_PATH))
            })
            .map(|fault| fault.name.clone())
    }

    /// Ends the fault that `code` belongs to, when it ends on report and is active; gives its name.
    pub(crate) fn report(&self, code: &str, now: Elapsed) -> Option<Arc<str>> {
        self.list()
            .iter()
            .find(|fault| fault.code == code && fault.awaits_report(now))
            .filter(|fault| fault.trigger(now, EndedBy::Report))
            .map(|fault| fault.name.clone())
    }

    /// Triggers the end of an active fault by hand, as its plan allows.
    pub(crate) fn mend(&self, name: &str, now: Elapsed) -> Result<(), MendError> {
        let fault = self.find(name).ok_or(MendError::Unknown)?;
        if !fault.ends() {
            return Err(MendError::Never);
        }
        if fault.trigger(now, EndedBy::Mended) {
            Ok(())
        } else {
            Err(MendError::NotActive)
        }
    }

    /// Ends every fault at once; how many went on.
    pub(crate) fn stop_all(&self, now: Elapsed) -> usize {
        let list = self.list();
        list.iter().filter(|fault| fault.stop(now)).count()
    }

    /// What changed since this was last asked, in the order of time.
    pub(crate) fn news(&self, now: Elapsed) -> Vec<Event> {
        let _telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        let list = self.list();
        let mut news: Vec<Event> = list.iter().flat_map(|fault| fault.news(now)).collect();
        news.sort_by_key(Event::at);
        news
    }

    /// The moment after `now` at which something changes next, as far as is known.
    pub(crate) fn next_change(&self, now: Elapsed) -> Option<Elapsed> {
        self.list()
            .iter()
            .filter_map(|fault| fault.next_change(now))
            .min()
    }

    pub(crate) fn counts(&self) -> Vec<FaultCount> {
        let list = self.list();
        list.iter()
            .map(|fault| FaultCount {
                name: fault.name.clone(),
                asked: fault.asked(),
                injected: fault.injected(),
            })
            .collect()
    }
}
