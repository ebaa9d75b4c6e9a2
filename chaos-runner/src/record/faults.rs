//! Faults in the record: when each was active, how many requests it touched, and what people and services did about it.

use fake_factory::clock::Elapsed;
use serde::{Deserialize, Serialize};

/// One fault.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRecord {
    /// Its name.
    pub name: String,
    /// The factory that it broke.
    pub factory: String,
    /// When it started; none when the run ended before.
    pub started_at: Option<Elapsed>,
    /// When its end was triggered.
    pub end_triggered_at: Option<Elapsed>,
    /// When it ended; none when it went on to the end of the run.
    pub ended_at: Option<Elapsed>,
    /// How many requests it was asked to touch.
    pub asked: u64,
    /// How many it did.
    pub injected: u64,
}

/// Something that somebody did.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ActRecord {
    /// When.
    pub at: Elapsed,
    /// Who: a responder, `order_service` or `event`.
    pub who: String,
    /// What.
    pub act: Act,
}

/// What somebody did.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A page reached them.
    Paged {
        /// By which channel.
        channel: String,
    },
    /// They saw it by themselves.
    Noticed,
    /// They said that they are on it.
    Acknowledged,
    /// They called the report URL of a fault.
    Reported {
        /// The factory whose URL it was.
        factory: String,
        /// Whether the factory said that the problem is resolved.
        resolved: bool,
    },
    /// They got a fault mended.
    Mended {
        /// The fault.
        fault: String,
    },
    /// The order service was restarted.
    Restarted,
    /// Scrapes were skipped.
    SkippedScrapes {
        /// How many.
        count: u32,
    },
}

/// A health probe whose answer differs from the one before.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeRecord {
    /// When.
    pub at: Elapsed,
    /// The factory that was asked.
    pub factory: String,
    /// Whether it is ready.
    pub ready: bool,
}
