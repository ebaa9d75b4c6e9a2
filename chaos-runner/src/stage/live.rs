//! A run on the real clock: the same world over TCP on the loopback address, for as long as the scenario lasts.

use super::{StageError, world};
use crate::record::{ClockKind, Record};
use crate::scenario::load::Loaded;
use fake_factory::net::Network;

/// Plays `loaded` on the real clock, with `seed`, until its end or until `stop` comes first.
///
/// # Errors
/// When the machinery fails or is stopped; what a scenario can bring about is in the record.
pub fn play_live(
    loaded: &Loaded,
    seed: u64,
    stop: impl Future<Output = ()>,
) -> Result<Record, StageError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(StageError::Runtime)?;
    runtime.block_on(async {
        tokio::select! {
            biased;
            () = stop => Err(StageError::Stopped),
            played = world::play(loaded, seed, Network::Tcp, ClockKind::Live, None) => played,
        }
    })
}
