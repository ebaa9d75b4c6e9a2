//! Reads a type from a source and finds every error: what is wrong is told, taken out, and the rest is read again.

use super::de::{DeError, ErrorKind, NodeDe};
use super::diagnostic::Diagnostic;
use super::node::{Kind, Node, NodeId};
use super::source::Source;
use super::{parse, prune, stand_in};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// Errors of one file after which reading gives up.
const ERRORS_MAX: usize = 200;

/// What came of reading a file.
#[derive(Debug)]
pub struct Reading<T> {
    /// The value, without the parts that were wrong: whole when there are no diagnostics, and only to be checked further when
    /// there are. None when too much was wrong.
    pub value: Option<T>,
    /// Everything that is wrong with the form of the file.
    pub diagnostics: Vec<Diagnostic>,
    /// The top-level keys below which something was wrong or missing.
    touched: BTreeSet<String>,
}

impl<T> Reading<T> {
    /// Whether everything below the top-level key `key` was read as it was written, so that its names can be relied on.
    #[must_use]
    pub fn is_whole(&self, key: &str) -> bool {
        !self.touched.contains(key)
    }

    fn nothing(diagnostic: Diagnostic) -> Self {
        Reading {
            value: None,
            diagnostics: vec![diagnostic],
            touched: BTreeSet::new(),
        }
    }
}

/// Reads a `T` from `source`.
#[must_use]
pub fn read<T: DeserializeOwned>(source: &Source) -> Reading<T> {
    match parse::parse(source) {
        Ok(root) => Reader::new(source, root).read(),
        Err(diagnostic) => Reading::nothing(diagnostic),
    }
}

/// Reads a `T` from the top-level entries of `source` that are called one of `keys`, as if there were no others.
#[must_use]
pub fn read_keys<T: DeserializeOwned>(source: &Source, keys: &[&str]) -> Reading<T> {
    match parse::parse(source) {
        Ok(mut root) => {
            if let Kind::Mapping { entries, .. } = &mut root.kind {
                entries.retain(|(key, _)| key.text().is_some_and(|name| keys.contains(&name)));
            }
            Reader::new(source, root).read()
        }
        Err(diagnostic) => Reading::nothing(diagnostic),
    }
}

struct Reader<'s> {
    source: &'s Source,
    root: Node,
    diagnostics: Vec<Diagnostic>,
    touched: BTreeSet<String>,
    attempt: usize,
    last_id: NodeId,
}

impl<'s> Reader<'s> {
    fn new(source: &'s Source, root: Node) -> Self {
        // Ids count up from 1 while a file is parsed, the root's being the last or nearly so.
        let last_id = NodeId::MAX / 2;
        Reader {
            source,
            root,
            diagnostics: Vec::new(),
            touched: BTreeSet::new(),
            attempt: 0,
            last_id,
        }
    }

    fn read<T: DeserializeOwned>(mut self) -> Reading<T> {
        let mut value = None;
        // Each round takes a node out, or puts in one of finitely many fields, or moves on to the next of a few tries.
        for _ in 0..ERRORS_MAX * (stand_in::ATTEMPTS + 2) {
            match T::deserialize(NodeDe::new(&self.root, self.attempt)) {
                Ok(read) => {
                    value = Some(read);
                    break;
                }
                Err(error) if self.diagnostics.len() < ERRORS_MAX => {
                    if !self.recover(&error) {
                        break;
                    }
                }
                Err(_) => break,
            }
        }
        Reading {
            value,
            diagnostics: self.diagnostics,
            touched: self.touched,
        }
    }

