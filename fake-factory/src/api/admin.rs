//! What admins may do: see every vendor, make one an admin, and take away connections, chaos or whole vendors.

use super::javascript::id;
use super::reply::{self, Reply};
use super::vendors::{refused, shown};
use super::{Call, unauthorized};
use crate::json::View;
use crate::kitchen::Kitchen;
use crate::vendors::{Show, VendorError};
use http::StatusCode;

/// The role that can be assigned.
const ADMIN: &str = "admin";

/// GET /api/admin/vendors.
pub(super) fn vendors(kitchen: &Kitchen, call: &Call) -> Reply {
    match call.admin(kitchen) {
        Some(_) => reply::json(StatusCode::OK, &kitchen.vendors.shown_to_admin()),
        None => unauthorized(),
    }
}

/// PUT /api/admin/role. An id that nobody has gets an empty reply.
pub(super) fn assign(kitchen: &Kitchen, call: &Call, body: View<'_>) -> Reply {
    if call.admin(kitchen).is_none() {
        return unauthorized();
    }
    let Some(id) = id(body) else {
        return missing();
    };
    let admin = match body.get("roles").filter(|roles| roles.is_truthy()) {
        None => None,
        Some(roles) => match (roles.list(), roles.letters()) {
            (Some(mut roles), _) => Some(roles.any(|role| role.is_id(ADMIN))),
            (None, Some(roles)) => Some(roles.contains(ADMIN)),
            (None, None) => {
                return reply::message(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "roles.includes is not a function",
                );
            }
        },
    };
    let Some(vendor) = kitchen.vendors.with_id(&id) else {
        return reply::empty(StatusCode::OK);
    };
    let changed = kitchen.vendors.change(&vendor.key, |vendor| {
        vendor.admin = admin.unwrap_or(vendor.admin);
        Ok(())
    });
    match changed {
        Ok(vendor) => shown(kitchen, &vendor, Show::Admin),
        Err(error) => refused(error),
    }
}

/// DELETE /api/admin/vendor. What is not there any more is as good as deleted.
pub(super) fn delete(kitchen: &Kitchen, call: &Call, body: View<'_>) -> Reply {
    if call.admin(kitchen).is_none() {
        return unauthorized();
    }
    let Some(id) = id(body) else {
        return missing();
    };
    let delete_type = body.get("deleteType").and_then(View::letters);
    match delete_type.as_deref() {
        Some("connection") => {
            let purpose = body.get("purpose").and_then(View::letters);
            kitchen.vendors.disconnect(&id, purpose.as_deref());
        }
        Some("chaos") => {
            let removed = kitchen
                .vendors
                .with_id(&id)
                .map_or(Ok(()), |vendor| kitchen.remove_chaos(&vendor));
            match removed {
                Ok(()) | Err(VendorError::Unknown) => {}
                Err(error) => return refused(error),
            }
        }
        Some("all") => {
            kitchen.remove_vendor(&id);
        }
        _ => return missing(),
    }
    reply::empty(StatusCode::NO_CONTENT)
}

fn missing() -> Reply {
    reply::message(StatusCode::BAD_REQUEST, "Missing required parameter")
}
