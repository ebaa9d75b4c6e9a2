//! A 200 with a JWT that does not verify: it starts with `dead`, as the real factory's does. No pizza is made for it.

use crate::api::reply::{self, Reply};
use crate::faults::kind::{Kind, KindInfo, Stage, Strike};
use crate::faults::touch::Touch;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Three parts as in a JWT, of which the first is no header.
const DEAD: &str = "deadbeef.cGl6emE.bm90LWEtc2lnbmF0dXJl";

/// A JWT that does not verify.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BadJwt {
    /// Whether the reply carries `reportUrl`.
    #[serde(default)]
    pub report_url: bool,
}

impl BadJwt {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "bad_jwt",
        sentence: "Answers 200 with a JWT that is no good.",
        stage: Stage::Answer,
        example: r#"{ "bad_jwt": { "report_url": true } }"#,
    };
}

impl Kind for BadJwt {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn tells_report_url(&self) -> bool {
        self.report_url
    }

    fn strike(&self, strike: &Strike<'_>, touch: &mut Touch) -> bool {
        touch.answer_with(|| {
            let url = self.report_url.then(|| (strike.report_url)());
            Self::reply(url.as_deref())
        })
    }
}

impl BadJwt {
    /// The answer, which the real factory gives even to a bad order.
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
    use crate::seed::Seed;
    use crate::signing::{Algorithm, Signer};

    #[test]
    fn the_bad_jwt_starts_with_dead_and_does_not_verify() {
        let signer = Signer::new(Algorithm::EdDsa, Seed::new(1)).expect("a key");
        assert!(DEAD.starts_with("dead"));
        assert!(signer.keys().verify(DEAD).is_err());
    }
}
