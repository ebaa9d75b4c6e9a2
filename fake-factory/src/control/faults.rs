//! The faults of a factory: listed with how often each was asked and struck, added, changed, stopped and removed while it runs.

use super::problem::Problem;
use super::{Control, body};
use crate::clock::Elapsed;
use crate::faults::fault::Fault;
use crate::faults::plan::{End, FaultPlan};
use crate::faults::roster::AddError;
use crate::faults::schedule::Phase;
use crate::input::units::StartsAt;
use crate::kitchen::Kitchen;
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// The faults of a factory.
#[derive(Serialize, JsonSchema)]
pub(super) struct Listed {
    /// In the order in which they are asked.
    faults: Vec<FaultView>,
}

/// One fault.
#[derive(Serialize, JsonSchema)]
pub(super) struct FaultView {
    /// Its name: no two of a factory share one.
    name: Arc<str>,
    /// The word of the catalogue that says what it does.
    kind: &'static str,
    /// Where it is in its life.
    phase: PhaseView,
    /// Whether it touches requests just now: false before and after, and in the off part of a fault that flaps.
    touching: bool,
    /// The requests that it was about so far; of one that cuts the wire, connections.
    asked: u64,
    /// Those of them that it touched.
    injected: u64,
    /// When it starts, in seconds since the factory's start; null where that is not known yet.
    starts_at: Option<f64>,
    /// What ends it.
    ends: End,
    /// When it was over, in seconds since the factory's start; null until it is.
    ended_at: Option<f64>,
    /// The URL whose call ends it, while it waits for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    report_url: Option<String>,
    /// What was written of it.
    plan: FaultPlan,
}

/// Where a fault is in its life.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum PhaseView {
    /// Not started.
    Pending,
    /// Started, and nothing has ended it.
    Active,
    /// Its end was triggered, and it goes on for a while.
    Lingering,
    /// Over.
    Ended,
}

/// What was ended.
#[derive(Serialize, JsonSchema)]
pub(super) struct Stopped {
    /// How many faults, and how much chaos of vendors, had not ended yet.
    stopped: usize,
}

impl FaultView {
    fn of(fault: &Fault, kitchen: &Kitchen, now: Elapsed) -> Self {
        let phase = fault.phase(now);
        let ended = fault.over().filter(|_| phase == Phase::Ended);
        let report_url = || {
            let vendor = kitchen.vendors.first()?;
            Some(kitchen.reachable_report_url(&vendor.key, &fault.code))
        };
        FaultView {
            name: fault.name.clone(),
            kind: fault.info().kind,
            phase: PhaseView::from(phase),
            touching: fault.touching(now),
            asked: fault.asked(),
            injected: fault.injected(),
            starts_at: fault.starts().map(Elapsed::as_secs_f64),
            ends: (*fault.plan.ends).clone(),
            ended_at: ended.map(Elapsed::as_secs_f64),
            report_url: fault.awaits_report(now).then(report_url).flatten(),
            plan: fault.plan.clone(),
        }
    }
}

impl From<Phase> for PhaseView {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Pending => PhaseView::Pending,
            Phase::Active => PhaseView::Active,
            Phase::Lingering => PhaseView::Lingering,
            Phase::Ended => PhaseView::Ended,
        }
    }
}

/// All faults of a factory as they are at `now`.
pub(super) fn all(kitchen: &Kitchen, now: Elapsed) -> Vec<FaultView> {
    let faults = kitchen.faults.list();
    faults
        .iter()
        .map(|fault| FaultView::of(fault, kitchen, now))
        .collect()
}

/// The fault of this name as it is now.
fn named(kitchen: &Kitchen, name: &str) -> Result<Json<FaultView>, Problem> {
    let fault = kitchen.faults.find(name).ok_or_else(|| none(name))?;
    let now = kitchen.clock.elapsed();
    Ok(Json(FaultView::of(&fault, kitchen, now)))
}

fn none(name: &str) -> Problem {
    let message = format!("there is no fault `{}`", name.escape_debug());
    Problem::missing(message).help("`GET /control/faults` lists them")
}

