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

/// When a group of rules is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// How often.
    pub(super) interval: Duration,
    /// The moments at which its server looks at all, where these are few: how far they are apart, and the first of the run.
    pub(super) looks: Option<(Duration, Elapsed)>,
}

impl Pace {
    /// The first evaluation, for a phase that may be longer than the interval.
    fn first(self, phase: Elapsed) -> Elapsed {
        let interval = micros(self.interval);
        let first = phase.as_micros() % interval;
        let Some((apart, look)) = self.looks else {
            return Elapsed::from_micros(first);
        };
        // The first look that is not before it; one that comes after an interval is one that was missed.
        let (apart, look) = (micros(apart), look.as_micros());
        let looks = first.saturating_sub(look).div_ceil(apart);
        Elapsed::from_micros((look + looks * apart) % interval)
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
        groups: impl Iterator<Item = Pace>,
    ) -> Self {
        let group = |(pace, phase): (Pace, &Elapsed)| Tick {
            next: pace.first(*phase),
            interval: pace.interval,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn first(interval_s: u64, look_s: Option<u64>, phase_s: u64) -> u64 {
        let seconds = |seconds: u64| Elapsed::from_micros(seconds * 1_000_000);
        let pace = Pace {
            interval: Duration::from_secs(interval_s),
            looks: look_s.map(|look| (Duration::from_secs(10), seconds(look))),
        };
        pace.first(seconds(phase_s)).as_micros() / 1_000_000
    }

    #[test]
    fn a_group_begins_within_its_interval() {
        assert_eq!(first(60, None, 37), 37);
        assert_eq!(first(10, None, 37), 7);
    }

    #[test]
    fn a_group_of_grafanas_begins_when_grafana_looks() {
        assert_eq!(first(60, Some(0), 37), 40);
        assert_eq!(first(60, Some(0), 40), 40);
        assert_eq!(first(60, Some(0), 59), 0);
        assert_eq!(first(60, Some(7), 0), 7);
        assert_eq!(first(60, Some(7), 58), 7);
        assert_eq!(first(10, Some(7), 9), 7);
    }
}
