//! What went wrong in the machinery: written down when it begins, not again at every tick until it is over.

use crate::record::WarningRecord;
use fake_factory::clock::Elapsed;
use std::collections::BTreeMap;

/// The warnings of a run.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    written: Vec<WarningRecord>,
    /// What is wrong now, by what it is wrong with.
    current: BTreeMap<String, String>,
}

impl Warnings {
    /// Warnings that one run writes down; later ones are dropped.
    const MAX: usize = 1_000;

    /// Something is wrong with `subject`, as in `the scrape of a:80`.
    pub(super) fn note(&mut self, at: Elapsed, subject: &str, message: &str) {
        if self
            .current
            .get(subject)
            .is_some_and(|known| known == message)
        {
            return;
        }
        self.current.insert(subject.to_owned(), message.to_owned());
        if self.written.len() < Self::MAX {
            let message = format!("{subject}: {message}");
            self.written.push(WarningRecord { at, message });
        }
    }

    /// Whether nothing is wrong now.
    pub(super) fn none_current(&self) -> bool {
        self.current.is_empty()
    }

    /// Nothing is wrong with `subject`, any more.
    pub(super) fn clear(&mut self, subject: &str) {
        self.current.remove(subject);
    }

    pub(super) fn into_records(self) -> Vec<WarningRecord> {
        self.written
    }
}
