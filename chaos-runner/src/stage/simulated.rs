//! A run in virtual time: a runtime of one thread whose clock stands still until everybody waits, and pipes in place of sockets.
//! Its whole course follows from the scenario and the seed.

use super::observe::Observing;
use super::{StageError, world};
use crate::record::{ClockKind, Record};
use crate::scenario::load::Loaded;
use fake_factory::net::Network;
use fake_factory::net::memory::MemoryNetwork;

/// Plays `loaded` in virtual time, with `seed`.
///
/// # Errors
/// When the machinery fails; what a scenario can bring about is in the record.
pub fn simulate(loaded: &Loaded, seed: u64) -> Result<Record, StageError> {
    played(loaded, seed, None)
}

/// As [`simulate`], while `observer` looks on.
///
/// # Errors
/// As [`simulate`].
pub fn simulate_observed(
    loaded: &Loaded,
    seed: u64,
    observer: Observing,
) -> Result<Record, StageError> {
    played(loaded, seed, Some(observer))
}

fn played(loaded: &Loaded, seed: u64, observer: Option<Observing>) -> Result<Record, StageError> {
    // No I/O driver: a simulated run that touched a real socket would panic rather than depend on the machine.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .map_err(StageError::Runtime)?;
    let network = Network::Memory(MemoryNetwork::new());
    runtime.block_on(world::play(
        loaded,
        seed,
        network,
        ClockKind::Simulated,
        observer,
    ))
}
