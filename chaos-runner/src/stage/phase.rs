//! Where the ticks of a run fall, and where else they could have fallen. What the scenario does not fix is drawn from the seed; the
//! other phases are spread evenly over what was drawn.

use crate::alerting::rules::RuleGroup;
use crate::record::PhaseRecord;
use crate::scenario::Monitoring;
use fake_factory::clock::Elapsed;
use fake_factory::input::Located;
use fake_factory::input::units::HumanDuration;
use fake_factory::seed::Seed;
use std::time::Duration;

/// At how many phases, the observed one among them, the time to detect is measured.
const PHASES: u32 = 16;
/// The evaluations step through their interval by so many sixteenths where scrapes step by one: of all steps that visit each sixteenth
/// once, one that leaves the pairs furthest apart.
const STRIDE: u32 = 5;

/// Where the ticks of a run fall, to the millisecond. Each group has a phase of its own, as Prometheus gives it one by its name;
/// where the scenario fixes the evaluations', all groups keep to it.
pub(super) fn observed<'g>(
    monitoring: &Monitoring,
    groups: impl Iterator<Item = &'g RuleGroup>,
    seed: Seed,
) -> PhaseRecord {
    let of = |fixed: &Option<Located<HumanDuration>>, interval: Duration, seed: Seed| match fixed {
        Some(fixed) => within(Elapsed::from_duration(fixed.0), interval),
        None => {
            let millis = seed.share() * interval.as_secs_f64() * 1_000.0;
            Elapsed::from_duration(Duration::from_millis(millis as u64))
        }
    };
    let (fixed, default_interval) = (&monitoring.phase, monitoring.evaluation_interval.0);
    let groups = groups.map(|group| {
        let file = group.file.rsplit(['/', '\\']).next().unwrap_or_default();
        let seed = seed.of("group").of(file).of(&group.name);
        let interval = group.interval.unwrap_or(default_interval);
        of(&fixed.evaluation, interval, seed)
    });
    PhaseRecord {
        groups: groups.collect(),
        scrape: of(
            &fixed.scrape,
            monitoring.scrape_interval.0,
            seed.of("scrape"),
        ),
        evaluation: of(&fixed.evaluation, default_interval, seed.of("evaluation")),
    }
}

/// The phases beside the observed one. What the scenario fixes stays where it is; there are none where it fixes all.
pub(super) fn others<'g>(
    monitoring: &Monitoring,
    groups: impl Iterator<Item = &'g RuleGroup>,
    observed: &PhaseRecord,
) -> Vec<PhaseRecord> {
    let steps = |fixed: &Option<Located<HumanDuration>>, stride| match fixed {
        Some(_) => 0,
        None => stride,
    };
    let scrape_steps = steps(&monitoring.phase.scrape, 1);
    let evaluation_steps = steps(&monitoring.phase.evaluation, STRIDE);
    if (scrape_steps, evaluation_steps) == (0, 0) {
        return Vec::new();
    }
    let default_interval = monitoring.evaluation_interval.0;
    let intervals: Vec<Duration> = groups
        .map(|group| group.interval.unwrap_or(default_interval))
        .collect();
    let other = |number: u32| {
        let evaluated =
            |at: Elapsed, interval| shifted(at, interval, number * evaluation_steps % PHASES);
        let groups = observed.groups.iter().zip(&intervals);
        PhaseRecord {
            scrape: shifted(
                observed.scrape,
                monitoring.scrape_interval.0,
                number * scrape_steps,
            ),
            evaluation: evaluated(observed.evaluation, default_interval),
            groups: groups
                .map(|(at, interval)| evaluated(*at, *interval))
                .collect(),
        }
    };
    (1..PHASES).map(other).collect()
}

/// A phase moved on by so many sixteenths of its interval, to the millisecond.
fn shifted(at: Elapsed, interval: Duration, sixteenths: u32) -> Elapsed {
    let step = interval.saturating_mul(sixteenths) / PHASES;
    let millis = u64::try_from(step.as_millis()).unwrap_or(u64::MAX);
    within(at.plus(Duration::from_millis(millis)), interval)
}

/// The first tick of those that fall at `at` and every `interval` before and after it.
fn within(at: Elapsed, interval: Duration) -> Elapsed {
    let micros = u64::try_from(interval.as_micros()).unwrap_or(u64::MAX);
    Elapsed::from_micros(at.as_micros() % micros.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerting::rules::prometheus::parse_rule_file;
    use fake_factory::input::{Source, read};
    use std::collections::BTreeSet;

    fn monitoring(text: &str) -> Monitoring {
        read(&Source::new("monitoring.yaml", text))
            .value
            .expect("a section")
    }

    fn groups() -> Vec<RuleGroup> {
        let text = "groups: [{ name: a, interval: 15s }, { name: b, interval: 15s }, { name: c }]";
        parse_rule_file(&Source::new("rules/a.yml", text)).expect("sound rules")
    }

    #[test]
    fn each_group_has_a_phase_of_its_own_within_its_interval() {
        let groups = groups();
        let phase = observed(&monitoring("{}"), groups.iter(), Seed::new(1));
        assert_ne!(phase.groups[0], phase.groups[1]);
        for at in &phase.groups[..2] {
            assert!(at.as_duration() < Duration::from_secs(15));
        }
        let again = observed(&monitoring("{}"), groups.iter(), Seed::new(1));
        assert_eq!(phase, again);
    }

    #[test]
    fn a_fixed_phase_is_that_of_every_group() {
        let fixed = monitoring("{ phase: { scrape: 3s, evaluation: 20s } }");
        let phase = observed(&fixed, groups().iter(), Seed::new(1));
        let seconds: Vec<u64> = phase
            .groups
            .iter()
            .map(|at| at.as_millis() / 1_000)
            .collect();
        assert_eq!(seconds, [5, 5, 20]);
        assert!(others(&fixed, groups().iter(), &phase).is_empty());
    }

    #[test]
    fn the_sixteen_phases_visit_each_sixteenth_of_both_intervals_once() {
        let drawn = monitoring("{ scrape_interval: 16s, evaluation_interval: 16s }");
        let observed = observed(&drawn, groups().iter(), Seed::new(1));
        let mut all = others(&drawn, groups().iter(), &observed);
        all.push(observed);
        for of in [
            |phase: &PhaseRecord| phase.scrape,
            |phase: &PhaseRecord| phase.evaluation,
            |phase: &PhaseRecord| phase.groups[2],
        ] {
            let sixteenths: BTreeSet<u64> = all
                .iter()
                .map(|phase| of(phase).as_millis() / 1_000)
                .collect();
            assert_eq!(sixteenths.len(), 16);
        }
    }

    #[test]
    fn what_is_fixed_is_the_same_at_every_phase() {
        let half = monitoring("{ phase: { scrape: 3s } }");
        let observed = observed(&half, groups().iter(), Seed::new(1));
        let all = others(&half, groups().iter(), &observed);
        assert_eq!(all.len(), 15);
        assert!(all.iter().all(|phase| phase.scrape == observed.scrape));
        let evaluations: BTreeSet<Elapsed> = all.iter().map(|phase| phase.evaluation).collect();
        assert_eq!(evaluations.len(), 15);
    }
}
