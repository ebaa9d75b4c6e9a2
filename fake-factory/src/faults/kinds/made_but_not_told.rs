//! The pizza is made and its reply is lost. The kitchen works as ever, the ledger has the pizza; the connection breaks before a byte of
//! the reply is sent.

use crate::faults::kind::{Kind, KindInfo, Stage, Strike};
use crate::faults::touch::{Break, Touch};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A pizza that is made and a reply that is lost.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MadeButNotTold {
    /// How the reply is lost.
    #[serde(default)]
    pub reply: LostReply,
}

/// How a reply is lost.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum LostReply {
    /// The connection is reset.
    #[default]
    Reset,
    /// The connection stays open and silent.
    Hang,
}

impl MadeButNotTold {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "made_but_not_told",
        sentence: "Makes the pizza, then loses the reply: the client cannot know that it was made.",
        stage: Stage::Travel,
        example: r#"{ "made_but_not_told": { "reply": "reset" } }"#,
    };
}

impl Kind for MadeButNotTold {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn needs_pizza(&self) -> bool {
        true
    }

    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        touch.baking.counterfeit.is_none()
            && touch.travel.break_with(match self.reply {
                LostReply::Reset => Break::Reset,
                LostReply::Hang => Break::Hang,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kind::tests::struck;

    #[test]
    fn a_reply_is_lost_as_the_file_says() {
        let fault = MadeButNotTold {
            reply: LostReply::Hang,
        };
        let (did, touch) = struck(&fault);
        assert!(did);
        assert_eq!(touch.travel.breaks, Some(Break::Hang));
    }
}
