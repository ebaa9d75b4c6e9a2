//! Vendors: who they are, and the chaos they ask for.

use super::reply::{self, Reply};
use super::{Call, unauthorized};
use crate::kitchen::Kitchen;
use crate::vendors::{ChaosKind, Vendor, VendorError};
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

/// GET /api/vendor/:id.
pub(super) fn exists(kitchen: &Kitchen, id: &str) -> Reply {
    let exists = kitchen.vendors.exists(id);
    reply::json(StatusCode::OK, &json!({ "exists": exists }))
}

/// GET /api/vendor.
pub(super) fn own(kitchen: &Kitchen, call: &Call) -> Reply {
    match call.vendor(kitchen) {
        Some(vendor) => reply::json(StatusCode::OK, &vendor.to_json(true)),
        None => unauthorized(),
    }
}

/// POST /api/vendor. The key it makes is not in the reply: the real factory mails it, this one logs it.
pub(super) fn create(kitchen: &Kitchen, call: &Call) -> Reply {
    let Some(id) = id(&call.body) else {
        return reply::message(StatusCode::BAD_REQUEST, "Missing param. Must have ID");
    };
    let mut vendor = Vendor::new(&id, &kitchen.draw_key(), kitchen.clock.now());
    let added = vendor
        .update(&call.body)
        .and_then(|()| kitchen.vendors.add(vendor));
    match added {
        Ok(vendor) => {
            tracing::info!(id = %vendor.id, key = %vendor.key, "a vendor was created");
            reply::json(StatusCode::OK, &vendor.to_json(false))
        }
        Err(error @ (VendorError::Exists | VendorError::KeyTaken)) => {
            reply::message(StatusCode::CONFLICT, &error.to_string())
        }
        Err(error) => reply::message(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

/// PUT /api/vendor.
pub(super) fn update(kitchen: &Kitchen, call: &Call) -> Reply {
    let Some(vendor) = call.vendor(kitchen) else {
        return unauthorized();
    };
    let Some(id) = id(&call.body) else {
        return reply::message(StatusCode::BAD_REQUEST, "Missing required parameter: id");
    };
    if id.to_lowercase() != vendor.id.to_lowercase() {
        return reply::message(StatusCode::UNAUTHORIZED, "Unauthorized");
    }
    let mut taken = Ok(());
    let changed = kitchen
        .vendors
        .change(&vendor.key, |vendor| taken = vendor.update(&call.body));
    match (taken, changed) {
        (Err(error), _) => reply::message(StatusCode::BAD_REQUEST, &error.to_string()),
        (Ok(()), Some(vendor)) => reply::json(StatusCode::OK, &vendor.to_json(true)),
        (Ok(()), None) => reply::message(StatusCode::NOT_FOUND, "Vendor not found"),
    }
}

/// PUT /api/vendor/chaos/:type.
pub(super) fn chaos(kitchen: &Arc<Kitchen>, call: &Call, kind: &str) -> Reply {
    let Some(vendor) = call.vendor(kitchen) else {
        return unauthorized();
    };
    let Some(kind) = ChaosKind::parse(kind) else {
        return reply::message(StatusCode::BAD_REQUEST, "Invalid chaos type");
    };
    kitchen.begin_chaos(&vendor, kind);
    reply::message(StatusCode::OK, "Chaos initiated")
}

/// The `id` of a body, where it has one that is something.
fn id(body: &Value) -> Option<String> {
    match body.get("id")? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}