    /// Tells what is wrong and changes the tree so that the next round gets further. False when it cannot.
    fn recover(&mut self, error: &DeError) -> bool {
        let id = error.node.unwrap_or(self.root.id);
        self.touch(id);
        match &error.kind {
            ErrorKind::StandIn => self.next_stand_in(id),
            ErrorKind::Missing(field) => {
                let Some(Node { kind, span, .. }) = prune::find(&self.root, id) else {
                    return false;
                };
                let was_wrong = matches!(kind, Kind::Mapping { pruned, .. } if pruned.iter().any(|name| name == field));
                if !was_wrong {
                    let span = self.heading_of(id).unwrap_or(*span);
                    let message = format!("missing `{field}`");
                    self.diagnostics
                        .push(Diagnostic::at(self.source, Some(span), &message));
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
                    self.diagnostics.push(diagnostic);
                }
                self.touch_meant(id, meant.as_deref());
                prune::take_out(&mut self.root, id, meant.as_deref())
            }
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
    fn heading_of(&self, id: NodeId) -> Option<super::Span> {
        fn key_of(node: &Node, id: NodeId) -> Option<super::Span> {
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
                .find(|span| *span != super::Span::default()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::plan::FactoryPlan;
    use crate::input::{Diagnostics, Located};
    use std::collections::BTreeMap;

    fn errors(text: &str) -> String {
        let reading: Reading<BTreeMap<Located<String>, FactoryPlan>> =
            read(&Source::new("f.yaml", text));
        let mut diagnostics = Diagnostics::new();
        diagnostics.extend(reading.diagnostics);
        diagnostics.to_string()
    }

    #[test]
    fn every_error_of_a_file_is_told_where_it_stands() {
        insta::assert_snapshot!(errors("\
headquarters:
  idempotent: maybe
  faults:
    - name: a
      starts: 10:99
      inject: { status: { cod: 500 } }
    - nam: b
      requests: 130%
      inject: { stats: {}, latency: {} }
    - name: c
      inject: outage
"), @"
        error: expected true or false, found `maybe`
         --> f.yaml:2:15
          |
        2 |   idempotent: maybe
          |               ^^^^^

        error: `10:99` is no moment: expected an offset such as `12m 40s` or a clock time such as `10:02:40`
         --> f.yaml:5:15
          |
        5 |       starts: 10:99
          |               ^^^^^

        error: unknown field `cod`
         --> f.yaml:6:27
          |
        6 |       inject: { status: { cod: 500 } }
          |                           ^^^
          |
          = help: did you mean `code`?

        error: unknown field `nam`
         --> f.yaml:7:7
          |
        7 |     - nam: b
          |       ^^^
          |
          = help: did you mean `name`?

        error: `130%` is no share: it lies between 0% and 100%
         --> f.yaml:8:17
          |
        8 |       requests: 130%
          |                 ^^^^

        error: unknown word `stats`
         --> f.yaml:9:17
          |
        9 |       inject: { stats: {}, latency: {} }
          |                 ^^^^^
          |
          = help: did you mean `status`?

        error: expected one of `stats`, `latency`, found 2 of them
         --> f.yaml:9:28
          |
        9 |       inject: { stats: {}, latency: {} }
          |                            ^^^^^^^
          |
          = help: keep one

        error: `outage` needs one of its words below it
          --> f.yaml:11:15
           |
        11 |       inject: outage
           |               ^^^^^^
           |
           = help: write `{ outage: … }`

        8 errors
        ");
    }

    #[test]
    fn a_variant_whose_content_can_be_left_out_may_stand_alone() {
        insta::assert_snapshot!(errors("hq: { faults: [{ name: a, inject: bad_jwt, ends: on_report }] }"), @"0 errors");
    }

    #[test]
    fn json_is_yaml() {
        let source = Source::new(
            "f.json",
            r#"{"hq": {"faults": [{"name": "a", "starts": "12m", "inject": {"latency": {"fixed": "3s"}}}]}}"#,
        );
        let reading: Reading<BTreeMap<Located<String>, FactoryPlan>> = read(&source);
        assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
        let plans = reading.value.expect("a value");
        let name = &plans["hq"].faults[0].name;
        let span = name.span.expect("a place");
        assert_eq!(&source.text()[span.range()], "\"a\"");
    }
}
