//! Late answers: how late, for each distribution. A draw depends on its seed alone; the waiting is done elsewhere.

use crate::faults::kind::{Kind, KindInfo, Sense, Stage, Strike};
use crate::faults::touch::Touch;
use crate::input::Located;
use crate::input::units::HumanDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

mod draw;
pub(super) use draw::between;

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
    /// Mostly about the same, with a long tail: what the latency of real services looks like.
    #[serde(default)]
    pub lognormal: Option<Lognormal>,
    /// From one delay to another, evenly, and then always that one.
    #[serde(default)]
    pub ramp: Option<Ramp>,
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

/// A lognormal latency: half of the draws are below `median`, two in three between `median / e^sigma` and `median × e^sigma`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lognormal {
    /// The delay that half of the answers stay below.
    pub median: HumanDuration,
    /// How far the draws spread, above 0: the standard deviation of their logarithm.
    pub sigma: f64,
    /// The greatest delay; a longer draw is cut to it.
    #[serde(default)]
    pub at_most: Option<HumanDuration>,
}

/// A latency that grows, or falls, with the time since the fault started.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ramp {
    /// The delay at the start of the fault.
    #[serde(default)]
    pub from: HumanDuration,
    /// The delay from the end of the ramp on.
    pub to: HumanDuration,
    /// How long it takes from the one to the other.
    pub over: HumanDuration,
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
        if let Some(lognormal) = &self.lognormal {
            lognormal.check(sense);
        }
        if let Some(ramp) = &self.ramp {
            ramp.check(sense);
        }
    }

    fn strike(&self, strike: &Strike<'_>, touch: &mut Touch) -> bool {
        touch.delay_by(self.draw(strike.seed, strike.age()));
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

impl Lognormal {
    fn check(&self, sense: &mut Sense<'_, '_>) {
        let sigma = self.sigma;
        if !(sigma > 0.0 && sigma.is_finite()) {
            let message = format!("a sigma of {sigma} is no spread: expected a number above 0");
            sense.error(&["latency", "lognormal", "sigma"], message);
        }
        if self.median.0.is_zero() {
            sense.error(&["latency", "lognormal", "median"], NOTHING);
        }
        if self.at_most.is_some_and(|most| most < self.median) {
            sense.error_beside(
                &["latency", "lognormal", "at_most"],
                "the greatest delay is below the median",
                &["latency", "lognormal", "median"],
                "the median is given",
            );
        }
    }
}

impl Ramp {
    fn check(&self, sense: &mut Sense<'_, '_>) {
        if self.from.0.is_zero() && self.to.0.is_zero() {
            sense.error(&["latency", "ramp", "to"], NOTHING);
        }
        if self.over.0.is_zero() {
            sense.error_with_help(
                &["latency", "ramp", "over"],
                "a ramp takes time: expected more than 0",
                "for a delay that is always the same, say `fixed`",
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
            self.lognormal.is_some(),
            self.ramp.is_some(),
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
            "expected exactly one of: `fixed`, `uniform`, `normal`, `pareto`, `lognormal`, `ramp`",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::faults::kind::tests::told_of;

    #[test]
    fn exactly_one_distribution_is_what_a_latency_has() {
        let two = "{ latency: { fixed: 1s, ramp: { to: 2s, over: 1m } } }";
        assert_eq!(
            told_of(two),
            ["this latency has more than one distribution"]
        );
        let one = "{ latency: { ramp: { to: 2s, over: 1m } } }";
        assert!(told_of(one).is_empty());
    }

    #[test]
    fn distributions_that_make_no_sense_are_refused() {
        for (latency, message) in [
            (
                "lognormal: { median: 1s, sigma: 0 }",
                "a sigma of 0 is no spread: expected a number above 0",
            ),
            (
                "lognormal: { median: 0s, sigma: 1 }",
                "this latency delays nothing: expected more than 0",
            ),
            (
                "lognormal: { median: 2s, sigma: 1, at_most: 1s }",
                "the greatest delay is below the median",
            ),
            (
                "ramp: { to: 0s, over: 1s }",
                "this latency delays nothing: expected more than 0",
            ),
            (
                "ramp: { to: 1s, over: 0s }",
                "a ramp takes time: expected more than 0",
            ),
        ] {
            assert_eq!(
                told_of(&format!("{{ latency: {{ {latency} }} }}")),
                [message]
            );
        }
    }
}
