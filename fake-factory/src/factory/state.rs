//! What a factory begins with: the vendors of its setup and, if there is a state file, all that it remembers of earlier runs. The file
//! was written under other clocks, so what it says of times is by the wall clock.

use super::{DEFAULT_VENDOR, Setup, StartError, VendorKey};
use crate::clock::Clock;
use crate::kitchen::KEY_LETTERS;
use crate::ledger::Ledger;
use crate::net::Network;
use crate::seed::Seed;
use crate::store::{Opened, StateError, Store};
use crate::vendors::{Vendor, VendorError, Vendors};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::path::Path;

/// A factory's memory, with the file that keeps it. Without a file, it is empty.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) ledger: Ledger,
    pub(super) vendors: Vendors,
    pub(super) store: Option<Store>,
    /// How often a factory was started with this file before.
    pub(super) starts: u64,
}

impl State {
    /// What `setup` says to remember, with the vendors that it names; gives the keys of those who are no admins, too.
    pub(super) fn of(setup: &Setup, seed: Seed) -> Result<(Self, Vec<VendorKey>), StartError> {
        let state = match &setup.state {
            None => State::default(),
            Some(path) => Self::read(setup, path).map_err(|source| StartError::State {
                path: path.clone(),
                source,
            })?,
        };
        let mut keys = setup.vendors.clone();
        let taken = |admin: &VendorKey| admin.id.eq_ignore_ascii_case(DEFAULT_VENDOR);
        // Who is remembered needs nobody to stand in for them.
        let known =
            state.vendors.with_id(DEFAULT_VENDOR).is_some() || state.vendors.first().is_none();
        if keys.is_empty() && known && !setup.admins.iter().any(taken) {
            keys.push(state.default_vendor(seed));
        }
        state.welcome(&keys, &setup.admins, setup.clock.now())?;
        Ok((state, keys))
    }

    fn read(setup: &Setup, path: &Path) -> Result<Self, StateError> {
        if matches!(setup.network, Network::Memory(_)) {
            return Err(StateError::Simulated);
        }
        let opened = Opened::open(path)?;
        let mut ledger = restored_ledger(&opened, &setup.clock)?;
        let mut vendors = restored_vendors(&opened)?;
        let starts = opened.starts();
        let store = opened.start()?;
        ledger.keep_in(store.clone());
        vendors.keep_in(store.clone());
        Ok(State {
            ledger,
            vendors,
            store: Some(store),
            starts,
        })
    }

    /// The vendor of a setup that names none. It keeps the key that it had.
    fn default_vendor(&self, seed: Seed) -> VendorKey {
        VendorKey {
            id: DEFAULT_VENDOR.to_owned(),
            key: match self.vendors.with_id(DEFAULT_VENDOR) {
                Some(known) => known.key.to_string(),
                None => seed.of("default-vendor").letters(KEY_LETTERS),
            },
        }
    }

    /// Adds those who are new, and gives those who are remembered the key of the setup.
    fn welcome(
        &self,
        vendors: &[VendorKey],
        admins: &[VendorKey],
        now: Timestamp,
    ) -> Result<(), StartError> {
        let remembered = self.vendors.all();
        let mut remembered: BTreeSet<String> = remembered
            .iter()
            .map(|vendor| vendor.id.to_lowercase())
            .collect();
        let named = vendors.iter().map(|vendor| (vendor, false));
        for (VendorKey { id, key }, admin) in named.chain(admins.iter().map(|admin| (admin, true)))
        {
            // Once: two of the setup with one id are a mistake.
            let welcomed = if remembered.remove(&id.to_lowercase()) {
                self.vendors.give_key(id, key, admin)
            } else {
                let new = Vendor::new(id, key, now);
                self.vendors.add(if admin { new.into_admin() } else { new })
            };
            welcomed.map_err(|source| StartError::Vendor {
                id: id.clone(),
                source,
            })?;
        }
        Ok(())
    }
}

fn restored_ledger(opened: &Opened, clock: &Clock) -> Result<Ledger, StateError> {
    let mut ledger = Ledger::default();
    opened.orders(|order, repeat| {
        ledger
            .restore(order, repeat, clock)
            .map_err(|full| StateError::Limit(full.to_string()))
    })?;
    Ok(ledger)
}

fn restored_vendors(opened: &Opened) -> Result<Vendors, StateError> {
    let vendors = Vendors::default();
    opened.vendors(|mut vendor: Vendor| {
        if let Some(chaos) = &mut vendor.chaos {
            // Nobody has told those who listen to this run.
            chaos.told = false;
        }
        match vendors.add(vendor) {
            Ok(_) => Ok(()),
            Err(full @ VendorError::Full) => Err(StateError::Limit(full.to_string())),
            Err(other) => Err(StateError::Damaged(other.to_string())),
        }
    })?;
    Ok(vendors)
}
