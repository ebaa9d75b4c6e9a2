//! One call of a factory: an order in, a verified pizza or a classified failure out; and its `/ready`. It knows the
//! factory's API and counts nothing: whether to call at all, again or somewhere else is decided by `route`.

use super::FactoryAddress;
use super::failure::{Cause, Failure};
use super::keys::KeyRing;
use super::order::Order;
use bytes::Bytes;
use fake_factory::clock::Clock;
use fake_factory::net::client::Client;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use serde::Deserialize;
use std::time::Duration;

/// How long a call without a timeout of its own may take: as long as the HTTP client of the public order service waits.
const CALL_MAX: Duration = Duration::from_secs(302);
/// How long anything but an order may take.
const ASIDE_MAX: Duration = Duration::from_secs(5);
/// The longest `Retry-After` that is believed.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(300);

/// A verified pizza.
#[derive(Clone, Debug)]
pub(super) struct Pizza {
    pub(super) jwt: String,
    /// Set when the factory made it in the middle of its own trouble.
    pub(super) report_url: Option<String>,
}

/// What a factory says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    Ready,
    /// It says no, or nothing.
    NotReady,
    /// It does not know the question, as the real factory.
    Unknown,
}

/// The client of one factory.
#[derive(Debug)]
pub(super) struct FactoryClient {
    pub(super) name: String,
    authorization: HeaderValue,
    order_uri: Uri,
    ready_uri: Uri,
    client: Client,
    keys: KeyRing,
    clock: Clock,
    timeout: Duration,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Reply {
    jwt: Option<String>,
    message: Option<String>,
    report_url: Option<String>,
}

impl FactoryClient {
    /// # Errors
    /// When the address is no URL or the key no header value.
    pub(super) fn new(
        address: &FactoryAddress,
        client: Client,
        clock: Clock,
        timeout: Option<Duration>,
    ) -> Result<Self, http::Error> {
        let base = address.url.trim_end_matches('/');
        let jwks: Uri = format!("{base}/.well-known/jwks.json").parse()?;
        let aside_max = timeout.map_or(ASIDE_MAX, |timeout| timeout.min(ASIDE_MAX));
        Ok(FactoryClient {
            name: address.name.clone(),
            authorization: format!("Bearer {}", address.api_key).parse()?,
            order_uri: format!("{base}/api/order").parse()?,
            ready_uri: format!("{base}/ready").parse()?,
            keys: KeyRing::new(jwks, client.clone(), clock.clone(), aside_max),
            client,
            clock,
            timeout: timeout.unwrap_or(CALL_MAX),
        })
    }

    /// Asks for the order's pizza, once. The order's id is its `Idempotency-Key`, so that a factory that honours it makes an
    /// order once however often it is asked.
    pub(super) async fn order(&self, order: &Order) -> Result<Pizza, Failure> {
        let mut request = Request::new(order.call.clone());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.order_uri.clone();
        let headers = request.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        headers.insert(header::AUTHORIZATION, self.authorization.clone());
        headers.insert("idempotency-key", HeaderValue::from(order.id));
        let reply = self
            .client
            .call(request, Some(self.timeout))
            .await
            .map_err(Cause::from)?;
        if reply.status().is_success() {
            self.pizza(order, reply.body()).await
        } else {
            Err(self.refusal(&reply))
        }
    }

    async fn pizza(&self, order: &Order, body: &Bytes) -> Result<Pizza, Failure> {
        let reply: Reply =
            serde_json::from_slice(body).map_err(|error| Cause::Malformed(error.to_string()))?;
        let report_url = reply.report_url;
        let failed = |cause| Failure {
            cause,
            report_url: report_url.clone(),
        };
        let jwt = reply
            .jwt
            .ok_or_else(|| failed(Cause::Malformed("it has no jwt".to_owned())))?;
        let payload = self.keys.verified(&jwt).await.map_err(failed)?;
        if order.is_for(&payload) {
            Ok(Pizza { jwt, report_url })
        } else {
            let why = "the pizza is for another order".to_owned();
            Err(failed(Cause::BadJwt(why)))
        }
    }

    fn refusal(&self, reply: &Response<Bytes>) -> Failure {
        let told: Reply = serde_json::from_slice(reply.body()).unwrap_or_default();
        let message = told.message.unwrap_or_default();
        let cause = match reply.status() {
            StatusCode::TOO_MANY_REQUESTS => Cause::TooMany {
                retry_after: self.retry_after(reply.headers()),
            },
            StatusCode::SERVICE_UNAVAILABLE if message.contains("oven is full") => Cause::OvenFull,
            status => Cause::Status {
                status: status.as_u16(),
                message,
            },
        };
        Failure {
            cause,
            report_url: told.report_url,
        }
    }

    /// Seconds, or a date on the clock of the run.
    fn retry_after(&self, headers: &HeaderMap) -> Option<Duration> {
        let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
        let wait = match text.parse() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => {
                let then = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
                Duration::try_from(then.duration_since(self.clock.now())).unwrap_or_default()
            }
        };
        Some(wait.min(RETRY_AFTER_MAX))
    }

    /// Asks whether it would take an order now.
    pub(super) async fn readiness(&self) -> Readiness {
        let deadline = self.timeout.min(ASIDE_MAX);
        match self.client.get(&self.ready_uri, Some(deadline)).await {
            Ok(reply) if reply.status().is_success() => Readiness::Ready,
            Ok(reply) if reply.status().is_client_error() => Readiness::Unknown,
            Ok(_) | Err(_) => Readiness::NotReady,
        }
    }
}
