//! Logs: the factory takes one from any vendor, and says what an admin would have it say.

use super::reply::{self, Reply};
use super::{Call, unauthorized};
use crate::kitchen::Kitchen;
use http::StatusCode;
use serde_json::Value;

/// POST /api/log. What it says is dropped.
pub(super) fn receive(kitchen: &Kitchen, call: &Call) -> Reply {
    match call.vendor(kitchen) {
        Some(_) => said(&kitchen.log_reply.get()),
        None => unauthorized(),
    }
}

/// PUT /api/log.
pub(super) fn set(kitchen: &Kitchen, call: &Call, body: &Value) -> Reply {
    if call.admin(kitchen).is_none() {
        return unauthorized();
    }
    let reply = body.get("message").cloned().unwrap_or_default();
    kitchen.log_reply.set(reply.clone());
    said(&reply)
}

/// A value as Express sends it: a text as it is, and anything else as JSON.
fn said(reply: &Value) -> Reply {
    match reply {
        Value::Null => reply::empty(StatusCode::OK),
        Value::String(text) => reply::html(text.clone()),
        other => reply::json(StatusCode::OK, other),
    }
}
