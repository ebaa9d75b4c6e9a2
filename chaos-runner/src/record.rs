//! The run record: everything that happened in one run, in order, serialisable. It carries its scenario and rule files, so that a
//! saved run can be judged and drawn again without running it again. It holds facts only; what they mean is `verdict`'s business.

pub mod alerts;
pub mod faults;
mod number;
pub mod orders;
pub mod shadows;

use crate::record::alerts::{AlertRecord, PageRecord, RuleRecord, WatchRecord};
use crate::record::faults::{ActRecord, FaultRecord, ProbeRecord};
use crate::record::orders::OrderRecord;
use crate::record::shadows::ShadowRecord;
use fake_factory::clock::Elapsed;
use serde::{Deserialize, Serialize};

/// The version of the record's own format.
pub const FORMAT: u32 = 1;

/// Everything that happened in one run. All times count from its start and are written in seconds.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The version of this format.
    pub format: u32,
    /// The scenario, as it was written.
    pub scenario: SourceRecord,
    /// The rule files and the Alertmanager configuration that it names, as they were written.
    pub rule_files: Vec<SourceRecord>,
    /// The seed that was used.
    pub seed: u64,
    /// The clock that it ran on.
    pub clock: ClockKind,
    /// How long the run went on.
    pub ended_at: Elapsed,
    /// The first scrape and the first evaluation, as drawn or as the scenario fixes them.
    pub phase: PhaseRecord,
    /// Every order, in the order in which they were placed.
    pub orders: Vec<OrderRecord>,
    /// Every fault, in the order of the file.
    pub faults: Vec<FaultRecord>,
    /// Every alerting rule and how its value went.
    pub rules: Vec<RuleRecord>,
    /// Every alert that became pending, in the order in which they did.
    pub alerts: Vec<AlertRecord>,
    /// When alerts would have fired at other phases; none where the scenario fixes the phase, or gives no alert a time, or on the
    /// real clock.
    #[serde(default)]
    pub shadows: Vec<ShadowRecord>,
    /// Every page that reached a channel, in the order of arrival.
    pub pages: Vec<PageRecord>,
    /// What responders, events and the service did about the faults.
    pub acts: Vec<ActRecord>,
    /// The health probes that failed after one that did not, and the other way round.
    pub probes: Vec<ProbeRecord>,
    /// The queue's depth, whenever it changed.
    pub queue: Vec<Gauge>,
    /// What the expressions of `promql` expectations gave.
    pub watches: Vec<WatchRecord>,
    /// What went wrong in the machinery without stopping it, as a rule that could not be evaluated.
    pub warnings: Vec<WarningRecord>,
    /// How late the traffic generator was at the worst.
    pub generator_behind_max: Elapsed,
}

/// A file as it was written.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRecord {
    /// Its path, as it was named.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The clock of a run.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// Virtual time.
    Simulated,
    /// The real clock.
    Live,
}

/// Where the ticks fell.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct PhaseRecord {
    /// The first scrape.
    pub scrape: Elapsed,
    /// The first evaluation of what has no phase of its own.
    pub evaluation: Elapsed,
    /// The first evaluation of each group of rules, in the order of the files.
    #[serde(default)]
    pub groups: Vec<Elapsed>,
}

/// A number that changed.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Gauge {
    /// When.
    pub at: Elapsed,
    /// To what. What JSON has no number for is written as Prometheus does: `"NaN"`, `"+Inf"`, `"-Inf"`.
    #[serde(with = "number")]
    pub value: f64,
}

/// Something that went wrong in the machinery.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct WarningRecord {
    /// When.
    pub at: Elapsed,
    /// What.
    pub message: String,
}
