//! Percent-encoding, as Express reads it: strictly in a path, where a part that cannot be decoded is an error, and kindly in a query,
//! where it stands for itself.

use std::borrow::Cow;

/// A part of a path that cannot be decoded. The text is the message of the reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Failed to decode param '{0}'")]
pub(super) struct ParamError(String);

/// A part of a path, decoded.
pub(super) fn param(part: &str) -> Result<Cow<'_, str>, ParamError> {
    if !part.contains('%') {
        return Ok(Cow::Borrowed(part));
    }
    decode(part)
        .map(Cow::Owned)
        .ok_or_else(|| ParamError(part.to_owned()))
}

/// The first value of `name` in a query that is not empty.
pub(super) fn in_query(query: &str, name: &str) -> Option<String> {
    query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .find(|(key, value)| text(key) == name && !value.is_empty())
        .map(|(_, value)| text(value))
}

fn text(part: &str) -> String {
    let spaced = part.replace('+', " ");
    decode(&spaced).unwrap_or(spaced)
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let (digits, after) = after.split_at_checked(2)?;
            bytes.push(hex(digits[0])? * 16 + hex(digits[1])?);
            rest = after;
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_part_of_a_path_is_decoded_or_refused() {
        assert_eq!(param("a%2Fb%c3%A9").as_deref(), Ok("a/bé"));
        assert_eq!(param("a+b").as_deref(), Ok("a+b"));
        for wrong in ["%", "%2", "%zz", "%+1", "%c3"] {
            let error = param(wrong).expect_err("refused");
            assert_eq!(
                error.to_string(),
                format!("Failed to decode param '{wrong}'")
            );
        }
    }

    #[test]
    fn a_query_is_read_kindly() {
        let query = "label=&label=a+b%21&value=100%&color";
        assert_eq!(in_query(query, "label").as_deref(), Some("a b!"));
        assert_eq!(in_query(query, "value").as_deref(), Some("100%"));
        assert_eq!(in_query(query, "color"), None);
        assert_eq!(in_query("", "label"), None);
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text: String) {
            let _ = (param(&text), in_query(&text, "a"));
        }
    }
}
