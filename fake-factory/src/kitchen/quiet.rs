//! Everything that breaks a factory ended at once, the chaos that its vendors asked for included; and a factory made as good as new.

use super::{Kitchen, chaos_name};
use crate::event::{EndedBy, Event};
use crate::input::units::StartsAt;
use crate::vendors::Vendor;
use std::sync::Arc;

impl Kitchen {
    /// Ends every fault, and the chaos of every vendor, at once; how many had not ended yet.
    pub(crate) fn stop_everything(&self) -> usize {
        let faults = self.stop_faults();
        let now = self.clock.now();
        let chaotic = self.chaotic();
        for vendor in &chaotic {
            self.vendors.change(&vendor.key, |vendor| {
                if let Some(chaos) = &mut vendor.chaos {
                    chaos.fixed = Some(now);
                }
            });
            self.tell_calm(vendor);
        }
        faults + chaotic.len()
    }

    /// Ends and forgets every fault and all chaos, and what was made. The vendors stay.
    pub(crate) fn reset(&self) {
        let now = StartsAt::from(self.clock.now());
        // A list without faults has none that cannot be taken.
        if let Err(error) = self.replace_faults(&[], &now) {
            tracing::warn!(%error, "failed to forget the faults");
        }
        for vendor in self.chaotic() {
            self.tell_calm(&vendor);
        }
        for vendor in self.vendors.all() {
            if vendor.chaos.is_some() {
                self.vendors
                    .change(&vendor.key, |vendor| vendor.chaos = None);
            }
        }
        self.ledger().clear();
        let at = self.clock.elapsed();
        (self.observer)(Event::Reset { at });
    }

    /// The vendors whose chaos is not fixed, as they are.
    fn chaotic(&self) -> Vec<Arc<Vendor>> {
        let mut vendors = self.vendors.all();
        vendors.retain(|vendor| vendor.unfixed_chaos().is_some());
        vendors
    }

    /// Tells of the end of the chaos that `vendor` had, where it had started.
    fn tell_calm(&self, vendor: &Vendor) {
        let at = self.clock.elapsed();
        if let Some(chaos) = vendor.chaos_at(at) {
            let (name, by) = (chaos_name(vendor, chaos), EndedBy::Mended);
            (self.observer)(Event::FaultEndTriggered {
                name: name.clone(),
                at,
                by,
            });
            (self.observer)(Event::FaultEnded { name, at });
        }
    }
}
