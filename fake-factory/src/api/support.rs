//! The support route: calling a report URL is how a fault is resolved.

use super::reply::{self, Reply};
use crate::kitchen::{Kitchen, Resolution};
use http::StatusCode;

/// GET /api/support/:apiKey/report/:fixCode.
pub(super) fn report(kitchen: &Kitchen, key: &str, code: &str) -> Reply {
    match kitchen.report(key, code) {
        Resolution::Resolved => reply::message(
            StatusCode::OK,
            "Problem resolved. Pizza is back on the menu!",
        ),
        Resolution::WrongCode => reply::message(StatusCode::BAD_REQUEST, "Problem unresolved"),
        Resolution::NothingRunning => {
            reply::message(StatusCode::OK, "No chaos currently executing")
        }
    }
}
