//! When a fault is active: a pure function of the time of the run and of when its end was triggered. It holds no state and no
//! timer, so that a request that arrives at the very moment of a start is judged like any other.

use super::plan::{End, FaultPlan};
use crate::clock::Elapsed;
use crate::input::units::{MomentError, StartsAt};
use std::time::Duration;

/// Where a fault is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Not started.
    Pending,
    /// Started, and nothing has ended it.
    Active,
    /// Its end was triggered, and it goes on for a while.
    Lingering,
    /// Over.
    Ended,
}

impl Phase {
    /// Whether it touches requests.
    #[must_use]
    pub fn touches(self) -> bool {
        matches!(self, Phase::Active | Phase::Lingering)
    }
}

/// What triggers the end of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// A call of its report URL.
    OnReport,
    /// Somebody who mends it.
    Mended,
    /// Nothing.
    Never,
    /// The clock, at this moment.
    At(Elapsed),
}

/// When a fault starts and ends, in the time of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// When it starts.
    pub starts: Elapsed,
    /// What triggers its end.
    pub ends: Ends,
    /// How long it goes on once its end was triggered.
    pub lingers: Duration,
}

impl Schedule {
    /// The schedule of `plan` in a run that starts at `starts_at`.
    ///
    /// # Errors
    /// When a date lies before the start of the run.
    pub fn of(plan: &FaultPlan, starts_at: &StartsAt) -> Result<Self, MomentError> {
        let starts = Elapsed::from_duration(plan.starts.resolve(starts_at)?);
        let ends = match &*plan.ends {
            End::OnReport => Ends::OnReport,
            End::Mended => Ends::Mended,
            End::Never => Ends::Never,
            End::After(duration) => Ends::At(starts.plus(duration.0)),
            // A fault that would end before it starts is over at once; whoever reads files refuses it.
            End::At(end) => Ends::At(Elapsed::from_duration(end.resolve(starts_at)?).max(starts)),
        };
        Ok(Schedule {
            starts,
            ends,
            lingers: plan.lingers.0,
        })
    }

    /// When its end is triggered, given when somebody triggered it, if anybody did.
    #[must_use]
    pub fn triggered(&self, by_hand: Option<Elapsed>) -> Option<Elapsed> {
        match (self.ends, by_hand) {
            (Ends::At(at), Some(by_hand)) => Some(at.min(by_hand)),
            (Ends::At(at), None) => Some(at),
            (_, by_hand) => by_hand,
        }
    }

    /// When it is over, given when somebody triggered its end, if anybody did.
    #[must_use]
    pub fn over(&self, by_hand: Option<Elapsed>) -> Option<Elapsed> {
        self.triggered(by_hand).map(|at| at.plus(self.lingers))
    }

    /// Where it is at `now`. A start is part of the fault, an end no more.
    #[must_use]
    pub fn phase(&self, now: Elapsed, by_hand: Option<Elapsed>) -> Phase {
        if now < self.starts {
            return Phase::Pending;
        }
        match self.triggered(by_hand) {
            None => Phase::Active,
            Some(at) if now < at => Phase::Active,
            Some(at) if now < at.plus(self.lingers) => Phase::Lingering,
            Some(_) => Phase::Ended,
        }
    }

    /// The moment after `now` at which the phase changes next, as far as is known.
    #[must_use]
    pub fn next_change(&self, now: Elapsed, by_hand: Option<Elapsed>) -> Option<Elapsed> {
        let changes = [
            Some(self.starts),
            self.triggered(by_hand),
            self.over(by_hand),
        ];
        changes.into_iter().flatten().filter(|at| *at > now).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seconds(seconds: u64) -> Elapsed {
        Elapsed::from_duration(Duration::from_secs(seconds))
    }

    #[test]
    fn a_fault_that_ends_on_report_lingers_after_it() {
        let schedule = Schedule {
            starts: seconds(10),
            ends: Ends::OnReport,
            lingers: Duration::from_secs(5),
        };
        assert_eq!(schedule.phase(seconds(9), None), Phase::Pending);
        assert_eq!(schedule.phase(seconds(10), None), Phase::Active);
        assert_eq!(schedule.phase(seconds(999), None), Phase::Active);
        let report = Some(seconds(20));
        assert_eq!(schedule.phase(seconds(19), report), Phase::Active);
        assert_eq!(schedule.phase(seconds(20), report), Phase::Lingering);
        assert_eq!(schedule.phase(seconds(25), report), Phase::Ended);
        assert_eq!(schedule.next_change(seconds(20), report), Some(seconds(25)));
        assert_eq!(schedule.next_change(seconds(25), report), None);
    }

    #[test]
    fn a_fault_with_a_time_to_end_may_be_mended_before_it() {
        let schedule = Schedule {
            starts: seconds(10),
            ends: Ends::At(seconds(30)),
            lingers: Duration::ZERO,
        };
        assert_eq!(schedule.over(None), Some(seconds(30)));
        assert_eq!(schedule.over(Some(seconds(20))), Some(seconds(20)));
        assert_eq!(schedule.over(Some(seconds(40))), Some(seconds(30)));
    }

    proptest! {
        #[test]
        fn phases_come_in_order_and_change_only_when_announced(
            starts in 0_u64..100, length in 0_u64..100, lingers in 0_u64..50,
            by_hand in proptest::option::of(0_u64..100), timed: bool,
        ) {
            let schedule = Schedule {
                starts: seconds(starts),
                ends: if timed { Ends::At(seconds(starts + length)) } else { Ends::Mended },
                lingers: Duration::from_secs(lingers),
            };
            // Nobody can trigger the end of what has not started.
            let by_hand = by_hand.map(|after| seconds(starts + after));
            let mut phase = schedule.phase(Elapsed::ZERO, by_hand);
            let mut announced = schedule.next_change(Elapsed::ZERO, by_hand);
            for second in 1..400 {
                let now = seconds(second);
                let next = schedule.phase(now, by_hand);
                prop_assert!(next >= phase);
                if announced == Some(now) {
                    announced = schedule.next_change(now, by_hand);
                } else {
                    prop_assert_eq!(next, phase);
                }
                phase = next;
            }
        }
    }
}
