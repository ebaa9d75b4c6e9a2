//! A value of any form, with the places of its parts: what the models of queries and the settings of integrations say is their own, and
//! much of it nobody here asks for.

use fake_factory::input::{Located, Span};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;

/// What YAML 1.1 takes for yes and for no, besides `true` and `false`.
const SWITCHES: [([&str; 8], bool); 2] = [
    (["y", "Y", "yes", "Yes", "YES", "on", "On", "ON"], true),
    (["n", "N", "no", "No", "NO", "off", "Off", "OFF"], false),
];

/// A value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::alerting) enum Json {
    #[default]
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Located<Json>>),
    Map(BTreeMap<Located<String>, Located<Json>>),
}

impl Json {
    /// What a message calls it.
    pub(in crate::alerting) fn kind(&self) -> &'static str {
        match self {
            Json::Null => "nothing",
            Json::Bool(_) => "a boolean",
            Json::Number(_) => "a number",
            Json::Text(_) => "a text",
            Json::List(_) => "a list",
            Json::Map(_) => "a mapping",
        }
    }

    /// As a switch, in the words of YAML 1.1, which programs written in Go read; null is off. None when it is none.
    pub(in crate::alerting) fn switch(&self) -> Option<bool> {
        match self {
            Json::Null => Some(false),
            Json::Bool(on) => Some(*on),
            Json::Text(text) => {
                let mut switches = SWITCHES.into_iter();
                let (_, on) = switches.find(|(words, _)| words.contains(&text.as_str()))?;
                Some(on)
            }
            Json::Number(_) | Json::List(_) | Json::Map(_) => None,
        }
    }

    /// Whether a mapping has a key, with whatever value.
    pub(in crate::alerting) fn has(&self, key: &str) -> bool {
        matches!(self, Json::Map(entries) if entries.contains_key(key))
    }

    /// The keys of a mapping; none of anything else.
    pub(in crate::alerting) fn keys(&self) -> impl Iterator<Item = &Located<String>> {
        let entries = match self {
            Json::Map(entries) => Some(entries.keys()),
            _ => None,
        };
        entries.into_iter().flatten()
    }

    /// The items of a list; none of anything else.
    pub(in crate::alerting) fn items(&self) -> impl Iterator<Item = &Json> {
        let items = match self {
            Json::List(items) => items.as_slice(),
            _ => &[],
        };
        items.iter().map(|item| &item.value)
    }

    /// The entry of a mapping, unless it is null.
    pub(in crate::alerting) fn get(&self, key: &str) -> Option<&Located<Json>> {
        match self {
            Json::Map(entries) => entries.get(key).filter(|entry| entry.value != Json::Null),
            _ => None,
        }
    }

    /// The text at a way of keys, whatever is in the way.
    pub(in crate::alerting) fn text_at(&self, way: &[&str]) -> Option<Located<String>> {
        let (first, rest) = way.split_first()?;
        let entry = self.get(first)?;
        match (&entry.value, rest) {
            (Json::Text(text), []) => Some(located(text, entry.span)),
            (inner, rest) => inner.text_at(rest),
        }
    }
}

pub(in crate::alerting) fn located(text: &str, span: Option<Span>) -> Located<String> {
    Located {
        value: text.to_owned(),
        span,
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyForm;
        impl<'de> Visitor<'de> for AnyForm {
            type Value = Json;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a value")
            }

            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Null)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
                Ok(Json::Bool(value))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
                Ok(Json::Number(value as f64))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
                Ok(Json::Number(value as f64))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
                Ok(Json::Number(value))
            }

            fn visit_str<E>(self, text: &str) -> Result<Json, E> {
                Ok(Json::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Json::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
                let mut map = BTreeMap::new();
                while let Some((key, value)) = entries.next_entry()? {
                    map.insert(key, value);
                }
                Ok(Json::Map(map))
            }
        }
        deserializer.deserialize_any(AnyForm)
    }
}
