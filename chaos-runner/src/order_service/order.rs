//! An order as the service handles it: what came in, checked, and the call that asks a factory for it. It knows the forms of the
//! diner's and the factory's APIs; who gets the order is decided elsewhere.

use super::reference::reference_of;
use crate::scenario::money::Money;
use bytes::Bytes;
use fake_factory::clock::Elapsed;
use serde::Deserialize;
use serde_json::{Value, json};

/// The most pizzas that an oven takes; more, or none, is refused by every factory.
const PIZZAS_MAX: usize = 20;

/// An order that was let in.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) id: u64,
    /// What it is called through all ledgers; `order-ID` where the diner gave it no name.
    pub(super) reference: String,
    /// Synthetic: it brings in nothing.
    pub(super) canary: bool,
    pub(super) pizzas: usize,
    pub(super) price: Money,
    /// `{id, name, email}` of its diner.
    pub(super) diner: Value,
    /// The order as it came, with its id.
    pub(super) order: Value,
    /// What a factory is sent: `{diner, order}`.
    pub(super) call: Bytes,
    pub(super) placed_at: Elapsed,
}

#[derive(Deserialize)]
struct Form {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    description: String,
    price: f64,
}

/// Why an order was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum OrderError {
    #[error("the body is no JSON object")]
    NotAnObject,
    #[error("franchiseId and storeId are required")]
    NoStore,
    #[error("items are required, each with a menuId, a description and a price of zero or more")]
    BadItems,
}

/// Checks the form of an order before it gets an id.
pub(super) fn check(order: &Value) -> Result<(), OrderError> {
    let map = order.as_object().ok_or(OrderError::NotAnObject)?;
    let is_there = |name| map.get(name).is_some_and(|value| !value.is_null());
    if !is_there("franchiseId") || !is_there("storeId") {
        return Err(OrderError::NoStore);
    }
    let form = Form::deserialize(order).map_err(|_| OrderError::BadItems)?;
    let named = map["items"]
        .as_array()
        .is_some_and(|items| items.iter().all(|item| item.get("menuId").is_some()));
    let priced = form
        .items
        .iter()
        .all(|item| Money::from_amount(item.price).is_some() && item.description.len() < 1_000);
    if named && priced {
        Ok(())
    } else {
        Err(OrderError::BadItems)
    }
}

impl Order {
    /// The order of this form, which was checked.
    pub(super) fn new(
        id: u64,
        mut order: Value,
        diner: Value,
        canary: bool,
        placed_at: Elapsed,
    ) -> Self {
        let form = Form::deserialize(&order).unwrap_or(Form { items: Vec::new() });
        let reference = reference_of(&order).map_or_else(|| format!("order-{id}"), str::to_owned);
        if let Some(map) = order.as_object_mut() {
            map.insert("id".to_owned(), json!(id));
        }
        let call = json!({ "diner": diner, "order": order }).to_string();
        Order {
            id,
            reference,
            canary,
            pizzas: form.items.len(),
            price: form
                .items
                .iter()
                .filter_map(|item| Money::from_amount(item.price))
                .sum(),
            diner,
            order,
            call: call.into(),
            placed_at,
        }
    }

    /// Whether an oven takes it at all.
    pub(super) fn fits_the_oven(&self) -> bool {
        (1..=PIZZAS_MAX).contains(&self.pizzas)
    }

    /// Whether `payload`, from a JWT whose signature is good, is a pizza for this order.
    pub(super) fn is_for(&self, payload: &Value) -> bool {
        let vendor = payload.get("vendor").and_then(|vendor| vendor.get("id"));
        vendor.is_some_and(|id| !id.is_null())
            && is_same(payload.get("order"), &self.order)
            && is_same(payload.get("diner"), &self.diner)
    }
}

/// Whether two JSON values are the same to every reader: another runtime writes 1.0 as 1 and may change a number's last digit.
fn is_same(theirs: Option<&Value>, ours: &Value) -> bool {
    match (theirs, ours) {
        (Some(Value::Number(theirs)), Value::Number(ours)) => {
            let (theirs, ours) = (theirs.as_f64(), ours.as_f64());
            theirs
                .zip(ours)
                .is_some_and(|(theirs, ours)| (theirs - ours).abs() <= ours.abs() * 1e-12)
        }
        (Some(Value::Array(theirs)), Value::Array(ours)) => {
            theirs.len() == ours.len()
                && theirs
                    .iter()
                    .zip(ours)
                    .all(|(theirs, ours)| is_same(Some(theirs), ours))
        }
        (Some(Value::Object(theirs)), Value::Object(ours)) => {
            theirs.len() == ours.len()
                && ours
                    .iter()
                    .all(|(name, ours)| is_same(theirs.get(name), ours))
        }
        (theirs, ours) => theirs == Some(ours),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Value {
        json!({ "franchiseId": 1, "storeId": 1,
                "items": [{ "menuId": 1, "description": "Veggie (lunch-3)", "price": 0.0038 },
                          { "menuId": 1, "description": "Veggie (lunch-3)", "price": 0.0038 }] })
    }

    #[test]
    fn an_order_is_counted_priced_and_named() {
        assert_eq!(check(&form()), Ok(()));
        let order = Order::new(7, form(), json!({ "id": 1 }), false, Elapsed::ZERO);
        assert_eq!((order.pizzas, order.price.amount()), (2, 0.0076));
        assert_eq!(order.reference, "lunch-3");
        assert_eq!(order.order["id"], 7);
    }

    #[test]
    fn a_pizza_for_another_order_diner_or_nobody_is_not_for_this_one() {
        let order = Order::new(7, form(), json!({ "id": 1 }), false, Elapsed::ZERO);
        let pizza = json!({ "vendor": { "id": "v" }, "diner": order.diner, "order": order.order });
        assert!(order.is_for(&pizza));
        for (name, value) in [
            ("vendor", Value::Null),
            ("diner", json!({ "id": 2 })),
            ("order", json!({ "id": 8 })),
        ] {
            let mut other = pizza.clone();
            other[name] = value;
            assert!(!order.is_for(&other), "{name}");
        }
    }

    #[test]
    fn a_form_that_makes_no_sense_is_refused() {
        assert_eq!(check(&json!([])), Err(OrderError::NotAnObject));
        assert_eq!(check(&json!({ "items": [] })), Err(OrderError::NoStore));
        for items in [
            json!(null),
            json!("two"),
            json!([{}]),
            json!([{ "menuId": 1, "description": "a", "price": -1 }]),
        ] {
            let mut order = form();
            order["items"] = items;
            assert_eq!(check(&order), Err(OrderError::BadItems));
        }
    }
}
