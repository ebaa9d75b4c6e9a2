//! What a scenario says of its factory in the place of all that was said of this one, in one step.

use super::faults::{self, FaultView};
use super::problem::Problem;
use super::query::Params;
use super::{Control, body};
use crate::input::Places;
use crate::scenario;
use axum::Json;
use axum::extract::{Request, State};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// What a scenario may be sent as.
pub(super) const TYPES: &[&str] = &[
    "application/yaml",
    "application/json",
    "text/yaml",
    "text/plain",
];

/// The factory of a scenario that this one follows now.
#[derive(Serialize, JsonSchema)]
pub(super) struct Loaded {
    /// What it is called in the scenario.
    factory: String,
    /// Its faults.
    faults: Vec<FaultView>,
}

/// PUT /control/scenario. The scenario's run starts now; what was said when the program was started still stands.
pub(super) async fn load(
    State(control): State<Arc<Control>>,
    request: Request,
) -> Result<Json<Loaded>, Problem> {
    let params = Params::of(request.uri(), &["factory"])?;
    let source = body::text(request, TYPES).await?;
    let chosen = scenario::choose(&source, params.text("factory"), "`?factory=`")
        .map_err(|diagnostics| Problem::found(&diagnostics, &Places::of(&source)))?;
    let kitchen = &control.kitchen;
    kitchen
        .follow_plan(&chosen.plan, &chosen.starts_at)
        .map_err(|error| Problem::bad(error.to_string()))?;
    Ok(Json(Loaded {
        factory: chosen.name,
        faults: faults::all(kitchen, kitchen.clock.elapsed()),
    }))
}
