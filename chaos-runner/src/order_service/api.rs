//! The public order service's API, as diners and scrapers see it: routes, forms and statuses. It knows HTTP and the words of
//! the API; what becomes of an order is `kitchen`'s.

mod reply;

use super::accounts::{Accounts, Denied, Diner};
use super::kitchen::Kitchen;
use super::order::{self, Order};
use axum::Router;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use reply::{json_reply, message};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::oneshot;

/// The largest request body, in bytes, as the public service has it.
const BODY_BYTES_MAX: usize = 100 * 1024;
/// The header by which a diner marks a synthetic order.
pub const CANARY_HEADER: &str = "x-canary";

type Body = Result<Bytes, BytesRejection>;

/// What the routes need.
pub(super) struct Counter {
    pub(super) kitchen: Kitchen,
    pub(super) accounts: Arc<Accounts>,
}

pub(super) fn router(counter: Arc<Counter>) -> Router {
    Router::new()
        .route("/api/auth", put(log_in).post(register))
        .route("/api/order/menu", get(menu))
        .route("/api/order", get(orders).post(place))
        .route("/metrics", get(metrics))
        .route("/health", get(health))
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(counter)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Credentials {
    name: String,
    email: String,
    password: String,
}

async fn register(State(counter): State<Arc<Counter>>, body: Body) -> Response {
    let form: Credentials = match parsed(body) {
        Ok(form) => form,
        Err(reply) => return reply,
    };
    if form.name.is_empty() || form.email.is_empty() || form.password.is_empty() {
        return message(
            StatusCode::BAD_REQUEST,
            "name, email, and password are required",
        );
    }
    let known = counter
        .accounts
        .register(&form.name, &form.email, &form.password);
    welcome(known)
}

async fn log_in(State(counter): State<Arc<Counter>>, body: Body) -> Response {
    match parsed::<Credentials>(body) {
        Ok(form) => welcome(counter.accounts.log_in(&form.email, &form.password)),
        Err(reply) => reply,
    }
}

fn welcome(known: Result<(Diner, String), Denied>) -> Response {
    match known {
        Ok((diner, token)) => json_reply(
            StatusCode::OK,
            &json!({ "user": diner.user(), "token": token }),
        ),
        Err(Denied::Unknown) => message(StatusCode::NOT_FOUND, "unknown user"),
        Err(Denied::Taken) => message(StatusCode::CONFLICT, "email is in use"),
        Err(Denied::Full) => message(StatusCode::INSUFFICIENT_STORAGE, "no more diners"),
    }
}

async fn menu() -> Response {
    let item = |id: u32, title: &str, price: f64, description: &str| json!({ "id": id, "title": title, "image": format!("pizza{id}.png"), "price": price, "description": description });
    let menu = json!([
        item(1, "Veggie", 0.0038, "A garden of delight"),
        item(2, "Pepperoni", 0.0042, "Spicy treat"),
        item(3, "Margarita", 0.0042, "Essential classic"),
        item(4, "Crusty", 0.0028, "A dry mouthed favorite"),
        item(5, "Charred Leopard", 0.0099, "For those with a darker side"),
    ]);
    json_reply(StatusCode::OK, &menu)
}

async fn orders(State(counter): State<Arc<Counter>>, headers: HeaderMap) -> Response {
    let Some(diner) = counter.diner(&headers) else {
        return unauthorized();
    };
    let orders = counter.kitchen.desk.books.orders_of(diner.id);
    let page = json!({ "dinerId": diner.id, "orders": orders, "page": 1 });
    json_reply(StatusCode::OK, &page)
}

async fn place(State(counter): State<Arc<Counter>>, headers: HeaderMap, body: Body) -> Response {
    let Some(diner) = counter.diner(&headers) else {
        return unauthorized();
    };
    let form: Value = match parsed(body) {
        Ok(form) => form,
        Err(reply) => return reply,
    };
    if let Err(error) = order::check(&form) {
        return message(StatusCode::BAD_REQUEST, &error.to_string());
    }
    let desk = &counter.kitchen.desk;
    let order = Arc::new(Order::new(
        desk.books.next_order_id(),
        form,
        diner.for_the_factory(),
        headers
            .get(CANARY_HEADER)
            .is_some_and(|value| value == "true"),
        desk.clock.elapsed(),
    ));
    desk.books.open(&order.reference, diner.id, &order.order);
    // On a task of its own: a diner who hangs up does not stop the work on the order.
    let (answered, answer) = oneshot::channel();
    let (own, working) = (counter.clone(), order.clone());
    desk.tasks.spawn(async move {
        // Nobody may be left to hear it.
        let _ = answered.send(own.kitchen.serve(&working).await);
    });
    match answer.await {
        Ok(answer) => reply::answer(&order, answer),
        Err(_) => message(StatusCode::SERVICE_UNAVAILABLE, "the service is restarting"),
    }
}

async fn metrics(State(counter): State<Arc<Counter>>) -> Response {
    let text = counter.kitchen.desk.metrics.text();
    let version = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, version)], text).into_response()
}

async fn health() -> Response {
    json_reply(StatusCode::OK, &json!({ "status": "ok" }))
}

async fn unknown() -> Response {
    message(StatusCode::NOT_FOUND, "unknown endpoint")
}

fn unauthorized() -> Response {
    message(StatusCode::UNAUTHORIZED, "unauthorized")
}

/// The body as a form, or the reply that says why it is none.
fn parsed<T: for<'de> Deserialize<'de>>(body: Body) -> Result<T, Response> {
    let body = body.map_err(|error| message(error.status(), &error.body_text()))?;
    serde_json::from_slice(&body)
        .map_err(|error| message(StatusCode::BAD_REQUEST, &error.to_string()))
}

impl Counter {
    fn diner(&self, headers: &HeaderMap) -> Option<Diner> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let token = value
            .get(..7)
            .filter(|scheme| scheme.eq_ignore_ascii_case("bearer "))
            .and_then(|_| value.get(7..))?;
        self.accounts.by_token(token.trim())
    }
}
