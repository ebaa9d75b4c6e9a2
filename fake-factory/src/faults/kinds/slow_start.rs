//! A factory that is up again and still cold: late at first, and less and less so. Written of a fault that `follows` another, it is
//! what comes after an outage.

use crate::faults::kind::{Kind, KindInfo, Sense, Stage, Strike};
use crate::faults::kinds::latency::{DELAY_MAX, between};
use crate::faults::touch::Touch;
use crate::input::units::HumanDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Answers that are late at first, and less and less so.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlowStart {
    /// How late the first answer is.
    pub latency: HumanDuration,
    /// How long it takes until none is late any more, from the start of the fault. The delay falls evenly.
    pub over: HumanDuration,
}

impl SlowStart {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "slow_start",
        sentence: "Answers late at first, and less and less so: a factory that is up again and still cold.",
        stage: Stage::Delay,
        example: r#"{ "slow_start": { "latency": "3s", "over": "2m" } }"#,
    };
}

impl Kind for SlowStart {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn check(&self, sense: &mut Sense<'_, '_>) {
        if self.latency.0.is_zero() {
            let message = "this delays nothing: expected more than 0";
            sense.error(&["slow_start", "latency"], message);
        } else if self.latency.0 > DELAY_MAX {
            let message = "no answer is later than a day";
            sense.error(&["slow_start", "latency"], message);
        }
        if self.over.0.is_zero() {
            let message = "a slow start takes time: expected more than 0";
            sense.error(&["slow_start", "over"], message);
        }
    }

    /// Once it is warm, it has nothing left to do.
    fn strike(&self, strike: &Strike<'_>, touch: &mut Touch) -> bool {
        let delay = between(self.latency.0, Duration::ZERO, strike.age(), self.over.0);
        touch.delay_by(delay);
        !delay.is_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Elapsed;
    use crate::faults::kind::tests::{strike_at, told_of};
    use std::sync::Mutex;

    #[test]
    fn it_falls_evenly_to_nothing_and_then_does_nothing() {
        let start = SlowStart {
            latency: HumanDuration(Duration::from_secs(3)),
            over: HumanDuration(Duration::from_secs(120)),
        };
        for (second, did, millis) in [
            (0, true, 3_000),
            (30, true, 2_250),
            (119, true, 25),
            (120, false, 0),
            (500, false, 0),
        ] {
            let mut touch = Touch::default();
            let now = Elapsed::from_micros(second * 1_000_000);
            let struck = strike_at(&start, now, &Mutex::default(), &mut touch);
            assert_eq!((struck, touch.delay.as_millis()), (did, millis), "{second}");
        }
    }

    #[test]
    fn a_start_that_is_not_slow_is_refused() {
        assert_eq!(
            told_of("{ slow_start: { latency: 0s, over: 0s } }"),
            [
                "this delays nothing: expected more than 0",
                "a slow start takes time: expected more than 0"
            ]
        );
    }
}
