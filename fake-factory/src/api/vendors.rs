//! Vendors: who they are, and the chaos they ask for.

use super::javascript::id;
use super::reply::{self, Reply};
use super::{Call, unauthorized};
use crate::json::View;
use crate::kitchen::Kitchen;
use crate::vendors::{ChaosKind, Show, Vendor, VendorError};
use http::StatusCode;
use serde_json::json;

/// GET /api/vendor/:id.
pub(super) fn exists(kitchen: &Kitchen, id: &str) -> Reply {
    let exists = kitchen.vendors.with_id(id).is_some();
    reply::json(StatusCode::OK, &json!({ "exists": exists }))
}

/// GET /api/vendor.
pub(super) fn own(kitchen: &Kitchen, call: &Call) -> Reply {
    match call.vendor(kitchen) {
        Some(vendor) => shown(kitchen, &vendor, Show::Owner),
        None => unauthorized(),
    }
}

/// POST /api/vendor. The key it makes is not in the reply: it comes with a login code.
pub(super) fn create(kitchen: &Kitchen, body: View<'_>) -> Reply {
    let Some(id) = id(body) else {
        return reply::message(StatusCode::BAD_REQUEST, "Missing param. Must have ID");
    };
    let mut vendor = Vendor::new(&id, &kitchen.draw_key(), kitchen.clock.now());
    let added = vendor
        .introduce(body)
        .and_then(|()| kitchen.vendors.add(vendor));
    match added {
        Ok(vendor) => {
            tracing::info!(id = %vendor.id, key = %vendor.key, "a vendor was created");
            shown(kitchen, &vendor, Show::Anybody)
        }
        Err(error) => refused(error),
    }
}

/// PUT /api/vendor: one's own details, or an admin changes another's.
pub(super) fn update(kitchen: &Kitchen, call: &Call, body: View<'_>) -> Reply {
    let Some(vendor) = call.vendor(kitchen) else {
        return unauthorized();
    };
    let Some(id) = id(body) else {
        return reply::message(StatusCode::BAD_REQUEST, "Missing required parameter: id");
    };
    if id.to_lowercase() != vendor.id.to_lowercase() && !vendor.admin {
        return reply::message(StatusCode::UNAUTHORIZED, "Unauthorized");
    }
    let changed = kitchen
        .vendors
        .with_id(&id)
        .ok_or(VendorError::Unknown)
        .and_then(|vendor| {
            let change = |vendor: &mut Vendor| vendor.update(body);
            kitchen.vendors.change(&vendor.key, change)
        });
    match changed {
        Ok(vendor) => shown(kitchen, &vendor, Show::Owner),
        Err(error) => refused(error),
    }
}

/// PUT /api/vendor/chaos/:type.
pub(super) fn chaos(kitchen: &Kitchen, call: &Call, kind: &str) -> Reply {
    let Some(vendor) = call.vendor(kitchen) else {
        return unauthorized();
    };
    let Some(kind) = ChaosKind::parse(kind) else {
        return reply::message(StatusCode::BAD_REQUEST, "Invalid chaos type");
    };
    match kitchen.begin_chaos(&vendor, kind) {
        Ok(()) => reply::message(StatusCode::OK, "Chaos initiated"),
        Err(error) => refused(error),
    }
}

/// A vendor, as `show` sees it.
pub(super) fn shown(kitchen: &Kitchen, vendor: &Vendor, show: Show) -> Reply {
    reply::json(StatusCode::OK, &kitchen.vendors.shown(vendor, show))
}

/// Why nothing became of a vendor.
pub(super) fn refused(error: VendorError) -> Reply {
    let status = match error {
        // What the factory holds is in the way, not what was asked.
        VendorError::Exists
        | VendorError::KeyTaken
        | VendorError::Full
        | VendorError::TooManyPurposes => StatusCode::CONFLICT,
        VendorError::Unknown => StatusCode::NOT_FOUND,
        VendorError::TooLong | VendorError::TooDeep => StatusCode::BAD_REQUEST,
    };
    reply::message(status, &error.to_string())
}
