//! An answer with a status in place of a pizza: the factory's own error, or any other status, body and `Retry-After`.

use super::plan::Status;
use crate::api::reply::{self, Reply};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value};

impl Status {
    /// The answer; `report_url` goes into the JSON body, as in the real factory's.
    pub(crate) fn reply(&self, report_url: Option<&str>) -> Reply {
        let code = StatusCode::from_u16(*self.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = match &self.body {
            Some(body) => reply::text(code, self.content_type(body), body.clone()),
            None => self.message_reply(code, report_url),
        };
        if let Some(after) = &self.retry_after {
            let seconds = after.0.as_secs() + u64::from(after.0.subsec_nanos() > 0);
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }

    fn message_reply(&self, code: StatusCode, report_url: Option<&str>) -> Reply {
        let phrase = || code.canonical_reason().unwrap_or("Error").to_owned();
        let mut body = Map::new();
        let message = self.message.clone().unwrap_or_else(phrase);
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
    use crate::input::Located;
    use crate::input::units::HumanDuration;
    use std::time::Duration;

    fn status(code: u16) -> Status {
        Status {
            code: Located::unknown(code),
            message: None,
            body: None,
            content_type: None,
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
