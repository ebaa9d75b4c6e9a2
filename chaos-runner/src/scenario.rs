//! What a scenario file says: parse, check, schema. One file a section, each holding what was written with its place; a scenario
//! that came through `load` is sound: every name it uses exists and every number makes sense. It knows nothing of how one is run.

mod check;
pub mod diners;
pub mod discover;
mod during;
pub mod expect;
mod grafana_file;
pub mod load;
pub mod money;
pub mod monitoring;
pub mod one_or_more;
pub mod order_service;
pub mod people;
pub mod receivers;
pub mod schema;
pub mod steady;
pub mod threshold;

use fake_factory::faults::plan::FactoryPlan;
use fake_factory::input::Located;
use fake_factory::input::units::{HumanDuration, StartsAt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An incident, or a calm day, as a test: who orders, what breaks, who watches, and what must be true in the end.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The version of the format: 1.
    pub version: Located<u32>,
    /// What the scenario is called, in reports and by `--filter`. No two of a run share a name.
    pub name: Located<String>,
    /// One line that says what it is about.
    #[serde(default)]
    pub title: Option<String>,
    /// What the clock on the wall shows at the start of the run, with its zone.
    pub starts_at: Located<StartsAt>,
    /// How long the run takes.
    pub duration: Located<HumanDuration>,
    /// What every random draw of the run follows from.
    #[serde(default)]
    pub seed: u64,
    /// Who orders.
    #[serde(default)]
    pub diners: Vec<Diners>,
    /// The factories, by name.
    pub factories: BTreeMap<Located<String>, FactoryPlan>,
    /// The service that takes the orders.
    pub order_service: OrderService,
    /// How the run is watched.
    #[serde(default)]
    pub monitoring: Monitoring,
    /// The people who are paged.
    #[serde(default)]
    pub responders: Vec<Responder>,
    /// What else happens.
    #[serde(default)]
    pub events: Vec<ScheduledEvent>,
    /// What must hold before the first fault.
    #[serde(default)]
    pub steady_state: SteadyState,
    /// What must be true of the run.
    #[serde(default)]
    pub expect: Vec<Located<Expectation>>,
}

pub use diners::Diners;
pub use expect::{Expectation, SteadyState};
pub use monitoring::Monitoring;
pub use order_service::OrderService;
pub use people::{Responder, ScheduledEvent};
