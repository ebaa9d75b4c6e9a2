//! Builds the world of one run, lets it play and writes the record. It alone knows whether a run is simulated or live: every room
//! that it furnishes gets a clock, a seed and a network, and cannot tell which.

mod books;
mod events;
mod furnish;
mod ledgers;
pub mod live;
pub mod monitor;
pub mod observe;
mod phase;
mod planned;
mod shadow_plan;
pub mod simulated;
mod world;

pub use live::play_live;
pub use simulated::{simulate, simulate_observed};

/// Why a run could not be played: the machinery failed, not the scenario.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// There is no runtime to play it on.
    #[error("failed to start the runtime: {0}")]
    Runtime(std::io::Error),
    /// A factory did not start.
    #[error("failed to start the factory {name}: {source}")]
    Factory {
        /// The factory.
        name: String,
        /// Why.
        source: fake_factory::StartError,
    },
    /// The order service did not start, or not again.
    #[error("failed to start the order service: {0}")]
    OrderService(crate::order_service::StartError),
    /// The diners could not order.
    #[error("failed to drive the diners: {0}")]
    Diners(crate::diners::DinersError),
    /// A rule file or a route that was checked before is not what it was.
    #[error("failed to set up the monitoring: {0}")]
    Monitoring(String),
    /// A part of the run broke down.
    #[error("failed to finish a part of the run: {0}")]
    Task(tokio::task::JoinError),
    /// Somebody stopped it.
    #[error("stopped before the end")]
    Stopped,
}
