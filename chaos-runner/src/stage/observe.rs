//! Looking on while a run is played, for those who ask more of it than its record tells: what is behind each evaluation of a rule,
//! and which series there were. An observer changes nothing.

use crate::alerting::evaluate::{Engine, RuleOutcome};
use fake_factory::clock::Elapsed;
use logql::LogStore;
use promql::{SeriesStore, TimeMs};
use std::sync::{Arc, Mutex};

/// Looks on.
pub trait Observer: Send {
    /// A rule was evaluated.
    fn evaluated(&mut self, evaluation: &Evaluated<'_>);

    /// The run ended, and this is all that there was.
    fn ended(&mut self, series: &SeriesStore, lines: &LogStore);
}

/// An observer that its owner asks again when the run is over.
pub type Observing = Arc<Mutex<dyn Observer>>;

/// One evaluation of one rule.
pub struct Evaluated<'a> {
    /// When.
    pub now: Elapsed,
    /// The same, in the time of the series.
    pub at_ms: TimeMs,
    /// The number of its group.
    pub group: usize,
    /// What came of it.
    pub outcome: &'a RuleOutcome,
    /// All rules and their alerts, as they are then.
    pub engine: &'a Engine,
    /// All series.
    pub series: &'a SeriesStore,
    /// All log lines.
    pub lines: &'a LogStore,
}
