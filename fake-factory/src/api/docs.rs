//! What the factory says of itself: at `/api/docs` and below as the real one does, and as an OpenAPI document. Both are made of the same
//! table, so they cannot contradict each other.

use super::endpoints;
use super::reply::{self, Reply};
use crate::openapi::{Operation, Place};
use http::{HeaderValue, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

/// Any method on /api/docs.
pub(super) fn welcome() -> Reply {
    let welcome = Welcome {
        message: "welcome to JWT Pizza Factory",
        version: env!("CARGO_PKG_VERSION"),
        endpoints: endpoints::all().map(Endpoint::of).collect(),
    };
    reply::json(StatusCode::OK, &json!(welcome))
}

/// GET /openapi.json.
pub(super) fn openapi() -> Reply {
    let mut text = format!("{:#}", endpoints::API.document());
    text.push('\n');
    reply::text(StatusCode::OK, HeaderValue::from_static(reply::JSON), text)
}

/// A welcome, with what there is to ask for.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Welcome {
    message: &'static str,
    version: &'static str,
    endpoints: Vec<Endpoint>,
}

/// An endpoint, as the real factory describes its own.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Endpoint {
    method: &'static str,
    /// With its parameters in the form of `:id`.
    path: String,
    requires_auth: bool,
    description: &'static str,
    /// A `curl` line.
    example: String,
    /// What it may answer.
    response: Value,
}

impl Endpoint {
    fn of(operation: &Operation) -> Self {
        let content = operation.replies.first().and_then(|reply| reply.content);
        Endpoint {
            method: operation.method,
            path: operation.path.replace('{', ":").replace('}', ""),
            requires_auth: operation.is_keyed,
            description: operation.summary,
            example: curl(operation),
            response: content.map_or(Value::Null, |content| content.example()),
        }
    }
}

fn curl(operation: &Operation) -> String {
    let mut url = format!("HOST{}", operation.path);
    let mut query = Vec::new();
    for parameter in operation.parameters {
        let Some(example) = parameter.example else {
            continue;
        };
        match parameter.place {
            Place::Path => url = url.replace(&format!("{{{}}}", parameter.name), example),
            Place::Query => query.push(format!("{}={example}", parameter.name)),
            Place::Header => {}
        }
    }
    if !query.is_empty() {
        url = format!("'{url}?{}'", query.join("&"));
    }
    let mut line = match operation.method {
        "GET" => format!("curl {url}"),
        method => format!("curl -X {method} {url}"),
    };
    if operation.is_keyed {
        line.push_str(" -H 'Authorization: Bearer KEY'");
    }
    if let Some(request) = &operation.request {
        line.push_str(" -H 'Content-Type: application/json'");
        if let Some(example) = request.example {
            line.push_str(&format!(" -d '{example}'"));
        }
    }
    line
}
