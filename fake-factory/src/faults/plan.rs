//! What a scenario file says about a factory and its faults: the types of a `factories:` entry. They hold what was written, each
//! word with its place; what is active when is `schedule`'s business, and what a fault does that of its own file.

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
    /// The ways in which it breaks. Several may be active at once; the first one listed that gives an answer gives the answer.
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
    #[serde(default = "default_starts")]
    pub starts: Located<Moment>,
    /// What ends it.
    #[serde(default = "default_ends")]
    pub ends: Located<End>,
    /// How long it goes on once its end was triggered.
    #[serde(default)]
    pub lingers: HumanDuration,
    /// The share of the matching requests that it touches. Which ones depends on the seed and the request's number alone.
    #[serde(default = "whole")]
    pub requests: Located<Share>,
    /// Which requests it may touch.
    #[serde(default, rename = "match")]
    pub matches: Match,
    /// What it does to them.
    pub inject: Located<Inject>,
}

fn default_starts() -> Located<Moment> {
    Located::unknown(Moment::Offset(Duration::ZERO))
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
}

/// Which requests a fault may touch. The support route, which the report URL calls, is touched by wire faults alone.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// The method, in capitals; `*` for any.
    #[serde(default = "post")]
    pub method: Located<String>,
    /// The path; one that ends in `*` stands for all that begin so.
    #[serde(default = "order_path")]
    pub path: Located<String>,
}

impl Default for Match {
    fn default() -> Self {
        Match {
            method: post(),
            path: order_path(),
        }
    }
}

fn post() -> Located<String> {
    Located::unknown("POST".to_owned())
}

fn order_path() -> Located<String> {
    Located::unknown("/api/order".to_owned())
}

/// What a fault does. One word each, with what it needs below it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Inject {
    /// Answers with a status in place of a pizza.
    Status(Status),
    /// Answers late.
    Latency(Latency),
    /// Does not answer at all: a wire fault, which cuts every route.
    Outage(Outage),
    /// Answers 200 with a JWT that does not verify.
    BadJwt(BadJwt),
    /// Answers 200 with a body that is no JSON.
    MalformedBody(MalformedBody),
    /// Makes the pizza, then loses the reply: the connection breaks before it is sent.
    MadeButNotTold(MadeButNotTold),
}

impl Inject {
    /// Whether it cuts the wire and with it every route, the support route too.
    #[must_use]
    pub fn is_wire(&self) -> bool {
        matches!(self, Inject::Outage(_))
    }

    /// Whether its replies carry the report URL.
    #[must_use]
    pub fn tells_report_url(&self) -> bool {
        match self {
            Inject::Status(status) => status.report_url,
            Inject::Latency(latency) => latency.report_url,
            Inject::BadJwt(bad) => bad.report_url,
            Inject::Outage(_) | Inject::MalformedBody(_) | Inject::MadeButNotTold(_) => false,
        }
    }

    /// The word that names the kind in a file.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Inject::Status(_) => "status",
            Inject::Latency(_) => "latency",
            Inject::Outage(_) => "outage",
            Inject::BadJwt(_) => "bad_jwt",
            Inject::MalformedBody(_) => "malformed_body",
            Inject::MadeButNotTold(_) => "made_but_not_told",
        }
    }
}

/// An answer with a status in place of a pizza.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// The status code, 200 to 599.
    pub code: Located<u16>,
    /// The `message` of the JSON body. The code's own phrase when it is left out.
    #[serde(default)]
    pub message: Option<String>,
    /// A body to send in place of `{"message": …}`, as it is, for instance the HTML page of a wrong host.
    #[serde(default)]
    pub body: Option<String>,
    /// The content type of `body`.
    #[serde(default)]
    pub content_type: Option<Located<String>>,
    /// Whether the body carries `reportUrl`.
    #[serde(default)]
    pub report_url: bool,
    /// A `Retry-After` header, in whole seconds.
    #[serde(default)]
    pub retry_after: Option<HumanDuration>,
}

/// A late answer: exactly one of the distributions.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// Always the same.
    #[serde(default)]
    pub fixed: Option<HumanDuration>,
    /// Anything between two bounds, each as likely.
    #[serde(default)]
    pub uniform: Option<Uniform>,
    /// A bell curve; a draw below zero is no delay.
    #[serde(default)]
    pub normal: Option<Normal>,
    /// A long tail.
    #[serde(default)]
    pub pareto: Option<Pareto>,
    /// Whether the reply, when it comes, carries `reportUrl`, as under the real factory's throttle.
    #[serde(default)]
    pub report_url: bool,
}

/// Bounds of a uniform latency.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Uniform {
    /// The least delay.
    pub min: Located<HumanDuration>,
    /// The greatest delay.
    pub max: Located<HumanDuration>,
}

/// A normal latency.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Normal {
    /// The mean delay.
    pub mean: HumanDuration,
    /// The standard deviation.
    pub deviation: HumanDuration,
}

/// A Pareto latency: `scale` at least, with a tail that is the longer the smaller `shape` is.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pareto {
    /// The least delay.
    pub scale: Located<HumanDuration>,
    /// The tail index, above 0.
    pub shape: Located<f64>,
    /// The greatest delay; a longer draw is cut to it.
    #[serde(default)]
    pub at_most: Option<HumanDuration>,
}

/// How the wire fails.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Outage {
    /// Connections are refused.
    Refused,
    /// Connections are accepted and reset.
    Reset,
    /// Connections are accepted and never answered.
    Hang,
}

/// A JWT that does not verify.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BadJwt {
    /// Whether the reply carries `reportUrl`.
    #[serde(default)]
    pub report_url: bool,
}

/// A body that is no JSON.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MalformedBody {
    /// The bytes to send; a JSON object cut in the middle when it is left out.
    #[serde(default)]
    pub body: Option<String>,
}

/// A pizza that is made and a reply that is lost.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MadeButNotTold {
    /// How the reply is lost.
    #[serde(default)]
    pub reply: LostReply,
}

/// How a reply is lost.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum LostReply {
    /// The connection is reset.
    #[default]
    Reset,
    /// The connection stays open and silent.
    Hang,
}
