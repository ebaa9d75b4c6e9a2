//! A reply that calls itself what it is not. The reply itself is left alone, whichever it is, and a pizza is made.

use crate::faults::kind::{Kind, KindInfo, Sense, Stage, Strike};
use crate::faults::touch::Touch;
use http::HeaderValue;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A reply that calls itself what it is not.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrongContentType {
    /// What it calls itself.
    #[serde(default = "html")]
    pub content_type: String,
}

fn html() -> String {
    "text/html".to_owned()
}

impl WrongContentType {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "wrong_content_type",
        sentence: "Sends the reply under a content type that is not its own.",
        stage: Stage::Dressing,
        example: r#"{ "wrong_content_type": { "content_type": "text/html" } }"#,
    };
}

impl Kind for WrongContentType {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn check(&self, sense: &mut Sense<'_, '_>) {
        if self.content_type.is_empty() || HeaderValue::from_str(&self.content_type).is_err() {
            let shown = self.content_type.escape_debug();
            sense.error(
                &["wrong_content_type", "content_type"],
                format!("`{shown}` is no content type"),
            );
        }
    }

    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        let Ok(content_type) = HeaderValue::from_str(&self.content_type) else {
            return false;
        };
        let first = touch.content_type.is_none() && touch.has_content_type();
        if first {
            touch.content_type = Some(content_type);
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::kind::tests::{struck, struck_after, told_of};
    use crate::faults::touch::Break;

    #[test]
    fn the_first_of_them_names_the_type() {
        let (did, mut touch) = struck(&WrongContentType {
            content_type: html(),
        });
        let second = WrongContentType {
            content_type: "image/png".to_owned(),
        };
        assert!(did && !struck_after(&second, &mut touch));
        let html = HeaderValue::from_static("text/html");
        assert_eq!(touch.content_type, Some(html));
    }

    #[test]
    fn what_is_not_sent_has_no_type() {
        let mut touch = Touch::default();
        touch.answer_nothing(Break::Hang);
        let wrong = WrongContentType {
            content_type: html(),
        };
        assert!(!struck_after(&wrong, &mut touch));
    }

    #[test]
    fn what_no_header_holds_is_refused() {
        for text in ["", "a\\nb"] {
            let told = told_of(&format!(
                "{{ wrong_content_type: {{ content_type: \"{text}\" }} }}"
            ));
            assert_eq!(told, [format!("`{text}` is no content type")]);
        }
    }
}
