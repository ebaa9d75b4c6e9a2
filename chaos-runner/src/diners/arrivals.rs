//! When a group's orders are placed: the moments of its scenario, drawn one at a time, so that a week of traffic costs no memory.
//! They fall on whole milliseconds, the tick of simulated timers. It knows rates and moments, not what is ordered.

mod daily;
mod rates;

use crate::scenario::diners::{Arrivals, Burst, Ramp, Steady};
use fake_factory::clock::Elapsed;
use fake_factory::input::units::{Moment, StartsAt};
use fake_factory::seed::Seed;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rates::{Rates, Stretch};
use std::time::Duration;

/// Why the arrivals of a group make no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ArrivalsError(String);

/// The moments at which a group's orders are placed, ascending.
#[derive(Debug)]
pub(super) struct Schedule {
    kind: Kind,
    until: Duration,
}

#[derive(Debug)]
enum Kind {
    /// The n-th one `n / rate` after `from`.
    Even { from: f64, rate: f64, count: u64 },
    /// A Poisson process: independent of each other, at rates that change.
    Random { rates: Rates, rng: ChaCha8Rng },
    /// Exactly these, the latest first.
    Listed(Vec<Duration>),
}

impl Schedule {
    /// The schedule of a group in a run that ends `until` after its start.
    pub(super) fn new(
        arrivals: &Arrivals,
        starts_at: &StartsAt,
        until: Duration,
        seed: Seed,
    ) -> Result<Self, ArrivalsError> {
        let random = |stretches| {
            let rates = Rates::new(stretches, until.as_secs_f64());
            let rng = seed.rng();
            Kind::Random { rates, rng }
        };
        let mut ends = until;
        let kind = match arrivals {
            Arrivals::Constant(steady) => {
                let (from, to) = window(steady, starts_at, until)?;
                ends = to;
                Kind::Even {
                    from: from.as_secs_f64(),
                    rate: steady.rate.per_second(),
                    count: 0,
                }
            }
            Arrivals::Poisson(steady) => {
                let (from, to) = window(steady, starts_at, until)?;
                let rate = steady.rate.per_second();
                random(vec![Stretch::level(from, to, rate)])
            }
            Arrivals::Ramp(ramp) => random(ramp_stretches(ramp, until)),
            Arrivals::Burst(burst) => random(burst_stretches(burst, starts_at, until)?),
            Arrivals::Replay(moments) => {
                let mut listed = moments
                    .iter()
                    .map(|moment| resolved(moment, starts_at))
                    .collect::<Result<Vec<_>, _>>()?;
                listed.sort_unstable();
                listed.reverse();
                Kind::Listed(listed)
            }
            Arrivals::Daily(hours) => random(daily::stretches(hours, starts_at, until)),
        };
        Ok(Schedule { kind, until: ends })
    }

    /// How many orders are to be expected.
    pub(super) fn expected(&self) -> f64 {
        match &self.kind {
            Kind::Even { from, rate, .. } => (self.until.as_secs_f64() - from).max(0.0) * rate,
            Kind::Random { rates, .. } => rates.total(),
            Kind::Listed(moments) => moments.len() as f64,
        }
    }
}

impl Iterator for Schedule {
    type Item = Elapsed;

    fn next(&mut self) -> Option<Elapsed> {
        let moment = match &mut self.kind {
            Kind::Even { rate, .. } if *rate <= 0.0 => return None,
            Kind::Even { from, rate, count } => {
                let seconds = *from + *count as f64 / *rate;
                *count += 1;
                Duration::try_from_secs_f64(seconds).ok()?
            }
            Kind::Random { rates, rng } => {
                // 1 - u lies in (0, 1], so that its logarithm is finite.
                let waited = -(1.0 - rng.random::<f64>()).ln();
                Duration::try_from_secs_f64(rates.advance(waited)?).ok()?
            }
            Kind::Listed(moments) => moments.pop()?,
        };
        // Rounded to the microsecond first: the third of a second thrice is a second.
        let micros = u64::try_from((moment.as_nanos() + 500) / 1_000).ok()?;
        let millis = Elapsed::from_micros(micros / 1_000 * 1_000);
        (millis.as_duration() < self.until).then_some(millis)
    }
}

