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
    let now = kitchen.clock.elapsed();
    let fault = kitchen.faults.in_the_way_of_orders(now);
    match fault.or_else(|| kitchen.vendors.any_chaos(kitchen.clock.at(now))) {
        None => reply::json(StatusCode::OK, &json!({ "status": "ready" })),
        Some(name) => reply::json(
            StatusCode::SERVICE_UNAVAILABLE,
            &json!({ "status": "not ready", "message": format!("orders meet a fault: {name}") }),
        ),
    }
}
