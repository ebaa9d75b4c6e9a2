//! Connections: a vendor asks to be paired with another for a purpose, and may rate it.

use super::javascript::id;
use super::reply::{self, Reply};
use super::vendors::{refused, shown};
use super::{Call, unauthorized};
use crate::json::View;
use crate::kitchen::Kitchen;
use crate::vendors::Show;
use http::StatusCode;
use serde_json::{Number, Value};
use std::borrow::Cow;

/// POST /api/vendor/connect.
pub(super) fn connect(kitchen: &Kitchen, call: &Call, body: View<'_>) -> Reply {
    let Some(vendor) = call.vendor(kitchen) else {
        return unauthorized();
    };
    let purpose = purpose(body).filter(|purpose| !purpose.is_empty());
    let Some(purpose) = purpose else {
        return reply::message(StatusCode::BAD_REQUEST, "Invalid purpose");
    };
    let now = kitchen.clock.now();
    match kitchen.vendors.connect(&vendor.key, &purpose, now) {
        Ok(vendor) => shown(kitchen, &vendor, Show::Owner),
        Err(error) => refused(error),
    }
}

/// PUT /api/vendor/connect. Rating somebody whom one is not connected with comes to nothing, and is no error.
pub(super) fn rate(kitchen: &Kitchen, call: &Call, body: View<'_>) -> Reply {
    let Some(vendor) = call.vendor(kitchen) else {
        return unauthorized();
    };
    if let (Some(id), Some(purpose), Some(rating)) = (id(body), purpose(body), rating(body))
        && let Err(error) = kitchen.vendors.rate(&vendor.key, &id, &purpose, rating)
    {
        return refused(error);
    }
    reply::empty(StatusCode::OK)
}

fn purpose(body: View<'_>) -> Option<Cow<'_, str>> {
    body.get("purpose").and_then(View::letters)
}

/// The rating, a number or one in a string.
fn rating(body: View<'_>) -> Option<Number> {
    match body.get("rating")?.value() {
        Ok(Value::Number(rating)) => Some(rating),
        Ok(Value::String(text)) => text.trim().parse().ok(),
        Ok(_) | Err(_) => None,
    }
}
