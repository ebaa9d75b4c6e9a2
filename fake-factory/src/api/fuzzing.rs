//! Thin ways in for the fuzz targets of `tests/fuzz`, to the parsers that meet requests. They give what a parser made of its input
//! only where a target can hold it against something.

use super::routes::Route;
use super::{Call, body, orders};
use http::{HeaderValue, Request, header};

/// Reads the body of an order and checks the order, as POST /api/order does; whether it would be made.
#[must_use]
pub fn order_body(bytes: &[u8]) -> bool {
    body::parse(bytes).is_ok_and(|body| orders::checked(&body).is_ok())
}

/// The vendor's key in an `Authorization` header of these bytes, where they may stand in one.
#[must_use]
pub fn authorization(bytes: &[u8]) -> Option<String> {
    let value = HeaderValue::from_bytes(bytes).ok()?;
    let request = Request::builder().header(header::AUTHORIZATION, value);
    let (head, ()) = request.body(()).ok()?.into_parts();
    let call = Call {
        head,
        body: serde_json::Value::Null,
    };
    call.key().map(str::to_owned)
}

/// Finds the endpoint that a path names, and the methods it answers.
#[must_use]
pub fn path(path: &str) -> Option<&'static str> {
    Route::find(path).map(Route::allow)
}
