//! Thin ways in for the fuzz targets of `tests/fuzz`, to the parsers that meet requests. They give what a parser made of its input
//! only where a target can hold it against something.

use super::routes::Route;
use super::{Call, body, orders};
use crate::json::Text;
use crate::order::Order;
use bytes::Bytes;
use http::{HeaderValue, Request, header};
use std::borrow::Cow;

/// Reads the body of an order and checks the order, as POST /api/order does; whether it would be made.
#[must_use]
pub fn order_body(bytes: &[u8]) -> bool {
    let body = body::parse(Bytes::copy_from_slice(bytes));
    body.is_ok_and(|body| orders::checked(&Order::of(body.view()), body.levels()).is_ok())
}

/// The vendor's key in an `Authorization` header of these bytes, where they may stand in one.
#[must_use]
pub fn authorization(bytes: &[u8]) -> Option<String> {
    let value = HeaderValue::from_bytes(bytes).ok()?;
    let request = Request::builder().header(header::AUTHORIZATION, value);
    let (head, ()) = request.body(()).ok()?.into_parts();
    let call = Call {
        head,
        body: Text::default(),
    };
    call.key().map(Cow::into_owned)
}

/// The methods of the endpoint that a path names, if it names one.
///
/// # Errors
/// The message for a path whose parameters cannot be decoded.
pub fn path(path: &str) -> Result<Option<&'static str>, String> {
    match Route::find(path) {
        Ok(route) => Ok(route.map(|route| route.allow())),
        Err(error) => Err(error.to_string()),
    }
}

/// What the query of a URL has under `name`.
#[must_use]
pub fn query(query: &str, name: &str) -> Option<String> {
    super::percent::in_query(query, name)
}
