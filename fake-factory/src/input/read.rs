//! Reads a type from a source and finds every error: what is wrong is told, taken out, and the rest is read again.

mod recover;

use super::de::NodeDe;
use super::diagnostic::Diagnostic;
use super::located::Span;
use super::node::{Kind, Node, NodeId};
use super::parse::{Manner, Parsed, parse};
use super::prune;
use super::source::Source;
use super::stand_in;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// Errors of one file after which reading gives up.
const ERRORS_MAX: usize = 100;
/// Nodes that are gone through before reading gives up, over all rounds: each starts at the top of the file.
const NODES_READ_MAX: usize = 4_000_000;
/// Rounds that even the largest file gets.
const ROUNDS_MIN: usize = 20;

/// What came of reading a file.
#[derive(Debug)]
pub struct Reading<T> {
    /// The value, without the parts that were wrong: whole when there are no diagnostics, and only to be checked further when
    /// there are. None when too much was wrong.
    pub value: Option<T>,
    /// Everything that is wrong with the form of the file.
    pub diagnostics: Vec<Diagnostic>,
    /// Where a second document begins, which was not read.
    pub second_document: Option<Span>,
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
            second_document: None,
            touched: BTreeSet::new(),
        }
    }
}

/// Reads a `T` from `source`.
#[must_use]
pub fn read<T: DeserializeOwned>(source: &Source) -> Reading<T> {
    match parse(source, Manner::Ours) {
        Ok(parsed) => Reader::new(source, parsed).read(),
        Err(diagnostic) => Reading::nothing(diagnostic),
    }
}

/// Reads a `T` from a file that is another program's, as programs written in Go read their YAML: merge keys are followed, the first
/// document is all there is, and an empty one is a default.
#[must_use]
pub fn read_foreign<T: DeserializeOwned + Default>(source: &Source) -> Reading<T> {
    match parse(source, Manner::Go) {
        Ok(parsed) if parsed.root.is_null() => Reading {
            value: Some(T::default()),
            diagnostics: parsed.refusals,
            second_document: parsed.second_document,
            touched: BTreeSet::new(),
        },
        Ok(parsed) => Reader::new(source, parsed).read(),
        Err(diagnostic) => Reading::nothing(diagnostic),
    }
}

/// Reads a `T` from the top-level entries of `source` that are called one of `keys`, as if there were no others.
#[must_use]
pub fn read_keys<T: DeserializeOwned>(source: &Source, keys: &[&str]) -> Reading<T> {
    match parse(source, Manner::Ours) {
        Ok(mut parsed) => {
            if let Kind::Mapping { entries, .. } = &mut parsed.root.kind {
                entries.retain(|(key, _)| key.text().is_some_and(|name| keys.contains(&name)));
            }
            Reader::new(source, parsed).read()
        }
        Err(diagnostic) => Reading::nothing(diagnostic),
    }
}

/// Reads a `T` from `source`, whose top-level entry `key` is `text` where it has none.
#[must_use]
pub fn read_or<T: DeserializeOwned>(source: &Source, key: &str, text: &str) -> Reading<T> {
    match parse(source, Manner::Ours) {
        Ok(mut parsed) => {
            prune::put_text(&mut parsed.root, key, text);
            Reader::new(source, parsed).read()
        }
        Err(diagnostic) => Reading::nothing(diagnostic),
    }
}

struct Reader<'s> {
    source: &'s Source,
    root: Node,
    diagnostics: Vec<Diagnostic>,
    second_document: Option<Span>,
    touched: BTreeSet<String>,
    attempt: usize,
    last_id: NodeId,
}

impl<'s> Reader<'s> {
    fn new(source: &'s Source, parsed: Parsed) -> Self {
        let mut reader = Reader {
            source,
            // Ids count up from 1 while a file is parsed, the root's being the last or nearly so.
            last_id: NodeId::MAX / 2,
            root: parsed.root,
            diagnostics: parsed.refusals,
            second_document: parsed.second_document,
            touched: BTreeSet::new(),
            attempt: 0,
        };
        reader.touch_refused();
        reader
    }

    fn read<T: DeserializeOwned>(mut self) -> Reading<T> {
        let mut value = None;
        let mut gave_up = true;
        // Each round takes a node out, or puts in one of finitely many fields, or moves on to the next of a few tries.
        for _ in 0..self.rounds() {
            match T::deserialize(NodeDe::new(&self.root, self.attempt)) {
                Ok(read) => value = Some(read),
                Err(_) if self.diagnostics.len() >= ERRORS_MAX => break,
                Err(error) if self.recover(&error) => continue,
                Err(_) => {}
            }
            gave_up = false;
            break;
        }
        if gave_up && let Some(last) = self.diagnostics.pop() {
            let told = "reading stopped after so many errors: mend these, and look again";
            self.diagnostics.push(last.with_help(told));
        }
        Reading {
            value,
            diagnostics: self.diagnostics,
            second_document: self.second_document,
            touched: self.touched,
        }
    }

    fn rounds(&self) -> usize {
        let nodes = usize::try_from(self.root.id).unwrap_or(usize::MAX).max(1);
        let most = ERRORS_MAX * (stand_in::ATTEMPTS + 2);
        (NODES_READ_MAX / nodes).clamp(ROUNDS_MIN, most)
    }
}
