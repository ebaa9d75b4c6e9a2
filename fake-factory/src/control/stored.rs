//! What the control changes is done before anybody is told so: the port follows the faults and, in a factory with a state file, the
//! change is in the file, as with the changes of the factory's own clients.

use super::Control;
use super::problem::Problem;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use std::sync::Arc;

/// Holds the answer to a request that may change something until that is done.
pub(super) async fn hold(
    State(control): State<Arc<Control>>,
    request: Request,
    next: Next,
) -> Response {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if reads {
        return next.run(request).await;
    }
    let Some(store) = &control.kitchen.store else {
        let response = next.run(request).await;
        control.kitchen.port_follows().await;
        return response;
    };
    let refusal = |message: String| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, message);
    if let Err(error) = store.ready().await {
        return refusal(error.to_string()).into_response();
    }
    let response = next.run(request).await;
    control.kitchen.port_follows().await;
    match store.settled().await {
        Ok(()) => response,
        Err(error) => refusal(error.to_string()).into_response(),
    }
}
