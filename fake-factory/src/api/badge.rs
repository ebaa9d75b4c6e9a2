//! Badges: anybody sees one, and a vendor makes one.

use super::reply::{self, Reply};
use super::{Call, unauthorized};
use crate::badges::{Badge, BadgeError, NOT_FOUND_SVG};
use crate::kitchen::Kitchen;
use http::{HeaderValue, StatusCode};
use serde_json::json;

/// GET /api/badge/:account/:badge. There is always a picture.
pub(super) fn show(kitchen: &Kitchen, account: &str, name: &str) -> Reply {
    let svg = match kitchen.badges.get(&plain(account), &plain(name)) {
        Some(badge) => badge.svg(),
        None => NOT_FOUND_SVG.to_owned(),
    };
    let content_type = HeaderValue::from_static("image/svg+xml; charset=utf-8");
    reply::text(StatusCode::OK, content_type, svg)
}

/// POST /api/badge/:account/:badge, with the texts in the query.
pub(super) fn make(kitchen: &Kitchen, call: &Call, account: &str, name: &str) -> Reply {
    if call.vendor(kitchen).is_none() {
        return unauthorized();
    }
    let text = |name: &str, default: &str| call.query(name).unwrap_or_else(|| default.to_owned());
    let badge = Badge {
        label: text("label", "Coverage"),
        value: text("value", "0.00%"),
        color: text("color", "#ee0000"),
    };
    let (account, name) = (plain(account), plain(name));
    if let Err(error) = kitchen.badges.put(&account, &name, badge) {
        let status = match error {
            BadgeError::Full => StatusCode::CONFLICT,
            BadgeError::TooLong => StatusCode::BAD_REQUEST,
        };
        return reply::message(status, &error.to_string());
    }
    let host = call.host().unwrap_or(&kitchen.authority);
    let url = format!("{}://{host}/api/badge/{account}/{name}", kitchen.scheme);
    reply::json(StatusCode::OK, &json!({ "url": url }))
}

/// A name without whatever is neither a letter nor a digit.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}
