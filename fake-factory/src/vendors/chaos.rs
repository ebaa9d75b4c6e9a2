//! Chaos that a vendor asks for: the factory breaks for its orders alone, from a start of its own until its code is reported. When
//! it starts and what it does to an order is decided elsewhere.

use super::{Vendor, Vendors};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The three ways in which a vendor may have the factory break for itself alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ChaosKind {
    Fail,
    Throttle,
    BadJwt,
}

impl ChaosKind {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "fail" => Some(ChaosKind::Fail),
            "throttle" => Some(ChaosKind::Throttle),
            "badjwt" => Some(ChaosKind::BadJwt),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            ChaosKind::Fail => "fail",
            ChaosKind::Throttle => "throttle",
            ChaosKind::BadJwt => "badjwt",
        }
    }
}

/// Chaos that a vendor asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Chaos {
    pub(crate) kind: ChaosKind,
    pub(crate) initiated: Timestamp,
    pub(crate) starts: Timestamp,
    /// What ends it, in a report URL.
    pub(crate) code: String,
    /// Whether its start was told.
    pub(crate) told: bool,
    pub(crate) fixed: Option<Timestamp>,
}

/// The name by which an observer knows the chaos of `kind` that a vendor asked for.
pub(crate) fn name(vendor: &Vendor, kind: ChaosKind) -> Arc<str> {
    format!("{} of vendor {}", kind.name(), vendor.id).into()
}

impl Vendors {
    /// The chaos that has started by `now` and was not told yet, by name and start. It is told by this.
    pub(crate) fn started_chaos(&self, now: Timestamp) -> Vec<(Arc<str>, Timestamp)> {
        let untold = self.pick(|vendor| {
            let chaos = vendor.chaos_at(now).filter(|chaos| !chaos.told)?;
            Some((vendor.key.clone(), name(vendor, chaos.kind), chaos.starts))
        });
        let mut started = Vec::with_capacity(untold.len());
        for (key, name, starts) in untold {
            let told = self.change(&key, |vendor| {
                if let Some(chaos) = &mut vendor.chaos {
                    chaos.told = true;
                }
                Ok(())
            });
            if told.is_ok() {
                started.push((name, starts));
            }
        }
        started.sort_by_key(|(_, starts)| *starts);
        started
    }

    /// When the next chaos starts of those that were not told yet.
    pub(crate) fn next_chaos(&self) -> Option<Timestamp> {
        let starts = self.pick(|vendor| {
            let chaos = vendor.unfixed_chaos().filter(|chaos| !chaos.told)?;
            Some(chaos.starts)
        });
        starts.into_iter().min()
    }

    /// The chaos, by name, that some vendor's orders meet at `now`.
    pub(crate) fn any_chaos(&self, now: Timestamp) -> Option<Arc<str>> {
        self.find(|vendor| vendor.chaos_at(now).is_some())
            .and_then(|vendor| Some(name(&vendor, vendor.chaos_at(now)?.kind)))
    }
}
