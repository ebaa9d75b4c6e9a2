//! An answer without a body: a server that forgot what it was going to say. No pizza is made for it.

use super::status::{check_code, code};
use crate::api::reply::{self, Reply};
use crate::faults::kind::{Kind, KindInfo, Sense, Stage, Strike};
use crate::faults::touch::Touch;
use http::{HeaderValue, StatusCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An answer without a body.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmptyBody {
    /// The status code, 200 to 599.
    #[serde(default = "ok")]
    pub code: u16,
}

fn ok() -> u16 {
    StatusCode::OK.as_u16()
}

impl EmptyBody {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "empty_body",
        sentence: "Answers with a head that promises JSON, and nothing after it.",
        stage: Stage::Answer,
        example: r#"{ "empty_body": { "code": 200 } }"#,
    };

    fn reply(&self) -> Reply {
        let json = HeaderValue::from_static(reply::JSON);
        reply::text(code(self.code), json, "")
    }
}

impl Kind for EmptyBody {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn check(&self, sense: &mut Sense<'_, '_>) {
        check_code(sense, &["empty_body", "code"], self.code);
    }

    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        touch.answer_with(|| self.reply())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::reply::tests::body_of;
    use crate::faults::kind::tests::told_of;
    use http::header;

    #[tokio::test]
    async fn it_promises_json_and_has_none() {
        let reply = EmptyBody { code: ok() }.reply();
        assert_eq!(reply.status(), 200);
        assert_eq!(reply.headers()[header::CONTENT_TYPE], reply::JSON);
        assert_eq!(body_of(reply).await, "");
    }

    #[test]
    fn a_code_that_no_answer_has_is_refused() {
        let told = told_of("{ empty_body: { code: 100 } }");
        let expected = "100 is no status that an answer has: expected 200 to 599";
        assert_eq!(told, [expected]);
        assert!(told_of("empty_body").is_empty());
    }
}
