//! What a count may be: a number, or `{ at_most, at_least }`.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// What a count may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Exactly this: `14`.
    Exactly(u64),
    /// Within these: `{ at_most: 1 }`, `{ at_least: 3 }`, or both.
    Within {
        /// The least that it may be.
        at_least: Option<u64>,
        /// The most that it may be.
        at_most: Option<u64>,
    },
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WithinForm {
    /// The least that it may be.
    #[serde(default)]
    at_least: Option<u64>,
    /// The most that it may be.
    #[serde(default)]
    at_most: Option<u64>,
}

impl Bound {
    /// Whether `count` is within it.
    #[must_use]
    pub fn holds(&self, count: u64) -> bool {
        match *self {
            Bound::Exactly(number) => count == number,
            Bound::Within { at_least, at_most } => {
                at_least.is_none_or(|least| count >= least)
                    && at_most.is_none_or(|most| count <= most)
            }
        }
    }

    /// Whether every count is within it.
    #[must_use]
    pub fn always_holds(&self) -> bool {
        matches!(
            self,
            Bound::Within {
                at_least: None | Some(0),
                at_most: None
            }
        )
    }

    /// Whether no count is within it.
    #[must_use]
    pub fn never_holds(&self) -> bool {
        matches!(self, Bound::Within { at_least: Some(least), at_most: Some(most) } if least > most)
    }
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EitherForm;
        impl<'de> Visitor<'de> for EitherForm {
            type Value = Bound;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a count, or `{ at_most, at_least }`")
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Bound, E> {
                Ok(Bound::Exactly(number))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Bound, A::Error> {
                let WithinForm { at_least, at_most } =
                    WithinForm::deserialize(MapAccessDeserializer::new(map))?;
                if at_least.is_none() && at_most.is_none() {
                    return Err(serde::de::Error::custom(
                        "expected `at_most` or `at_least`: any count would pass",
                    ));
                }
                Ok(Bound::Within { at_least, at_most })
            }
        }
        deserializer.deserialize_any(EitherForm)
    }
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Bound::Exactly(number) => serializer.serialize_u64(number),
            Bound::Within { at_least, at_most } => serializer.collect_map(
                [("at_least", at_least), ("at_most", at_most)]
                    .into_iter()
                    .filter(|(_, bound)| bound.is_some()),
            ),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Bound::Exactly(number) => write!(formatter, "{number}"),
            Bound::Within {
                at_least: Some(least),
                at_most: Some(most),
            } => write!(formatter, "{least} to {most}"),
            Bound::Within {
                at_least: Some(least),
                at_most: None,
            } => write!(formatter, "at least {least}"),
            Bound::Within {
                at_least: None,
                at_most: Some(most),
            } => write!(formatter, "at most {most}"),
            Bound::Within {
                at_least: None,
                at_most: None,
            } => formatter.write_str("any number"),
        }
    }
}

impl JsonSchema for Bound {
    fn schema_name() -> Cow<'static, str> {
        "Bound".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let within = generator.subschema_for::<WithinForm>();
        schemars::json_schema!({
            "description": "What a count may be.",
            "anyOf": [{ "type": "integer", "minimum": 0 }, within]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_within_its_bounds() {
        let most = Bound::Within {
            at_least: None,
            at_most: Some(1),
        };
        assert!(most.holds(1) && !most.holds(2));
        assert_eq!(most.to_string(), "at most 1");
        assert!(Bound::Exactly(14).holds(14) && !Bound::Exactly(14).holds(13));
        assert!(
            Bound::Within {
                at_least: Some(0),
                at_most: None
            }
            .always_holds()
        );
        assert!(
            Bound::Within {
                at_least: Some(2),
                at_most: Some(1)
            }
            .never_holds()
        );
    }
}
