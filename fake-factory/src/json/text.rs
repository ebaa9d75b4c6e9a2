//! A JSON text in the form in which `JSON.stringify` writes it. What a client sends is nearly always in it already, and is taken as it
//! is; the rest is read and written anew. No tree is made of either.

use super::glance;
use super::reader::Reader;
use super::view::View;
use bytes::Bytes;
use serde_json::Value;
use std::borrow::Cow;

/// As many levels as `JSON.stringify` writes: Node.js runs out of its stack at some 4,180.
pub(crate) const STRINGIFIED_LEVELS_MAX: usize = 4_000;
/// As many levels as values are made of, as with serde_json: every level takes of the stack.
pub(super) const VALUE_LEVELS_MAX: usize = 127;

/// Why a text is no JSON, or one of which no values are made. The texts are the messages of replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JsonError {
    #[error("Unexpected end of JSON input")]
    End,
    #[error("Unexpected token '{token}' in JSON at position {position}")]
    Token {
        token: char,
        /// In code units of UTF-16, as JavaScript counts them.
        position: usize,
    },
    #[error("Maximum call stack size exceeded")]
    Depth,
}

/// A JSON text as `JSON.stringify` writes it, with two things told apart that it does not: a number that is infinite is `1e999` here
/// and `null` there, and one that stands for half of a surrogate pair is an escape in either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    bytes: Bytes,
    levels: usize,
    has_infinite: bool,
}

impl Default for Text {
    /// An empty object.
    fn default() -> Self {
        Text {
            bytes: Bytes::from_static(b"{}"),
            levels: 1,
            has_infinite: false,
        }
    }
}

impl Text {
    /// Reads JSON as JavaScript does: bytes that are no UTF-8 become U+FFFD, of members of one name the last counts, and those whose
    /// names are integers come first.
    pub(crate) fn read(bytes: Bytes) -> Result<Self, JsonError> {
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => match glance::levels(&bytes) {
                Some(levels) => {
                    return Ok(Text {
                        bytes,
                        levels,
                        has_infinite: false,
                    });
                }
                None => Cow::Borrowed(text),
            },
            Err(_) => String::from_utf8_lossy(&bytes),
        };
        Self::read_anew(&text)
    }

    /// As [`Text::read`], whatever a glance would tell.
    fn read_anew(text: &str) -> Result<Self, JsonError> {
        let written = Reader::new(text).document()?;
        Ok(Text {
            bytes: written.bytes.into(),
            levels: written.levels,
            has_infinite: written.has_infinite,
        })
    }

    /// All of it.
    pub(crate) fn view(&self) -> View<'_> {
        View::new(&self.bytes, self.has_infinite)
    }

    /// How many lists and objects are inside one another.
    pub(crate) fn levels(&self) -> usize {
        self.levels
    }

    /// As [`View::value`].
    pub(crate) fn value(&self) -> Result<Value, JsonError> {
        self.view().value()
    }
}

#[cfg(test)]
mod tests;
