//! A reply that comes slowly. Its head goes out at once; the body goes so many bytes at a time.

use crate::faults::kind::{Kind, KindInfo, Sense, Stage, Strike};
use crate::faults::touch::{Pace, Touch};
use crate::input::units::HumanDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How often in a second a body that has a bandwidth goes on, where it has more to send than one byte each time.
const TURNS_PER_SECOND: u64 = 100;
const NANOS_PER_SECOND: u128 = 1_000_000_000;

/// A body that comes slowly: exactly one of the two.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Throughput {
    /// How many bytes go in a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth: Option<u64>,
    /// So many bytes, a pause, and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drip: Option<Drip>,
}

/// So many bytes at a time.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drip {
    /// How many bytes go at a time.
    pub bytes: u64,
    /// How long it is from one time to the next.
    pub every: HumanDuration,
}

impl Throughput {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "throughput",
        sentence: "Sends the body of the reply slowly: at a bandwidth, or drip by drip.",
        stage: Stage::Travel,
        example: r#"{ "throughput": { "bandwidth": 1024 } }"#,
    };

    fn pace(&self) -> Option<Pace> {
        let length = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        if let Some(drip) = self.drip {
            return Some(Pace {
                bytes: length(drip.bytes),
                pause: drip.every.0,
            });
        }
        let bandwidth = self.bandwidth.filter(|bandwidth| *bandwidth > 0)?;
        let bytes = (bandwidth / TURNS_PER_SECOND).max(1);
        let nanos = u128::from(bytes) * NANOS_PER_SECOND / u128::from(bandwidth);
        Some(Pace {
            bytes: length(bytes),
            pause: Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)),
        })
    }
}

impl Kind for Throughput {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn check(&self, sense: &mut Sense<'_, '_>) {
        if self.bandwidth.is_some() == self.drip.is_some() {
            sense.error(
                &["throughput"],
                "a throughput is a bandwidth or a drip: expected exactly one of `bandwidth`, `drip`",
            );
        }
        if self.bandwidth == Some(0) {
            sense.error_with_help(
                &["throughput", "bandwidth"],
                "no body comes at 0 bytes in a second",
                "expected 1 or more, or inject `hang` with `answer: headers`",
            );
        }
        let Some(drip) = self.drip else {
            return;
        };
        if drip.bytes == 0 {
            sense.error_with_help(
                &["throughput", "drip", "bytes"],
                "no body comes 0 bytes at a time",
                "expected 1 or more, or inject `hang` with `answer: headers`",
            );
        }
        if drip.every.0.is_zero() {
            let message = "a drip without a pause is a stream: expected more than 0";
            sense.error(&["throughput", "drip", "every"], message);
        }
    }

    /// The slowest counts; where there is no body, there is nothing to slow down.
    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        touch.has_body() && self.pace().is_some_and(|pace| touch.travel.slow_to(pace))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kind::tests::{struck, told_of};

    fn bandwidth(bytes: u64) -> Option<Pace> {
        let throughput = Throughput {
            bandwidth: Some(bytes),
            drip: None,
        };
        struck(&throughput).1.travel.pace
    }

    #[test]
    fn a_bandwidth_is_what_goes_in_a_second() {
        for (per_second, bytes, micros) in [
            (1, 1, 1_000_000),
            (50, 1, 20_000),
            (1_000, 10, 10_000),
            (1_000_000, 10_000, 10_000),
        ] {
            let pause = Duration::from_micros(micros);
            assert_eq!(bandwidth(per_second), Some(Pace { bytes, pause }));
        }
    }

    #[test]
    fn a_throughput_that_is_none_is_refused() {
        for (throughput, message) in [
            (
                "{}",
                "a throughput is a bandwidth or a drip: expected exactly one of `bandwidth`, `drip`",
            ),
            (
                "{ bandwidth: 1, drip: { bytes: 1, every: 1s } }",
                "a throughput is a bandwidth or a drip: expected exactly one of `bandwidth`, `drip`",
            ),
            ("{ bandwidth: 0 }", "no body comes at 0 bytes in a second"),
            (
                "{ drip: { bytes: 0, every: 1s } }",
                "no body comes 0 bytes at a time",
            ),
            (
                "{ drip: { bytes: 1, every: 0s } }",
                "a drip without a pause is a stream: expected more than 0",
            ),
        ] {
            assert_eq!(
                told_of(&format!("{{ throughput: {throughput} }}")),
                [message]
            );
        }
    }
}
