//! What the file holds of an order, as JSON. A change to these is a change of [`FORMAT`](super::file::FORMAT): an older factory must
//! refuse the file rather than lose what it does not know.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An order, written once when its first pizza is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderRecord {
    pub(crate) made_at: Timestamp,
    pub(crate) vendor: Arc<str>,
    pub(crate) order_id: Option<Arc<str>>,
    pub(crate) payload: Arc<str>,
    pub(crate) issued_at: i64,
    /// How many pizzas were made for it at first.
    pub(crate) count: u32,
    /// The names by which it is known again.
    pub(crate) names: Vec<String>,
}

/// What became of an order since: written again for each further pizza, without the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RepeatRecord {
    pub(crate) last_made_at: Timestamp,
    pub(crate) count: u32,
}
