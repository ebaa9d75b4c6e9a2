//! Orders: a pizza made, a pizza verified, and the keys to verify one with. Checked in the real factory's order: authentication,
//! then faults and the vendor's chaos, then the order itself.

use super::reply::{self, Reply};
use super::{Call, finish, unauthorized};
use crate::faults::kinds::bad_jwt::BadJwt;
use crate::faults::touch::Touch;
use crate::kitchen::Kitchen;
use crate::ledger;
use crate::vendors::{ChaosKind, Vendor};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;

/// The most pizzas of one order.
const ITEMS_MAX: usize = 20;

/// An order on its way through the kitchen, with all that was decided when it came in.
struct Ordered {
    call: Call,
    vendor: Arc<Vendor>,
    touch: Touch,
    chaos: Option<(ChaosKind, String)>,
}

/// POST /api/order.
///
/// An order that is answered late is baked on a task of its own: a diner who hangs up does not stop the kitchen.
pub(super) async fn create(kitchen: &Arc<Kitchen>, call: Call) -> Reply {
    let Some(vendor) = call.vendor(kitchen) else {
        return unauthorized();
    };
    let mut touch = kitchen.touch(&call.asked(Some(&vendor.id)), call.host(), &vendor.key);
    let chaos = vendor.chaos_at(kitchen.clock.elapsed()).map(|chaos| {
        let url = kitchen.report_url(call.host(), &vendor.key, &chaos.code);
        (chaos.kind, url)
    });
    if touch.answer.is_none() && matches!(chaos, Some((ChaosKind::Throttle, _))) {
        touch.delay_by(kitchen.habits.order_delay);
    }
    let delay = touch.delay;
    let ordered = Ordered {
        call,
        vendor,
        touch,
        chaos,
    };
    if delay.is_zero() {
        return ordered.answer(kitchen).await;
    }
    let Ok(place) = kitchen.baking.clone().try_acquire_owned() else {
        return reply::message(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many orders are waiting",
        );
    };
    let own = kitchen.clone();
    let baking = tokio::spawn(async move {
        own.waiter.wait(delay).await;
        let reply = ordered.answer(&own).await;
        drop(place);
        reply
    });
    baking.await.unwrap_or_else(|error| {
        reply::message(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
    })
}

/// POST /api/order/verify.
pub(super) fn verify(kitchen: &Kitchen, body: &Value) -> Reply {
    let jwt = body.get("jwt").and_then(Value::as_str);
    match jwt.map(|jwt| kitchen.signer.keys().verify(jwt)) {
        Some(Ok(payload)) => reply::json(
            StatusCode::OK,
            &json!({ "message": "valid", "payload": payload }),
        ),
        Some(Err(_)) | None => reply::message(StatusCode::FORBIDDEN, "invalid"),
    }
}

/// GET /.well-known/jwks.json.
pub(super) fn jwks(kitchen: &Kitchen) -> Reply {
    let json = HeaderValue::from_static(reply::JSON);
    reply::text(StatusCode::OK, json, kitchen.signer.jwks().clone())
}

impl Ordered {
    async fn answer(mut self, kitchen: &Kitchen) -> Reply {
        let reply = match self.touch.answer.take() {
            Some(reply) => reply,
            None => self.in_chaos(kitchen).await,
        };
        let order = self.call.body.get("order");
        let order_id = order.and_then(ledger::order_id);
        finish(reply, self.touch, Some(self.vendor.id.clone()), order_id)
    }

    async fn in_chaos(&mut self, kitchen: &Kitchen) -> Reply {
        match self.chaos.take() {
            Some((ChaosKind::Fail, url)) => reply::json(
                StatusCode::INTERNAL_SERVER_ERROR,
                &json!({ "message": "chaos monkey", "reportUrl": url }),
            ),
            Some((ChaosKind::BadJwt, url)) => BadJwt::reply(Some(&url)),
            Some((ChaosKind::Throttle, url)) => self.made(kitchen, Some(url)).await,
            None => {
                let url = self.touch.report_url.take();
                self.made(kitchen, url).await
            }
        }
    }

    /// The order itself, checked and made.
    async fn made(&self, kitchen: &Kitchen, report_url: Option<String>) -> Reply {
        let (diner, order) = match checked(&self.call.body) {
            Ok(good) => good,
            Err(Bad::Incomplete) => {
                return reply::message(StatusCode::BAD_REQUEST, "Missing required parameters");
            }
            Err(Bad::NoItems) => {
                return reply::message(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Cannot read properties of undefined (reading 'length')",
                );
            }
            Err(Bad::Size) => {
                kitchen.waiter.wait(kitchen.habits.order_delay).await;
                return reply::message(StatusCode::SERVICE_UNAVAILABLE, reply::OVEN_IS_FULL);
            }
        };
        let headers = &self.call.head.headers;
        let idempotency_key = headers
            .get("idempotency-key")
            .and_then(|key| key.to_str().ok());
        match kitchen.make(&self.vendor, diner, order, idempotency_key) {
            Ok(jwt) => {
                let body = match report_url {
                    // Base64url needs no escapes.
                    None => format!(r#"{{"jwt":"{jwt}"}}"#),
                    Some(url) => json!({ "jwt": jwt, "reportUrl": url }).to_string(),
                };
                reply::text(StatusCode::OK, HeaderValue::from_static(reply::JSON), body)
            }
            Err(error) => reply::message(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }
}

/// Why an order is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bad {
    /// No diner, or no order.
    Incomplete,
    /// An order without items.
    NoItems,
    /// An order of no pizza, or of too many.
    Size,
}

/// The diner and the order of a body, by the rules of JavaScript that the real factory goes by: whatever is not falsy is there,
/// and whatever has no length is not too long.
fn checked(body: &Value) -> Result<(&Value, &Value), Bad> {
    let there = |name| body.get(name).filter(|value| is_truthy(value));
    let (Some(diner), Some(order)) = (there("diner"), there("order")) else {
        return Err(Bad::Incomplete);
    };
    match order.get("items") {
        None | Some(Value::Null) => Err(Bad::NoItems),
        Some(Value::Array(items)) if items.is_empty() || items.len() > ITEMS_MAX => Err(Bad::Size),
        Some(_) => Ok((diner, order)),
    }
}

fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_checked_as_javascript_would() {
        let check = |body: Value| checked(&body).map(|_| ());
        let order = |items: Value| json!({ "diner": {}, "order": { "items": items } });
        assert_eq!(check(json!([])), Err(Bad::Incomplete));
        assert_eq!(
            check(json!({ "diner": {}, "order": 0 })),
            Err(Bad::Incomplete)
        );
        assert_eq!(
            check(json!({ "diner": "", "order": {} })),
            Err(Bad::Incomplete)
        );
        assert_eq!(
            check(json!({ "diner": {}, "order": {} })),
            Err(Bad::NoItems)
        );
        assert_eq!(
            check(json!({ "diner": {}, "order": "x" })),
            Err(Bad::NoItems)
        );
        assert_eq!(check(order(json!(null))), Err(Bad::NoItems));
        assert_eq!(check(order(json!([]))), Err(Bad::Size));
        assert_eq!(check(order(json!(vec![1; 21]))), Err(Bad::Size));
        assert_eq!(check(order(json!(vec![1; 20]))), Ok(()));
        assert_eq!(check(order(json!("pizza"))), Ok(()));
        assert_eq!(check(order(json!(3))), Ok(()));
    }
}
