//! What went wrong while a type was made from a tree, and at which node.

use crate::input::node::{Kind, Node, NodeId};
use crate::input::suggest;
use serde::de::{Expected, Unexpected, Visitor};
use std::fmt;

/// One error, at one node.
#[derive(Clone, Debug)]
pub(in crate::input) struct DeError {
    pub(in crate::input) kind: ErrorKind,
    pub(in crate::input) node: Option<NodeId>,
}

/// What is wrong with the node.
#[derive(Clone, Debug)]
pub(in crate::input) enum ErrorKind {
    /// A mapping lacks an entry.
    Missing(&'static str),
    /// Anything else, and how to put it right.
    Wrong {
        /// What is wrong.
        message: String,
        /// How to put it right.
        help: Option<String>,
        /// The word that was meant, where it is a close one.
        meant: Option<String>,
    },
    /// What stands in for a missing field does not fit; the user has been told of the field already.
    StandIn,
}

impl DeError {
    fn wrong(message: String, help: Option<String>) -> Self {
        DeError {
            kind: ErrorKind::Wrong {
                message,
                help,
                meant: None,
            },
            node: None,
        }
    }

    /// The same, at `node` where it has no place yet.
    pub(super) fn at(mut self, node: &Node) -> Self {
        if matches!(node.kind, Kind::StandIn) {
            return DeError::at_stand_in(node);
        }
        self.node.get_or_insert(node.id);
        self
    }

    pub(super) fn at_stand_in(node: &Node) -> Self {
        DeError {
            kind: ErrorKind::StandIn,
            node: Some(node.id),
        }
    }

    pub(super) fn wrong_type<'n, V: Visitor<'n>>(node: &Node, visitor: &V) -> Self {
        let expected: &dyn Expected = visitor;
        DeError::wrong(
            format!(
                "expected {}, found {}",
                in_words(&expected.to_string()),
                node.describe()
            ),
            None,
        )
        .at(node)
    }

    /// A word for null where text is wanted.
    pub(super) fn null<'n, V: Visitor<'n>>(node: &Node, visitor: &V) -> Self {
        let mut error = DeError::wrong_type(node, visitor);
        if let ErrorKind::Wrong { help, .. } = &mut error.kind {
            *help = Some("write it in quotes to mean the word".to_owned());
        }
        error
    }

    pub(super) fn wrong_length(node: &Node, found: usize, wanted: usize) -> Self {
        DeError::wrong(
            format!("expected a list of {wanted}, found one of {found}"),
            None,
        )
        .at(node)
    }

    pub(super) fn several_variants(second: &Node, words: &[&str]) -> Self {
        let message = format!(
            "expected one of `{}`, found {} of them",
            words.join("`, `"),
            words.len()
        );
        DeError::wrong(message, Some("keep one".to_owned())).at(second)
    }

    pub(super) fn no_variant(node: &Node, variants: &[&str]) -> Self {
        DeError::wrong(
            format!(
                "expected one of {}, found {}",
                list(variants),
                node.describe()
            ),
            None,
        )
        .at(node)
    }

    pub(super) fn needs_nothing(node: &Node) -> Self {
        DeError::wrong(
            "nothing belongs below this word".to_owned(),
            Some("leave it empty".to_owned()),
        )
        .at(node)
    }

    pub(super) fn needs_content<'n, V: Visitor<'n>>(node: &Node, visitor: &V) -> Self {
        let expected: &dyn Expected = visitor;
        let word = node.text().unwrap_or_default();
        let message = format!(
            "{} needs {} below it",
            node.describe(),
            in_words(&expected.to_string())
        );
        DeError::wrong(message, Some(format!("write `{{ {word}: … }}`"))).at(node)
    }
}

/// Serde's names for what our types want, in the words of somebody who writes YAML.
fn in_words(expected: &str) -> String {
    match expected {
        "a sequence" => "a list".to_owned(),
        "a map" => "a mapping".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more".to_owned(),
        "i8" | "i16" | "i32" | "i64" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a string" => "a text".to_owned(),
        other if other.starts_with("struct ") => "a mapping".to_owned(),
        other if other.starts_with("enum ") => "one of its words".to_owned(),
        other => other.to_owned(),
    }
}

fn up_to(most: u32) -> String {
    format!("a whole number from 0 to {most}")
}

fn list(words: &[&str]) -> String {
    format!("`{}`", words.join("`, `"))
}

/// A word that is none of those expected, and the one that was meant.
fn unknown_word(message: String, word: &str, expected: &[&str]) -> DeError {
    let meant = suggest(word, expected.iter().copied());
    let help = match meant {
        Some(close) => format!("did you mean `{close}`?"),
        None if expected.is_empty() => "nothing belongs here".to_owned(),
        None => format!("expected one of {}", list(expected)),
    };
    DeError {
        kind: ErrorKind::Wrong {
            message,
            help: Some(help),
            meant: meant.map(str::to_owned),
        },
        node: None,
    }
}

impl serde::de::Error for DeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        DeError::wrong(message.to_string(), None)
    }

    fn missing_field(field: &'static str) -> Self {
        DeError {
            kind: ErrorKind::Missing(field),
            node: None,
        }
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        unknown_word(format!("unknown field `{field}`"), field, expected)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        unknown_word(format!("unknown word `{variant}`"), variant, expected)
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match unexpected {
            Unexpected::Unit => "nothing".to_owned(),
            Unexpected::Seq => "a list".to_owned(),
            Unexpected::Map => "a mapping".to_owned(),
            Unexpected::Str(text) => format!("`{text}`"),
            Unexpected::Unsigned(number) => format!("`{number}`"),
            Unexpected::Signed(number) => format!("`{number}`"),
            Unexpected::Float(number) => format!("`{number}`"),
            Unexpected::Bool(value) => format!("`{value}`"),
            other => other.to_string(),
        };
        let expected = match (unexpected, expected.to_string()) {
            // It is one already: what is wrong is how large it is.
            (Unexpected::Unsigned(_), name) if name == "u8" => up_to(u8::MAX.into()),
            (Unexpected::Unsigned(_), name) if name == "u16" => up_to(u16::MAX.into()),
            (Unexpected::Unsigned(_), name) if name == "u32" => up_to(u32::MAX),
            (_, name) => in_words(&name),
        };
        DeError::wrong(format!("expected {expected}, found {found}"), None)
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }
}

impl fmt::Display for DeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Missing(field) => write!(formatter, "missing `{field}`"),
            ErrorKind::Wrong { message, .. } => formatter.write_str(message),
            ErrorKind::StandIn => formatter.write_str("no value"),
        }
    }
}

impl std::error::Error for DeError {}
