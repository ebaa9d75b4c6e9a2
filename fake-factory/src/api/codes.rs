//! Logging in with a code: who has no key asks for a code by id, and gets the vendor, key and all, for id and code.

use super::javascript::id;
use super::reply::{self, Reply};
use super::vendors::{refused, shown};
use crate::json::View;
use crate::kitchen::Kitchen;
use crate::vendors::{Show, VendorError};
use http::StatusCode;
use serde_json::{Map, Value};

/// POST /api/vendor/code. The real factory mails the code, and says where to; this one logs it.
pub(super) fn send(kitchen: &Kitchen, body: View<'_>) -> Reply {
    let code = kitchen.draw_login_code();
    let id = id(body).unwrap_or_default();
    match kitchen.vendors.give_code(&id, code) {
        Ok(vendor) => {
            let code = vendor.login_code.as_deref().unwrap_or_default();
            tracing::info!(id = %vendor.id, code, "a login code was asked for");
            let email = vendor.detail("email");
            let sent = email.map(|email| ("email".to_owned(), Value::from(email)));
            let sent: Map<String, Value> = sent.into_iter().collect();
            reply::json(StatusCode::OK, &Value::Object(sent))
        }
        Err(error) => refused(error),
    }
}

/// POST /api/vendor/auth.
pub(super) fn log_in(kitchen: &Kitchen, body: View<'_>) -> Reply {
    let id = id(body).unwrap_or_default();
    if kitchen.vendors.with_id(&id).is_none() {
        return refused(VendorError::Unknown);
    }
    let code = body.get("code").and_then(View::letters);
    match code.and_then(|code| kitchen.vendors.with_code(&id, &code)) {
        Some(vendor) => shown(kitchen, &vendor, Show::Owner),
        None => reply::message(StatusCode::UNAUTHORIZED, "Invalid code"),
    }
}
