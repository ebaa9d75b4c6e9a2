//! The page for people: one file, without anything from elsewhere.

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, header};

/// The page.
const PAGE: &str = include_str!("page.html");
/// It runs and looks as it is written, and talks to where it came from and to nobody else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
                      img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// GET /.
pub(super) async fn show() -> Response {
    let mut response = Html(PAGE).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}
