//! Logs: the factory takes one from any vendor, and says what an admin would have it say.

use super::reply::{self, Reply};
use super::{Call, unauthorized};
use crate::json::{JsonError, STRINGIFIED_LEVELS_MAX, View};
use crate::kitchen::Kitchen;
use crate::log_reply::Said;
use http::{HeaderValue, StatusCode};

/// POST /api/log. What it says is dropped.
pub(super) fn receive(kitchen: &Kitchen, call: &Call) -> Reply {
    match call.vendor(kitchen) {
        Some(_) => said(kitchen.log_reply.get()),
        None => unauthorized(),
    }
}

/// PUT /api/log.
pub(super) fn set(kitchen: &Kitchen, call: &Call, body: View<'_>) -> Reply {
    if call.admin(kitchen).is_none() {
        return unauthorized();
    }
    let message = body
        .get("message")
        .filter(|message| message.levels() > STRINGIFIED_LEVELS_MAX);
    if message.is_some() {
        let message = JsonError::Depth.to_string();
        return reply::message(StatusCode::INTERNAL_SERVER_ERROR, &message);
    }
    let reply = Said::of(body.get("message"));
    kitchen.log_reply.set(reply.clone());
    said(reply)
}

/// A value as Express sends it: a text as it is, and anything else as JSON.
fn said(reply: Said) -> Reply {
    match reply {
        Said::Nothing => reply::empty(StatusCode::OK),
        Said::Text(text) => reply::html(text),
        Said::Json(json) => {
            reply::text(StatusCode::OK, HeaderValue::from_static(reply::JSON), json)
        }
    }
}
