//! The Alertmanager configuration that a scenario names.

use super::{ReadRules, normal, unreadable};
use crate::alerting::alertmanager::{Config, parse_config};
use crate::looks::{self, Wanted};
use crate::scenario::Scenario;
use fake_factory::input::{Diagnostics, Findings, Located, Source};
use std::path::Path;

/// An Alertmanager configuration that a scenario names.
#[derive(Debug)]
pub struct LoadedAlertmanager {
    /// Its text, and its path from where the scenario's own path starts.
    pub source: Source,
    /// What it says.
    pub config: Config,
}

/// Reads the configuration, where one is named, and tells what is wrong with it.
pub(super) fn load_alertmanager(
    scenario: &Scenario,
    folder: &Path,
    source: &Source,
    read: ReadRules<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<LoadedAlertmanager> {
    let monitoring = &scenario.monitoring;
    let written = monitoring.alertmanager.as_ref()?;
    if let Some(route) = &monitoring.route {
        let mut found = Findings::new(source);
        found.error_beside(
            written.span,
            "expected either `route` or `alertmanager`, not both",
            route.span,
            "the route is",
        );
        diagnostics.extend(found.into_diagnostics());
    }
    let loaded = read_config(written, folder, source, read);
    loaded.map_err(|wrong| diagnostics.extend(wrong)).ok()
}

fn read_config(
    written: &Located<String>,
    folder: &Path,
    source: &Source,
    read: ReadRules<'_>,
) -> Result<LoadedAlertmanager, Diagnostics> {
    let path = normal(&folder.join(written.as_str()));
    let what = "the Alertmanager configuration";
    let configuration =
        read(&path).map_err(|error| unreadable(error, what, source, written.span))?;
    let config = parse_config(&configuration).map_err(|wrong| {
        let other = looks::instead_named(&configuration, Wanted::Alertmanager, source, written);
        other.map_or(wrong, Diagnostics::from)
    })?;
    Ok(LoadedAlertmanager {
        source: configuration,
        config,
    })
}
