//! Reads a request's body as Express does: JSON only where the content type says so, objects and arrays only, 100 kB at most. What
//! it refuses is refused before anything else is looked at.

use super::charset::Charset;
use super::inflate::Encoding;
use crate::json::{JsonError, Text};
use bytes::{Buf, Bytes};
use http::request::Parts;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};

/// The largest JSON body, in bytes: Express's 100 kB.
pub(crate) const BODY_BYTES_MAX: usize = 100 * 1024;

/// How much of a body that is not wanted is read all the same, in bytes.
const DRAIN_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The mark of UTF-8 that may stand before a text.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a body is refused. The texts are the messages of the replies.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("unsupported charset \"{0}\"")]
    Charset(String),
    #[error("unsupported content encoding \"{0}\"")]
    Encoding(String),
    #[error("the body is not compressed as it says: {0}")]
    Compressed(std::io::Error),
    #[error("request entity too large")]
    TooLarge,
    #[error("request aborted")]
    Aborted,
    #[error(transparent)]
    Syntax(#[from] JsonError),
    #[error("Unexpected token in JSON: an object or an array was expected")]
    Strict,
}

/// The JSON of the body; an empty object where there is none.
pub(crate) async fn read(head: &Parts, mut body: Incoming) -> Result<Text, BodyError> {
    if body.is_end_stream() {
        return Ok(Text::default());
    }
    let text = read_json(head, &mut body).await;
    drain(body).await;
    text
}

async fn read_json(head: &Parts, body: &mut Incoming) -> Result<Text, BodyError> {
    let Some(charset) = json_charset(&head.headers) else {
        return Ok(Text::default());
    };
    let charset = match charset {
        None => Charset::UTF_8,
        Some(name) => {
            Charset::parse(&name).ok_or_else(|| BodyError::Charset(name.to_ascii_uppercase()))?
        }
    };
    let encoding = match head.headers.get(header::CONTENT_ENCODING) {
        Some(name) => Encoding::parse(name.as_bytes())?,
        None => Encoding::Identity,
    };
    let bytes = Limited::new(body, encoding.bytes_max())
        .collect()
        .await
        .map_err(|error| {
            if error.is::<LengthLimitError>() {
                BodyError::TooLarge
            } else {
                BodyError::Aborted
            }
        })?
        .to_bytes();
    parse(charset.to_utf8(encoding.inflated(bytes)?))
}

/// Reads what is left of a body, so that a client that sends first and reads then gets to its reply.
pub(crate) async fn drain(mut body: impl Body<Data = Bytes> + Unpin) {
    let mut bytes = 0;
    while !body.is_end_stream() && bytes < DRAIN_BYTES_MAX {
        match body.frame().await {
            Some(Ok(frame)) => bytes += frame.data_ref().map_or(0, Bytes::len),
            Some(Err(_)) | None => return,
        }
    }
}

/// The JSON in `bytes`, by Express's strict rules.
pub(crate) fn parse(mut bytes: Bytes) -> Result<Text, BodyError> {
    if bytes.starts_with(MARK) {
        bytes.advance(MARK.len());
    }
    if bytes.is_empty() {
        return Ok(Text::default());
    }
    match bytes.trim_ascii_start().first() {
        Some(b'{' | b'[') => Ok(Text::read(bytes)?),
        _ => Err(BodyError::Strict),
    }
}

/// The charset of a JSON content type, if it names one; nothing when the content is not called JSON, or not in a well-formed way.
fn json_charset(headers: &HeaderMap) -> Option<Option<String>> {
    let content_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (name, mut rest) = content_type
        .find(';')
        .map_or((content_type, ""), |at| content_type.split_at(at));
    if !name.trim().eq_ignore_ascii_case("application/json") {
        return None;
    }
    let mut charset = None;
    while !rest.trim().is_empty() {
        let (name, value, after) = parameter(rest)?;
        if name.eq_ignore_ascii_case("charset") && !value.is_empty() {
            charset = Some(value);
        }
        rest = after;
    }
    Some(charset)
}

/// The name and the value of `; name=value`, and what stands after it.
fn parameter(text: &str) -> Option<(&str, String, &str)> {
    let (name, value) = text.strip_prefix(';')?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim_start());
    let is_token = |text: &str| !text.is_empty() && text.bytes().all(is_token_byte);
    if !is_token(name) {
        return None;
    }
    if let Some(quoted) = value.strip_prefix('"') {
        let (inside, after) = quoted.split_once('"')?;
        return Some((name, inside.to_owned(), after.trim_start()));
    }
    let (value, after) = value.find(';').map_or((value, ""), |at| value.split_at(at));
    is_token(value.trim_end()).then(|| (name, value.trim_end().to_owned(), after))
}

/// Whether a byte may stand in a token, by RFC 9110.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    #[test]
    fn objects_and_arrays_alone_are_bodies() {
        let parse = |text: &'static [u8]| parse(Bytes::from_static(text));
        assert!(parse(br#"{"a":1}"#).is_ok());
        assert!(parse(b" [1]").is_ok());
        assert!(matches!(parse(br#""text""#), Err(BodyError::Strict)));
        assert!(matches!(parse(b"  "), Err(BodyError::Strict)));
        assert!(matches!(parse(b"{"), Err(BodyError::Syntax(_))));
        for none in [&b""[..], MARK] {
            assert_eq!(parse(none).expect("no body is one"), Text::default());
        }
    }

    #[test]
    fn only_json_has_a_charset_that_matters() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(text));
            json_charset(&headers)
        };
        assert_eq!(of("application/json"), Some(None));
        assert_eq!(
            of("Application/JSON; charset=\"x\""),
            Some(Some("x".to_owned()))
        );
        assert_eq!(
            of("application/json ;charset=a; charset=utf-8;q=\"\""),
            Some(Some("utf-8".to_owned()))
        );
        assert_eq!(of("text/plain; charset=x"), None);
        for wrong in [
            "application/json;",
            "application/json; charset",
            "application/json; charset=",
            "application/json; charset=\"x",
            "application/json, text/plain",
            "application/jsonp",
            "application/vnd.api+json",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange_to_be_refused(bytes: Vec<u8>) {
            let _ = parse(bytes.into());
        }
    }
}
