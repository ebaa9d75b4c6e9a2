//! Late answers: how late, for each distribution. A draw depends on its seed alone; the waiting is done elsewhere.

use super::plan::Latency;
use crate::seed::Seed;
use rand::RngExt;
use rand_distr::{Distribution, Normal, Pareto};
use std::time::Duration;

/// The longest delay that is ever drawn: a day.
pub const DELAY_MAX: Duration = Duration::from_secs(24 * 60 * 60);

impl Latency {
    /// How late the answer is, drawn from `seed`.
    #[must_use]
    pub fn draw(&self, seed: Seed) -> Duration {
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
            Normal::new(mean, deviation).map_or(mean, |bell| bell.sample(&mut rng))
        } else if let Some(pareto) = &self.pareto {
            let scale = pareto.scale.0.as_secs_f64();
            let drawn =
                Pareto::new(scale, *pareto.shape).map_or(scale, |tail| tail.sample(&mut rng));
            let at_most = pareto
                .at_most
                .as_ref()
                .map_or(DELAY_MAX, |at_most| at_most.0);
            drawn.min(at_most.as_secs_f64())
        } else {
            0.0
        };
        let micros = (seconds.clamp(0.0, DELAY_MAX.as_secs_f64()) * 1e6).round();
        // Clamped to a day, it fits; whole microseconds are what the clock of a run counts in.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Duration::from_micros(micros as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::plan;
    use crate::input::Located;
    use crate::input::units::HumanDuration;

    fn millis(millis: u64) -> HumanDuration {
        HumanDuration(Duration::from_millis(millis))
    }

    /// Draws in milliseconds, sorted.
    fn draws(latency: &Latency) -> Vec<f64> {
        let seed = Seed::new(329).of("latency");
        let mut draws: Vec<f64> = (0..20_000)
            .map(|n| latency.draw(seed.nth(n)).as_secs_f64() * 1e3)
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
        let uniform = plan::Uniform {
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
        let normal = plan::Normal {
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
        let pareto = plan::Pareto {
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
}
