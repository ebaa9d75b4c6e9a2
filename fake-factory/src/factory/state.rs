//! What a factory remembers of its earlier runs: opens the state file, if there is one, and fills the ledger from it. What it holds was
//! written under other clocks, so times go through the wall clock.

use super::{Setup, StartError};
use crate::ledger::Ledger;
use crate::net::Network;
use crate::store::{Opened, StateError, Store};
use std::path::Path;

/// A factory's memory, with the file that keeps it. Without a file, it is empty.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) ledger: Ledger,
    pub(super) store: Option<Store>,
    /// How often a factory was started with this file before.
    pub(super) starts: u64,
}

impl State {
    /// What `setup` says to remember.
    pub(super) fn of(setup: &Setup) -> Result<Self, StartError> {
        let Some(path) = &setup.state else {
            return Ok(State::default());
        };
        Self::read(setup, path).map_err(|source| StartError::State {
            path: path.clone(),
            source,
        })
    }

    fn read(setup: &Setup, path: &Path) -> Result<Self, StateError> {
        if matches!(setup.network, Network::Memory(_)) {
            return Err(StateError::Simulated);
        }
        let opened = Opened::open(path)?;
        let mut ledger = Ledger::default();
        opened.orders(|order, repeat| {
            ledger
                .restore(order, repeat, &setup.clock)
                .map_err(|full| StateError::Limit(full.to_string()))
        })?;
        let starts = opened.starts();
        let store = opened.start()?;
        ledger.keep_in(store.clone());
        Ok(State {
            ledger,
            store: Some(store),
            starts,
        })
    }
}
