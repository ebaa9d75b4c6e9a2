//! Breaking and mending while the factory runs: changes of the list of faults, each told to the observer as it happens.

use super::Kitchen;
use crate::clock::Elapsed;
use crate::event::Event;
use crate::faults::fault::Fault;
use crate::faults::kinds::outage::WireAction;
use crate::faults::plan::{FactoryPlan, FaultPlan, Manners};
use crate::faults::roster::{AddError, List, MendError, Replaced};
use crate::input::units::StartsAt;
use std::sync::Arc;
use std::time::Duration;

/// How long a change of the faults waits for the port.
const PORT_PATIENCE: Duration = Duration::from_secs(1);

impl Kitchen {
    /// Ends a fault by hand, as its plan allows.
    pub(crate) fn mend(&self, fault: &str) -> Result<(), MendError> {
        self.tell_news();
        self.faults.mend(fault, self.clock.elapsed())?;
        self.told_of_change();
        Ok(())
    }

    /// Adds a fault; the offsets in its plan count from now, its clock times from `starts_at`.
    pub(crate) fn add_fault(
        &self,
        plan: &FaultPlan,
        starts_at: &StartsAt,
    ) -> Result<Arc<Fault>, AddError> {
        self.prepare_keys(std::iter::once(plan));
        let now = self.clock.elapsed();
        let fault = self.faults.add(plan, starts_at, now)?;
        self.tell_added(&fault, now);
        self.told_of_change();
        Ok(fault)
    }

    /// Puts a fault in the place of the one that has its name, if there is one.
    pub(crate) fn replace_fault(
        &self,
        plan: &FaultPlan,
        starts_at: &StartsAt,
    ) -> Result<Option<Arc<Fault>>, AddError> {
        self.prepare_keys(std::iter::once(plan));
        self.tell_news();
        let now = self.clock.elapsed();
        let Some(Replaced { old, new }) = self.faults.replace(plan, starts_at, now)? else {
            return Ok(None);
        };
        self.tell_removed(&old, now);
        self.tell_added(&new, now);
        self.told_of_change();
        Ok(Some(new))
    }

    /// Puts what `plan` says of a factory in the place of all that was said of this one, in one step.
    pub(crate) fn follow_plan(
        &self,
        plan: &FactoryPlan,
        starts_at: &StartsAt,
    ) -> Result<List, AddError> {
        let manners = plan.manners(&self.habits.insisted);
        self.replace_faults(&plan.faults, Some(manners), starts_at)
    }

    /// Puts the faults of `plans` in the place of all others, and the manners with them where there are any.
    pub(super) fn replace_faults(
        &self,
        plans: &[FaultPlan],
        manners: Option<Manners>,
        starts_at: &StartsAt,
    ) -> Result<List, AddError> {
        self.prepare_keys(plans.iter());
        self.tell_news();
        let now = self.clock.elapsed();
        let old = self.faults.replace_all(plans, manners, starts_at, now)?;
        for fault in old.iter() {
            self.tell_removed(fault, now);
        }
        let new = self.faults.list();
        for fault in new.iter() {
            self.tell_added(fault, now);
        }
        self.told_of_change();
        Ok(new)
    }

    /// Ends a fault at once, whatever its plan says; gives it.
    pub(crate) fn stop_fault(&self, name: &str) -> Option<Arc<Fault>> {
        self.tell_news();
        let fault = self.faults.find(name)?;
        fault.stop(self.clock.elapsed());
        self.told_of_change();
        Some(fault)
    }

    /// Ends a fault at once and takes it off the list; whether it was there.
    pub(crate) fn remove_fault(&self, name: &str) -> bool {
        self.tell_news();
        let now = self.clock.elapsed();
        let Some(fault) = self.faults.remove(name, now) else {
            return false;
        };
        self.tell_removed(&fault, now);
        self.told_of_change();
        true
    }

    /// Ends every fault at once; how many went on.
    pub(crate) fn stop_faults(&self) -> usize {
        self.tell_news();
        let stopped = self.faults.stop_all(self.clock.elapsed());
        self.told_of_change();
        stopped
    }

    /// Waits until the port is open or closed as the faults have it, so that whoever changed them may count on it. Where somebody else has
    /// taken the port meanwhile, it is not waited for longer than [`PORT_PATIENCE`].
    pub(crate) async fn port_follows(&self) {
        let mut port_closed = self.port_closed.subscribe();
        let as_it_should = |closed: &bool| {
            let outage = self.faults.outage(self.clock.elapsed());
            *closed == matches!(outage, Some((_, WireAction::ClosePort)))
        };
        let follows = port_closed.wait_for(as_it_should);
        if tokio::time::timeout(PORT_PATIENCE, follows).await.is_err() {
            tracing::warn!("the port does not follow the faults");
        }
    }

    fn tell_added(&self, fault: &Fault, at: Elapsed) {
        let name = fault.name.clone();
        (self.observer)(Event::FaultAdded { name, at });
    }

    /// Tells what the end of a fault that is off the list already has changed.
    fn tell_removed(&self, fault: &Fault, at: Elapsed) {
        for event in fault.news(at) {
            (self.observer)(event);
        }
        self.metrics.keep(fault);
        let name = fault.name.clone();
        (self.observer)(Event::FaultRemoved { name, at });
    }

    fn told_of_change(&self) {
        self.tell_news();
        self.changed.notify_one();
    }
}
