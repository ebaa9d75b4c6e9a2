//! An answer with a status in place of a pizza: the factory's own error, or any other status, body and headers.

use crate::api::reply::{self, Reply};
use crate::faults::kind::{Kind, KindInfo, Sense, Stage, Strike};
use crate::faults::touch::Touch;
use crate::input::Located;
use crate::input::units::HumanDuration;
use http::{HeaderName, HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;

/// The most headers that a file may add.
const HEADERS_MAX: usize = 64;
/// Headers that HTTP itself sets: another value would break the framing rather than the reply.
const FRAMING: [&str; 3] = ["content-length", "transfer-encoding", "connection"];
/// Headers that the factory writes on every reply, over whatever stands there.
const OF_THE_FACTORY: [&str; 6] = [
    "date",
    "x-powered-by",
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-allow-credentials",
];

/// An answer with a status in place of a pizza.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// The status code, 200 to 599.
    pub code: Located<u16>,
    /// The `message` of the JSON body. The code's own phrase when it is left out.
    #[serde(default)]
    pub message: Option<String>,
    /// A body to send in place of `{"message": …}`, as it is, for instance the HTML page of a wrong host.
    #[serde(default)]
    pub body: Option<String>,
    /// The content type of `body`.
    #[serde(default)]
    pub content_type: Option<Located<String>>,
    /// Headers of the reply, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<Located<String>, String>,
    /// Whether the body carries `reportUrl`.
    #[serde(default)]
    pub report_url: bool,
    /// A `Retry-After` header, in whole seconds.
    #[serde(default)]
    pub retry_after: Option<HumanDuration>,
}

impl Status {
    pub(crate) const INFO: KindInfo = KindInfo {
        kind: "status",
        sentence: "Answers with a status, and a body and headers of your own, in place of a pizza.",
        stage: Stage::Answer,
        example: r#"{ "status": { "code": 500, "message": "chaos monkey", "report_url": true } }"#,
    };
}

impl Kind for Status {
    fn info(&self) -> &'static KindInfo {
        &Self::INFO
    }

    fn tells_report_url(&self) -> bool {
        self.report_url
    }

    fn check(&self, sense: &mut Sense<'_, '_>) {
        check_code(sense, &["status", "code"], self.code.value);
        self.check_body(sense);
        self.check_headers(sense);
    }

    fn strike(&self, strike: &Strike<'_>, touch: &mut Touch) -> bool {
        touch.answer_with(|| {
            let url = self.report_url.then(|| (strike.report_url)());
            self.reply(url.as_deref())
        })
    }
}

/// Whether a code that a file says at `path` is one that an answer has.
pub(super) fn check_code(sense: &mut Sense<'_, '_>, path: &[&str], code: u16) {
    if !(200..=599).contains(&code) {
        let message = format!("{code} is no status that an answer has: expected 200 to 599");
        sense.error(path, message);
    }
}

/// Whether a code that a file says at `path` is one of `codes`.
pub(super) fn check_code_among(
    sense: &mut Sense<'_, '_>,
    path: &[&str],
    code: u16,
    codes: &[u16],
    what: &str,
) {
    if !codes.contains(&code) {
        let codes: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
        sense.error_with_help(
            path,
            format!("{code} is no status of {what}"),
            format!("expected one of: {}", codes.join(", ")),
        );
    }
}

/// A code that was checked.
pub(super) fn code(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// What a code is called.
pub(super) fn phrase(code: StatusCode) -> &'static str {
    code.canonical_reason().unwrap_or("Error")
}

/// Has a client come again `after` so long, rounded up to whole seconds.
pub(super) fn retry_after(reply: &mut Reply, after: Duration) {
    let seconds = after
        .as_secs()
        .saturating_add(u64::from(after.subsec_nanos() > 0));
    reply
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
}

impl Status {
    fn check_body(&self, sense: &mut Sense<'_, '_>) {
        if let Some(content_type) = &self.content_type
            && HeaderValue::from_str(content_type).is_err()
        {
            let shown = content_type.value.escape_debug();
            sense.error(
                &["status", "content_type"],
                format!("`{shown}` is no content type"),
            );
        }
        if self.body.is_some() {
            if self.message.is_some() {
                sense.error(
                    &["status", "message"],
                    "`body` stands in place of the JSON that has `message`: expected one of the two",
                );
            }
            if self.report_url {
                sense.error(
                    &["status", "report_url"],
                    "`body` stands in place of the JSON that has the report URL: expected one of the two",
                );
            }
        } else if self.content_type.is_some() {
            sense.error_with_help(
                &["status", "content_type"],
                "there is no `body` that this is the content type of",
                "give a `body`, or leave it out: what is sent without one is JSON",
            );
        }
    }

