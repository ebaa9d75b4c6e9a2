//! The factory's clock is wrong: `iat` and `exp` of its pizzas lie in the future, or are older than they should be.

use crate::faults::kind::{Kind, KindInfo, Sense, Stage, Strike};
use crate::faults::touch::Touch;
use crate::input::units::HumanDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A clock that is wrong: exactly one of the two ways.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockSkew {
    /// How far it is ahead, in whole seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<HumanDuration>,
    /// How far it is behind, in whole seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<HumanDuration>,
}

impl ClockSkew {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "clock_skew",
        sentence: "Dates its pizzas by a clock that is ahead or behind: `iat` and `exp` are shifted.",
        stage: Stage::Baking,
        example: r#"{ "clock_skew": { "ahead": "10m" } }"#,
    };

    /// By how many seconds the clock is ahead.
    fn seconds(&self) -> i64 {
        let seconds = |skew: &Option<HumanDuration>| {
            skew.map_or(0, |skew| {
                i64::try_from(skew.0.as_secs()).unwrap_or(i64::MAX)
            })
        };
        seconds(&self.ahead) - seconds(&self.behind)
    }
}

impl Kind for ClockSkew {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn check(&self, sense: &mut Sense<'_, '_>) {
        if self.ahead.is_some() == self.behind.is_some() {
            let message =
                "a clock is wrong in one way: expected exactly one of `ahead` and `behind`";
            sense.error(&["clock_skew"], message);
        } else if self.seconds() == 0 {
            let message =
                "this clock is right: expected at least a second, which is how fine `iat` is";
            sense.error(&["clock_skew"], message);
        }
    }

    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        let skew = &mut touch.baking.skew_seconds;
        *skew = skew.saturating_add(self.seconds());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kind::tests::struck;
    use std::time::Duration;

    #[test]
    fn a_clock_is_ahead_or_behind() {
        let minute = Some(HumanDuration(Duration::from_secs(60)));
        let ahead = ClockSkew {
            ahead: minute,
            behind: None,
        };
        let behind = ClockSkew {
            ahead: None,
            behind: minute,
        };
        assert_eq!(struck(&ahead).1.baking.skew_seconds, 60);
        assert_eq!(struck(&behind).1.baking.skew_seconds, -60);
    }
}
