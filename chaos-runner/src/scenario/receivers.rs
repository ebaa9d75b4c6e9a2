//! The receivers of an Alertmanager's file, and the contact points of Grafana, in a scenario: by which of its channels each tells
//! people.

use super::Monitoring;
use crate::alerting::alertmanager::{Config, ReceiverConfig};
use crate::alerting::notify::routing::{Integration, Route, Routing};
use std::collections::BTreeSet;

/// How alerts become notifications, by a configuration whose receivers tell by the channels of a scenario.
#[must_use]
pub fn routing(config: &Config, monitoring: &Monitoring) -> Routing {
    config.routing(|receiver| {
        // Each channel hears once, whichever of the receiver's integrations it stands for.
        let send_resolved = receiver.integrations.iter().any(|way| way.send_resolved);
        let channels = channels_of(receiver, monitoring).into_iter();
        channels
            .map(|channel| Integration {
                channel: channel.to_owned(),
                send_resolved,
            })
            .collect()
    })
}

/// The channels by which a receiver tells. One without integrations tells nobody, whatever its name.
pub(super) fn channels_of<'m>(
    receiver: &ReceiverConfig,
    monitoring: &'m Monitoring,
) -> BTreeSet<&'m str> {
    if receiver.integrations.is_empty() {
        return BTreeSet::new();
    }
    let name = receiver.name.as_str();
    match monitoring.receivers.get(name) {
        Some(channels) => channels.0.iter().map(|name| name.as_str()).collect(),
        None => {
            let same = monitoring.channels.get_key_value(name);
            same.map(|(name, _)| name.as_str()).into_iter().collect()
        }
    }
}

/// The receivers that some route tells, in the order of the file.
pub(super) fn told(config: &Config) -> Vec<&ReceiverConfig> {
    let mut names = BTreeSet::new();
    collect(&config.root, &mut names);
    let receivers = config.receivers.iter();
    receivers
        .filter(|receiver| names.contains(receiver.name.as_str()))
        .collect()
}

fn collect<'r>(route: &'r Route, names: &mut BTreeSet<&'r str>) {
    names.extend(route.receiver.as_deref());
    for child in &route.routes {
        collect(child, names);
    }
}

/// The receivers that tell somebody and reach no channel of the scenario.
#[must_use]
pub fn unheard<'c>(config: &'c Config, monitoring: &Monitoring) -> Vec<&'c str> {
    let told = told(config).into_iter();
    let unheard = told.filter(|receiver| {
        let is_named = monitoring.receivers.contains_key(receiver.name.as_str());
        let tells = !receiver.integrations.is_empty();
        tells && !is_named && channels_of(receiver, monitoring).is_empty()
    });
    unheard.map(|receiver| receiver.name.as_str()).collect()
}
