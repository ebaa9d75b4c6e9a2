//! What a scenario file says about a factory and its faults: the types of a `factories:` entry. They hold what was written, each
//! word with its place; what is active when is `schedule`'s business, and what a fault does that of its kind.

use super::inject::Inject;
use super::matching::Match;
use crate::input::Located;
use crate::input::units::{HumanDuration, Moment, Share};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One factory: how it behaves when all is well, and how it breaks.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactoryPlan {
    /// Whether an order that was made is returned, not made again, when its id or `Idempotency-Key` comes a second time.
    #[serde(default)]
    pub idempotent: bool,
    /// How long the oven takes to refuse an order of no items or of more than 20. The real factory takes 32 s.
    #[serde(default = "default_order_delay")]
    pub order_delay: HumanDuration,
    /// The ways in which it breaks. Several may be active at once: what they do to one request adds up, in a documented order.
    #[serde(default)]
    pub faults: Vec<FaultPlan>,
}

impl Default for FactoryPlan {
    fn default() -> Self {
        FactoryPlan {
            idempotent: false,
            order_delay: default_order_delay(),
            faults: Vec::new(),
        }
    }
}

impl FactoryPlan {
    /// What it says besides its faults, but for what stands whatever a scenario says.
    pub(crate) fn manners(&self, insisted: &Insisted) -> Manners {
        Manners {
            idempotent: self.idempotent || insisted.idempotent,
            order_delay: insisted.order_delay.unwrap_or(self.order_delay.0),
        }
    }
}

/// What stands whatever a scenario says of its factory: the one that it starts with, and any that is loaded later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Insisted {
    /// Whether it is idempotent even where a scenario's is not.
    pub idempotent: bool,
    /// Its `order_delay`, in place of a scenario's.
    pub order_delay: Option<Duration>,
}

/// How a factory behaves where nothing is wrong. It changes with the faults, in one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manners {
    pub(crate) idempotent: bool,
    pub(crate) order_delay: Duration,
}

fn default_order_delay() -> HumanDuration {
    HumanDuration(Duration::from_secs(32))
}

/// One fault: what breaks, for which requests, from when until when.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultPlan {
    /// What the fault is called in expectations, events and reports. No two of a scenario share a name.
    pub name: Located<String>,
    /// When it starts: a clock time, or an offset from the start of the run.
    #[serde(default = "default_starts", skip_serializing_if = "is_at_once")]
    pub starts: Located<Moment>,
    /// Starts it, in place of `starts`, when this other fault of the factory, listed before it, is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Located<String>>,
    /// What ends it.
    #[serde(default = "default_ends")]
    pub ends: Located<End>,
    /// How long it goes on once its end was triggered.
    #[serde(default)]
    pub lingers: HumanDuration,
    /// Makes it flap: on and off in turn, from its start to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// The share of the matching requests that it touches. Which ones depends on the seed and the request's number alone.
    #[serde(default = "whole", skip_serializing_if = "is_whole")]
    pub requests: Located<Share>,
    /// Touches every n-th of the matching requests, in place of a share of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Located<u64>>,
    /// Which requests it may touch.
    #[serde(default, rename = "match")]
    pub matches: Match,
    /// What it does to them.
    pub inject: Located<Inject>,
}

fn default_starts() -> Located<Moment> {
    Located::unknown(Moment::Offset(Duration::ZERO))
}

/// What need not be said is left out, as it may not be said beside what stands in its place.
fn is_at_once(starts: &Located<Moment>) -> bool {
    *starts == default_starts()
}

fn is_whole(share: &Located<Share>) -> bool {
    *share == whole()
}

fn default_ends() -> Located<End> {
    Located::unknown(End::Never)
}

fn whole() -> Located<Share> {
    Located::unknown(Share(1.0))
}

/// What ends a fault.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// A call of its report URL.
    OnReport,
    /// Somebody who mends it: a responder or an event.
    Mended,
    /// Nothing: it goes on to the end of the run.
    Never,
    /// This long after its start.
    After(HumanDuration),
    /// At this moment.
    At(Moment),
    /// Once it has touched this many requests.
    AfterRequests(u64),
}

/// How a fault flaps: it begins with its start, on.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// How long it is on at a time.
    pub on: Located<HumanDuration>,
    /// How long it is off in between.
    pub off: Located<HumanDuration>,
}
