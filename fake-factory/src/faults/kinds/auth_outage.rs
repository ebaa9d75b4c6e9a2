//! The authentication breaks: good keys are refused as bad ones are. A request without a good key is none of its business, and is
//! refused, or served, as ever.

use super::status::{check_code_among, code};
use crate::api::reply;
use crate::faults::kind::{Kind, KindInfo, OwnRoutes, Sense, Stage, Strike};
use crate::faults::touch::Touch;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The codes with which an authentication fails.
const CODES: [u16; 4] = [401, 403, 500, 503];

/// An authentication that refuses good keys. Of the requests that match, it touches those that carry one.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthOutage {
    /// The status code: 401 or 403 where it finds the key wrong, 500 or 503 where it fails to look.
    #[serde(default = "unauthorized")]
    pub code: u16,
    /// What it says; where it is left out, with 401 and 403 what the factory says of a wrong key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

fn unauthorized() -> u16 {
    StatusCode::UNAUTHORIZED.as_u16()
}

impl AuthOutage {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "auth_outage",
        sentence: "Refuses good keys as the factory refuses bad ones.",
        stage: Stage::Answer,
        example: r#"{ "auth_outage": { "code": 401 } }"#,
    };

    fn message(&self) -> &str {
        match &self.message {
            Some(message) => message,
            None if self.code < 500 => reply::WRONG_KEY,
            None => "authentication is not available",
        }
    }
}

impl Kind for AuthOutage {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn check(&self, sense: &mut Sense<'_, '_>) {
        let at = ["auth_outage", "code"];
        check_code_among(sense, &at, self.code, &CODES, "an authentication");
    }

    fn own_routes(&self) -> OwnRoutes {
        OwnRoutes::WithKey
    }

    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        touch.answer_with(|| reply::message(code(self.code), self.message()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::reply::tests::body_of;
    use crate::faults::kind::tests::{struck, told_of};

    #[tokio::test]
    async fn it_says_what_the_factory_says_of_a_wrong_key_or_that_it_cannot_look() {
        for (code, message) in [
            (401, "invalid authentication"),
            (403, "invalid authentication"),
            (503, "authentication is not available"),
        ] {
            let outage = AuthOutage {
                code,
                message: None,
            };
            let reply = struck(&outage).1.answer.expect("an answer");
            assert_eq!(reply.status(), code);
            let body = format!(r#"{{"message":"{message}"}}"#);
            assert_eq!(body_of(reply).await, body);
        }
    }

    #[test]
    fn a_code_of_another_failure_is_refused() {
        assert_eq!(
            told_of("{ auth_outage: { code: 404 } }"),
            ["404 is no status of an authentication"]
        );
    }
}
