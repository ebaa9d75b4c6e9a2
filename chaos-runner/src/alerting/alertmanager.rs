//! An Alertmanager's configuration file, with everything that is wrong in it told at once and where it stands: what `amtool
//! check-config` refuses, as version 0.28 does. What an integration sends is no matter here, only that its settings are sound.

mod checker;
mod fields;
mod form;
mod intervals;
mod kinds;
pub mod matchers;
mod receivers;
mod routes;

use super::notify::interval::TimeInterval;
use super::notify::routing::{Inhibition, Integration, Receiver, Route, Routing};
pub(in crate::alerting) use checker::Checker;
use fake_factory::input::{Diagnostics, Source, read_foreign};
use form::FileForm;
pub(in crate::alerting) use form::{InhibitForm, PartForm};
pub(in crate::alerting) use intervals::part_of;
use routes::Names;
pub(in crate::alerting) use routes::{grouping, inhibition, list_of, some_time};
use std::collections::BTreeMap;

/// What a configuration file says.
#[derive(Clone, Debug)]
pub struct Config {
    /// The tree of routes.
    pub root: Route,
    /// The receivers, in the order of the file.
    pub receivers: Vec<ReceiverConfig>,
    /// The inhibition rules.
    pub inhibitions: Vec<Inhibition>,
    /// The time intervals, by name.
    pub intervals: BTreeMap<String, Vec<TimeInterval>>,
}

/// A receiver.
#[derive(Clone, Debug)]
pub struct ReceiverConfig {
    /// Its name.
    pub name: String,
    /// Its line.
    pub line: Option<usize>,
    /// Its integrations; none: it tells nobody.
    pub integrations: Vec<IntegrationConfig>,
}

/// One way by which a receiver is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntegrationConfig {
    /// Its kind, as in `webhook_configs`.
    pub kind: &'static str,
    /// Whether it tells of alerts that are resolved.
    pub send_resolved: bool,
}

/// Reads a configuration file.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse_config(source: &Source) -> Result<Config, Diagnostics> {
    let reading = read_foreign::<FileForm>(source);
    let mut checker = Checker {
        source,
        diagnostics: Diagnostics::new(),
    };
    checker.diagnostics.extend(reading.diagnostics);
    let Some(form) = reading.value else {
        return Err(checker.diagnostics);
    };
    let receivers = receivers::receivers(&form, &mut checker);
    let intervals = intervals::intervals(&form, &mut checker);
    let names = Names {
        receivers: receivers.iter().map(|known| known.name.as_str()).collect(),
        intervals: intervals.keys().map(String::as_str).collect(),
    };
    let root = routes::root(&form, &names, &mut checker);
    let inhibitions = routes::inhibitions(&form, &mut checker);
    checker.diagnostics.or(Config {
        root,
        receivers,
        inhibitions,
        intervals,
    })
}

impl Config {
    /// The receiver of this name.
    #[must_use]
    pub fn receiver(&self, name: &str) -> Option<&ReceiverConfig> {
        self.receivers.iter().find(|known| known.name == name)
    }

    /// How alerts become notifications, where `ways` says by which channels each receiver is told.
    #[must_use]
    pub fn routing(&self, ways: impl Fn(&ReceiverConfig) -> Vec<Integration>) -> Routing {
        let receivers = self.receivers.iter().map(|receiver| {
            let integrations = ways(receiver);
            (receiver.name.clone(), Receiver { integrations })
        });
        Routing {
            root: self.root.clone(),
            receivers: receivers.collect(),
            inhibitions: self.inhibitions.clone(),
            intervals: self.intervals.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
