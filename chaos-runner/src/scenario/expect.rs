//! The `expect:` and `steady_state:` sections: what must be true of a run. `verdict/` holds a record against them; an
//! expectation here is only what a file says.

use super::money::Money;
use super::threshold::Threshold;
use fake_factory::input::Located;
use fake_factory::input::units::{Bound, HumanDuration, Moment, Share};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What must hold before the first fault for the run to mean anything.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SteadyState {
    /// The share of orders that must be fulfilled.
    #[serde(default = "default_fulfilled")]
    pub fulfilled: Share,
    /// How many orders there must be; 0 for a night without any.
    #[serde(default = "one")]
    pub orders_at_least: u64,
}

impl Default for SteadyState {
    fn default() -> Self {
        SteadyState {
            fulfilled: default_fulfilled(),
            orders_at_least: one(),
        }
    }
}

fn default_fulfilled() -> Share {
    Share(0.99)
}

fn one() -> u64 {
    1
}

/// One thing that must be true of a run.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expectation {
    /// An alert tells, and in time.
    Alert(AlertExpectation),
    /// An alert stays inactive or pending: it never fires.
    Silent(Silent),
    /// No alert fires.
    NoAlerts,
    /// No alert fires but those that another expectation names.
    NoOtherAlerts,
    /// Something happens at a moment.
    At(At),
    /// One thing happens before another.
    Before(Before),
    /// How many orders met which fate.
    Orders(Orders),
    /// The share of orders that were fulfilled or are kept.
    Served(Served),
    /// Orders succeed again after the fault.
    Recovery(Recovery),
    /// The queue is empty again after the fault.
    QueueDrained(Within),
    /// How long diners wait for their answer.
    Latency(Latency),
    /// The money that was taken.
    Revenue(Revenue),
    /// How much of an error budget the run burns.
    Slo(Slo),
    /// Anything that can be asked of the series.
    Promql(Promql),
}

/// An alert that must fire, be delivered and resolve in time. At least one of the times is given.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertExpectation {
    /// The alert's name.
    pub name: Located<String>,
    /// It fires within this time.
    #[serde(default)]
    pub fires_within: Option<HumanDuration>,
    /// A page of it reaches a person within this time.
    #[serde(default)]
    pub pages_within: Option<HumanDuration>,
    /// It resolves within this time of the fault's end.
    #[serde(default)]
    pub resolves_within: Option<HumanDuration>,
    /// The fault whose start and end are counted from; the first one when it is left out.
    #[serde(default)]
    pub of: Option<Located<String>>,
    /// What `fires_within` and `pages_within` are counted from, in place of the fault's start.
    #[serde(default)]
    pub since: Option<Since>,
}

/// What a time is counted from, in place of the start of a fault.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// The first failed order or probe after the fault's start: an order that no factory made at once, so that its diner was told
    /// an error, a no or to wait, counts from when it was placed. Where nothing failed, the fault's start itself.
    FirstFailure,
}

/// An alert that must not fire.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Silent {
    /// The alert's name.
    pub alert: Located<String>,
}

/// Something that happens at a moment.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct At {
    /// What happens; the first time counts.
    pub what: Located<Happening>,
    /// When: a clock time, or an offset from the start of the first fault or of the one named by `of`.
    pub time: Located<Moment>,
    /// How far off it may be, either way.
    pub within: HumanDuration,
    /// The fault whose start an offset is counted from; the first one when it is left out.
    #[serde(default)]
    pub of: Option<Located<String>>,
    /// What an offset is counted from, in place of the fault's start.
    #[serde(default)]
    pub since: Option<Since>,
}

/// One thing that happens before another. The first must happen; where the second never does, the first came before it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Before {
    /// What comes first.
    pub first: Located<Happening>,
    /// What comes after it.
    pub then: Located<Happening>,
}

/// Something that happens in a run, the first time that it does.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// An alert becomes pending.
    Pending(Located<String>),
    /// An alert fires.
    Firing(Located<String>),
    /// An alert that fired is resolved.
    Resolved(Located<String>),
    /// A page reaches a responder.
    Paged(Located<String>),
    /// A responder acknowledges.
    Acknowledged(Located<String>),
    /// A responder, or the service by itself (`order_service`), calls a report URL.
    Reported(Located<String>),
    /// A fault ends.
    Ended(Located<String>),
    /// A diner's order fails for the first time.
    FirstFailedOrder,
    /// Orders succeed again: the first order fulfilled that was placed after the last one that was not.
    Recovered,
    /// The queue is empty again after it held something.
    QueueDrained,
}

