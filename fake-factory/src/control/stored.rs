//! What the control changes in a factory with a state file is in the file before anybody is told that it is done, as with the changes
//! of the factory's own clients.

use super::Control;
use super::problem::Problem;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use std::sync::Arc;

/// Holds the answer to a request that may change something until that is stored.
pub(super) async fn hold(
    State(control): State<Arc<Control>>,
    request: Request,
    next: Next,
) -> Response {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let Some(store) = control.kitchen.store.as_ref().filter(|_| !reads) else {
        return next.run(request).await;
    };
    let refusal = |message: String| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, message);
    if let Err(error) = store.ready().await {
        return refusal(error.to_string()).into_response();
    }
    let response = next.run(request).await;
    match store.settled().await {
        Ok(()) => response,
        Err(error) => refusal(error.to_string()).into_response(),
    }
}
