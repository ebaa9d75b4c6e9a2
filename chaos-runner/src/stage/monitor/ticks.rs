//! When scrapes and evaluations are due: each at its phase and then at its interval, whatever time the work itself takes.

use crate::record::PhaseRecord;
use fake_factory::clock::Elapsed;
use std::time::Duration;

/// Something that is due again and again.
#[derive(Clone, Copy, Debug)]
struct Tick {
    next: Elapsed,
    interval: Duration,
}

impl Tick {
    /// Whether it is due at `now`; if so, it is next due an interval later. Where the machine is `late` by more than that, what was
    /// missed is left out: nobody can measure the past.
    fn is_due(&mut self, now: Elapsed, late: Elapsed) -> bool {
        let due = self.next <= now;
        if due {
            let behind = late.since(self.next).as_micros();
            let intervals = behind / u128::from(micros(self.interval));
            let ticks = u32::try_from(intervals.max(1)).unwrap_or(u32::MAX);
            self.next = self.next.plus(self.interval.saturating_mul(ticks));
        }
        due
    }

    /// Leaves out what is due before `from`.
    fn skip_until(&mut self, from: Elapsed) {
        let behind = from.since(self.next).as_micros();
        let ticks = behind.div_ceil(u128::from(micros(self.interval)));
        let ticks = u32::try_from(ticks).unwrap_or(u32::MAX);
        self.next = self.next.plus(self.interval.saturating_mul(ticks));
    }
}

/// All that is due in a monitor.
#[derive(Debug)]
pub(super) struct Ticks {
    scrape: Tick,
    evaluation: Tick,
    groups: Vec<Tick>,
}

impl Ticks {
    /// Ticks at `phase`, which has one for each group.
    pub(super) fn new(
        phase: &PhaseRecord,
        scrape_interval: Duration,
        evaluation_interval: Duration,
        groups: impl Iterator<Item = Duration>,
    ) -> Self {
        let group = |(interval, next): (Duration, &Elapsed)| Tick {
            next: *next,
            interval,
        };
        Ticks {
            scrape: Tick {
                next: phase.scrape,
                interval: scrape_interval,
            },
            evaluation: Tick {
                next: phase.evaluation,
                interval: evaluation_interval,
            },
            groups: groups.zip(&phase.groups).map(group).collect(),
        }
    }

    /// The next moment at which anything is due.
    pub(super) fn next(&self) -> Elapsed {
        let groups = self.groups.iter().map(|tick| tick.next);
        groups.fold(self.scrape.next.min(self.evaluation.next), Elapsed::min)
    }

    /// Leaves out all that is due before `from`.
    pub(super) fn skip_until(&mut self, from: Elapsed) {
        let others = [&mut self.scrape, &mut self.evaluation];
        for tick in self.groups.iter_mut().chain(others) {
            tick.skip_until(from);
        }
    }

    pub(super) fn scrape_is_due(&mut self, now: Elapsed, late: Elapsed) -> bool {
        self.scrape.is_due(now, late)
    }

    pub(super) fn evaluation_is_due(&mut self, now: Elapsed, late: Elapsed) -> bool {
        self.evaluation.is_due(now, late)
    }

    /// The numbers of the groups that are due, in their order.
    pub(super) fn groups_due(&mut self, now: Elapsed, late: Elapsed) -> Vec<usize> {
        let due = self
            .groups
            .iter_mut()
            .enumerate()
            .filter_map(|(number, tick)| tick.is_due(now, late).then_some(number));
        due.collect()
    }
}

/// An interval in microseconds, one at the least: a scenario that was checked has none of zero.
fn micros(interval: Duration) -> u64 {
    u64::try_from(interval.as_micros())
        .unwrap_or(u64::MAX)
        .max(1)
}
