//! The replies of the API, worded as the public order service words them.

use crate::order_service::kitchen::Answer;
use crate::order_service::metrics::Refusal;
use crate::order_service::order::Order;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Map, Value, json};

/// A JSON body with a status.
pub(super) fn json_reply(status: StatusCode, body: &Value) -> Response {
    let json = "application/json; charset=utf-8";
    (status, [(header::CONTENT_TYPE, json)], body.to_string()).into_response()
}

/// `{"message": TEXT}` with a status.
pub(super) fn message(status: StatusCode, text: &str) -> Response {
    json_reply(status, &json!({ "message": text }))
}

/// The answer to an order.
pub(super) fn answer(order: &Order, answer: Answer) -> Response {
    let (status, mut body, report_url) = match answer {
        Answer::Pizza(pizza) => (
            StatusCode::OK,
            json!({ "order": order.order, "jwt": pizza.jwt }),
            pizza.report_url,
        ),
        Answer::Queued { report_url } => (
            StatusCode::ACCEPTED,
            json!({ "order": order.order, "queued": true }),
            report_url,
        ),
        Answer::Refused(why) => (
            StatusCode::SERVICE_UNAVAILABLE,
            json!({ "message": why.text() }),
            None,
        ),
        Answer::Failed(failure) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            json!({ "message": failure.cause.for_the_diner() }),
            failure.report_url,
        ),
    };
    if let (Some(url), Some(map)) = (report_url, body.as_object_mut()) {
        follow_link(map, url);
    }
    json_reply(status, &body)
}

fn follow_link(body: &mut Map<String, Value>, url: String) {
    body.insert("followLinkToEndChaos".to_owned(), Value::String(url));
}

impl Refusal {
    /// What a diner is told. Diners tell a refusal from an error by these words.
    const fn text(self) -> &'static str {
        match self {
            Refusal::OvenFull => "Unable to satisfy pizza order. The oven is full.",
            Refusal::QueueFull => "Unable to accept pizza order. The queue is full.",
        }
    }
}
