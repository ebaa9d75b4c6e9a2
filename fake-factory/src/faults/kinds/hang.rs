//! A connection that is accepted and then silent. With `nothing`, the request is read and left at that: no pizza is made for it. With
//! `headers`, all goes as ever until the body should come, which never does.

use crate::faults::kind::{Kind, KindInfo, Stage, Strike};
use crate::faults::touch::{BodyBreak, Break, Extent, Touch};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A request that is never answered, or never to its end. The connection stays open until the client ends it.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hang {
    /// How much of an answer comes.
    #[serde(default)]
    pub answer: Answered,
}

/// How much of an answer comes.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// Nothing, and no pizza is made. For one that is made, see `made_but_not_told`.
    #[default]
    Nothing,
    /// The status and the headers, and never the body. A pizza is made.
    Headers,
}

impl Hang {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "hang",
        sentence: "Accepts a request and never answers it, or sends the headers and never the body.",
        stage: Stage::Travel,
        example: r#"{ "hang": { "answer": "nothing" } }"#,
    };
}

impl Kind for Hang {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn stage(&self) -> Stage {
        match self.answer {
            Answered::Nothing => Stage::Answer,
            Answered::Headers => Stage::Travel,
        }
    }

    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        match self.answer {
            Answered::Nothing => touch.answer_nothing(Break::Hang),
            Answered::Headers => {
                let before_the_body = Break::Body(Extent::Bytes(0), BodyBreak::Hang);
                touch.has_body() && touch.travel.break_with(before_the_body)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kind::tests::struck;

    #[test]
    fn nothing_is_in_place_of_a_pizza_and_headers_are_not() {
        let (did, touch) = struck(&Hang::default());
        assert!(did && touch.answer.is_some());
        assert_eq!(touch.travel.breaks, Some(Break::Hang));
        let (did, touch) = struck(&Hang {
            answer: Answered::Headers,
        });
        assert!(did && touch.answer.is_none());
        assert!(touch.travel.sends_reply());
    }
}
