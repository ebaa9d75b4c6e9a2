//! One diner: logs in, orders, waits as long as patience lasts. A group shares an account and a token, as its members differ in
//! nothing but the moment of their order.

use super::told::{Expected, told};
use super::{DinersSetup, PlacedOrder, Verifier};
use crate::order_service::CANARY_HEADER;
use crate::order_service::reference::mark;
use crate::record::orders::Told;
use crate::scenario;
use bytes::Bytes;
use fake_factory::clock::Elapsed;
use fake_factory::net::client::{CallError, Client};
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;

/// What everyone orders: the first pizza of the menu.
const PIZZA: &str = "Veggie";

/// A group of diners.
pub(super) struct Group {
    name: Arc<str>,
    plan: scenario::Diners,
    client: Client,
    auth_uri: Uri,
    order_uri: Uri,
    verifier: Verifier,
    placed: AtomicU64,
    token: Mutex<Option<HeaderValue>>,
}

/// An order that is about to be placed.
pub(super) struct Placing {
    group: Arc<Group>,
    reference: String,
    placed_at: Elapsed,
}

impl Group {
    pub(super) fn new(
        setup: &DinersSetup,
        plan: &scenario::Diners,
    ) -> Result<Self, http::uri::InvalidUri> {
        let base = setup.service_url.trim_end_matches('/');
        Ok(Group {
            name: plan.name.value.as_str().into(),
            plan: plan.clone(),
            client: setup.client.clone(),
            auth_uri: format!("{base}/api/auth").parse()?,
            order_uri: format!("{base}/api/order").parse()?,
            verifier: setup.verifier.clone(),
            placed: AtomicU64::new(0),
            token: Mutex::new(None),
        })
    }

    /// The group's next order.
    pub(super) fn place(self: &Arc<Self>, placed_at: Elapsed) -> Placing {
        let number = self.placed.fetch_add(1, Ordering::Relaxed) + 1;
        Placing {
            group: self.clone(),
            reference: format!("{}-{number}", self.name),
            placed_at,
        }
    }

    /// The group's token; registers when it has none, or only `stale`. The error is what the service told instead.
    async fn token(&self, stale: Option<&HeaderValue>) -> Result<HeaderValue, Told> {
        // Held while registering, so that a group registers once.
        let mut held = self.token.lock().await;
        if let Some(token) = held.as_ref().filter(|token| Some(*token) != stale) {
            return Ok(token.clone());
        }
        let form = json!({
            "name": &*self.name,
            "email": format!("{}@diners.test", self.name.replace(' ', "-")),
            "password": "diner",
        });
        let request = request(Method::POST, &self.auth_uri, &form);
        let reply = self.client.call(request, None).await;
        let token = reply.as_ref().ok().and_then(token_in);
        match token {
            Some(token) => {
                *held = Some(token.clone());
                Ok(token)
            }
            None => Err(told(reply, None)),
        }
    }

    async fn post(&self, order: &Value, token: HeaderValue) -> Result<Response<Bytes>, CallError> {
        let mut request = request(Method::POST, &self.order_uri, order);
        request.headers_mut().insert(header::AUTHORIZATION, token);
        if self.plan.canary {
            let yes = HeaderValue::from_static("true");
            request.headers_mut().insert(CANARY_HEADER, yes);
        }
        self.client.call(request, None).await
    }
}

impl Placing {
    /// The order, of which nothing is told yet.
    pub(super) fn order(&self) -> PlacedOrder {
        let plan = &self.group.plan;
        let pizzas = plan.order.pizzas.value;
        PlacedOrder {
            reference: self.reference.clone(),
            group: self.group.name.clone(),
            canary: plan.canary,
            pizzas,
            price: plan.order.price.times(pizzas),
            placed_at: self.placed_at,
            answered_at: None,
            told: Told::Nothing,
        }
    }

    /// Places it; what the diner is told before patience ends. A diner who hangs up drops the connection.
    pub(super) async fn told(&self) -> Told {
        let patience = self.group.plan.patience.0;
        tokio::time::timeout(patience, self.asked())
            .await
            .unwrap_or(Told::HungUp)
    }

    async fn asked(&self) -> Told {
        let group = &self.group;
        let order = self.body();
        let mut token = match group.token(None).await {
            Ok(token) => token,
            Err(told) => return told,
        };
        let mut reply = group.post(&order, token.clone()).await;
        if matches!(&reply, Ok(reply) if reply.status() == StatusCode::UNAUTHORIZED) {
            token = match group.token(Some(&token)).await {
                Ok(token) => token,
                Err(told) => return told,
            };
            reply = group.post(&order, token).await;
        }
        let expected = Expected {
            reference: &self.reference,
            pizzas: group.plan.order.pizzas.value as usize,
            verifier: &group.verifier,
        };
        told(reply, Some(&expected))
    }

    fn body(&self) -> Value {
        let template = &self.group.plan.order;
        let item = json!({
            "menuId": 1,
            "description": mark(PIZZA, &self.reference),
            "price": template.price.amount(),
        });
        json!({
            "franchiseId": template.franchise,
            "storeId": template.store,
            "items": vec![item; template.pizzas.value as usize],
        })
    }
}

fn request(method: Method, uri: &Uri, body: &Value) -> Request<Bytes> {
    let mut request = Request::new(Bytes::from(body.to_string()));
    *request.method_mut() = method;
    *request.uri_mut() = uri.clone();
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(header::CONTENT_TYPE, json);
    request
}

/// The token in a reply to a registration, as a header's value.
fn token_in(reply: &Response<Bytes>) -> Option<HeaderValue> {
    let body: Value = serde_json::from_slice(reply.body()).ok()?;
    let token = body.get("token")?.as_str()?;
    format!("Bearer {token}").parse().ok()
}
