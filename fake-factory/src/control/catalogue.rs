//! The catalogue of what can be injected.

use crate::faults::inject::catalogue;
use axum::Json;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// What can be injected.
#[derive(Serialize, JsonSchema)]
pub(super) struct Catalogue {
    /// Every kind of fault.
    kinds: Vec<KindView>,
}

/// A kind of fault.
#[derive(Serialize, JsonSchema)]
struct KindView {
    /// The word for it below `inject`.
    kind: &'static str,
    /// What it does.
    sentence: &'static str,
    /// An `inject` of this kind.
    example: Value,
}

/// GET /control/catalogue.
pub(super) async fn show() -> Json<Catalogue> {
    let kinds = catalogue().iter().map(|info| KindView {
        kind: info.kind,
        sentence: info.sentence,
        example: info.example(),
    });
    Json(Catalogue {
        kinds: kinds.collect(),
    })
}
