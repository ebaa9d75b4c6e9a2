//! A page for people where a program expects JSON: what a proxy answers when the factory behind it does not. No pizza is made for it.

use super::status::{check_code, code, phrase};
use crate::api::reply::{self, Reply};
use crate::faults::kind::{Kind, KindInfo, Sense, Stage, Strike};
use crate::faults::touch::Touch;
use http::{HeaderValue, StatusCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The longest title of a page, in bytes.
const TITLE_BYTES_MAX: usize = 1_000;

/// An HTML error page.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HtmlPage {
    /// The status code, 200 to 599.
    #[serde(default = "bad_gateway")]
    pub code: u16,
    /// What the page says; the code and its own phrase when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

fn bad_gateway() -> u16 {
    StatusCode::BAD_GATEWAY.as_u16()
}

impl HtmlPage {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "html_page",
        sentence: "Answers with an HTML error page, as a proxy gives one.",
        stage: Stage::Answer,
        example: r#"{ "html_page": { "code": 502 } }"#,
    };

    fn reply(&self) -> Reply {
        let code = code(self.code);
        let title = match &self.title {
            Some(title) => Cow::from(escaped(title)),
            None => Cow::from(format!("{} {}", code.as_u16(), phrase(code))),
        };
        let page = format!(
            "<!doctype html>\n<html>\n<head><title>{title}</title></head>\n\
             <body>\n<h1>{title}</h1>\n<hr>\n<p>proxy</p>\n</body>\n</html>\n"
        );
        reply::text(code, HeaderValue::from_static(reply::HTML), page)
    }
}

impl Kind for HtmlPage {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn check(&self, sense: &mut Sense<'_, '_>) {
        check_code(sense, &["html_page", "code"], self.code);
        let title = self.title.as_deref().unwrap_or_default();
        if title.len() > TITLE_BYTES_MAX {
            let message = format!("the title of a page has at most {TITLE_BYTES_MAX} bytes");
            sense.error(&["html_page", "title"], message);
        }
    }

    fn strike(&self, _: &Strike<'_>, touch: &mut Touch) -> bool {
        touch.answer_with(|| self.reply())
    }
}

/// A text in a page that cannot break out of its place.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::reply::tests::body_of;
    use crate::faults::kind::tests::told_of;
    use http::header;

    #[tokio::test]
    async fn the_page_is_html_and_names_its_status() {
        let page = HtmlPage {
            code: bad_gateway(),
            title: None,
        };
        let reply = page.reply();
        assert_eq!(reply.status(), 502);
        assert_eq!(reply.headers()[header::CONTENT_TYPE], reply::HTML);
        let body = body_of(reply).await;
        assert!(body.contains("<h1>502 Bad Gateway</h1>"), "{body}");
    }

    #[tokio::test]
    async fn a_title_is_text_and_no_markup() {
        let page = HtmlPage {
            code: 200,
            title: Some("<b>&".to_owned()),
        };
        let body = body_of(page.reply()).await;
        assert!(body.contains("<h1>&lt;b&gt;&amp;</h1>"), "{body}");
    }

    #[test]
    fn what_no_page_has_is_refused() {
        let long = format!(
            "{{ html_page: {{ code: 600, title: {} }} }}",
            "x".repeat(1_001)
        );
        assert_eq!(
            told_of(&long),
            [
                "600 is no status that an answer has: expected 200 to 599",
                "the title of a page has at most 1000 bytes"
            ]
        );
    }
}
