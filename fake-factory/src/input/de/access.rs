//! The insides of lists, mappings, enums and places, as serde asks for them.

use super::{DeError, NodeDe};
use crate::input::node::{Kind, Node};
use serde::de::value::U64Deserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

/// The items of a list.
pub(super) struct Items<'n> {
    list: NodeDe<'n>,
    rest: std::slice::Iter<'n, Node>,
}

impl<'n> Items<'n> {
    pub(super) fn new(list: NodeDe<'n>, items: &'n [Node]) -> Self {
        Items {
            list,
            rest: items.iter(),
        }
    }
}

impl<'n> SeqAccess<'n> for Items<'n> {
    type Error = DeError;

    fn next_element_seed<T: DeserializeSeed<'n>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DeError> {
        let Some(item) = self.rest.next() else {
            return Ok(None);
        };
        let item = self.list.child(item);
        item.here(seed.deserialize(item)).map(Some)
    }
}

/// The entries of a mapping.
pub(super) struct Entries<'n> {
    mapping: NodeDe<'n>,
    rest: std::slice::Iter<'n, (Node, Node)>,
    value: Option<&'n Node>,
}

impl<'n> Entries<'n> {
    pub(super) fn new(mapping: NodeDe<'n>, entries: &'n [(Node, Node)]) -> Self {
        Entries {
            mapping,
            rest: entries.iter(),
            value: None,
        }
    }
}

impl<'n> MapAccess<'n> for Entries<'n> {
    type Error = DeError;

    fn next_key_seed<K: DeserializeSeed<'n>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DeError> {
        let Some((key, value)) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        let key = self.mapping.child(key);
        key.here(seed.deserialize(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'n>>(&mut self, seed: V) -> Result<V::Value, DeError> {
        let value = self
            .value
            .take()
            .ok_or_else(|| serde::de::Error::custom("a value without a key"))?;
        let value = self.mapping.child(value);
        value.here(seed.deserialize(value))
    }
}

/// A value with its place: the start, the end, the value.
pub(super) struct Place<'n> {
    value: NodeDe<'n>,
    step: u8,
}

impl<'n> Place<'n> {
    pub(super) fn new(value: NodeDe<'n>) -> Self {
        Place { value, step: 0 }
    }
}

impl<'n> MapAccess<'n> for Place<'n> {
    type Error = DeError;

    fn next_key_seed<K: DeserializeSeed<'n>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DeError> {
        seed.deserialize(().into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'n>>(&mut self, seed: V) -> Result<V::Value, DeError> {
        let offset =
            |byte: usize| -> U64Deserializer<DeError> { (byte as u64).into_deserializer() };
        self.step += 1;
        match self.step {
            1 => seed.deserialize(offset(self.value.node.span.start)),
            2 => seed.deserialize(offset(self.value.node.span.end)),
            _ => self.value.here(seed.deserialize(self.value)),
        }
    }
}

/// An enum: a word, or one word with what belongs to it below.
pub(super) struct EnumOf<'n> {
    whole: NodeDe<'n>,
    tag: Tag<'n>,
    content: Option<&'n Node>,
}

enum Tag<'n> {
    Written(&'n Node),
    /// For a stand-in any variant will do.
    Any(&'static str),
}

impl<'n> EnumOf<'n> {
    pub(super) fn new(
        whole: NodeDe<'n>,
        variants: &'static [&'static str],
    ) -> Result<Self, DeError> {
        let tag = match &whole.node.kind {
            Kind::StandIn => Tag::Any(variants.first().copied().unwrap_or_default()),
            Kind::Scalar { .. } if !whole.node.is_null() => Tag::Written(whole.node),
            Kind::Mapping { entries, .. } if entries.len() == 1 => {
                return Ok(EnumOf {
                    whole,
                    tag: Tag::Written(&entries[0].0),
                    content: Some(&entries[0].1),
                });
            }
            Kind::Mapping { entries, .. } if entries.len() > 1 => {
                let words: Vec<&str> = entries.iter().filter_map(|(key, _)| key.text()).collect();
                return Err(DeError::several_variants(&entries[1].0, &words));
            }
            _ => return Err(DeError::no_variant(whole.node, variants)),
        };
        Ok(EnumOf {
            whole,
            tag,
            content: None,
        })
    }

    fn content(&self) -> Option<NodeDe<'n>> {
        self.content.map(|node| self.whole.child(node))
    }
}

impl<'n> EnumAccess<'n> for EnumOf<'n> {
    type Error = DeError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'n>>(self, seed: V) -> Result<(V::Value, Self), DeError> {
        let variant = match self.tag {
            Tag::Written(node) => {
                let tag = self.whole.child(node);
                tag.here(seed.deserialize(tag))?
            }
            Tag::Any(name) => {
                seed.deserialize(IntoDeserializer::<DeError>::into_deserializer(name))?
            }
        };
        Ok((variant, self))
    }
}

impl<'n> VariantAccess<'n> for EnumOf<'n> {
    type Error = DeError;

    /// `no_alerts`, and `no_alerts: {}` as well.
    fn unit_variant(self) -> Result<(), DeError> {
        match self.content {
            None => Ok(()),
            Some(node) if node.is_null() => Ok(()),
            Some(Node {
                kind: Kind::Mapping { entries, pruned },
                ..
            }) if entries.is_empty() && pruned.is_empty() => Ok(()),
            Some(node) => Err(DeError::needs_nothing(node)),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'n>>(self, seed: T) -> Result<T::Value, DeError> {
        match self.content() {
            Some(content) => content.here(seed.deserialize(content)),
            // `inject: bad_jwt` is `inject: { bad_jwt: {} }`, where everything below it can be left out.
            None => self
                .whole
                .here(seed.deserialize(Nothing { whole: self.whole })),
        }
    }

    fn tuple_variant<V: Visitor<'n>>(self, length: usize, visitor: V) -> Result<V::Value, DeError> {
        match self.content() {
            Some(content) => content.deserialize_tuple(length, visitor),
            None => Err(self.whole.wrong_type(&visitor)),
        }
    }

    fn struct_variant<V: Visitor<'n>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        match self.content() {
            Some(content) => content.deserialize_map(visitor),
            None => self
                .whole
                .here(visitor.visit_map(Entries::new(self.whole, &[]))),
        }
    }
}

/// A variant's content that was not written: a mapping without entries, and nothing else.
struct Nothing<'n> {
    whole: NodeDe<'n>,
}

impl<'de> Deserializer<'de> for Nothing<'de> {
    type Error = DeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        Err(DeError::needs_content(self.whole.node, &visitor))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_map(Entries::new(self.whole, &[]))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        self.deserialize_map(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct enum identifier ignored_any
    }
}
