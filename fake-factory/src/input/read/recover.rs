//! What reading does about one error: tells it, and changes the tree so that the next round gets further.

use super::Reader;
use crate::input::de::{DeError, ErrorKind};
use crate::input::diagnostic::Diagnostic;
use crate::input::located::Span;
use crate::input::node::{Kind, Node, NodeId};
use crate::input::{prune, stand_in};

impl Reader<'_> {
    /// Tells what is wrong and changes the tree so that the next round gets further. False when it cannot.
    pub(super) fn recover(&mut self, error: &DeError) -> bool {
        let id = error.node.unwrap_or(self.root.id);
        self.touch(id);
        match &error.kind {
            ErrorKind::StandIn => self.next_stand_in(id),
            ErrorKind::Missing(field) => {
                let Some(Node { kind, span, .. }) = prune::find(&self.root, id) else {
                    return false;
                };
                // What a refused merge would have brought is anybody's guess.
                let was_wrong = matches!(kind, Kind::Mapping { pruned, .. } if pruned.iter().any(|name| name == field || name == "<<"));
                if !was_wrong {
                    let mapping = *span;
                    let span = self.heading_of(id).unwrap_or(mapping);
                    let message = format!("missing `{field}`");
                    let diagnostic = Diagnostic::at(self.source, Some(span), &message);
                    self.tell(diagnostic.with_missing(mapping, field));
                }
                if id == self.root.id {
                    self.touched.insert((*field).to_owned());
                }
                prune::put_stand_in(&mut self.root, id, field, &mut self.last_id)
            }
            ErrorKind::Wrong {
                message,
                help,
                meant,
            } => {
                let Some(node) = prune::find(&self.root, id) else {
                    return false;
                };
                // A mapping that lost its wrong entries is wrong for that reason alone.
                let by_pruning =
                    matches!(&node.kind, Kind::Mapping { pruned, .. } if !pruned.is_empty());
                if !by_pruning {
                    let mut diagnostic = Diagnostic::at(self.source, Some(node.span), message);
                    if let Some(help) = help {
                        diagnostic = diagnostic.with_help(help);
                    }
                    self.tell(diagnostic);
                }
                self.touch_meant(id, meant.as_deref());
                prune::take_out(&mut self.root, id, meant.as_deref())
            }
        }
    }

    /// What an alias stands for is read once for each use, and is wrong in the same words each time.
    fn tell(&mut self, diagnostic: Diagnostic) {
        let told = |one: &Diagnostic| {
            (one.span(), one.message()) == (diagnostic.span(), diagnostic.message())
        };
        if !self.diagnostics.iter().any(told) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Another text for the stand-ins; when all were tried, the one that none fits is taken out and its field given up.
    fn next_stand_in(&mut self, id: NodeId) -> bool {
        self.attempt += 1;
        if !self.attempt.is_multiple_of(stand_in::ATTEMPTS) {
            return true;
        }
        let parent = parent_of(&self.root, id);
        parent.is_some_and(|parent| prune::take_out(&mut self.root, parent, None))
    }

    /// What stands for a mapping in an error about what it lacks: its key, where it has one; else its first key.
    fn heading_of(&self, id: NodeId) -> Option<Span> {
        fn key_of(node: &Node, id: NodeId) -> Option<Span> {
            match &node.kind {
                Kind::Scalar { .. } | Kind::StandIn => None,
                Kind::Sequence(items) => items.iter().find_map(|item| key_of(item, id)),
                Kind::Mapping { entries, .. } => entries.iter().find_map(|(key, value)| {
                    if value.id == id {
                        Some(key.span)
                    } else {
                        key_of(value, id)
                    }
                }),
            }
        }
        key_of(&self.root, id).or_else(|| match &prune::find(&self.root, id)?.kind {
            // What stands in for another missing field is not in the file.
            Kind::Mapping { entries, .. } => entries
                .iter()
                .map(|(key, _)| key.span)
                .find(|span| *span != Span::default()),
            _ => None,
        })
    }

    /// Remembers below which top-level key the node stands.
    fn touch(&mut self, id: NodeId) {
        let Kind::Mapping { entries, .. } = &self.root.kind else {
            return;
        };
        let key = entries
            .iter()
            .find(|(key, value)| key.id == id || prune::find(value, id).is_some());
        self.touched
            .extend(key.and_then(|(key, _)| key.text()).map(str::to_owned));
    }

    /// Remembers the top-level keys below which something was refused before anything was read.
    pub(super) fn touch_refused(&mut self) {
        let Kind::Mapping { entries, pruned } = &self.root.kind else {
            return;
        };
        let spans: Vec<Span> = self
            .diagnostics
            .iter()
            .filter_map(Diagnostic::span)
            .collect();
        let holds = |key: &Node, value: &Node| {
            let whole = key.span.start..value.span.end.max(key.span.end);
            spans.iter().any(|span| whole.contains(&span.start))
        };
        let keys = entries.iter().filter(|(key, value)| holds(key, value));
        let names = keys.filter_map(|(key, _)| key.text());
        self.touched
            .extend(names.map(str::to_owned).chain(pruned.iter().cloned()));
    }

    /// What a misspelt top-level key was meant to be is not whole either.
    fn touch_meant(&mut self, id: NodeId, meant: Option<&str>) {
        if let Kind::Mapping { entries, .. } = &self.root.kind
            && entries.iter().any(|(key, _)| key.id == id)
        {
            self.touched.extend(meant.map(str::to_owned));
        }
    }
}

/// The node of which the one with this id is a value or an item.
fn parent_of(node: &Node, id: NodeId) -> Option<NodeId> {
    let children: Vec<&Node> = match &node.kind {
        Kind::Scalar { .. } | Kind::StandIn => return None,
        Kind::Sequence(items) => items.iter().collect(),
        Kind::Mapping { entries, .. } => entries.iter().map(|(_, value)| value).collect(),
    };
    if children.iter().any(|child| child.id == id) {
        return Some(node.id);
    }
    children.into_iter().find_map(|child| parent_of(child, id))
}
