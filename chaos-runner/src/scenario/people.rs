//! The `responders:` and `events:` sections: the people who are paged and what they do, and what else happens in a run.

use fake_factory::input::Located;
use fake_factory::input::units::{HumanDuration, Moment};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Someone who responds. Each step is counted from the one before it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Responder {
    /// What they are called in expectations and reports.
    pub name: Located<String>,
    /// The channel that pages them. Either this or `notices`.
    #[serde(default)]
    pub paged_by: Option<Located<String>>,
    /// When they look at a dashboard and see it by themselves.
    #[serde(default)]
    pub notices: Option<Located<Moment>>,
    /// They say that they are on it.
    #[serde(default)]
    pub acknowledges: Option<Step>,
    /// They call the report URL of every fault that gave one.
    #[serde(default)]
    pub reports: Option<Located<Step>>,
    /// They get a fault mended.
    #[serde(default)]
    pub mends: Option<Mends>,
}

/// How long after the step before.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// How long after the step before.
    pub after: HumanDuration,
}

/// Gets a fault mended.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mends {
    /// How long after the step before.
    pub after: HumanDuration,
    /// Which fault; it must end `mended`.
    pub fault: Located<String>,
}

/// Something that happens at a moment: exactly one of the things below.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduledEvent {
    /// When.
    pub at: Located<Moment>,
    /// Restarts a process: its counters begin anew, and what it held in memory alone is gone.
    #[serde(default)]
    pub restart: Option<Restartable>,
    /// Misses this many scrapes.
    #[serde(default)]
    pub skip_scrapes: Option<Located<u32>>,
    /// Mends a fault; it must end `mended`.
    #[serde(default)]
    pub mend: Option<Located<String>>,
}

/// What can be restarted.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Restartable {
    /// The order service.
    OrderService,
}