    fn check_headers(&self, sense: &mut Sense<'_, '_>) {
        if self.headers.len() > HEADERS_MAX {
            sense.error(
                &["status", "headers"],
                format!("a reply has at most {HEADERS_MAX} headers of its own"),
            );
        }
        for (name, value) in &self.headers {
            let at = ["status", "headers", name.as_str()];
            if HeaderName::from_bytes(name.as_bytes()).is_err() {
                sense.error(
                    &at,
                    format!("`{}` is no name of a header", name.value.escape_debug()),
                );
            } else if FRAMING.contains(&name.to_ascii_lowercase().as_str()) {
                sense.error_with_help(
                    &at,
                    format!("`{}` is for HTTP itself to set", name.value),
                    "to break the framing, inject `truncate` or `garbage`",
                );
            } else if OF_THE_FACTORY.contains(&name.to_ascii_lowercase().as_str()) {
                let message = format!("`{}` is for the factory to set, on every reply", name.value);
                sense.error(&at, message);
            } else if HeaderValue::from_str(value).is_err() {
                sense.error(
                    &at,
                    format!("`{}` is no value of a header", value.escape_debug()),
                );
            }
        }
    }

    /// The answer; `report_url` goes into the JSON body, as in the real factory's.
    pub(crate) fn reply(&self, report_url: Option<&str>) -> Reply {
        let code = code(*self.code);
        let mut answer = match &self.body {
            Some(body) => reply::text(code, self.content_type(body), body.clone()),
            None => self.message_reply(code, report_url),
        };
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) =
                (name.parse::<HeaderName>(), HeaderValue::from_str(value))
            {
                answer.headers_mut().insert(name, value);
            }
        }
        if let Some(after) = &self.retry_after {
            retry_after(&mut answer, after.0);
        }
        answer
    }

    fn message_reply(&self, code: StatusCode, report_url: Option<&str>) -> Reply {
        let mut body = Map::new();
        let message = self
            .message
            .clone()
            .unwrap_or_else(|| phrase(code).to_owned());
        body.insert("message".to_owned(), Value::String(message));
        if let Some(url) = report_url {
            body.insert("reportUrl".to_owned(), Value::from(url));
        }
        reply::json(code, &Value::Object(body))
    }

    fn content_type(&self, body: &str) -> HeaderValue {
        let written = self.content_type.as_ref();
        written
            .and_then(|text| HeaderValue::from_str(text).ok())
            .unwrap_or(HeaderValue::from_static(
                if body.trim_start().starts_with('<') {
                    "text/html; charset=utf-8"
                } else {
                    "text/plain; charset=utf-8"
                },
            ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::reply::tests::body_of;

    fn status(code: u16) -> Status {
        Status {
            code: Located::unknown(code),
            message: None,
            body: None,
            content_type: None,
            headers: BTreeMap::new(),
            report_url: true,
            retry_after: None,
        }
    }

    #[tokio::test]
    async fn the_real_factory_s_chaos_is_a_message_and_a_report_url() {
        let chaos = Status {
            message: Some("chaos monkey".to_owned()),
            ..status(500)
        };
        let reply = chaos.reply(Some("http://f/r"));
        assert_eq!(reply.status(), 500);
        assert_eq!(
            body_of(reply).await,
            r#"{"message":"chaos monkey","reportUrl":"http://f/r"}"#
        );
    }

    #[tokio::test]
    async fn a_status_without_a_message_says_its_own_phrase() {
        assert_eq!(
            body_of(status(404).reply(None)).await,
            r#"{"message":"Not Found"}"#
        );
    }

    #[tokio::test]
    async fn a_body_of_its_own_is_sent_as_it_is() {
        let page = Status {
            body: Some("<h1>no</h1>".to_owned()),
            ..status(404)
        };
        let reply = page.reply(None);
        assert_eq!(
            reply.headers()[header::CONTENT_TYPE],
            "text/html; charset=utf-8"
        );
        assert_eq!(body_of(reply).await, "<h1>no</h1>");
    }

    #[test]
    fn headers_of_its_own_stand_in_the_reply() {
        let mut own = status(503);
        own.headers
            .insert(Located::unknown("X-Oven".to_owned()), "cold".to_owned());
        assert_eq!(own.reply(None).headers()["x-oven"], "cold");
    }

    #[test]
    fn retry_after_is_rounded_up_to_whole_seconds() {
        let after = HumanDuration(Duration::from_millis(1_500));
        let reply = Status {
            retry_after: Some(after),
            ..status(429)
        }
        .reply(None);
        assert_eq!(reply.headers()[header::RETRY_AFTER], "2");
    }
}
