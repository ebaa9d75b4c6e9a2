//! Everything that breaks a factory ended at once, the chaos that its vendors asked for included; and a factory made as good as new.

use super::Kitchen;
use crate::event::{EndedBy, Event};
use crate::input::units::StartsAt;

impl Kitchen {
    /// Ends every fault, and the chaos of every vendor, at once; how many had not ended yet.
    pub(crate) fn stop_everything(&self) -> usize {
        let faults = self.stop_faults();
        let vendors = self.vendors.all().into_iter();
        let chaotic = vendors.filter(|vendor| vendor.unfixed_chaos().is_some());
        // A vendor that is gone meanwhile took its chaos along.
        let fixed = chaotic.filter(|vendor| self.fix_chaos(vendor, EndedBy::Mended).is_ok());
        faults + fixed.count()
    }

    /// Ends and forgets every fault and all chaos, and what was made. The vendors stay.
    pub(crate) fn reset(&self) {
        let now = StartsAt::from(self.clock.now());
        // No fault is one too many, or follows another.
        if let Err(error) = self.replace_faults(&[], None, &now) {
            tracing::warn!(%error, "failed to forget the faults");
        }
        for vendor in self.vendors.all() {
            if vendor.chaos.is_some() {
                // One that is gone meanwhile took it along.
                let _ = self.remove_chaos(&vendor);
            }
        }
        self.ledger().clear();
        let at = self.clock.elapsed();
        (self.observer)(Event::Reset { at });
    }
}
