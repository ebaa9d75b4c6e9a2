//! The chaos that vendors ask for: when it starts, how it ends, and who is told. Which orders it meets, and what becomes of them, is
//! up to `api`.

use super::{ChaosStart, Kitchen};
use crate::clock::Elapsed;
use crate::event::{EndedBy, Event};
use crate::faults::roster::CODE_LETTERS;
use crate::seed::Seed;
use crate::vendors::{Chaos, ChaosKind, Vendor, VendorError, chaos_name};
use jiff::{Timestamp, ToSpan, tz};
use rand::RngExt;
use std::sync::atomic::Ordering;

impl Kitchen {
    /// Begins the chaos that a vendor asked for, now or at its time, in place of any that it has.
    pub(crate) fn begin_chaos(&self, vendor: &Vendor, kind: ChaosKind) -> Result<(), VendorError> {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        let seed = self.seed.of("vendor-chaos").nth(number);
        let initiated = self.clock.now();
        let chaos = Chaos {
            kind,
            initiated,
            starts: match self.habits.chaos_start {
                ChaosStart::Now => initiated,
                ChaosStart::Scheduled => next_morning(initiated, seed),
            },
            code: seed.letters(CODE_LETTERS),
            told: false,
            fixed: None,
        };
        self.tell_news();
        self.change_chaos(vendor, EndedBy::Mended, |own| *own = Some(chaos))?;
        self.tell_news();
        self.changed.notify_one();
        Ok(())
    }

    /// Has the chaos of the vendor called `id` start now, where it is scheduled for later. False where it has started, or is none.
    pub(crate) fn start_chaos(&self, id: &str) -> Result<bool, VendorError> {
        let now = self.clock.now();
        let vendor = self.vendors.with_id(id).ok_or(VendorError::Unknown)?;
        let waits = |chaos: &&Chaos| chaos.starts > now;
        if vendor.unfixed_chaos().filter(waits).is_none() {
            return Ok(false);
        }
        self.vendors.change(&vendor.key, |vendor| {
            if let Some(chaos) = &mut vendor.chaos {
                chaos.starts = now;
            }
            Ok(())
        })?;
        self.tell_news();
        self.changed.notify_one();
        Ok(true)
    }

    /// Fixes the chaos of a vendor, started or not; it reads `none` from then on.
    pub(crate) fn fix_chaos(&self, vendor: &Vendor, by: EndedBy) -> Result<(), VendorError> {
        let fixed = Some(self.clock.now());
        self.change_chaos(vendor, by, |own| {
            if let Some(chaos) = own {
                chaos.fixed = fixed;
            }
        })
    }

    /// Takes a vendor's chaos away, as if it had never asked for any.
    pub(crate) fn remove_chaos(&self, vendor: &Vendor) -> Result<(), VendorError> {
        self.change_chaos(vendor, EndedBy::Mended, |own| *own = None)
    }

    /// Takes a vendor off the list, with all that it has. False where none is called `id`.
    pub(crate) fn remove_vendor(&self, id: &str) -> bool {
        let removed = self.vendors.remove(id);
        if let Some(vendor) = &removed {
            self.tell_end(vendor, EndedBy::Mended);
        }
        removed.is_some()
    }

    /// Changes a vendor's chaos by `change`, which ends the one it has.
    fn change_chaos(
        &self,
        vendor: &Vendor,
        by: EndedBy,
        change: impl FnOnce(&mut Option<Chaos>),
    ) -> Result<(), VendorError> {
        self.vendors.change(&vendor.key, |vendor| {
            change(&mut vendor.chaos);
            Ok(())
        })?;
        self.tell_end(vendor, by);
        Ok(())
    }

    /// Tells that the chaos which `vendor` had is over, when its start was told.
    fn tell_end(&self, vendor: &Vendor, by: EndedBy) {
        if let Some(chaos) = vendor.unfixed_chaos().filter(|chaos| chaos.told) {
            let name = chaos_name(vendor, chaos.kind);
            let at = self.clock.elapsed();
            (self.observer)(Event::FaultEndTriggered {
                name: name.clone(),
                at,
                by,
            });
            (self.observer)(Event::FaultEnded { name, at });
        }
    }

    /// Tells the observer which chaos started since the last time.
    pub(super) fn tell_chaos(&self) {
        for (name, starts) in self.vendors.started_chaos(self.clock.now()) {
            let at = self.clock.elapsed_at(starts);
            (self.observer)(Event::FaultStarted { name, at });
        }
    }

    /// When the next fault or chaos starts or ends by itself.
    pub(crate) fn next_change(&self, now: Elapsed) -> Option<Elapsed> {
        let chaos = self.vendors.next_chaos();
        let chaos = chaos.map(|starts| self.clock.elapsed_at(starts));
        self.faults.next_change(now).into_iter().chain(chaos).min()
    }
}

/// A random minute from 08:00 to 13:59 MST on the day after `now`.
fn next_morning(now: Timestamp, seed: Seed) -> Timestamp {
    let mst = tz::offset(-7);
    let minutes = seed.of("start").rng().random_range(0..6 * 60_i64);
    mst.to_datetime(now)
        .date()
        .tomorrow()
        .ok()
        .and_then(|date| date.at(8, 0, 0, 0).checked_add(minutes.minutes()).ok())
        .and_then(|datetime| mst.to_timestamp(datetime).ok())
        .unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scheduled_chaos_starts_on_the_next_morning_in_mountain_time() {
        // Two in the morning UTC is still the day before in MST.
        let now: Timestamp = "2024-08-08T02:00:00Z".parse().expect("a time");
        let from: Timestamp = "2024-08-08T15:00:00Z".parse().expect("a time");
        let to: Timestamp = "2024-08-08T20:59:00Z".parse().expect("a time");
        for number in 0..200 {
            let start = next_morning(now, Seed::new(number));
            assert!((from..=to).contains(&start), "{start}");
        }
    }
}
