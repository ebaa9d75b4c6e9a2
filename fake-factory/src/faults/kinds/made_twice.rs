//! The kitchen makes an order twice and tells of one pizza: a duplicate that no client asked for, and that no idempotency prevents.

use crate::faults::kind::{Kind, KindInfo, Stage, Strike};
use crate::faults::touch::Touch;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A pizza that is made twice.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MadeTwice {}

impl MadeTwice {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "made_twice",
        sentence: "Makes two pizzas of one order, and tells of one.",
        stage: Stage::Baking,
        example: r#"{ "made_twice": {} }"#,
    };
}

impl Kind for MadeTwice {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    /// A counterfeit is no pizza, and three are not two.
    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        let free = touch.baking.counterfeit.is_none() && !touch.baking.twice;
        touch.baking.twice |= free;
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kind::tests::struck;

    #[test]
    fn an_order_is_baked_twice() {
        let (did, touch) = struck(&MadeTwice {});
        assert!(did && touch.baking.twice);
    }
}
