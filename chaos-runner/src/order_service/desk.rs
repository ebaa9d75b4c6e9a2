//! What every part of one process has at hand: the clock, the log, the metrics, the books and the process's tasks.

use super::books::Books;
use super::log::Log;
use super::metrics::Metrics;
use super::tasks::Tasks;
use fake_factory::clock::Clock;
use fake_factory::seed::Seed;
use std::sync::Arc;
use tokio::sync::watch;

pub(super) struct Desk {
    pub(super) clock: Clock,
    pub(super) seed: Seed,
    pub(super) log: Log,
    pub(super) metrics: Metrics,
    pub(super) books: Arc<Books>,
    pub(super) tasks: Tasks,
    /// Changes whenever any factory shows that it is back.
    pub(super) recovered: watch::Sender<()>,
}