fn not_added(error: &AddError) -> Problem {
    let message = error.to_string();
    match error {
        AddError::NameTaken(_) => Problem::conflict(message)
            .field("name")
            .help("choose another name, or change that fault: PUT /control/faults/{name}"),
        AddError::Full => {
            Problem::conflict(message).help("remove some: DELETE /control/faults/{name}")
        }
        AddError::FollowsNothing(_) => Problem::bad(message).field("follows"),
        AddError::Moment(_) => Problem::bad(message).field("starts"),
    }
}

/// Now, as the moment that a fault's own moments count from.
fn from_now(kitchen: &Kitchen) -> StartsAt {
    StartsAt::from(kitchen.clock.now())
}

/// The name in the path; a path without one is that of the fault called `stop`.
fn name_in(path: Option<Path<String>>) -> String {
    path.map_or_else(|| "stop".to_owned(), |Path(name)| name)
}

/// GET /control/faults.
pub(super) async fn list(State(control): State<Arc<Control>>) -> Json<Listed> {
    let now = control.kitchen.clock.elapsed();
    Json(Listed {
        faults: all(&control.kitchen, now),
    })
}

/// POST /control/faults.
pub(super) async fn add(
    State(control): State<Arc<Control>>,
    request: Request,
) -> Result<Response, Problem> {
    let kitchen = &control.kitchen;
    let now = from_now(kitchen);
    let plan = body::fault(request, None, &now).await?;
    let added = kitchen.add_fault(&plan, &now);
    let fault = added.map_err(|error| not_added(&error))?;
    let location = format!("/control/faults/{}", in_path(&fault.name));
    let view = FaultView::of(&fault, kitchen, kitchen.clock.elapsed());
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(view),
    )
        .into_response())
}

/// GET /control/faults/{name}.
pub(super) async fn show(
    State(control): State<Arc<Control>>,
    path: Option<Path<String>>,
) -> Result<Json<FaultView>, Problem> {
    named(&control.kitchen, &name_in(path))
}

/// PUT /control/faults/{name}.
pub(super) async fn replace(
    State(control): State<Arc<Control>>,
    path: Option<Path<String>>,
    request: Request,
) -> Result<Json<FaultView>, Problem> {
    let (kitchen, name) = (&control.kitchen, name_in(path));
    let now = from_now(kitchen);
    let plan = body::fault(request, Some(&name), &now).await?;
    if *plan.name != name {
        let shown = name.escape_debug();
        return Err(Problem::bad("this name is not the one in the path")
            .field("name")
            .help(format!("leave it out, or say `{shown}`")));
    }
    let replaced = kitchen.replace_fault(&plan, &now);
    let replaced = replaced.map_err(|error| not_added(&error))?;
    let fault = replaced.ok_or_else(|| none(&name))?;
    let now = kitchen.clock.elapsed();
    Ok(Json(FaultView::of(&fault, kitchen, now)))
}

/// POST /control/faults/{name}/stop.
pub(super) async fn stop(
    State(control): State<Arc<Control>>,
    Path(name): Path<String>,
) -> Result<Json<FaultView>, Problem> {
    let kitchen = &control.kitchen;
    let fault = kitchen.stop_fault(&name).ok_or_else(|| none(&name))?;
    let now = kitchen.clock.elapsed();
    Ok(Json(FaultView::of(&fault, kitchen, now)))
}

/// DELETE /control/faults/{name}.
pub(super) async fn remove(
    State(control): State<Arc<Control>>,
    path: Option<Path<String>>,
) -> Result<StatusCode, Problem> {
    let name = name_in(path);
    if control.kitchen.remove_fault(&name) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(none(&name))
    }
}

/// POST /control/faults/stop.
pub(super) async fn stop_all(State(control): State<Arc<Control>>) -> Json<Stopped> {
    Json(Stopped {
        stopped: control.kitchen.stop_everything(),
    })
}

/// `name` as a part of a path.
fn in_path(name: &str) -> String {
    let mut path = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_fits_into_a_path() {
        assert_eq!(in_path("bug-1.~_A"), "bug-1.~_A");
        assert_eq!(in_path("a/b ?\u{e9}"), "a%2Fb%20%3F%C3%A9");
    }
}
