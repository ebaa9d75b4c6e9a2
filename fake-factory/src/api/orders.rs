//! Orders: a pizza made, a pizza verified, and the keys to verify one with. Checked in the real factory's order: authentication,
//! then faults and the vendor's chaos, then the order itself.

use super::javascript::{is_truthy, length};
use super::reply::{self, Reply};
use super::{Call, finish, unauthorized, unknown_endpoint};
use crate::faults::kinds::bad_jwt::BadJwt;
use crate::faults::touch::{Published, Touch};
use crate::kitchen::{self, Kitchen};
use crate::ledger;
use crate::signing::WhichKey;
use crate::vendors::{ChaosKind, Vendor};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;

/// The most pizzas of one order.
const ITEMS_MAX: f64 = 20.0;

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
    let chaos = vendor.chaos_at(kitchen.clock.now()).map(|chaos| {
        let url = kitchen.report_url(call.host(), &vendor.key, &chaos.code);
        (chaos.kind, url)
    });
    let good = checked(&call.body).is_ok();
    let bakes = good && matches!(chaos, None | Some((ChaosKind::Throttle, _)));
    let asked = call.asked(Some(&vendor.id), bakes);
    let mut touch = kitchen.touch(&asked, call.host(), &vendor.key);
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

/// POST /api/order/verify. The factory knows all of its keys, whatever it publishes.
pub(super) fn verify(kitchen: &Kitchen, body: &Value) -> Reply {
    let jwt = body.get("jwt").and_then(Value::as_str);
    match jwt.map(|jwt| kitchen.signer.verify(jwt)) {
        Some(Ok(payload)) => reply::json(
            StatusCode::OK,
            &json!({ "message": "valid", "payload": payload }),
        ),
        Some(Err(_)) | None => reply::message(StatusCode::FORBIDDEN, "invalid"),
    }
}

/// GET /.well-known/jwks.json.
pub(super) fn jwks(kitchen: &Kitchen, published: Published) -> Reply {
    let key = match published {
        Published::Own => WhichKey::Own,
        Published::Next => WhichKey::Next,
        Published::Nothing => return unknown_endpoint(),
    };
    let json = HeaderValue::from_static(reply::JSON);
    reply::text(StatusCode::OK, json, kitchen.signer.jwks_of(key))
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
            Err(Bad::NoItems(found)) => {
                return reply::message(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    &format!("Cannot read properties of {found} (reading 'length')"),
                );
            }
            Err(Bad::Size) => {
                kitchen.waiter.wait(kitchen.habits.order_delay).await;
                return reply::message(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "Unable to satisfy pizza order. The oven is full.",
                );
            }
        };
        let ordered = kitchen::Ordered {
            vendor: &self.vendor,
            diner,
            order,
        };
        let baking = &self.touch.baking;
        let baked = match baking.counterfeit {
            Some(counterfeit) => kitchen.forge(&ordered, counterfeit, baking),
            None => kitchen.make(&ordered, self.idempotency_key(), baking),
        };
        match baked {
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

    fn idempotency_key(&self) -> Option<&str> {
        let key = self.call.head.headers.get("idempotency-key")?;
        key.to_str().ok()
    }
}

/// Why an order is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    /// No diner, or no order.
    Incomplete,
    /// An order without items: what JavaScript finds in their place.
    NoItems(&'static str),
    /// An order of no pizza, or of too many.
    Size,
}

/// The diner and the order of a body, by the rules of JavaScript that the real factory goes by: whatever is not falsy is there,
/// and whatever has no length is not too long.
pub(super) fn checked(body: &Value) -> Result<(&Value, &Value), Bad> {
    let there = |name| body.get(name).filter(|value| is_truthy(value));
    let (Some(diner), Some(order)) = (there("diner"), there("order")) else {
        return Err(Bad::Incomplete);
    };
    match order.get("items") {
        None => Err(Bad::NoItems("undefined")),
        Some(Value::Null) => Err(Bad::NoItems("null")),
        Some(items) => match length(items) {
            Some(count) if count == 0.0 || count > ITEMS_MAX => Err(Bad::Size),
            _ => Ok((diner, order)),
        },
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
            Err(Bad::NoItems("undefined"))
        );
        assert_eq!(
            check(json!({ "diner": {}, "order": "x" })),
            Err(Bad::NoItems("undefined"))
        );
        assert_eq!(check(order(json!(null))), Err(Bad::NoItems("null")));
        assert_eq!(check(order(json!([]))), Err(Bad::Size));
        assert_eq!(check(order(json!(vec![1; 21]))), Err(Bad::Size));
        assert_eq!(check(order(json!(vec![1; 20]))), Ok(()));
        assert_eq!(check(order(json!("pizza"))), Ok(()));
        assert_eq!(check(order(json!(""))), Err(Bad::Size));
        assert_eq!(
            check(order(json!("a pizza with everything"))),
            Err(Bad::Size)
        );
        assert_eq!(check(order(json!({ "length": 21 }))), Err(Bad::Size));
        assert_eq!(check(order(json!({}))), Ok(()));
        assert_eq!(check(order(json!(3))), Ok(()));
    }
}
