//! Receivers of an Alertmanager's configuration and contact points of Grafana's against the channels and people of a scenario.

use crate::alerting::alertmanager::{Config, ReceiverConfig};
use crate::scenario::Scenario;
use crate::scenario::receivers::{channels_of, told};
use fake_factory::input::{Findings, Located, suggest};
use std::collections::BTreeSet;

/// What says whom alerts are told.
pub(super) struct Told<'l> {
    /// An Alertmanager's configuration.
    pub(super) alertmanager: Option<&'l Config>,
    /// Grafana's documents, or rules of its that say themselves where their alerts go.
    pub(super) grafana: Option<&'l Config>,
    /// Whether there may be alerts that neither of them routes.
    pub(super) others: bool,
}

impl<'l> Told<'l> {
    fn configs(&self) -> impl Iterator<Item = &'l Config> {
        self.alertmanager.into_iter().chain(self.grafana)
    }

    /// What the scenario says of receivers: they and their channels exist, and they tell of something.
    pub(super) fn check_receivers(&self, scenario: &Scenario, found: &mut Findings<'_>) {
        let monitoring = &scenario.monitoring;
        for (name, channels) in &monitoring.receivers {
            let known: Vec<&ReceiverConfig> = self
                .configs()
                .filter_map(|config| config.receiver(name))
                .collect();
            if known.is_empty() {
                let all = self.configs().flat_map(|config| &config.receivers);
                unknown(
                    name,
                    &self.has_none(name),
                    all.map(|known| known.name.as_str()),
                    found,
                );
            } else if known.iter().all(|one| one.integrations.is_empty()) && !channels.0.is_empty()
            {
                let help = match self.alertmanager.and_then(|config| config.receiver(name)) {
                    Some(_) => {
                        "give it one in the Alertmanager configuration, as in `webhook_configs`"
                    }
                    None => "give it one in Grafana's document, as in `type: webhook`",
                };
                found.error_with_help(
                    name.span,
                    format!("the receiver `{name}` has no integration: it tells nobody"),
                    help,
                );
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

    fn has_none(&self, name: &str) -> String {
        match (self.alertmanager, self.grafana) {
            (Some(_), Some(_)) => format!(
                "neither the Alertmanager configuration has a receiver `{name}`, nor Grafana a contact point"
            ),
            (None, Some(_)) => format!("Grafana has no contact point `{name}`"),
            _ => format!("the Alertmanager configuration has no receiver `{name}`"),
        }
    }

    /// Whoever is paged must be on a channel that some receiver tells by.
    pub(super) fn check_people(&self, scenario: &Scenario, found: &mut Findings<'_>) {
        if self.others || self.configs().next().is_none() {
            return;
        }
        let monitoring = &scenario.monitoring;
        let told: Vec<&ReceiverConfig> = self.configs().flat_map(told).collect();
        let mut heard = BTreeSet::new();
        for receiver in &told {
            heard.extend(channels_of(receiver, monitoring));
        }
        for person in &scenario.responders {
            let Some(channel) = &person.paged_by else {
                continue;
            };
            let exists = monitoring.channels.contains_key(channel.as_str());
            if !exists || heard.contains(channel.as_str()) {
                continue;
            }
            let who = match (self.alertmanager, self.grafana) {
                (Some(_), Some(_)) => {
                    "no receiver of the Alertmanager configuration and no contact point of Grafana's"
                }
                (None, Some(_)) => "no contact point of Grafana's",
                _ => "no receiver of the Alertmanager configuration",
            };
            let names = told
                .iter()
                .filter(|receiver| !receiver.integrations.is_empty());
            let names: Vec<String> = names
                .map(|receiver| format!("`{}`", receiver.name))
                .collect();
            found.error_with_help(
                channel.span,
                format!(
                    "{who} tells by `{channel}`: `{}` could never be paged",
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
