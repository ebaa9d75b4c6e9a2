//! The page for people: one document, without anything from elsewhere. Its sources are below `page/`, a file a subject, put together
//! here as they are; what it shows and does, it gets and asks by way of the control API, as anybody could.

use super::Control;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use std::sync::Arc;

/// The page. The scripts share one scope: `main.js`, which starts it, is the last.
const PAGE: &str = concat!(
    include_str!("page/head.html"),
    "<style>\n",
    include_str!("page/base.css"),
    include_str!("page/layout.css"),
    include_str!("page/parts.css"),
    "</style>\n",
    include_str!("page/body.html"),
    "<script type=\"module\">\n",
    include_str!("page/dom.js"),
    include_str!("page/api.js"),
    include_str!("page/editor.js"),
    include_str!("page/breaking.js"),
    include_str!("page/faults.js"),
    include_str!("page/orders.js"),
    include_str!("page/chart.js"),
    include_str!("page/vendors.js"),
    include_str!("page/ledger.js"),
    include_str!("page/scenario.js"),
    include_str!("page/status.js"),
    include_str!("page/events.js"),
    include_str!("page/main.js"),
    "</script>\n",
);

/// GET /.
pub(super) async fn show(State(control): State<Arc<Control>>) -> Response {
    let Ok(policy) = HeaderValue::from_str(&policy(&control.kitchen.authority)) else {
        // An address that was bound fits into a header.
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = Html(PAGE).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

/// The page runs and looks as it is written, and talks to where it came from, to the factory at `authority`, for report URLs and
/// orders, and to nobody else.
fn policy(authority: &str) -> String {
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self' http://{authority} \
         https://{authority}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}
