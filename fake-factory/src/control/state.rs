//! The state of a factory at a glance; and the way back to a fresh one.

use super::Control;
use super::faults::{self, FaultView};
use crate::clock::{Elapsed, iso};
use crate::input::units::HumanDuration;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// A factory at one moment.
#[derive(Serialize, JsonSchema)]
pub(super) struct Glance {
    /// What it is called.
    name: String,
    /// Where its clients reach it.
    url: String,
    /// When it started, by its clock: ISO 8601, in UTC.
    started_at: String,
    /// What its clock shows.
    now: String,
    /// Seconds since its start.
    elapsed: f64,
    /// The seed of everything random, as text: JavaScript's numbers do not hold it.
    seed: String,
    /// What it signs with.
    algorithm: &'static str,
    /// Whether an order that comes again gets the pizza that was made.
    idempotent: bool,
    /// How long the oven takes to refuse an order of the wrong size.
    order_delay: HumanDuration,
    /// Whether an order sent now would meet no fault.
    ready: bool,
    /// What an order sent now would meet.
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_message: Option<String>,
    /// How many vendors there are.
    vendors: usize,
    /// What was made.
    orders: Orders,
    /// The faults, in the order in which they are asked.
    faults: Vec<FaultView>,
}

/// What was made.
#[derive(Serialize, JsonSchema)]
struct Orders {
    /// The orders of which at least one pizza was made.
    made: usize,
    /// The pizzas that were made.
    pizzas: u64,
    /// The orders of which more than one pizza was made.
    duplicated: usize,
}

/// GET /control/state.
pub(super) async fn show(State(control): State<Arc<Control>>) -> Json<Glance> {
    let (kitchen, about) = (&control.kitchen, &control.about);
    let now = kitchen.clock.elapsed();
    let in_the_way = kitchen.in_the_way_of_orders(now);
    let totals = kitchen.ledger().totals();
    let manners = kitchen.faults.manners();
    Json(Glance {
        name: about.name.clone(),
        url: format!("{}://{}", kitchen.scheme, kitchen.authority),
        started_at: iso(kitchen.clock.at(Elapsed::ZERO)),
        now: iso(kitchen.clock.at(now)),
        elapsed: now.as_secs_f64(),
        seed: about.seed.number().to_string(),
        algorithm: about.algorithm.name(),
        idempotent: manners.idempotent,
        order_delay: HumanDuration(manners.order_delay),
        ready: in_the_way.is_none(),
        ready_message: in_the_way,
        vendors: kitchen.vendors.all().len(),
        orders: Orders {
            made: totals.orders,
            pizzas: totals.pizzas,
            duplicated: totals.duplicated,
        },
        faults: faults::all(kitchen, now),
    })
}

/// POST /control/reset.
pub(super) async fn reset(State(control): State<Arc<Control>>) -> StatusCode {
    control.kitchen.reset();
    StatusCode::NO_CONTENT
}
