//! The receivers of an Alertmanager's file in a scenario: by which of its channels each tells people.

use super::Monitoring;
use crate::alerting::alertmanager::{Config, ReceiverConfig};
use crate::alerting::notify::routing::{Integration, Route, Routing};
use fake_factory::input::Located;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

/// One channel, or a list of them.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Channels(pub Vec<Located<String>>);

/// How alerts become notifications, by an Alertmanager's file whose receivers tell by the channels of a scenario.
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

impl<'de> Deserialize<'de> for Channels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Located::<OneOrMore>::deserialize(deserializer)?;
        Ok(Channels(match written.value {
            OneOrMore::One(value) => vec![Located {
                value,
                span: written.span,
            }],
            OneOrMore::More(list) => list,
        }))
    }
}

enum OneOrMore {
    One(String),
    More(Vec<Located<String>>),
}

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = OneOrMore;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a channel or a list of channels")
            }

            fn visit_str<E>(self, text: &str) -> Result<OneOrMore, E> {
                Ok(OneOrMore::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<OneOrMore, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(OneOrMore::More(list))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Channels {
    fn schema_name() -> Cow<'static, str> {
        "Channels".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "A channel, or a list of channels; an empty one tells nobody.",
            "type": ["string", "array"],
            "items": { "type": "string" }
        })
    }
}
