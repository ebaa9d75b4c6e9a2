//! The oven is full: the factory keeps a good order waiting, then refuses it, as the real one does with an order of too many pizzas.

use crate::api::reply;
use crate::faults::kind::{Kind, KindInfo, Sense, Stage, Strike};
use crate::faults::kinds::latency::DELAY_MAX;
use crate::faults::touch::Touch;
use crate::input::units::HumanDuration;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// An order that is refused after a while.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OvenFull {
    /// How long it takes. The real factory takes 32 s.
    #[serde(default = "as_the_real_one")]
    pub after: HumanDuration,
}

fn as_the_real_one() -> HumanDuration {
    HumanDuration(Duration::from_secs(32))
}

impl OvenFull {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "oven_full",
        sentence: "Refuses an order because the oven is full, after a while: 503.",
        stage: Stage::Answer,
        example: r#"{ "oven_full": { "after": "32s" } }"#,
    };
}

impl Kind for OvenFull {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn check(&self, sense: &mut Sense<'_, '_>) {
        if self.after.0 > DELAY_MAX {
            let message = "no answer is later than a day";
            sense.error(&["oven_full", "after"], message);
        }
    }

    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        let answers = touch
            .answer_with(|| reply::message(StatusCode::SERVICE_UNAVAILABLE, reply::OVEN_IS_FULL));
        if answers {
            touch.delay_by(self.after.0);
        }
        answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kind::tests::{struck, struck_after, told_of};

    #[test]
    fn it_is_late_and_refuses() {
        let (did, touch) = struck(&OvenFull {
            after: as_the_real_one(),
        });
        assert!(did);
        assert_eq!(touch.delay, Duration::from_secs(32));
        assert_eq!(touch.answer.expect("an answer").status(), 503);
    }

    #[test]
    fn it_keeps_nobody_waiting_whom_another_fault_answers() {
        let kind = OvenFull {
            after: as_the_real_one(),
        };
        let mut touch = Touch::default();
        touch.answer_with(|| reply::message(StatusCode::OK, "first"));
        let did = struck_after(&kind, &mut touch);
        assert!(!did && touch.delay.is_zero());
    }

    #[test]
    fn more_than_a_day_is_refused() {
        let told = told_of("{ oven_full: { after: 25h } }");
        assert_eq!(told, ["no answer is later than a day"]);
    }
}
