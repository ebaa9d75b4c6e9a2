//! Late answers: how late, for each distribution. A draw depends on its seed alone; the waiting is done elsewhere.

use crate::faults::kind::{Kind, KindInfo, Sense, Stage, Strike};
use crate::faults::touch::Touch;
use crate::input::Located;
use crate::input::units::HumanDuration;
use crate::seed::Seed;
use rand::RngExt;
use rand_distr::Distribution;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The longest delay that is ever drawn: a day.
pub const DELAY_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// A late answer: exactly one of the distributions.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// Always the same.
    #[serde(default)]
    pub fixed: Option<HumanDuration>,
    /// Anything between two bounds, each as likely.
    #[serde(default)]
    pub uniform: Option<Uniform>,
    /// A bell curve; a draw below zero is no delay.
    #[serde(default)]
    pub normal: Option<Normal>,
    /// A long tail.
    #[serde(default)]
    pub pareto: Option<Pareto>,
    /// Whether the reply, when it comes, carries `reportUrl`, as under the real factory's throttle.
    #[serde(default)]
    pub report_url: bool,
}

/// Bounds of a uniform latency.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Uniform {
    /// The least delay.
    pub min: Located<HumanDuration>,
    /// The greatest delay.
    pub max: Located<HumanDuration>,
}

/// A normal latency.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Normal {
    /// The mean delay.
    pub mean: HumanDuration,
    /// The standard deviation.
    pub deviation: HumanDuration,
}

/// A Pareto latency: `scale` at least, with a tail that is the longer the smaller `shape` is.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pareto {
    /// The least delay.
    pub scale: Located<HumanDuration>,
    /// The tail index, above 0.
    pub shape: Located<f64>,
    /// The greatest delay; a longer draw is cut to it.
    #[serde(default)]
    pub at_most: Option<HumanDuration>,
}

const NOTHING: &str = "this latency delays nothing: expected more than 0";

impl Latency {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "latency",
        sentence: "Answers late, by a delay that is fixed or drawn from a distribution.",
        stage: Stage::Delay,
        example: r#"{ "latency": { "uniform": { "min": "100ms", "max": "2s" } } }"#,
    };
}

impl Kind for Latency {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn tells_report_url(&self) -> bool {
        self.report_url
    }

    fn check(&self, sense: &mut Sense<'_, '_>) {
        self.check_choice(sense);
        let no_delay = |delay: HumanDuration| delay.0.is_zero();
        if self.fixed.is_some_and(no_delay) {
            sense.error(&["latency", "fixed"], NOTHING);
        }
        if let Some(normal) = &self.normal
            && no_delay(normal.mean)
            && no_delay(normal.deviation)
        {
            sense.error(&["latency", "normal", "mean"], NOTHING);
        }
        if let Some(uniform) = &self.uniform {
            uniform.check(sense);
        }
        if let Some(pareto) = &self.pareto {
            pareto.check(sense);
        }
    }

    fn strike(&self, strike: &Strike<'_>, touch: &mut Touch) -> bool {
        touch.delay_by(self.draw(strike.seed));
        if self.report_url {
            touch
                .report_url
                .get_or_insert_with(|| (strike.report_url)());
        }
        true
    }
}

impl Uniform {
    fn check(&self, sense: &mut Sense<'_, '_>) {
        let (min, max) = (self.min.value, self.max.value);
        if min > max {
            sense.error_beside(
                &["latency", "uniform", "min"],
                format!("the least delay, {min}, is above the greatest, {max}"),
                &["latency", "uniform", "max"],
                "the greatest is given",
            );
        } else if max.0.is_zero() {
            sense.error(&["latency", "uniform", "max"], NOTHING);
        }
    }
}

impl Pareto {
    fn check(&self, sense: &mut Sense<'_, '_>) {
        let shape = self.shape.value;
        if !(shape > 0.0 && shape.is_finite()) {
            let message = format!("a shape of {shape} has no tail: expected a number above 0");
            sense.error(&["latency", "pareto", "shape"], message);
        }
        if self.scale.0.is_zero() {
            let message = "the scale of a Pareto latency is 0: expected more than that";
            sense.error(&["latency", "pareto", "scale"], message);
        }
        if self.at_most.is_some_and(|most| most.0 < self.scale.0) {
            sense.error_beside(
                &["latency", "pareto", "at_most"],
                "the greatest delay is below the least one",
                &["latency", "pareto", "scale"],
                "the least is given",
            );
        }
    }
}

impl Latency {
    fn check_choice(&self, sense: &mut Sense<'_, '_>) {
        let given = [
            self.fixed.is_some(),
            self.uniform.is_some(),
            self.normal.is_some(),
            self.pareto.is_some(),
        ];
        if given.into_iter().filter(|given| *given).count() == 1 {
            return;
        }
        let many = if given.contains(&true) {
            "more than one distribution"
        } else {
            "no distribution"
        };
        sense.error_with_help(
            &["latency"],
            format!("this latency has {many}"),
            "expected exactly one of: `fixed`, `uniform`, `normal`, `pareto`",
        );
    }

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
            rand_distr::Normal::new(mean, deviation).map_or(mean, |bell| bell.sample(&mut rng))
        } else if let Some(pareto) = &self.pareto {
            let scale = pareto.scale.0.as_secs_f64();
            let drawn = rand_distr::Pareto::new(scale, *pareto.shape)
                .map_or(scale, |tail| tail.sample(&mut rng));
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
}
