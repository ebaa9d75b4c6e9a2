//! The factory's keys change, or what it publishes of them goes wrong, so that clients that keep old keys, or fetch them late, cannot
//! verify what they are given.

use crate::faults::kind::{Kind, KindInfo, OwnRoutes, Stage, Strike};
use crate::faults::touch::{Published, Touch};
use crate::signing::WhichKey;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is wrong with the keys.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Jwks {
    /// Pizzas are signed with the next key, and it alone is published: whoever kept the old key cannot verify.
    Rotated,
    /// Pizzas are signed with the next key, and the old one alone is published: nobody can verify.
    Stale,
    /// No key is published: the route is unknown. Pizzas are signed as ever.
    Gone,
}

impl Jwks {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "jwks",
        sentence: "Rotates the signing key, leaves a stale key published, or publishes none.",
        stage: Stage::Baking,
        example: r#"{ "jwks": "rotated" }"#,
    };
}

impl Kind for Jwks {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn needs_pizza(&self) -> bool {
        false
    }

    fn needs_next_key(&self) -> bool {
        *self != Jwks::Gone
    }

    fn own_routes(&self) -> OwnRoutes {
        match self {
            Jwks::Rotated => OwnRoutes::OrdersAndKeys,
            Jwks::Stale => OwnRoutes::Orders,
            Jwks::Gone => OwnRoutes::Keys,
        }
    }

    fn strike(&self, strike: &Strike<'_>, touch: &mut Touch) -> bool {
        if touch.answer.is_some() {
            return false;
        }
        if strike.asked.bakes {
            touch.baking.key = WhichKey::Next;
            return true;
        }
        // Of orders, only those that are baked are left to touch.
        if !strike.asked.is_for_keys() || touch.published != Published::Own {
            return false;
        }
        touch.published = match self {
            Jwks::Rotated => Published::Next,
            Jwks::Gone => Published::Nothing,
            Jwks::Stale => return false,
        };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kind::tests::struck;

    #[test]
    fn orders_are_signed_with_the_next_key() {
        for kind in [Jwks::Rotated, Jwks::Stale] {
            let (did, touch) = struck(&kind);
            assert!(did);
            assert_eq!(touch.baking.key, WhichKey::Next);
            assert_eq!(touch.published, Published::Own);
        }
    }
}
