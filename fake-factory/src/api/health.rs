//! Whether the process lives, and whether an order sent now would be made.

use super::reply::{self, Reply};
use crate::kitchen::Kitchen;
use http::StatusCode;
use serde_json::json;

/// GET /health.
pub(super) fn alive() -> Reply {
    reply::json(StatusCode::OK, &json!({ "status": "ok" }))
}

/// GET /ready: 503 while a fault, or a vendor's chaos, would touch POST /api/order.
pub(super) fn ready(kitchen: &Kitchen) -> Reply {
    match kitchen.in_the_way_of_orders(kitchen.clock.elapsed()) {
        None => reply::json(StatusCode::OK, &json!({ "status": "ready" })),
        Some(message) => reply::json(
            StatusCode::SERVICE_UNAVAILABLE,
            &json!({ "status": "not ready", "message": message }),
        ),
    }
}