/// How many orders met which fate.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Orders {
    /// Whose: `diners` (all but canaries, the default), `canaries`, `all`, or a group's name.
    #[serde(default)]
    pub of: Option<Located<String>>,
    /// Placed when.
    #[serde(default)]
    pub during: Option<Located<During>>,
    /// How many were placed.
    #[serde(default)]
    pub placed: Option<Bound>,
    /// A JWT that verifies, for that order.
    #[serde(default)]
    pub fulfilled: Option<Bound>,
    /// Accepted and still waiting at the end of the run.
    #[serde(default)]
    pub queued: Option<Bound>,
    /// A deliberate no, nothing made.
    #[serde(default)]
    pub refused: Option<Bound>,
    /// An error or a hang-up, nothing made.
    #[serde(default)]
    pub failed: Option<Bound>,
    /// Accepted, not waiting, never made.
    #[serde(default)]
    pub lost: Option<Bound>,
    /// Made more than once.
    #[serde(default)]
    pub duplicated: Option<Bound>,
    /// Told an error or nothing, yet a pizza was made.
    #[serde(default)]
    pub in_doubt: Option<Bound>,
}

/// The share of diners' orders that were fulfilled or are kept in the queue.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Served {
    /// The least share.
    pub share: Located<Share>,
    /// Placed when.
    #[serde(default)]
    pub during: Option<Located<During>>,
}

/// Orders succeed again after the fault: the share of those placed later than `within` after its end.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// The least share of orders fulfilled from then on.
    pub success: Located<Share>,
    /// How long after the fault's end.
    pub within: HumanDuration,
    /// The fault whose end is counted from; the last one to end when it is left out.
    #[serde(default)]
    pub of: Option<Located<String>>,
}

/// Something within a time of the fault's end.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Within {
    /// How long after the fault's end.
    pub within: HumanDuration,
    /// The fault whose end is counted from; the last one to end when it is left out.
    #[serde(default)]
    pub of: Option<Located<String>>,
}

/// How long diners wait for their answer, whatever it is.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// The quantile, between 0 and 1: `0.99`, `99%`.
    pub quantile: Located<Share>,
    /// The longest that it may be.
    pub at_most: HumanDuration,
    /// Placed when.
    #[serde(default)]
    pub during: Option<Located<During>>,
}

/// The money that was taken for diners' pizzas that were made.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Revenue {
    /// Taken when.
    #[serde(default)]
    pub during: Option<Located<During>>,
    /// The most that it may be.
    #[serde(default)]
    pub at_most: Option<Money>,
    /// The least that it must be.
    #[serde(default)]
    pub at_least: Option<Money>,
}

/// How much of an error budget the run burns.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Slo {
    /// The share of orders that must be served.
    pub objective: Located<Share>,
    /// The time that the budget is for, as in `30d`.
    pub over: HumanDuration,
    /// The share of the budget that the run may burn.
    pub burns_at_most: Share,
}

/// Anything that can be asked of the series: each value of the expression passes the test. No value passes none.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Promql {
    /// The expression.
    pub expr: Located<String>,
    /// Asked at this moment, counted as `at`'s is. Either this or `during`.
    #[serde(default)]
    pub at: Option<Located<Moment>>,
    /// Asked at every evaluation in this time.
    #[serde(default)]
    pub during: Option<Located<During>>,
    /// The test, as in `== 0`.
    pub is: Threshold,
}

/// A part of the run. Written as one of the words, as a fault's name, or as `{ from, to }`.
#[derive(Clone, Debug, PartialEq)]
pub enum During {
    /// All of it.
    Run,
    /// Before the first fault; all of it where there is none.
    SteadyState,
    /// From the start of the first fault to the end of the last one.
    Faults,
    /// From the end of the last fault on.
    Recovery,
    /// From the start of a fault to its end.
    Fault(String),
    /// Between two moments: clock times, or offsets from the start of the first fault.
    Between {
        /// From this moment on.
        from: Moment,
        /// Up to this one; the end of the run when it is left out.
        to: Option<Moment>,
    },
}
