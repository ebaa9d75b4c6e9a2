//! A factory that does as it is told, one call at a time, and writes down what it was asked.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use chaos_runner::order_service::FactoryAddress;
use chaos_runner::order_service::reference::reference_of;
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::net::Network;
use fake_factory::net::serve::serve;
use fake_factory::seed::Seed;
use fake_factory::signing::{Algorithm, Signer};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// What the factory does with one call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Act {
    Bake,
    BakeAfter(Duration),
    /// Bakes for another order.
    BakeWrong,
    /// Bakes and says nothing.
    Swallow,
    Status(u16, &'static str),
    /// A status with a report URL.
    Chaos(u16),
    TooMany(&'static str),
    /// A success with this body.
    Body(&'static str),
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) at: Elapsed,
    pub(crate) key: String,
    pub(crate) authorization: String,
    pub(crate) reference: String,
}

pub(crate) struct Factory {
    name: &'static str,
    clock: Clock,
    state: Mutex<Inner>,
}

pub(crate) struct Inner {
    signer: Signer,
    next: VecDeque<Act>,
    then: Act,
    calls: Vec<Call>,
    made: Vec<(String, String)>,
    reports: Vec<Elapsed>,
    key_fetches: usize,
}

impl Factory {
    pub(crate) async fn start(name: &'static str, clock: &Clock, network: &Network) -> Arc<Self> {
        let factory = Arc::new(Factory {
            name,
            clock: clock.clone(),
            state: Mutex::new(Inner {
                signer: signer(name),
                next: VecDeque::new(),
                then: Act::Bake,
                calls: Vec::new(),
                made: Vec::new(),
                reports: Vec::new(),
                key_fetches: 0,
            }),
        });
        let listener = network.bind(&format!("{name}:80")).await.expect("binds");
        let router = Router::new()
            .route("/api/order", post(order))
            .route("/ready", get(ready))
            .route("/api/support/{key}/report/{code}", get(report))
            .route("/.well-known/jwks.json", get(keys))
            .with_state(factory.clone());
        tokio::spawn(serve(listener, router, clock.clone()));
        factory
    }

    pub(crate) fn address(&self) -> FactoryAddress {
        FactoryAddress {
            name: self.name.to_owned(),
            url: format!("http://{}:80", self.name),
            api_key: "the-key".to_owned(),
        }
    }

    pub(crate) fn inner<T>(&self, look: impl FnOnce(&mut MutexGuard<'_, Inner>) -> T) -> T {
        look(
            &mut self
                .state
                .lock()
                .expect("no test panics while it holds this"),
        )
    }

    /// What it does from now on.
    pub(crate) fn then(&self, act: Act) {
        self.inner(|inner| inner.then = act);
    }

    /// What it does with the next calls, before it goes on as it was.
    pub(crate) fn next(&self, acts: &[Act]) {
        self.inner(|inner| inner.next.extend(acts.iter().cloned()));
    }

    pub(crate) fn call_count(&self) -> usize {
        self.inner(|inner| inner.calls.len())
    }

    /// How often each order was made, idempotently: the same key is made once.
    pub(crate) fn made(&self) -> Vec<String> {
        self.inner(|inner| {
            inner
                .made
                .iter()
                .map(|(_, reference)| reference.clone())
                .collect()
        })
    }

    pub(crate) fn report_count(&self) -> usize {
        self.inner(|inner| inner.reports.len())
    }

    pub(crate) fn changes_its_keys(&self) {
        self.inner(|inner| inner.signer = signer("other"));
    }

    pub(crate) fn verified(&self, jwt: &str) -> Option<Value> {
        self.inner(|inner| inner.signer.keys().verify(jwt).ok())
    }

    pub(crate) fn key_fetches(&self) -> usize {
        self.inner(|inner| inner.key_fetches)
    }

    pub(crate) fn calls<T>(&self, each: impl Fn(&Call) -> T) -> Vec<T> {
        self.inner(|inner| inner.calls.iter().map(each).collect())
    }

    fn bake(&self, key: &str, body: &Value) -> Response {
        let payload =
            json!({ "vendor": { "id": "v" }, "diner": body["diner"], "order": body["order"] });
        let reference = reference_of(&body["order"]).unwrap_or_default().to_owned();
        let jwt = self.inner(|inner| {
            if !inner.made.iter().any(|(made, _)| made == key) {
                inner.made.push((key.to_owned(), reference));
            }
            inner
                .signer
                .bake(MADE_AT, &payload.to_string())
                .expect("bakes")
        });
        axum::Json(json!({ "jwt": jwt })).into_response()
    }
}

/// When every pizza is made, in Unix seconds: late enough to be good in any test.
const MADE_AT: i64 = 4_000_000_000;

fn signer(name: &str) -> Signer {
    Signer::new(Algorithm::EdDsa, Seed::new(1).of(name)).expect("a key")
}

async fn order(State(factory): State<Arc<Factory>>, headers: HeaderMap, body: Bytes) -> Response {
    let mut body: Value = serde_json::from_slice(&body).expect("the service sends JSON");
    let header = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let key = header("idempotency-key");
    let call = Call {
        at: factory.clock.elapsed(),
        key: key.clone(),
        authorization: header("authorization"),
        reference: reference_of(&body["order"]).unwrap_or_default().to_owned(),
    };
    let act = factory.inner(|inner| {
        inner.calls.push(call);
        let then = inner.then.clone();
        inner.next.pop_front().unwrap_or(then)
    });
    let says = |status, body: Value| {
        let status = StatusCode::from_u16(status).expect("a status");
        (status, axum::Json(body)).into_response()
    };
    match act {
        Act::Bake => factory.bake(&key, &body),
        Act::BakeAfter(wait) => {
            tokio::time::sleep(wait).await;
            factory.bake(&key, &body)
        }
        Act::BakeWrong => {
            body["order"]["id"] = json!("another");
            factory.bake(&key, &body)
        }
        Act::Swallow => {
            factory.bake(&key, &body);
            std::future::pending().await
        }
        Act::Status(status, message) => says(status, json!({ "message": message })),
        Act::Chaos(status) => {
            let url = format!("http://{}:80/api/support/k/report/c", factory.name);
            says(
                status,
                json!({ "message": "chaos monkey", "reportUrl": url }),
            )
        }
        Act::TooMany(after) => {
            let mut reply = says(429, json!({ "message": "too many requests" }));
            reply
                .headers_mut()
                .insert("retry-after", after.parse().expect("a header"));
            reply
        }
        Act::Body(text) => text.into_response(),
    }
}

async fn ready(State(factory): State<Arc<Factory>>) -> StatusCode {
    if factory.inner(|inner| inner.then == Act::Bake) {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

async fn report(
    State(factory): State<Arc<Factory>>,
    Path(_): Path<(String, String)>,
) -> StatusCode {
    let now = factory.clock.elapsed();
    factory.inner(|inner| {
        inner.reports.push(now);
        inner.then = Act::Bake;
    });
    StatusCode::OK
}

async fn keys(State(factory): State<Arc<Factory>>) -> Bytes {
    factory.inner(|inner| {
        inner.key_fetches += 1;
        inner.signer.jwks().clone()
    })
}
