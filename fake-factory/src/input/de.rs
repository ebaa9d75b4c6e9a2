//! Types from a tree. Every error knows the node that it is about, so that `read` can tell where it stands, take that node out
//! and go on to the next error.

mod access;
mod error;

pub(super) use error::{DeError, ErrorKind};

use super::located::MARKER;
use super::node::{Kind, Node};
use super::stand_in;
use access::{Entries, EnumOf, Items, Place};
use serde::Deserializer;
use serde::de::Visitor;
use serde::forward_to_deserialize_any;

/// Deserializes from one node.
#[derive(Clone, Copy)]
pub(super) struct NodeDe<'n> {
    pub(super) node: &'n Node,
    /// Which try this is for the stand-in of a missing field.
    pub(super) attempt: usize,
}

impl<'n> NodeDe<'n> {
    pub(super) fn new(node: &'n Node, attempt: usize) -> Self {
        NodeDe { node, attempt }
    }

    fn child(self, node: &'n Node) -> NodeDe<'n> {
        NodeDe {
            node,
            attempt: self.attempt,
        }
    }

    /// Gives the error a place where it has none: here.
    fn here<T>(self, result: Result<T, DeError>) -> Result<T, DeError> {
        result.map_err(|error| error.at(self.node))
    }

    fn text(self) -> Option<&'n str> {
        match &self.node.kind {
            Kind::StandIn => Some(stand_in::text(self.attempt)),
            _ => self.node.text(),
        }
    }

    fn wrong_type<V: Visitor<'n>>(self, visitor: &V) -> DeError {
        DeError::wrong_type(self.node, visitor)
    }

    fn number<V: Visitor<'n>, N: std::str::FromStr>(
        self,
        visitor: V,
        visit: impl FnOnce(V, N) -> Result<V::Value, DeError>,
    ) -> Result<V::Value, DeError> {
        match &self.node.kind {
            Kind::Scalar { text, plain: true } => match plain_number(text).parse() {
                Ok(number) => self.here(visit(visitor, number)),
                Err(_) => Err(self.wrong_type(&visitor)),
            },
            Kind::StandIn => visit(
                visitor,
                "1".parse().map_err(|_| DeError::at_stand_in(self.node))?,
            ),
            _ => Err(self.wrong_type(&visitor)),
        }
    }
}

/// A number as Rust reads it: without a plus sign, and without the words that Rust reads as numbers and YAML does not.
fn plain_number(text: &str) -> &str {
    let is_word = |c: char| c.is_ascii_alphabetic() && !matches!(c, 'e' | 'E');
    match text.strip_prefix('+').unwrap_or(text) {
        signed if signed.len() < text.len() && signed.starts_with(['+', '-']) => "",
        number if number.contains(is_word) => "",
        number => number,
    }
}

impl<'de> Deserializer<'de> for NodeDe<'de> {
    type Error = DeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        let result = match &self.node.kind {
            Kind::Sequence(items) => visitor.visit_seq(Items::new(self, items)),
            Kind::Mapping { entries, .. } => visitor.visit_map(Entries::new(self, entries)),
            Kind::StandIn => visitor.visit_str(stand_in::text(self.attempt)),
            Kind::Scalar { .. } if self.node.is_null() => visitor.visit_unit(),
            Kind::Scalar { text, plain: false } => visitor.visit_borrowed_str(text),
            Kind::Scalar { text, plain: true } => {
                if let Some(value) = boolean(text) {
                    visitor.visit_bool(value)
                } else if let Ok(number) = text.parse::<u64>() {
                    visitor.visit_u64(number)
                } else if let Ok(number) = text.parse::<i64>() {
                    visitor.visit_i64(number)
                } else if let Ok(number) = plain_number(text).parse::<f64>()
                    && number.is_finite()
                {
                    visitor.visit_f64(number)
                } else {
                    visitor.visit_borrowed_str(text)
                }
            }
        };
        self.here(result)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        match &self.node.kind {
            Kind::Scalar { text, plain: true } if boolean(text).is_some() => {
                self.here(visitor.visit_bool(text.eq_ignore_ascii_case("true")))
            }
            Kind::StandIn => visitor.visit_bool(false),
            _ => Err(self.wrong_type(&visitor)),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.number(visitor, Visitor::visit_u64)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.number(visitor, Visitor::visit_i64)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        match self.text().map(plain_number).map(str::parse) {
            // No amount of anything is infinite, or no number.
            Some(Ok(number)) if !f64::is_finite(number) => Err(self.wrong_type(&visitor)),
            _ => self.number(visitor, Visitor::visit_f64),
        }
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_f64(visitor)
    }

    /// The word exactly as it was written: `10:00`, `500` and `true` are text where text is asked for.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        match self.text() {
            Some(text) if !self.node.is_null() => self.here(visitor.visit_borrowed_str(text)),
            Some(word) if !word.is_empty() => Err(DeError::null(self.node, &visitor)),
            _ => Err(self.wrong_type(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        if self.node.is_null() {
            self.here(visitor.visit_none())
        } else {
            self.here(visitor.visit_some(self))
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DeError> {
        if name == MARKER {
            visitor.visit_map(Place::new(self))
        } else {
            self.here(visitor.visit_newtype_struct(self))
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        match &self.node.kind {
            Kind::Sequence(items) => self.here(visitor.visit_seq(Items::new(self, items))),
            Kind::StandIn => self.here(visitor.visit_seq(Items::new(self, &[]))),
            _ => Err(self.wrong_type(&visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, DeError> {
        match &self.node.kind {
            // Serde asks for the items that it wants, and no further.
            Kind::Sequence(items) if items.len() != length => {
                Err(DeError::wrong_length(self.node, items.len(), length))
            }
            _ => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        match &self.node.kind {
            Kind::Mapping { entries, .. } => {
                self.here(visitor.visit_map(Entries::new(self, entries)))
            }
            Kind::StandIn => self.here(visitor.visit_map(Entries::new(self, &[]))),
            // `metrics:` with nothing below it: a section that says nothing.
            Kind::Scalar { .. } if self.node.is_null() => {
                self.here(visitor.visit_map(Entries::new(self, &[])))
            }
            _ => Err(self.wrong_type(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        self.here(EnumOf::new(self, variants).and_then(|access| visitor.visit_enum(access)))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i8 i16 i128 u128 char bytes byte_buf unit unit_struct tuple_struct }
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}
