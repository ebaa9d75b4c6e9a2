//! Expectations about what comes after a fault: there must be one that ends, within the run as far as can be told.

use super::figures::check_share;
use super::{Checked, Findings};
use crate::scenario::expect::{Recovery, Within};
use fake_factory::faults::plan::End;
use fake_factory::input::Located;
use fake_factory::input::units::HumanDuration;

impl Checked<'_> {
    pub(super) fn check_recovery(&self, recovery: &Recovery, found: &mut Findings<'_>) {
        check_share("success", &recovery.success, found);
        self.check_after("recovery", recovery.of.as_ref(), recovery.within, found);
    }

    pub(super) fn check_queue_drained(&self, drained: &Within, found: &mut Findings<'_>) {
        self.check_after("queue_drained", drained.of.as_ref(), drained.within, found);
    }

    fn check_after(
        &self,
        kind: &str,
        of: Option<&Located<String>>,
        within: HumanDuration,
        found: &mut Findings<'_>,
    ) {
        let unknown = of.is_some_and(|name| !self.facts.faults.check(name, found));
        if unknown || !self.check_fault(of, &[kind], found) || !self.facts.is_whole("factories") {
            return;
        }
        let fault = of.and_then(|name| self.facts.fault(name));
        let ends = fault.map_or(self.facts.some_fault_ends(), |fault| {
            fault.ends.value != End::Never
        });
        if !ends {
            let place = of.and_then(|name| name.span).or(self.expectation.span);
            found.error(
                place,
                format!("`{kind}` counts from the end of a fault, and this never ends"),
            );
        } else if within.0 >= self.facts.duration && self.facts.has_times() {
            let run = self.facts.scenario.duration.value;
            found.error(
                self.at(&[kind, "within"]),
                format!(
                    "`{kind}` has {within} after the end of a fault, but the whole run takes {run}"
                ),
            );
        }
    }
}
