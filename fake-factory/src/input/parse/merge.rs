//! Merge keys (`<<`), where they are followed: the entries of other mappings stand for those that a mapping does not have itself.

use super::Builder;
use crate::input::node::{Kind, Node};
use std::collections::BTreeSet;

/// The entries of a mapping.
type Entries = Vec<(Node, Node)>;

/// Whether a key merges.
pub(super) fn is_merge(key: &Node) -> bool {
    matches!(&key.kind, Kind::Scalar { text, plain: true } if text == "<<")
}

/// Adds what is merged into `entries`, where these and earlier ones do not have the key.
pub(super) fn add(entries: &mut Entries, merged: Entries) {
    let name = |key: &Node| key.text().unwrap_or_default().to_owned();
    let mut have: BTreeSet<String> = entries.iter().map(|(key, _)| name(key)).collect();
    for (key, value) in merged {
        if have.insert(name(&key)) {
            entries.push((key, value));
        }
    }
}

impl Builder<'_> {
    /// Takes the entries that the value of a merge key brings: a mapping's, or those of a list of them, the first one first.
    pub(super) fn merge(&mut self, value: Node, merged: &mut Entries) {
        match value.kind {
            Kind::Mapping { entries, .. } => merged.extend(entries),
            Kind::Sequence(items) => {
                for item in items {
                    match item.kind {
                        Kind::Mapping { entries, .. } => merged.extend(entries),
                        _ => self.refuse_merge(&item),
                    }
                }
            }
            _ => self.refuse_merge(&value),
        }
    }
}
