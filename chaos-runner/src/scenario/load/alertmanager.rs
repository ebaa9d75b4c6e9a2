//! The Alertmanager configuration that a scenario names: read, and checked against the channels and people of the scenario.

use super::{ReadRules, normal};
use crate::alerting::alertmanager::{Config, parse_config};
use crate::scenario::Scenario;
use crate::scenario::receivers::{channels_of, told};
use fake_factory::input::{Diagnostic, Diagnostics, Findings, Located, Source, suggest};
use std::collections::BTreeSet;
use std::path::Path;

/// An Alertmanager configuration that a scenario names.
#[derive(Debug)]
pub struct LoadedAlertmanager {
    /// Its text, and its path from where the scenario's own path starts.
    pub source: Source,
    /// What it says.
    pub config: Config,
}

/// Reads the configuration, where one is named, and tells what is wrong with it or with what the scenario makes of it.
pub(super) fn load_alertmanager(
    scenario: &Scenario,
    folder: &Path,
    source: &Source,
    read: ReadRules<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<LoadedAlertmanager> {
    let monitoring = &scenario.monitoring;
    let mut found = Findings::new(source);
    let Some(written) = &monitoring.alertmanager else {
        if let Some(name) = monitoring.receivers.keys().next() {
            found.error_with_help(
                name.span,
                "`receivers` are those of an Alertmanager configuration, and this scenario names none",
                "add `alertmanager: PATH`; the receivers of `route` are channels themselves",
            );
        }
        diagnostics.extend(found.into_diagnostics());
        return None;
    };
    if let Some(route) = &monitoring.route {
        found.error_beside(
            written.span,
            "expected either `route` or `alertmanager`, not both",
            route.span,
            "the route is",
        );
    }
    let loaded = read_config(written, folder, source, read);
    if let Ok(loaded) = &loaded {
        check_receivers(scenario, &loaded.config, &mut found);
        check_people(scenario, &loaded.config, &mut found);
    }
    diagnostics.extend(found.into_diagnostics());
    loaded.map_err(|wrong| diagnostics.extend(wrong)).ok()
}

fn read_config(
    written: &Located<String>,
    folder: &Path,
    source: &Source,
    read: ReadRules<'_>,
) -> Result<LoadedAlertmanager, Diagnostics> {
    let path = normal(&folder.join(written.as_str()));
    let source = read(&path).map_err(|error| {
        let message = format!(
            "the Alertmanager configuration `{}` {}",
            path.display(),
            error.message()
        );
        Diagnostic::at(source, written.span, &message)
            .with_help("its path is relative to the folder of the scenario")
    })?;
    let config = parse_config(&source)?;
    Ok(LoadedAlertmanager { source, config })
}

/// What the scenario says of receivers: they and their channels exist, and they tell of something.
fn check_receivers(scenario: &Scenario, config: &Config, found: &mut Findings<'_>) {
    let monitoring = &scenario.monitoring;
    for (name, channels) in &monitoring.receivers {
        match config.receiver(name) {
            None => {
                let known = config.receivers.iter().map(|known| known.name.as_str());
                let message = format!("the Alertmanager configuration has no receiver `{name}`");
                unknown(name, &message, known, found);
            }
            Some(receiver) if receiver.integrations.is_empty() && !channels.0.is_empty() => {
                found.error_with_help(
                    name.span,
                    format!("the receiver `{name}` has no integration: it tells nobody"),
                    "give it one in the Alertmanager configuration, as in `webhook_configs`",
                );
            }
            Some(_) => {}
        }
        for channel in &channels.0 {
            if !monitoring.channels.contains_key(channel.as_str()) {
                let known = monitoring.channels.keys().map(|known| known.as_str());
                let message = format!("`{channel}` is no channel of this scenario");
                unknown(channel, &message, known, found);
            }
        }
    }
}

fn unknown<'k>(
    name: &Located<String>,
    message: &str,
    known: impl Iterator<Item = &'k str>,
    found: &mut Findings<'_>,
) {
    let known: Vec<&str> = known.collect();
    let help = match suggest(name, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
            format!("it has: {}", known.join(", "))
        }
    };
    found.error_with_help(name.span, message, help);
}

/// Whoever is paged must be on a channel that some receiver tells by.
fn check_people(scenario: &Scenario, config: &Config, found: &mut Findings<'_>) {
    let monitoring = &scenario.monitoring;
    let told = told(config);
    let mut heard = BTreeSet::new();
    for receiver in &told {
        heard.extend(channels_of(receiver, monitoring));
    }
    for person in &scenario.responders {
        let Some(channel) = &person.paged_by else {
            continue;
        };
        let exists = monitoring.channels.contains_key(channel.as_str());
        if exists && !heard.contains(channel.as_str()) {
            let names = told
                .iter()
                .filter(|receiver| !receiver.integrations.is_empty());
            let names: Vec<String> = names
                .map(|receiver| format!("`{}`", receiver.name))
                .collect();
            found.error_with_help(
                channel.span,
                format!(
                    "no receiver of the Alertmanager configuration tells by `{channel}`: `{}` could never be paged",
                    person.name.value
                ),
                format!(
                    "say which one does, as in `receivers: {{ NAME: {channel} }}`; its routes tell: {}",
                    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
                ),
            );
        }
    }
}
