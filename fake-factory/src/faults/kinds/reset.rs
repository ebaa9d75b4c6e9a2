//! A connection that is reset under a request. Before the headers, the request is read and left at that: no pizza is made for it. In the
//! middle of the body, all goes as ever until then. For one that is reset as it is accepted, see `outage`.

use crate::faults::kind::{Kind, KindInfo, Stage, Strike};
use crate::faults::touch::{BodyBreak, Break, Extent, Touch};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A connection that is reset under a request.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// When it is reset.
    #[serde(default)]
    pub when: When,
}

/// When a connection is reset.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Before anything is sent, and no pizza is made. For one that is made, see `made_but_not_told`.
    #[default]
    BeforeHeaders,
    /// After the headers and half of the body. A pizza is made.
    MidBody,
}

impl Reset {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "reset",
        sentence: "Resets the connection of a request, before the headers of its reply or in the middle of the body.",
        stage: Stage::Travel,
        example: r#"{ "reset": { "when": "mid_body" } }"#,
    };
}

impl Kind for Reset {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn stage(&self) -> Stage {
        match self.when {
            When::BeforeHeaders => Stage::Answer,
            When::MidBody => Stage::Travel,
        }
    }

    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        match self.when {
            When::BeforeHeaders => touch.answer_nothing(Break::Reset),
            When::MidBody => {
                let half = Break::Body(Extent::Thousandths(500), BodyBreak::Reset);
                touch.has_body() && touch.travel.break_with(half)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kind::tests::struck;

    #[test]
    fn before_the_headers_is_in_place_of_a_pizza_and_mid_body_is_not() {
        let (did, touch) = struck(&Reset::default());
        assert!(did && touch.answer.is_some());
        assert_eq!(touch.travel.breaks, Some(Break::Reset));
        let (did, touch) = struck(&Reset {
            when: When::MidBody,
        });
        assert!(did && touch.answer.is_none());
        assert!(touch.travel.sends_reply());
    }
}
