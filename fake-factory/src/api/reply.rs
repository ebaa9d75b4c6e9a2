//! Replies in the factory's form: JSON with a charset, and `{"message": …}` for whatever is refused.

use super::express::entity_tag;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use serde_json::{Value, json};

/// A whole reply.
pub(crate) type Reply = Response<Full<Bytes>>;

/// The content type of nearly every reply.
pub(crate) const JSON: &str = "application/json; charset=utf-8";
/// The content type of the few replies for people.
pub(crate) const HTML: &str = "text/html; charset=utf-8";

/// As many headers as a reply has, and hyper's own.
const HEADERS: usize = 12;

/// What is said of a key that no vendor has.
pub(crate) const WRONG_KEY: &str = "invalid authentication";
/// What is said of an order that is not made.
pub(crate) const OVEN_IS_FULL: &str = "Unable to satisfy pizza order. The oven is full.";

/// A JSON body.
pub(crate) fn json(status: StatusCode, body: &Value) -> Reply {
    text(
        status,
        HeaderValue::from_static(JSON),
        crate::json::text(body),
    )
}

/// `{"message": …}`.
pub(crate) fn message(status: StatusCode, message: &str) -> Reply {
    json(status, &json!({ "message": message }))
}

/// A text for people.
pub(crate) fn html(body: impl Into<Bytes>) -> Reply {
    text(StatusCode::OK, HeaderValue::from_static(HTML), body)
}

/// No body.
pub(crate) fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Full::default());
    *reply.status_mut() = status;
    reply
}

/// Any body.
pub(crate) fn text(status: StatusCode, content_type: HeaderValue, body: impl Into<Bytes>) -> Reply {
    let body = body.into();
    let tag = entity_tag(&body);
    let mut reply = Response::new(Full::new(body));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    // Room for all that is added on its way out.
    headers.reserve(HEADERS);
    headers.insert(header::CONTENT_TYPE, content_type);
    if let Some(tag) = tag {
        headers.insert(header::ETAG, tag);
    }
    reply
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use http_body_util::BodyExt;

    /// The body of a reply, as text.
    pub(crate) async fn body_of(reply: Reply) -> String {
        let bytes = reply
            .into_body()
            .collect()
            .await
            .expect("a whole body")
            .to_bytes();
        String::from_utf8(bytes.to_vec()).expect("UTF-8")
    }
}
