//! How a steady rate is written: `constant: 6/min`, or with bounds, `constant: { rate: 6/min, from: 10m }`. And the hours of a day.

use super::diners::Steady;
use fake_factory::input::Located;
use fake_factory::input::units::{Moment, Rate};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::fmt;

/// The long form of a steady rate.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LongForm {
    /// How many orders in how long.
    rate: Rate,
    /// When the first may come; the start of the run when it is left out.
    #[serde(default)]
    from: Option<Located<Moment>>,
    /// When no more come; the end of the run when it is left out.
    #[serde(default)]
    until: Option<Located<Moment>>,
}

impl<'de> Deserialize<'de> for Steady {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EitherForm;
        impl<'de> Visitor<'de> for EitherForm {
            type Value = Steady;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a rate such as `6/min`, or `{ rate, from, until }`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Steady, E> {
                let rate = text.parse().map_err(E::custom)?;
                Ok(Steady {
                    rate,
                    from: None,
                    until: None,
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Steady, A::Error> {
                let LongForm { rate, from, until } =
                    LongForm::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Steady { rate, from, until })
            }
        }
        deserializer.deserialize_any(EitherForm)
    }
}

impl JsonSchema for Steady {
    fn schema_name() -> Cow<'static, str> {
        "Steady".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let rate = generator.subschema_for::<Rate>();
        let long = generator.subschema_for::<LongForm>();
        schemars::json_schema!({ "description": "A rate that stays the same.", "anyOf": [rate, long] })
    }
}

/// An hour of the day, 0 to 23, written as `8`, `08` or `08:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hour(pub u8);

impl<'de> Deserialize<'de> for Hour {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = text.strip_suffix(":00").unwrap_or(&text);
        number
            .parse()
            .ok()
            .filter(|hour| *hour < 24)
            .map(Hour)
            .ok_or_else(|| {
                serde::de::Error::custom(format!(
                    "`{text}` is no hour of the day: expected 0 to 23, as in `8` or `08:00`"
                ))
            })
    }
}

impl Serialize for Hour {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:02}:00", self.0))
    }
}

impl JsonSchema for Hour {
    fn schema_name() -> Cow<'static, str> {
        "Hour".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^([01]?[0-9]|2[0-3])(:00)?$" })
    }
}
