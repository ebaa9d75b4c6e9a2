//! A word, or a list of words: people write the one without brackets.

use fake_factory::input::Located;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::fmt;

/// One word, or a list of them.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct OneOrMore(pub Vec<Located<String>>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Located::<Either>::deserialize(deserializer)?;
        Ok(OneOrMore(match written.value {
            Either::One(value) => vec![Located {
                value,
                span: written.span,
            }],
            Either::More(list) => list,
        }))
    }
}

enum Either {
    One(String),
    More(Vec<Located<String>>),
}

impl<'de> Deserialize<'de> for Either {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyForm;
        impl<'de> Visitor<'de> for AnyForm {
            type Value = Either;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name or a list of names")
            }

            fn visit_str<E>(self, text: &str) -> Result<Either, E> {
                Ok(Either::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Either, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Either::More(list))
            }
        }
        deserializer.deserialize_any(AnyForm)
    }
}

impl JsonSchema for OneOrMore {
    fn schema_name() -> Cow<'static, str> {
        "OneOrMore".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "One, or a list of them.",
            "type": ["string", "array"],
            "items": { "type": "string" }
        })
    }
}
