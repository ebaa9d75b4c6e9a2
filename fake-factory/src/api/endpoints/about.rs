//! What the factory says of itself: `api/docs.rs`, `api/metrics.rs` and `api/health.rs`.

use crate::api::docs::Welcome;
use crate::openapi::{Content, Group, Operation, Reply};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(super) const GROUP: Group = Group {
    name: "about",
    description: "What the factory says of itself.",
    operations: &[
        Operation::get(
            "/api/docs",
            "docs",
            "The endpoints with an example each; any method will do",
        )
        .gives(&[Reply::new(
            200,
            "The endpoints.",
            Content::json::<Welcome>().such_as(
                r#"{"message":"welcome to JWT Pizza Factory","version":"VERSION","endpoints":[]}"#,
            ),
        )]),
        Operation::get("/openapi.json", "openapi", "This description").gives(&[Reply::new(
            200,
            "An OpenAPI 3.1 document.",
            Content::json::<Map<String, Value>>().such_as(r#"{"openapi":"3.1.1"}"#),
        )]),
        Operation::get(
            "/metrics",
            "metrics",
            "What the factory counts, for Prometheus",
        )
        .gives(&[Reply::new(
            200,
            "The metrics.",
            Content::text(&["text/plain"]),
        )]),
        Operation::get("/health", "health", "Whether the factory lives").gives(&[Reply::new(
            200,
            "It does.",
            Content::json::<Health>().such_as(r#"{"status":"ok"}"#),
        )]),
        Operation::get(
            "/ready",
            "ready",
            "Whether an order would be made: 503 while a fault would touch it",
        )
        .gives(&[
            Reply::new(
                200,
                "It would.",
                Content::json::<Health>().such_as(r#"{"status":"ready"}"#),
            ),
            Reply::new(
                503,
                "A fault, or a vendor's chaos, would touch it.",
                Content::json::<Health>()
                    .such_as(r#"{"status":"not ready","message":"orders meet a fault: lunch"}"#),
            ),
        ]),
    ],
};

/// How the factory is.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Health {
    status: Status,
    /// What stands in the way.
    message: Option<String>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Ready,
    #[serde(rename = "not ready")]
    NotReady,
}