fn resolved(moment: &Moment, starts_at: &StartsAt) -> Result<Duration, ArrivalsError> {
    moment
        .resolve(starts_at)
        .map_err(|error| ArrivalsError(error.to_string()))
}

/// From when until when a steady rate holds.
fn window(
    steady: &Steady,
    starts_at: &StartsAt,
    until: Duration,
) -> Result<(Duration, Duration), ArrivalsError> {
    let at = |moment: &Option<_>, default| match moment {
        Some(fake_factory::input::Located { value, .. }) => resolved(value, starts_at),
        None => Ok(default),
    };
    let from = at(&steady.from, Duration::ZERO)?;
    let to = at(&steady.until, until)?.min(until);
    Ok((from, to))
}

fn ramp_stretches(ramp: &Ramp, until: Duration) -> Vec<Stretch> {
    let over = ramp.over.map_or(until, |over| over.0);
    let (first, last) = (ramp.from.per_second(), ramp.to.per_second());
    vec![
        Stretch {
            from: 0.0,
            to: over.as_secs_f64(),
            first,
            last,
        },
        Stretch::level(over, until, last),
    ]
}

fn burst_stretches(
    burst: &Burst,
    starts_at: &StartsAt,
    until: Duration,
) -> Result<Vec<Stretch>, ArrivalsError> {
    let starts = resolved(&burst.starts, starts_at)?;
    let ends = starts.saturating_add(burst.lasts.0);
    let base = burst.base.per_second();
    Ok(vec![
        Stretch::level(Duration::ZERO, starts, base),
        Stretch::level(starts, ends, burst.peak.per_second()),
        Stretch::level(ends, until, base),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use fake_factory::input::Located;
    use fake_factory::input::units::HumanDuration;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn starts_at() -> StartsAt {
        "2024-08-08T09:50:00-06:00".parse().expect("a start")
    }

    fn schedule(arrivals: &Arrivals, seed: u64) -> Schedule {
        Schedule::new(arrivals, &starts_at(), HOUR, Seed::new(seed)).expect("it makes sense")
    }

    fn seconds(arrivals: &Arrivals, seed: u64) -> Vec<f64> {
        schedule(arrivals, seed).map(Elapsed::as_secs_f64).collect()
    }

    fn rate(text: &str) -> fake_factory::input::units::Rate {
        text.parse().expect("a rate")
    }

    fn steady(text: &str, from: Option<&str>, until: Option<&str>) -> Steady {
        let moment = |text: &str| Located::unknown(text.parse().expect("a moment"));
        Steady {
            rate: rate(text),
            from: from.map(moment),
            until: until.map(moment),
        }
    }

    fn within(seconds: &[f64], from: f64, to: f64) -> usize {
        seconds.iter().filter(|at| (from..to).contains(*at)).count()
    }

    #[test]
    fn constant_arrivals_are_evenly_spaced_from_their_start_until_their_end() {
        let arrivals = Arrivals::Constant(steady("1/min", Some("30s"), Some("10:00")));
        let expected: Vec<f64> = (0..10).map(|n| 30.0 + 60.0 * f64::from(n)).collect();
        assert_eq!(seconds(&arrivals, 1), expected);
        let thirds = seconds(&Arrivals::Constant(steady("3/s", None, Some("2s"))), 1);
        assert_eq!(thirds, [0.0, 0.333, 0.666, 1.0, 1.333, 1.666]);
    }

    #[test]
    fn no_rate_means_no_orders() {
        for arrivals in [
            Arrivals::Constant(steady("0/s", None, None)),
            Arrivals::Poisson(steady("0/s", None, None)),
        ] {
            assert_eq!(seconds(&arrivals, 1), [] as [f64; 0]);
        }
    }

    #[test]
    fn replayed_moments_come_exactly_and_in_order() {
        let moments = ["10:02:40", "1m", "10:02"]
            .map(|text| Located::unknown(text.parse::<Moment>().expect("a moment")));
        let arrivals = Arrivals::Replay(moments.into());
        assert_eq!(seconds(&arrivals, 1), [60.0, 720.0, 760.0]);
    }

    #[test]
    fn a_burst_peaks_in_its_time_alone() {
        let arrivals = Arrivals::Burst(Burst {
            base: rate("1/s"),
            peak: rate("20/s"),
            starts: Located::unknown("10:00".parse().expect("a moment")),
            lasts: HumanDuration(Duration::from_secs(300)),
        });
        let seconds = seconds(&arrivals, 5);
        assert!((500..700).contains(&within(&seconds, 0.0, 600.0)));
        assert!((5_700..6_300).contains(&within(&seconds, 600.0, 900.0)));
        assert!((2_500..2_900).contains(&within(&seconds, 900.0, 3_600.0)));
    }

    #[test]
    fn a_ramp_climbs_and_stays() {
        let arrivals = Arrivals::Ramp(Ramp {
            from: rate("0/s"),
            to: rate("10/s"),
            over: Some(HumanDuration(Duration::from_secs(1_800))),
        });
        let seconds = seconds(&arrivals, 5);
        // A quarter of the climb's orders come in its first half.
        assert!((2_000..2_500).contains(&within(&seconds, 0.0, 900.0)));
        assert!((6_450..7_050).contains(&within(&seconds, 900.0, 1_800.0)));
        assert!((17_500..18_500).contains(&within(&seconds, 1_800.0, 3_600.0)));
    }

    #[test]
    fn hours_of_the_day_are_those_of_the_zone_and_wrap_at_midnight() {
        use crate::scenario::diners::Hour;
        let hours = BTreeMap::from([
            (Located::unknown(Hour(10)), rate("10/s")),
            (Located::unknown(Hour(22)), rate("0/s")),
        ]);
        let day = Duration::from_secs(86_400);
        let schedule = Schedule::new(&Arrivals::Daily(hours), &starts_at(), day, Seed::new(2))
            .expect("it makes sense");
        let seconds: Vec<f64> = schedule.map(Elapsed::as_secs_f64).collect();
        // It starts at 9:50: ten minutes of yesterday's last rate.
        assert_eq!(within(&seconds, 0.0, 600.0), 0);
        let (ten, twenty_two) = (600.0, 600.0 + 12.0 * 3_600.0);
        assert!((428_000..436_000).contains(&within(&seconds, ten, twenty_two)));
        assert_eq!(within(&seconds, twenty_two, 86_400.0), 0);
    }

    proptest! {
        #[test]
        fn poisson_arrivals_have_their_rate_keep_to_their_window_and_follow_the_seed(
            seed in any::<u64>(), per_minute in 1_u32..600, from in 0_u32..1_000, lasts in 1_000_u32..2_000,
        ) {
            let (from_text, until_text) = (format!("{from}s"), format!("{}s", from + lasts));
            let arrivals = Arrivals::Poisson(steady(
                &format!("{per_minute}/min"), Some(&from_text), Some(&until_text),
            ));
            let moments = seconds(&arrivals, seed);
            let window = f64::from(from)..f64::from(from + lasts);
            // Rounded down to the millisecond.
            prop_assert!(moments.iter().all(|at| window.contains(&(at + 0.001)) || window.contains(at)));
            prop_assert!(moments.is_sorted());
            let expected = f64::from(per_minute) * f64::from(lasts) / 60.0;
            let deviation = (moments.len() as f64 - expected).abs() / expected.sqrt();
            prop_assert!(deviation < 6.0, "{} where {expected} were expected", moments.len());
            prop_assert!((schedule(&arrivals, seed).expected() - expected).abs() < 1e-6);
            prop_assert_eq!(&seconds(&arrivals, seed), &moments);
        }
    }
}
