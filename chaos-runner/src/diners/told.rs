//! What a reply tells a diner: a pizza, a promise, a no, an error. It judges the JWT as a diner would who knows the factories'
//! keys, so that a service which hands out bad pizzas is found out.

use super::Verifier;
use crate::order_service::reference::reference_of;
use crate::record::orders::Told;
use bytes::Bytes;
use fake_factory::net::client::CallError;
use http::{Response, StatusCode};
use serde_json::Value;

/// The most characters of a message that are kept.
const MESSAGE_MAX: usize = 200;
/// Words in a 503 by which a service says that it declines an order, rather than fails.
const DELIBERATE: [&str; 2] = ["oven is full", "queue is full"];

/// What the diner ordered.
pub(super) struct Expected<'a> {
    pub(super) reference: &'a str,
    pub(super) pizzas: usize,
    pub(super) verifier: &'a Verifier,
}

/// What the diner is told by `reply`; without an `expected` pizza, none is.
pub(super) fn told(
    reply: Result<Response<Bytes>, CallError>,
    expected: Option<&Expected<'_>>,
) -> Told {
    let reply = match reply {
        Ok(reply) => reply,
        Err(error) => {
            return Told::Error {
                status: None,
                message: shortened(&error.to_string()),
            };
        }
    };
    let status = reply.status();
    let body: Value = serde_json::from_slice(reply.body()).unwrap_or_default();
    match (status, expected) {
        (StatusCode::ACCEPTED, Some(_)) => Told::Accepted,
        (_, Some(expected)) if status.is_success() => {
            let jwt = body.get("jwt").and_then(Value::as_str);
            if jwt.is_some_and(|jwt| expected.is_served_by(jwt)) {
                Told::Pizza
            } else {
                Told::BadPizza
            }
        }
        _ => no(status, reply.body(), &body),
    }
}

fn no(status: StatusCode, text: &Bytes, body: &Value) -> Told {
    let message = body
        .get("message")
        .and_then(Value::as_str)
        .map_or_else(|| shortened(&String::from_utf8_lossy(text)), shortened);
    let is_deliberate = status.is_client_error()
        || status == StatusCode::SERVICE_UNAVAILABLE
            && DELIBERATE.iter().any(|words| message.contains(words));
    let status = status.as_u16();
    if is_deliberate {
        Told::Refused { status, message }
    } else {
        let status = Some(status);
        Told::Error { status, message }
    }
}

impl Expected<'_> {
    /// Whether the JWT is a pizza for this order.
    fn is_served_by(&self, jwt: &str) -> bool {
        let Some(payload) = (self.verifier)(jwt) else {
            return false;
        };
        let Some(order) = payload.get("order") else {
            return false;
        };
        let items = order.get("items").and_then(Value::as_array);
        items.is_some_and(|items| items.len() == self.pizzas)
            && (self.pizzas == 0 || reference_of(order) == Some(self.reference))
    }
}

fn shortened(message: &str) -> String {
    message.chars().take(MESSAGE_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::sync::Arc;

    fn judged(status: u16, body: &Value) -> Told {
        let verifier: Verifier = Arc::new(|jwt| serde_json::from_str(jwt).ok());
        let expected = Expected {
            reference: "lunch-1",
            pizzas: 1,
            verifier: &verifier,
        };
        let mut reply = Response::new(Bytes::from(body.to_string()));
        *reply.status_mut() = StatusCode::from_u16(status).expect("a status");
        told(Ok(reply), Some(&expected))
    }

    #[test]
    fn a_pizza_must_verify_and_be_for_this_order() {
        let pizza = |description| {
            let payload = json!({ "order": { "items": [{ "description": description }] } });
            json!({ "jwt": payload.to_string() })
        };
        assert_eq!(judged(200, &pizza("Veggie (lunch-1)")), Told::Pizza);
        assert_eq!(judged(200, &pizza("Veggie (lunch-2)")), Told::BadPizza);
        assert_eq!(judged(200, &json!({ "jwt": "dead" })), Told::BadPizza);
        assert_eq!(judged(200, &json!({})), Told::BadPizza);
        assert_eq!(judged(202, &json!({ "queued": true })), Told::Accepted);
    }

    #[test]
    fn a_deliberate_no_is_told_from_an_error() {
        let is_refused = |status, message| {
            let told = judged(status, &json!({ "message": message }));
            assert!(matches!(told, Told::Refused { .. } | Told::Error { .. }));
            matches!(told, Told::Refused { .. })
        };
        assert!(is_refused(400, "no"));
        assert!(is_refused(
            503,
            "Unable to satisfy pizza order. The oven is full."
        ));
        assert!(is_refused(
            503,
            "Unable to accept pizza order. The queue is full."
        ));
        assert!(!is_refused(503, "maintenance"));
        assert!(!is_refused(500, "fetch failed"));
    }
}
