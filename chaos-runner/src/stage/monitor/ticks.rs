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
}

/// All that is due in a monitor.
#[derive(Debug)]
pub(super) struct Ticks {
    scrape: Tick,
    evaluation: Tick,
    groups: Vec<Tick>,
}

impl Ticks {
    /// Ticks at `phase`. A group that is evaluated more often than others begins within its own interval.
    pub(super) fn new(
        phase: PhaseRecord,
        scrape_interval: Duration,
        evaluation_interval: Duration,
        groups: impl Iterator<Item = Duration>,
    ) -> Self {
        let group = |interval: Duration| Tick {
            next: Elapsed::from_micros(phase.evaluation.as_micros() % micros(interval)),
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
            groups: groups.map(group).collect(),
        }
    }

    /// The next moment at which anything is due.
    pub(super) fn next(&self) -> Elapsed {
        let groups = self.groups.iter().map(|tick| tick.next);
        groups.fold(self.scrape.next.min(self.evaluation.next), Elapsed::min)
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
