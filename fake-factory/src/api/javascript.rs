//! What JavaScript makes of a JSON value: the real factory's checks are written in it, and a body that is odd meets them all the
//! same. Values are looked at here; what follows from them is for each endpoint to say.

use crate::json::View;
use std::borrow::Cow;

/// The `id` of a body, where it has one that is something.
pub(super) fn id(body: View<'_>) -> Option<Cow<'_, str>> {
    let id = body.get("id").filter(|id| id.is_truthy());
    id.and_then(View::id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Text;

    #[test]
    fn what_is_empty_or_zero_is_no_id() {
        for (body, expected) in [
            ("{}", None),
            ("[]", None),
            (r#"{"id":0}"#, None),
            (r#"{"id":false}"#, None),
            (r#"{"id":""}"#, None),
            (r#"{"id":"a"}"#, Some("a")),
            (r#"{"id":7}"#, Some("7")),
            (r#"{"id":7.0}"#, Some("7")),
            (r#"{"id":["a"]}"#, Some(r#"["a"]"#)),
        ] {
            let body = Text::read(body.into()).expect("JSON");
            assert_eq!(id(body.view()).as_deref(), expected, "{body:?}");
        }
    }
}
