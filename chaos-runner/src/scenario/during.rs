//! How a part of a run is written: one of four words, the name of a fault, or `{ from, to }`.

use super::expect::During;
use fake_factory::input::units::Moment;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// The words that stand for a part of the run; no fault may be called by one of them.
pub(super) const WORDS: [&str; 4] = ["run", "steady_state", "faults", "recovery"];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BetweenForm {
    /// From this moment on: a clock time, or an offset from the start of the first fault.
    from: Moment,
    /// Up to this moment; the end of the run when it is left out.
    #[serde(default)]
    to: Option<Moment>,
}

impl During {
    fn from_word(word: &str) -> Self {
        match word {
            "run" => During::Run,
            "steady_state" => During::SteadyState,
            "faults" => During::Faults,
            "recovery" => During::Recovery,
            fault => During::Fault(fault.to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for During {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyForm;
        impl<'de> Visitor<'de> for AnyForm {
            type Value = During;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(
                    formatter,
                    "one of {}, the name of a fault, or `{{ from, to }}`",
                    WORDS.join(", ")
                )
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<During, E> {
                Ok(During::from_word(word))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<During, A::Error> {
                let BetweenForm { from, to } =
                    BetweenForm::deserialize(MapAccessDeserializer::new(map))?;
                Ok(During::Between { from, to })
            }
        }
        deserializer.deserialize_any(AnyForm)
    }
}

impl fmt::Display for During {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            During::Run => formatter.write_str("run"),
            During::SteadyState => formatter.write_str("steady_state"),
            During::Faults => formatter.write_str("faults"),
            During::Recovery => formatter.write_str("recovery"),
            During::Fault(name) => formatter.write_str(name),
            During::Between { from, to: None } => write!(formatter, "from {from} on"),
            During::Between { from, to: Some(to) } => write!(formatter, "{from} to {to}"),
        }
    }
}

impl Serialize for During {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let During::Between { from, to } = self else {
            return serializer.collect_str(self);
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("from", from)?;
        if let Some(to) = to {
            map.serialize_entry("to", to)?;
        }
        map.end()
    }
}

impl JsonSchema for During {
    fn schema_name() -> Cow<'static, str> {
        "During".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let between = generator.subschema_for::<BetweenForm>();
        schemars::json_schema!({
            "description": "A part of the run.",
            "anyOf": [
                { "enum": WORDS },
                { "type": "string", "description": "The name of a fault: from its start to its end." },
                between
            ]
        })
    }
}
