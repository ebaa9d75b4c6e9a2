//! How late one answer is. A draw depends on its seed and on how long the fault has been going on, and on nothing else.

use super::{DELAY_MAX, Latency};
use crate::seed::Seed;
use rand::RngExt;
use rand_distr::Distribution;
use std::time::Duration;

impl Latency {
    /// How late an answer is, drawn from `seed`, for a request that came `age` after the fault started.
    #[must_use]
    pub fn draw(&self, seed: Seed, age: Duration) -> Duration {
        let mut rng = seed.rng();
        let seconds = if let Some(fixed) = &self.fixed {
            fixed.0.as_secs_f64()
        } else if let Some(uniform) = &self.uniform {
            let (min, max) = (uniform.min.0.as_secs_f64(), uniform.max.0.as_secs_f64());
            min + (max - min) * rng.random::<f64>()
        } else if let Some(normal) = &self.normal {
            let (mean, deviation) = (
                normal.mean.0.as_secs_f64(),
                normal.deviation.0.as_secs_f64(),
            );
            rand_distr::Normal::new(mean, deviation).map_or(mean, |bell| bell.sample(&mut rng))
        } else if let Some(pareto) = &self.pareto {
            let scale = pareto.scale.0.as_secs_f64();
            let drawn = rand_distr::Pareto::new(scale, *pareto.shape)
                .map_or(scale, |tail| tail.sample(&mut rng));
            drawn.min(greatest(pareto.at_most.map(|most| most.0)))
        } else if let Some(lognormal) = &self.lognormal {
            let median = lognormal.median.0.as_secs_f64();
            let drawn = rand_distr::LogNormal::new(median.ln(), lognormal.sigma)
                .map_or(median, |tail| tail.sample(&mut rng));
            drawn.min(greatest(lognormal.at_most.map(|most| most.0)))
        } else if let Some(ramp) = &self.ramp {
            between(ramp.from.0, ramp.to.0, age, ramp.over.0).as_secs_f64()
        } else {
            0.0
        };
        let micros = (seconds.clamp(0.0, DELAY_MAX.as_secs_f64()) * 1e6).round();
        // Clamped to a day, it fits; whole microseconds are what the clock of a run counts in.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Duration::from_micros(micros as u64)
    }
}

fn greatest(at_most: Option<Duration>) -> f64 {
    at_most.unwrap_or(DELAY_MAX).as_secs_f64()
}

/// What lies between `from` and `to` after `age` of the time that it takes from the one to the other; `to` after that.
pub(in crate::faults::kinds) fn between(
    from: Duration,
    to: Duration,
    age: Duration,
    over: Duration,
) -> Duration {
    if age >= over {
        return to;
    }
    let gone = age.as_secs_f64() / over.as_secs_f64();
    let seconds = from.as_secs_f64() + (to.as_secs_f64() - from.as_secs_f64()) * gone;
    // Whole microseconds are what the clock of a run counts in.
    let micros = Duration::try_from_secs_f64(seconds)
        .unwrap_or(to)
        .as_nanos()
        / 1_000;
    Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kinds::latency::{Lognormal, Normal, Pareto, Ramp, Uniform};
    use crate::input::Located;
    use crate::input::units::HumanDuration;

    fn millis(millis: u64) -> HumanDuration {
        HumanDuration(Duration::from_millis(millis))
    }

    /// Draws in milliseconds, sorted.
    fn draws(latency: &Latency) -> Vec<f64> {
        let seed = Seed::new(329).of("latency");
        let mut draws: Vec<f64> = (0..20_000)
            .map(|n| latency.draw(seed.nth(n), Duration::ZERO).as_secs_f64() * 1e3)
            .collect();
        draws.sort_by(f64::total_cmp);
        draws
    }

    fn quantile(sorted: &[f64], share: f64) -> f64 {
        sorted[(sorted.len() as f64 * share) as usize]
    }

    fn near(value: f64, expected: f64, tolerance: f64) {
        assert!(
            (value - expected).abs() <= tolerance,
            "{value} is not near {expected}"
        );
    }

    #[test]
    fn a_fixed_latency_is_always_the_same() {
        let draws = draws(&Latency {
            fixed: Some(millis(100)),
            ..Latency::default()
        });
        assert_eq!((draws[0], draws[draws.len() - 1]), (100.0, 100.0));
    }

    #[test]
    fn a_uniform_latency_spreads_evenly_between_its_bounds() {
        let uniform = Uniform {
            min: Located::unknown(millis(100)),
            max: Located::unknown(millis(300)),
        };
        let draws = draws(&Latency {
            uniform: Some(uniform),
            ..Latency::default()
        });
        assert!(draws[0] >= 100.0 && draws[draws.len() - 1] <= 300.0);
        for share in [0.1, 0.5, 0.9] {
            near(quantile(&draws, share), 100.0 + 200.0 * share, 5.0);
        }
    }

    #[test]
    fn a_normal_latency_has_its_mean_and_deviation_and_is_never_negative() {
        let normal = Normal {
            mean: millis(100),
            deviation: millis(50),
        };
        let draws = draws(&Latency {
            normal: Some(normal),
            ..Latency::default()
        });
        assert!(draws[0] >= 0.0);
        near(quantile(&draws, 0.5), 100.0, 3.0);
        near(quantile(&draws, 0.8413), 150.0, 3.0);
    }

    #[test]
    fn a_pareto_latency_has_its_scale_and_tail_and_a_cap() {
        let pareto = Pareto {
            scale: Located::unknown(millis(100)),
            shape: Located::unknown(2.0),
            at_most: Some(millis(1_000)),
        };
        let draws = draws(&Latency {
            pareto: Some(pareto),
            ..Latency::default()
        });
        assert!(draws[0] >= 100.0 && draws[draws.len() - 1] <= 1_000.0);
        // The quantile of Pareto is scale / (1 - share)^(1 / shape).
        near(quantile(&draws, 0.5), 100.0 / 0.5_f64.sqrt(), 4.0);
        near(quantile(&draws, 0.9), 100.0 / 0.1_f64.sqrt(), 12.0);
    }

    #[test]
    fn a_lognormal_latency_has_its_median_and_spread_and_a_cap() {
        let lognormal = Lognormal {
            median: millis(100),
            sigma: 0.5,
            at_most: Some(millis(400)),
        };
        let draws = draws(&Latency {
            lognormal: Some(lognormal),
            ..Latency::default()
        });
        assert!(draws[draws.len() - 1] <= 400.0);
        // One standard deviation of the logarithm below the median, none, and one above it.
        near(quantile(&draws, 0.1587), 100.0 * (-0.5_f64).exp(), 2.0);
        near(quantile(&draws, 0.5), 100.0, 2.0);
        near(quantile(&draws, 0.8413), 100.0 * 0.5_f64.exp(), 4.0);
    }

    #[test]
    fn a_ramp_goes_evenly_from_one_delay_to_the_other_and_stays_there() {
        let ramp = |from, to| Latency {
            ramp: Some(Ramp {
                from: millis(from),
                to: millis(to),
                over: millis(10_000),
            }),
            ..Latency::default()
        };
        let at = |latency: &Latency, age| {
            let delay = latency.draw(Seed::new(age), Duration::from_millis(age));
            delay.as_millis()
        };
        let up = ramp(100, 300);
        let seen = [0, 2_500, 5_000, 10_000, 99_999].map(|age| at(&up, age));
        assert_eq!(seen, [100, 150, 200, 300, 300]);
        let down = ramp(300, 0);
        assert_eq!([0, 5_000, 20_000].map(|age| at(&down, age)), [300, 150, 0]);
    }
}
