//! What JavaScript makes of a JSON value: the real factory's checks are written in it, and a body that is odd meets them all the
//! same. Values are looked at here; what follows from them is for each endpoint to say.

use serde_json::Value;
use std::borrow::Cow;

/// Whether an `if` would take it for true.
pub(super) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// The `id` of a body, where it has one that is something.
pub(super) fn id(body: &Value) -> Option<Cow<'_, str>> {
    body.get("id")
        .filter(|value| is_truthy(value))
        .map(|value| match value {
            Value::String(id) => Cow::Borrowed(id.as_str()),
            other => Cow::Owned(crate::json::text(other)),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_empty_or_zero_is_no_id() {
        for none in [
            json!({}),
            json!([]),
            json!({ "id": 0 }),
            json!({ "id": "" }),
        ] {
            assert_eq!(id(&none), None, "{none}");
        }
        assert_eq!(id(&json!({ "id": "a" })).as_deref(), Some("a"));
        assert_eq!(id(&json!({ "id": 7 })).as_deref(), Some("7"));
        assert_eq!(id(&json!({ "id": 7.0 })).as_deref(), Some("7"));
    }
}
