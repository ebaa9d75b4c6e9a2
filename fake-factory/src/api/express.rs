//! What Express adds to every reply by itself: its name, an entity tag, and 304 for a client that has the same already. The real
//! factory leaves all of it as it is.

use super::reply::Reply;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::Full;
use std::io::Write;

const POWERED_BY: HeaderName = HeaderName::from_static("x-powered-by");
/// The letters of a digest, the padding included.
const DIGEST_LETTERS: usize = 28;
/// As much as a tag takes with a body of any length.
const TAG_BYTES: usize = 48;
/// How many letters of the digest stand in a tag.
const TAG_LETTERS: usize = 27;

/// The weak entity tag of a body; there is none for an empty one.
pub(super) fn entity_tag(body: &[u8]) -> Option<HeaderValue> {
    if body.is_empty() {
        return None;
    }
    // A name for the bytes, not a promise about them: SHA-1 is what clients of the real factory see.
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, body);
    let mut letters = [0; DIGEST_LETTERS];
    BASE64.encode_slice(digest, &mut letters).ok()?;
    // Every reply has one: it is written in one go.
    let mut tag = Vec::with_capacity(TAG_BYTES);
    write!(tag, "W/\"{:x}-", body.len()).ok()?;
    tag.extend_from_slice(&letters[..TAG_LETTERS]);
    tag.push(b'"');
    HeaderValue::from_maybe_shared(Bytes::from(tag)).ok()
}

/// The tags of what the client says it has already, unless it wants the whole reply all the same.
pub(super) fn known_tags(request: &Parts) -> Option<HeaderValue> {
    let headers = &request.headers;
    let asks = matches!(request.method, Method::GET | Method::HEAD);
    let wants_anew = headers.get(header::CACHE_CONTROL).is_some_and(|wish| {
        let mut words = wish.as_bytes().split(|byte| *byte == b',');
        words.any(|word| word.trim_ascii().eq_ignore_ascii_case(b"no-cache"))
    });
    let known = headers.get(header::IF_NONE_MATCH)?;
    (asks && !wants_anew).then(|| known.clone())
}

/// `reply` as it leaves, for a client that knows the body of `known` already.
pub(super) fn finish(known: Option<&HeaderValue>, mut reply: Reply) -> Reply {
    if known.is_some_and(|known| is_known(known, &reply)) {
        *reply.status_mut() = StatusCode::NOT_MODIFIED;
        reply.headers_mut().remove(header::CONTENT_TYPE);
        *reply.body_mut() = Full::new(Bytes::new());
    }
    reply
        .headers_mut()
        .insert(POWERED_BY, HeaderValue::from_static("Express"));
    reply
}

/// Whether a client that knows the tags of `known` knows what this reply says.
pub(super) fn is_known(known: &HeaderValue, reply: &Reply) -> bool {
    let tag = reply.headers().get(header::ETAG);
    reply.status().is_success() && tag.is_some_and(|tag| is_among(tag, known))
}

/// Whether a tag is in a list of tags, weak or not.
fn is_among(tag: &HeaderValue, list: &HeaderValue) -> bool {
    fn bare(tag: &[u8]) -> &[u8] {
        let tag = tag.trim_ascii();
        tag.strip_prefix(b"W/").unwrap_or(tag)
    }
    let mut tags = list.as_bytes().split(|byte| *byte == b',').map(bare);
    // A star is every tag, but only where it stands alone.
    list == "*" || tags.any(|known| known == bare(tag.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::reply;
    use http::Request;
    use serde_json::json;

    fn answered(method: Method, headers: &[(&str, &str)]) -> Reply {
        let mut request = Request::builder().method(method);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).expect("a request").into_parts();
        finish(
            known_tags(&head).as_ref(),
            reply::json(StatusCode::OK, &json!({ "a": 1 })),
        )
    }

    #[test]
    fn a_tag_is_the_length_and_the_digest() {
        let tag = entity_tag(b"{\"a\":1}").expect("a tag");
        // Of `printf '{"a":1}' | openssl sha1 -binary | base64`.
        assert_eq!(tag, "W/\"7-n4nHQM60bXQYySSnisV5QdXpZSA\"");
        assert_eq!(entity_tag(b""), None);
    }

    #[test]
    fn a_client_that_has_the_same_gets_no_more_than_that() {
        let tag = entity_tag(b"{\"a\":1}").expect("a tag");
        let tag = tag.to_str().expect("text");
        let strong = &tag[2..];
        for known in [tag, strong, "*", &format!("\"x\", {tag}")] {
            let same = answered(Method::GET, &[("if-none-match", known)]);
            assert_eq!(same.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(same.headers().get(header::CONTENT_TYPE), None);
            assert_eq!(same.headers()[header::ETAG], tag);
            let posted = answered(Method::POST, &[("if-none-match", known)]);
            assert_eq!(posted.status(), StatusCode::OK);
            let anew = [("if-none-match", known), ("cache-control", "no-cache")];
            assert_eq!(answered(Method::GET, &anew).status(), StatusCode::OK);
        }
        for other in ["\"x\"", "\"x\", *"] {
            let other = answered(Method::GET, &[("if-none-match", other)]);
            assert_eq!(other.status(), StatusCode::OK);
        }
        let other = answered(Method::GET, &[]);
        assert_eq!(other.headers()["x-powered-by"], "Express");
    }
}
