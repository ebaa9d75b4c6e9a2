//! A value of which little matters: whether it is there, and what it says as a switch or a text.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// What YAML 1.1, which an Alertmanager reads, takes for yes and for no.
const SWITCHES: [(&str, bool); 8] = [
    ("true", true),
    ("yes", true),
    ("on", true),
    ("y", true),
    ("false", false),
    ("no", false),
    ("off", false),
    ("n", false),
];

/// What a setting says.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::alerting::alertmanager) enum ValueForm {
    /// Nothing.
    Null,
    /// A switch.
    Bool(bool),
    /// A text or a number, as text.
    Text(String),
    /// A list or a mapping.
    Other,
}

impl ValueForm {
    /// Whether it says anything.
    pub(in crate::alerting::alertmanager) fn is_set(&self) -> bool {
        match self {
            ValueForm::Null => false,
            ValueForm::Text(text) => !text.is_empty(),
            ValueForm::Bool(_) | ValueForm::Other => true,
        }
    }

    /// As a switch; none when it is none.
    pub(in crate::alerting::alertmanager) fn switch(&self) -> Option<bool> {
        match self {
            ValueForm::Null => Some(false),
            ValueForm::Bool(on) => Some(*on),
            ValueForm::Text(text) => {
                let mut switches = SWITCHES.into_iter();
                let same = |word: &str| text.eq_ignore_ascii_case(word);
                switches.find(|(word, _)| same(word)).map(|(_, on)| on)
            }
            ValueForm::Other => None,
        }
    }
}

impl<'de> Deserialize<'de> for ValueForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = ValueForm;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<ValueForm, E> {
        Ok(ValueForm::Null)
    }

    fn visit_bool<E>(self, on: bool) -> Result<ValueForm, E> {
        Ok(ValueForm::Bool(on))
    }

    fn visit_str<E>(self, text: &str) -> Result<ValueForm, E> {
        Ok(ValueForm::Text(text.to_owned()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<ValueForm, E> {
        Ok(ValueForm::Text(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<ValueForm, E> {
        Ok(ValueForm::Text(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<ValueForm, E> {
        Ok(ValueForm::Text(number.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<ValueForm, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(ValueForm::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<ValueForm, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(ValueForm::Other)
    }
}
