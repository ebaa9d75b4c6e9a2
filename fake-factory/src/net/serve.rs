//! Serves HTTP/1.1 on connections of either kind, with the `Date` of the run's clock rather than the machine's. It knows the
//! protocol's framing and nothing of what is served.

use super::{Connection, Listener};
use crate::clock::Clock;
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, HeaderValue, Request, Response, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tower::ServiceExt;

/// How long a server waits after a connection could not be accepted.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// Accepts connections until it is dropped, and serves each on a task of its own.
pub async fn serve(mut listener: Listener, router: Router, clock: Clock) {
    let dates = Dates::new(clock);
    loop {
        match listener.accept().await {
            Ok(connection) => {
                tokio::spawn(serve_connection(connection, router.clone(), dates.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "failed to accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Accepts connections until it is dropped, and serves `most` at one time; one more is closed as it is accepted. Whatever is open
/// ends with it.
pub async fn serve_at_most(most: usize, mut listener: Listener, router: Router, clock: Clock) {
    let dates = Dates::new(clock);
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            Some(_) = open.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok(connection) if open.len() < most => {
                    open.spawn(serve_connection(connection, router.clone(), dates.clone()));
                }
                Ok(_) => tracing::warn!("closed a connection: {most} are open"),
                Err(error) => {
                    tracing::warn!(%error, "failed to accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
}

/// Serves one connection until the client or the server closes it.
pub async fn serve_connection(connection: Connection, router: Router, dates: Dates) {
    let service =
        ServiceExt::<Request<Body>>::map_response(router, move |mut response: Response<Body>| {
            dates.set(response.headers_mut());
            response
        })
        .map_request(|request: Request<Incoming>| request.map(Body::new));
    let served = protocol()
        .serve_connection(TokioIo::new(connection), TowerToHyperService::new(service))
        .await;
    if let Err(error) = served {
        // A client that goes away in the middle is everyday life here.
        tracing::debug!(%error, "a connection ended early");
    }
}

/// HTTP/1.1 as every server of a run speaks it. Idle connections are left for their clients to close: a server that closes one
/// races with the next request on it.
#[must_use]
pub fn protocol() -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol
        .auto_date_header(false)
        .timer(TokioTimer::new())
        .header_read_timeout(None);
    protocol
}

/// The `Date` header on the clock of a run, written once a second. Clones share it.
#[derive(Clone, Debug)]
pub struct Dates {
    clock: Clock,
    latest: Arc<Mutex<Option<(i64, HeaderValue)>>>,
}

impl Dates {
    /// The dates on `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Dates {
            clock,
            latest: Arc::default(),
        }
    }

    /// Puts the time of the run into `headers`, in the form of RFC 9110: `Thu, 08 Aug 2024 16:00:00 GMT`.
    pub fn set(&self, headers: &mut HeaderMap) {
        let now = self.clock.now();
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        match &*latest {
            Some((second, value)) if *second == now.as_second() => {
                headers.insert(header::DATE, value.clone());
            }
            _ => {
                let text = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
                if let Ok(value) = HeaderValue::from_str(&text) {
                    headers.insert(header::DATE, value.clone());
                    *latest = Some((now.as_second(), value));
                }
            }
        }
    }
}
