//! A 200 with a JWT that is no good. By default it starts with `dead`, as the real factory's does, and is given even to a bad order;
//! the other kinds look more like a pizza and stand in the place of one. No pizza is made for any of them.

use crate::api::reply::{self, Reply};
use crate::faults::kind::{Kind, KindInfo, Stage, Strike};
use crate::faults::touch::Touch;
use crate::signing::counterfeit::{Counterfeit, DEAD};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A JWT that is no good.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BadJwt {
    /// What is wrong with it.
    #[serde(default)]
    pub kind: Counterfeit,
    /// Whether the reply carries `reportUrl`.
    #[serde(default)]
    pub report_url: bool,
}

impl BadJwt {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "bad_jwt",
        sentence: "Answers 200 with a JWT that is no good: dead, forged, expired, or of another order.",
        stage: Stage::Baking,
        example: r#"{ "bad_jwt": { "kind": "dead", "report_url": true } }"#,
    };
}

impl Kind for BadJwt {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn tells_report_url(&self) -> bool {
        self.report_url
    }

    /// The dead one needs no order to be made of.
    fn stage(&self) -> Stage {
        match self.kind {
            Counterfeit::Dead => Stage::Answer,
            _ => Stage::Baking,
        }
    }

    fn needs_next_key(&self) -> bool {
        self.kind == Counterfeit::WrongKey
    }

    fn strike(&self, strike: &Strike<'_>, touch: &mut Touch) -> bool {
        let url = || self.report_url.then(|| (strike.report_url)());
        if self.kind == Counterfeit::Dead {
            return touch.answer_with(|| Self::reply(url().as_deref()));
        }
        if touch.baking.counterfeit.is_some() {
            return false;
        }
        touch.baking.counterfeit = Some((self.kind, strike.seed));
        touch.report_url = touch.report_url.take().or_else(url);
        true
    }
}

impl BadJwt {
    /// The answer with a dead one, which the real factory gives even to a bad order.
    pub(crate) fn reply(report_url: Option<&str>) -> Reply {
        let body = match report_url {
            Some(url) => json!({ "jwt": DEAD, "reportUrl": url }),
            None => json!({ "jwt": DEAD }),
        };
        reply::json(StatusCode::OK, &body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kind::tests::struck;

    fn of_kind(kind: Counterfeit) -> BadJwt {
        BadJwt {
            kind,
            report_url: true,
        }
    }

    #[test]
    fn a_dead_jwt_is_an_answer_and_the_others_are_baked() {
        let (did, touch) = struck(&of_kind(Counterfeit::Dead));
        assert!(did && touch.answer.is_some());
        let (did, touch) = struck(&of_kind(Counterfeit::Expired));
        assert!(did && touch.answer.is_none());
        let kind = touch.baking.counterfeit.map(|(kind, _)| kind);
        assert_eq!(kind, Some(Counterfeit::Expired));
        assert!(touch.report_url.is_some());
    }
}
