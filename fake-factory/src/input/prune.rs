//! Changes a tree so that reading can go on after an error: takes a wrong node out, or puts a stand-in where a field is missing. And
//! so that a field that is known from elsewhere need not be written.

use super::located::Span;
use super::node::{Kind, Node, NodeId};

/// The node with this id.
pub(super) fn find(root: &Node, id: NodeId) -> Option<&Node> {
    if root.id == id {
        return Some(root);
    }
    match &root.kind {
        Kind::Scalar { .. } | Kind::StandIn => None,
        Kind::Sequence(items) => items.iter().find_map(|item| find(item, id)),
        Kind::Mapping { entries, .. } => entries
            .iter()
            .find_map(|(key, value)| find(key, id).or_else(|| find(value, id))),
    }
}

/// Takes the node with this id out: the item of its list, or the entry whose key or value it is. Its mapping remembers the key, and
/// the one that was `meant`, so that neither is called missing. False where it is the root.
pub(super) fn take_out(node: &mut Node, id: NodeId, meant: Option<&str>) -> bool {
    match &mut node.kind {
        Kind::Scalar { .. } | Kind::StandIn => false,
        Kind::Sequence(items) => {
            let before = items.len();
            items.retain(|item| item.id != id);
            items.len() < before || items.iter_mut().any(|item| take_out(item, id, meant))
        }
        Kind::Mapping { entries, pruned } => {
            let at = entries
                .iter()
                .position(|(key, value)| key.id == id || value.id == id);
            match at {
                Some(at) => {
                    let (key, _) = entries.remove(at);
                    pruned.extend([key.text(), meant].into_iter().flatten().map(str::to_owned));
                    true
                }
                None => entries
                    .iter_mut()
                    .any(|(_, value)| take_out(value, id, meant)),
            }
        }
    }
}

/// Puts `text` into the mapping at the top, where it has no entry `key`.
pub(super) fn put_text(root: &mut Node, key: &str, text: &str) {
    let Kind::Mapping { entries, .. } = &mut root.kind else {
        return;
    };
    if entries.iter().any(|(own, _)| own.text() == Some(key)) {
        return;
    }
    // Ids count up from 1 as a file is parsed, and from the middle as fields are put in.
    let node = |id, text: &str| Node {
        id,
        span: Span::default(),
        kind: Kind::Scalar {
            text: text.to_owned(),
            plain: false,
        },
    };
    entries.push((node(NodeId::MAX - 1, key), node(NodeId::MAX, text)));
}

/// Puts a stand-in for `field` into the mapping with this id. False where there is no such mapping.
pub(super) fn put_stand_in(node: &mut Node, id: NodeId, field: &str, new_id: &mut NodeId) -> bool {
    let is_it = node.id == id;
    match &mut node.kind {
        Kind::Mapping { entries, .. } if is_it => {
            let mut fresh = |kind| {
                *new_id += 1;
                Node {
                    id: *new_id,
                    span: Span::default(),
                    kind,
                }
            };
            let key = fresh(Kind::Scalar {
                text: field.to_owned(),
                plain: true,
            });
            entries.push((key, fresh(Kind::StandIn)));
            true
        }
        // `queue:` with nothing below it is a mapping without entries.
        Kind::Scalar { .. } if is_it => {
            node.kind = Kind::Mapping {
                entries: Vec::new(),
                pruned: Vec::new(),
            };
            put_stand_in(node, id, field, new_id)
        }
        Kind::Scalar { .. } | Kind::StandIn => false,
        Kind::Sequence(items) => items
            .iter_mut()
            .any(|item| put_stand_in(item, id, field, new_id)),
        Kind::Mapping { entries, .. } => entries
            .iter_mut()
            .any(|(_, value)| put_stand_in(value, id, field, new_id)),
    }
}
