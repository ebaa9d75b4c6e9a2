//! How an order keeps its name through all ledgers: the diner writes a reference into every item's description, so that it
//! reaches the factory's ledger even through a service that is not ours. It knows the JSON of an order and nothing else.

use serde_json::Value;

/// The item's description with the order's reference in it: `Veggie (lunch-17)`.
#[must_use]
pub fn mark(description: &str, reference: &str) -> String {
    format!("{description} ({reference})")
}

/// The reference in an order, `{..., items: [{description, ...}]}`; none where its first item carries none.
#[must_use]
pub fn reference_of(order: &Value) -> Option<&str> {
    let description = order.get("items")?.get(0)?.get("description")?.as_str()?;
    let (_, reference) = description.strip_suffix(')')?.rsplit_once(" (")?;
    Some(reference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_marked_is_found_again() {
        let order = json!({ "items": [{ "description": mark("Veggie (hot)", "lunch-17") }] });
        assert_eq!(reference_of(&order), Some("lunch-17"));
    }

    #[test]
    fn an_order_of_another_form_has_no_reference() {
        for order in [
            json!({}),
            json!({ "items": [] }),
            json!({ "items": "two" }),
            json!({ "items": [{ "description": "Veggie" }] }),
            json!({ "items": [{ "description": 7 }] }),
        ] {
            assert_eq!(reference_of(&order), None, "{order}");
        }
    }
}
