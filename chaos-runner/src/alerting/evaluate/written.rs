//! The series that a rule writes: appended at each evaluation, and marked stale when the rule no longer returns them.

use promql::{Labels, SeriesId, SeriesStore, TimeMs};
use std::collections::BTreeMap;

/// Series ids that are remembered before they are looked up anew.
const REMEMBERED_MAX: usize = 10_000;

/// What a rule wrote so far.
#[derive(Debug, Default)]
pub(super) struct Written {
    ids: BTreeMap<Labels, SeriesId>,
    /// The series of the latest evaluation, sorted.
    latest: Vec<SeriesId>,
}

impl Written {
    /// Writes the samples of an evaluation and ends the series that are not among them.
    pub(super) fn write(
        &mut self,
        store: &mut SeriesStore,
        at_ms: TimeMs,
        samples: impl IntoIterator<Item = (Labels, f64)>,
    ) -> Result<(), String> {
        if self.ids.len() > REMEMBERED_MAX {
            self.ids.clear();
        }
        let mut written = Vec::new();
        let mut failed = None;
        for (labels, value) in samples {
            let id = match self.ids.get(&labels) {
                Some(id) => *id,
                None => {
                    let id = store
                        .series_id(&labels)
                        .map_err(|error| error.to_string())?;
                    self.ids.insert(labels, id);
                    id
                }
            };
            if let Err(error) = store.append(id, at_ms, value) {
                failed = Some(error.to_string());
            }
            written.push(id);
        }
        written.sort_unstable();
        for gone in &self.latest {
            if written.binary_search(gone).is_err()
                && let Err(error) = store.append_stale(*gone, at_ms)
            {
                failed = Some(error.to_string());
            }
        }
        self.latest = written;
        failed.map_or(Ok(()), Err)
    }
}
