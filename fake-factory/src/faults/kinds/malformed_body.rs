//! A 200 whose body calls itself JSON and is not. No pizza is made for it.

use crate::api::reply::{self, Reply};
use crate::faults::kind::{Kind, KindInfo, Stage, Strike};
use crate::faults::touch::Touch;
use http::{HeaderValue, StatusCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is sent where the file does not say: an answer that was cut in the middle.
const CUT: &str = r#"{"jwt":"eyJpYXQiOjE3"#;

/// A body that is no JSON.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MalformedBody {
    /// The bytes to send; a JSON object cut in the middle when it is left out.
    #[serde(default)]
    pub body: Option<String>,
}

impl MalformedBody {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "malformed_body",
        sentence: "Answers 200 with a body that calls itself JSON and is not.",
        stage: Stage::Answer,
        example: r#"{ "malformed_body": {} }"#,
    };
}

impl Kind for MalformedBody {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        touch.answer_with(|| self.reply())
    }
}

impl MalformedBody {
    fn reply(&self) -> Reply {
        let body = self.body.clone().unwrap_or_else(|| CUT.to_owned());
        let json = HeaderValue::from_static(reply::JSON);
        reply::text(StatusCode::OK, json, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::reply::tests::body_of;

    #[tokio::test]
    async fn the_body_is_no_json_unless_the_file_gives_another() {
        let cut = body_of(MalformedBody { body: None }.reply()).await;
        assert!(serde_json::from_str::<serde_json::Value>(&cut).is_err());
        let own = MalformedBody {
            body: Some("{]".to_owned()),
        };
        assert_eq!(body_of(own.reply()).await, "{]");
    }
}
