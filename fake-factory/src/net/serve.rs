//! Serves an axum router on connections of either kind, with the `Date` of the run's clock rather than the machine's.

use super::{Connection, Listener};
use crate::clock::Clock;
use axum::Router;
use axum::body::Body;
use http::{HeaderValue, Request, Response, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::time::Duration;
use tower::ServiceExt;

/// Accepts connections until it is dropped, and serves each on a task of its own.
pub async fn serve(mut listener: Listener, router: Router, clock: Clock) {
    loop {
        match listener.accept().await {
            Ok(connection) => {
                tokio::spawn(serve_connection(connection, router.clone(), clock.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "failed to accept a connection");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}

/// Serves one connection until the client or the server closes it.
pub async fn serve_connection(connection: Connection, router: Router, clock: Clock) {
    let dated = ServiceExt::<Request<Body>>::map_response(router, move |response| {
        with_date(response, &clock)
    })
    .map_request(|request: Request<Incoming>| request.map(Body::new));
    let service = TowerToHyperService::new(dated);
    let served = http1::Builder::new()
        .auto_date_header(false)
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(connection), service)
        .await;
    if let Err(error) = served {
        // A client that goes away in the middle is everyday life here.
        tracing::debug!(%error, "a connection ended early");
    }
}

fn with_date(mut response: Response<Body>, clock: &Clock) -> Response<Body> {
    if let Ok(date) = HeaderValue::from_str(&http_date(clock)) {
        response.headers_mut().entry(header::DATE).or_insert(date);
    }
    response
}

/// The time of the run in the form of RFC 9110, as in `Thu, 08 Aug 2024 16:00:00 GMT`.
fn http_date(clock: &Clock) -> String {
    clock
        .now()
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}
