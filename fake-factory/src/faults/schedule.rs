//! When a fault is active: a pure function of the time of the run and of when its end was triggered. It holds no state and no
//! timer, so that a request that arrives at the very moment of a start is judged like any other.

use super::plan::{End, FaultPlan};
use crate::clock::Elapsed;
use crate::input::units::{Moment, MomentError, StartsAt};
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
    /// The clock, this long after its start.
    After(Duration),
    /// The last of so many requests that it touches.
    AfterRequests(u64),
}

/// How a fault flaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flapping {
    /// How long it is on at a time.
    pub on: Duration,
    /// How long it is off in between.
    pub off: Duration,
}

/// When a fault starts and ends, in the time of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// When it starts; [`Elapsed::NEVER`] where that is not known yet.
    pub starts: Elapsed,
    /// What triggers its end.
    pub ends: Ends,
    /// How long it goes on once its end was triggered.
    pub lingers: Duration,
    /// How it flaps, when it does.
    pub flapping: Option<Flapping>,
}

impl Flapping {
    /// How far into its turn, one on and one off, a fault is `after` its start; and how long after its start that turn began.
    fn turn(self, after: Duration) -> (Duration, Duration) {
        let turn = (self.on + self.off).as_micros().max(1);
        let into = after.as_micros() % turn;
        let micros =
            |micros: u128| Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX));
        (micros(into), micros(after.as_micros() - into))
    }
}

impl Schedule {
    /// The schedule of `plan` where the moments that it says count from `starts_at`, which `base` of the run's clock is. Of a fault
    /// that follows another one, the start is not known yet.
    ///
    /// # Errors
    /// When a date lies before `starts_at`.
    pub fn of(plan: &FaultPlan, starts_at: &StartsAt, base: Elapsed) -> Result<Self, MomentError> {
        let resolve = |moment: &Moment| moment.resolve(starts_at).map(|offset| base.plus(offset));
        let starts = match &plan.follows {
            Some(_) => Elapsed::NEVER,
            None => resolve(&plan.starts)?,
        };
        let ends = match &*plan.ends {
            End::OnReport => Ends::OnReport,
            End::Mended => Ends::Mended,
            End::Never => Ends::Never,
            End::After(duration) => Ends::After(duration.0),
            End::At(end) => Ends::At(resolve(end)?),
            End::AfterRequests(count) => Ends::AfterRequests(*count),
        };
        Ok(Schedule {
            starts,
            ends,
            lingers: plan.lingers.0,
            flapping: plan.repeat.as_ref().map(|repeat| Flapping {
                on: repeat.on.0,
                off: repeat.off.0,
            }),
        })
    }

    /// When the clock triggers its end, if that is for the clock to do. A fault that would end before it starts is over at once;
    /// whoever reads files refuses it.
    #[must_use]
    pub fn timed_end(&self) -> Option<Elapsed> {
        match self.ends {
            Ends::At(at) => Some(at.max(self.starts)),
            Ends::After(duration) => Some(self.starts.plus(duration)),
            Ends::OnReport | Ends::Mended | Ends::Never | Ends::AfterRequests(_) => None,
        }
    }

    /// When its end is triggered, given when somebody triggered it, if anybody did.
    #[must_use]
    pub fn triggered(&self, by_hand: Option<Elapsed>) -> Option<Elapsed> {
        match (self.timed_end(), by_hand) {
            (Some(at), Some(by_hand)) => Some(at.min(by_hand)),
            (at, by_hand) => at.or(by_hand),
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

    /// Whether it touches requests at `now`: it goes on, and does not flap off just then.
    #[must_use]
    pub fn touches(&self, now: Elapsed, by_hand: Option<Elapsed>) -> bool {
        self.phase(now, by_hand).touches()
            && self.flapping.is_none_or(|flapping| {
                let (into, _) = flapping.turn(now.since(self.starts));
                into < flapping.on
            })
    }

    /// The moment after `now` at which the phase changes next, or it flaps, as far as is known.
    #[must_use]
    pub fn next_change(&self, now: Elapsed, by_hand: Option<Elapsed>) -> Option<Elapsed> {
        let changes = [
            Some(self.starts),
            self.triggered(by_hand),
            self.over(by_hand),
            self.next_flap(now, by_hand),
        ];
        changes
            .into_iter()
            .flatten()
            .filter(|at| *at > now && *at != Elapsed::NEVER)
            .min()
    }

    fn next_flap(&self, now: Elapsed, by_hand: Option<Elapsed>) -> Option<Elapsed> {
        let flapping = self.flapping?;
        if !self.phase(now, by_hand).touches() {
            return None;
        }
        let (into, begun) = flapping.turn(now.since(self.starts));
        let turn = self.starts.plus(begun);
        Some(if into < flapping.on {
            turn.plus(flapping.on)
        } else {
            turn.plus(flapping.on).plus(flapping.off)
        })
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
            flapping: None,
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
            flapping: None,
        };
        assert_eq!(schedule.over(None), Some(seconds(30)));
        assert_eq!(schedule.over(Some(seconds(20))), Some(seconds(20)));
        assert_eq!(schedule.over(Some(seconds(40))), Some(seconds(30)));
    }

    #[test]
    fn a_flapping_fault_is_off_in_between_and_announces_each_turn() {
        let schedule = Schedule {
            starts: seconds(10),
            ends: Ends::After(Duration::from_secs(100)),
            lingers: Duration::ZERO,
            flapping: Some(Flapping {
                on: Duration::from_secs(20),
                off: Duration::from_secs(10),
            }),
        };
        let touching = |second| schedule.touches(seconds(second), None);
        let seen: Vec<bool> = [9, 10, 29, 30, 39, 40, 59, 60, 110].map(touching).to_vec();
        assert_eq!(
            seen,
            [false, true, true, false, false, true, true, false, false]
        );
        let mut changes = Vec::new();
        let mut now = Elapsed::ZERO;
        while let Some(next) = schedule.next_change(now, None) {
            changes.push(next.as_micros() / 1_000_000);
            now = next;
        }
        assert_eq!(changes, [10, 30, 40, 60, 70, 90, 100, 110]);
    }

    proptest! {
        #[test]
        fn phases_come_in_order_and_change_only_when_announced(
            starts in 0_u64..100, length in 0_u64..100, lingers in 0_u64..50,
            by_hand in proptest::option::of(0_u64..100), timed: bool,
        ) {
            let schedule = Schedule {
                starts: seconds(starts),
                ends: if timed { Ends::After(Duration::from_secs(length)) } else { Ends::Mended },
                lingers: Duration::from_secs(lingers),
                flapping: None,
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
