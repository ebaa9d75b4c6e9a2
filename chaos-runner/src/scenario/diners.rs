//! The `diners:` section: who orders what, when, and how long they wait. Only what a file says; `diners/` at the crate's root
//! makes traffic of it.

use super::money::Money;
pub use super::steady::Hour;
use fake_factory::input::Located;
use fake_factory::input::units::{HumanDuration, Moment, Rate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// A group of diners who order alike.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Diners {
    /// What the group is called in expectations and reports.
    pub name: Located<String>,
    /// When they order. Arrivals are open loop: nobody waits for another's pizza.
    pub arrivals: Located<Arrivals>,
    /// How long one waits for the answer before hanging up.
    #[serde(default = "default_patience")]
    pub patience: HumanDuration,
    /// What each of them orders.
    #[serde(default)]
    pub order: OrderTemplate,
    /// Whether these are synthetic orders that exist to be watched. They count for alerts, not for revenue nor for "diners".
    #[serde(default)]
    pub canary: bool,
}

fn default_patience() -> HumanDuration {
    HumanDuration(Duration::from_secs(30))
}

/// When a group's orders are placed.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Arrivals {
    /// Evenly spaced.
    Constant(Steady),
    /// At random, independent of each other, at a rate that stays the same.
    Poisson(Steady),
    /// At random, at a rate that changes evenly from one to another.
    Ramp(Ramp),
    /// At random, at a base rate with a peak.
    Burst(Burst),
    /// At exactly these moments.
    Replay(Vec<Located<Moment>>),
    /// At random, at a rate for each hour of the day in the zone of `starts_at`. Each entry holds from its hour until the next one.
    Daily(BTreeMap<Located<Hour>, Rate>),
}

/// A rate that stays the same, for the whole run or a part of it.
#[derive(Clone, Debug, Serialize)]
pub struct Steady {
    /// How many orders in how long.
    pub rate: Rate,
    /// When the first may come; the start of the run when it is left out.
    pub from: Option<Located<Moment>>,
    /// When no more come; the end of the run when it is left out.
    pub until: Option<Located<Moment>>,
}

/// A rate that changes evenly.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ramp {
    /// The rate at the beginning.
    pub from: Rate,
    /// The rate at the end, which then holds.
    pub to: Rate,
    /// How long the change takes, from the start of the run; all of it when it is left out.
    #[serde(default)]
    pub over: Option<HumanDuration>,
}

/// A base rate with a peak.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// The rate outside the peak.
    pub base: Rate,
    /// The rate within it.
    pub peak: Rate,
    /// When the peak begins.
    pub starts: Located<Moment>,
    /// How long it lasts.
    pub lasts: HumanDuration,
}

/// What a diner orders.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderTemplate {
    /// How many pizzas; more than 20, or none, is more than the oven takes.
    #[serde(default = "one_pizza")]
    pub pizzas: Located<u32>,
    /// The id of the store.
    #[serde(default = "first")]
    pub store: u64,
    /// The id of the franchise.
    #[serde(default = "first")]
    pub franchise: u64,
    /// What one pizza costs.
    #[serde(default = "Money::default_price")]
    pub price: Money,
}

impl Default for OrderTemplate {
    fn default() -> Self {
        OrderTemplate {
            pizzas: one_pizza(),
            store: first(),
            franchise: first(),
            price: Money::default_price(),
        }
    }
}

fn one_pizza() -> Located<u32> {
    Located::unknown(1)
}

fn first() -> u64 {
    1
}
