//! Orders: a pizza made, a pizza verified, and the keys to verify one with. Checked in the real factory's order: authentication,
//! then faults and the vendor's chaos, then the order itself.

use super::reply::{self, Reply};
use super::{Call, finish, unauthorized, unknown_endpoint};
use crate::access::Account;
use crate::faults::kinds::bad_jwt::BadJwt;
use crate::faults::touch::{Promised, Published, Touch};
use crate::json::{JsonError, STRINGIFIED_LEVELS_MAX, View};
use crate::kitchen::{self, Kitchen};
use crate::order::Order;
use crate::signing::WhichKey;
use crate::vendors::{ChaosKind, Vendor};
use http::{HeaderValue, StatusCode};
use serde_json::json;
use std::sync::Arc;

/// The most pizzas of one order.
const ITEMS_MAX: f64 = 20.0;

/// An order on its way through the kitchen, with all that was decided when it came in.
struct Ordered {
    call: Call,
    vendor: Arc<Vendor>,
    touch: Touch,
    chaos: Option<(ChaosKind, String)>,
    /// As the ledger has it.
    order_id: Option<Arc<str>>,
}

/// POST /api/order.
///
/// An order that is answered late is baked on a task of its own: a diner who hangs up does not stop the kitchen.
pub(super) async fn create(kitchen: &Arc<Kitchen>, call: Call, account: &mut Account) -> Reply {
    let Some(vendor) = call.vendor(kitchen) else {
        return unauthorized();
    };
    let chaos = vendor.chaos_at(kitchen.clock.now()).map(|chaos| {
        let url = kitchen.report_url(call.host(), &vendor.key, &chaos.code);
        (chaos.kind, url)
    });
    // Shared, not copied: the order looks into it while the call goes on its way.
    let body = call.body.clone();
    let order = Order::of(body.view());
    let good = checked(&order, body.levels()).is_ok();
    let bakes = good && matches!(chaos, None | Some((ChaosKind::Throttle, _)));
    let asked = call.asked(&order, Some(&vendor.id), Promised::Whole, bakes);
    let mut touch = kitchen.touch(&asked, call.host(), &vendor.key);
    if touch.answer.is_none() && matches!(chaos, Some((ChaosKind::Throttle, _))) {
        touch.delay_by(touch.manners.order_delay);
    }
    let delay = touch.delay;
    let order_id: Option<Arc<str>> = order.id.and_then(View::id).map(Arc::from);
    *account = Account {
        vendor: Some(vendor.id.clone()),
        order_id: order_id.clone(),
        faults: std::mem::take(&mut touch.names),
    };
    let ordered = Ordered {
        call,
        vendor,
        touch,
        chaos,
        order_id,
    };
    if delay.is_zero() {
        return ordered.answer(kitchen, &order).await;
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
        let body = ordered.call.body.clone();
        let reply = ordered.answer(&own, &Order::of(body.view())).await;
        drop(place);
        reply
    });
    baking.await.unwrap_or_else(|error| {
        reply::message(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
    })
}

/// POST /api/order/verify. The factory knows all of its keys, whatever it publishes.
pub(super) fn verify(kitchen: &Kitchen, body: View<'_>) -> Reply {
    let jwt = body.get("jwt").and_then(View::letters);
    match jwt.map(|jwt| kitchen.signer.verify(&jwt)) {
        Some(Ok(payload)) => {
            let mut body = br#"{"message":"valid","payload":"#.to_vec();
            payload.view().append_to(&mut body);
            body.push(b'}');
            reply::text(StatusCode::OK, HeaderValue::from_static(reply::JSON), body)
        }
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
    async fn answer(mut self, kitchen: &Kitchen, order: &Order<'_>) -> Reply {
        let reply = match self.touch.answer.take() {
            Some(reply) => reply,
            None => self.in_chaos(kitchen, order).await,
        };
        finish(reply, self.touch)
    }

    async fn in_chaos(&mut self, kitchen: &Kitchen, order: &Order<'_>) -> Reply {
        match self.chaos.take() {
            Some((ChaosKind::Fail, url)) => reply::json(
                StatusCode::INTERNAL_SERVER_ERROR,
                &json!({ "message": "chaos monkey", "reportUrl": url }),
            ),
            Some((ChaosKind::BadJwt, url)) => BadJwt::reply(Some(&url)),
            Some((ChaosKind::Throttle, url)) => self.made(kitchen, order, Some(url)).await,
            None => {
                let url = self.touch.report_url.take();
                self.made(kitchen, order, url).await
            }
        }
    }

    /// The order itself, checked and made.
    async fn made(
        &self,
        kitchen: &Kitchen,
        order: &Order<'_>,
        report_url: Option<String>,
    ) -> Reply {
        let (diner, order) = match checked(order, self.call.body.levels()) {
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
            Err(Bad::Depth) => {
                let message = JsonError::Depth.to_string();
                return reply::message(StatusCode::INTERNAL_SERVER_ERROR, &message);
            }
            Err(Bad::Size) => {
                kitchen.waiter.wait(self.touch.manners.order_delay).await;
                return reply::message(StatusCode::SERVICE_UNAVAILABLE, reply::OVEN_IS_FULL);
            }
        };
        let ordered = kitchen::Ordered {
            vendor: &self.vendor,
            diner,
            order,
            id: self.order_id.as_ref(),
            idempotent: self.touch.manners.idempotent,
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
    /// One that is too deep to be written.
    Depth,
}

/// The diner and the order of a body, by the rules of JavaScript that the real factory goes by: whatever is not falsy is there,
/// and whatever has no length is not too long.
pub(super) fn checked<'a>(order: &Order<'a>, levels: usize) -> Result<(View<'a>, View<'a>), Bad> {
    let there = |part: Option<View<'a>>| part.filter(|part| part.is_truthy());
    let (Some(diner), Some(whole)) = (there(order.diner), there(order.order)) else {
        return Err(Bad::Incomplete);
    };
    let Some(items) = order.items else {
        return Err(Bad::NoItems("undefined"));
    };
    if items.is_null() {
        return Err(Bad::NoItems("null"));
    }
    match items.length() {
        Some(count) if count == 0.0 || count > ITEMS_MAX => Err(Bad::Size),
        _ if levels > STRINGIFIED_LEVELS_MAX => Err(Bad::Depth),
        _ => Ok((diner, whole)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Text;
    use serde_json::Value;

    #[test]
    fn an_order_is_checked_as_javascript_would() {
        let check = |body: Value| {
            let body = Text::read(body.to_string().into()).expect("JSON");
            checked(&Order::of(body.view()), body.levels()).map(|_| ())
        };
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

    #[test]
    fn what_is_infinite_is_there_and_what_is_too_deep_cannot_be_written() {
        let check = |text: String| {
            let body = Text::read(text.into()).expect("JSON");
            checked(&Order::of(body.view()), body.levels()).map(|_| ())
        };
        let order = |diner: &str| format!(r#"{{"diner":{diner},"order":{{"items":1e400}}}}"#);
        assert_eq!(check(order("-1e400")), Ok(()));
        assert_eq!(check(order("0e400")), Err(Bad::Incomplete));
        for (levels, expected) in [
            (STRINGIFIED_LEVELS_MAX, Ok(())),
            (STRINGIFIED_LEVELS_MAX + 1, Err(Bad::Depth)),
        ] {
            let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
            assert_eq!(check(order(&format!("{open}{close}"))), expected);
        }
    }
}
