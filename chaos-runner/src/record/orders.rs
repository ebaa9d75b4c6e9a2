//! Orders in the record: for each one what the diner asked for and was told, what the service believes, and what the kitchen
//! made. The fate of an order is drawn from these three, by `fate`.

use crate::scenario::money::Money;
use fake_factory::clock::Elapsed;
use serde::{Deserialize, Serialize};

/// One order, as three ledgers have it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OrderRecord {
    /// What the order is called through all ledgers: the group's name and a number, as in `lunch-17`.
    pub reference: String,
    /// The group of diners that placed it.
    pub group: String,
    /// Whether it is synthetic.
    pub canary: bool,
    /// How many pizzas.
    pub pizzas: u32,
    /// What they cost together.
    pub price: Money,
    /// When it was meant to be placed; its latency is counted from here.
    pub placed_at: Elapsed,
    /// When the diner was answered, or hung up.
    pub answered_at: Option<Elapsed>,
    /// What the diner was told.
    pub told: Told,
    /// What the service believes at the end of the run.
    pub believed: Believed,
    /// When the kitchens made it, every time.
    pub made_at: Vec<Elapsed>,
    /// When the order's pizza first existed and was in the right hands: the diner's, or the service's for an order it had
    /// accepted into its queue.
    pub fulfilled_at: Option<Elapsed>,
    /// What became of it, by [`OrderRecord::fate`].
    pub fate: Fate,
}

/// What a diner was told.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// Here is a pizza, and its JWT verifies for this order.
    Pizza,
    /// Here is a pizza, but its JWT is missing or does not verify for this order.
    BadPizza,
    /// The order is accepted and waits.
    Accepted,
    /// A deliberate no: a status below 500, or a 503 that says so.
    Refused {
        /// The status.
        status: u16,
        /// What the body said.
        message: String,
    },
    /// An error.
    Error {
        /// The status; none when the connection broke.
        status: Option<u16>,
        /// What the body or the connection said.
        message: String,
    },
    /// Nothing: the diner's patience ended.
    HungUp,
    /// Nothing: the run ended.
    Nothing,
}

/// What the service believes of an order.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Believed {
    /// The service never heard of it, or does not remember it.
    Unknown,
    /// It is being worked on.
    Open,
    /// A factory made it.
    Fulfilled,
    /// It waits in the queue.
    Queued,
    /// It was refused.
    Refused,
    /// It failed.
    Failed,
}

/// What became of an order. Every order has exactly one fate.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// A JWT that verifies, for that order: in the diner's hands, or made for an order that was accepted.
    Fulfilled,
    /// Accepted, still waiting.
    Queued,
    /// A deliberate no, nothing made.
    Refused,
    /// An error or a hang-up, nothing made.
    Failed,
    /// Accepted, not waiting, never made.
    Lost,
    /// Told an error or nothing, yet a pizza was made.
    InDoubt,
}

impl OrderRecord {
    /// The fate that follows from the three ledgers.
    #[must_use]
    pub fn fate(told: &Told, believed: Believed, made: usize) -> Fate {
        let is_made = made > 0;
        match told {
            Told::Pizza => Fate::Fulfilled,
            Told::Accepted if is_made => Fate::Fulfilled,
            Told::Accepted if believed == Believed::Queued => Fate::Queued,
            Told::Accepted | Told::BadPizza if !is_made => Fate::Lost,
            _ if is_made => Fate::InDoubt,
            Told::Refused { .. } => Fate::Refused,
            _ if believed == Believed::Queued => Fate::Queued,
            _ => Fate::Failed,
        }
    }

    /// Whether it was made more than once.
    #[must_use]
    pub fn is_duplicated(&self) -> bool {
        self.made_at.len() > 1
    }
}
