//! JSON as JavaScript has it, which the real factory is written in: what a client sends is given back as `JSON.stringify` writes it.
//! Whatever comes from a client is read here, and whatever is made of it is written here. It knows JSON, and nothing of orders or HTTP.

mod glance;
mod reader;
mod text;
mod view;
mod write;

pub(crate) use text::{JsonError, STRINGIFIED_LEVELS_MAX, Text};
pub(crate) use view::View;
pub(crate) use write::text;

/// The value of a JSON text, for those who need all of it as values.
pub(crate) fn value(bytes: &[u8]) -> Result<serde_json::Value, JsonError> {
    Text::read(bytes::Bytes::copy_from_slice(bytes))?.value()
}
