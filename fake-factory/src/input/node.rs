//! A file as a tree in which every node knows its place.

use super::located::Span;

/// What tells one node of a tree from all others.
pub(super) type NodeId = u32;

/// A scalar, a sequence or a mapping, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) id: NodeId,
    pub(super) span: Span,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// A word as it was written, and whether it stood without quotes: only then can it be a number, a boolean or null.
    Scalar { text: String, plain: bool },
    /// Items in order.
    Sequence(Vec<Node>),
    /// Entries in order, and the keys of those that were taken out because they were wrong.
    Mapping {
        entries: Vec<(Node, Node)>,
        pruned: Vec<String>,
    },
    /// What stands in for a field that is missing, once that has been said.
    StandIn,
}

impl Node {
    /// What stands for a document without anything in it.
    pub(super) fn null() -> Self {
        Node {
            id: 0,
            span: Span::default(),
            kind: Kind::Scalar {
                text: String::new(),
                plain: true,
            },
        }
    }

    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether it is null: nothing, `~` or `null`.
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// Whether nothing was written: `key:` and no more.
    pub(super) fn is_left_out(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true } if text.is_empty())
    }

    /// Levels of lists and mappings in it: 0 for a scalar.
    pub(super) fn height(&self) -> usize {
        match &self.kind {
            Kind::Scalar { .. } | Kind::StandIn => 0,
            Kind::Sequence(items) => 1 + items.iter().map(Node::height).max().unwrap_or(0),
            Kind::Mapping { entries, .. } => {
                let parts = entries.iter().flat_map(|(key, value)| [key, value]);
                1 + parts.map(Node::height).max().unwrap_or(0)
            }
        }
    }

    /// What it is, in the words of an error.
    pub(super) fn describe(&self) -> String {
        match &self.kind {
            Kind::Scalar { .. } if self.is_left_out() => "nothing".to_owned(),
            Kind::Scalar { text, .. } if text.chars().count() > 40 => "a long text".to_owned(),
            Kind::Scalar { text, plain: true } => format!("`{text}`"),
            Kind::Scalar { text, plain: false } => format!("the text `{text}`"),
            Kind::Sequence(_) => "a list".to_owned(),
            Kind::Mapping { .. } => "a mapping".to_owned(),
            Kind::StandIn => "a missing value".to_owned(),
        }
    }
}
