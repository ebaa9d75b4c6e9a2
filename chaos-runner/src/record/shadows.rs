//! When alerts would have fired had the ticks fallen elsewhere: the same rules over the same run, scraped and evaluated at other
//! moments beside it.

use super::PhaseRecord;
use fake_factory::clock::Elapsed;
use serde::{Deserialize, Serialize};

/// What the rules made of the run with their ticks at another phase.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ShadowRecord {
    /// Where the ticks fell.
    pub phase: PhaseRecord,
    /// From when on it watched.
    pub from: Elapsed,
    /// Until when: the end of the run, unless all that it was to tell had happened, or it had watched for long enough.
    pub until: Elapsed,
    /// Every alert that fired, of those that an expectation gives a time to, in the order in which they did.
    pub firings: Vec<FiringRecord>,
}

/// An alert that fired at another phase.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct FiringRecord {
    /// The alert's name.
    pub alert: String,
    /// When it fired.
    pub firing_at: Elapsed,
    /// When it was resolved, if that was seen.
    pub resolved_at: Option<Elapsed>,
}
