//! `label_replace` and `label_join`: new labels for the series of a vector. They depend on label sets alone, so their
//! results are planned once for the sets seen.

use super::{Evaluated, Evaluator, Item};
use crate::ast::{LabelJoin, LabelReplace};
use crate::labels::{Labels, METRIC_NAME};

impl Evaluator<'_> {
    pub(super) fn replace_label(
        &mut self,
        id: usize,
        items: Vec<Item>,
        replace: &LabelReplace,
    ) -> Evaluated<Vec<Item>> {
        self.relabel(id, items, |item| {
            let source = item.labels.get(&replace.source).unwrap_or_default();
            let Some(found) = replace.regex.captures(source) else {
                return (item.labels.clone(), item.drop_name);
            };
            let mut value = String::new();
            found.expand(&replace.replacement, &mut value);
            set(item, &replace.destination, &value)
        })
    }

    pub(super) fn join_labels(
        &mut self,
        id: usize,
        items: Vec<Item>,
        join: &LabelJoin,
    ) -> Evaluated<Vec<Item>> {
        self.relabel(id, items, |item| {
            let parts: Vec<&str> = join
                .sources
                .iter()
                .map(|name| item.labels.get(name).unwrap_or_default())
                .collect();
            set(item, &join.destination, &parts.join(&join.separator))
        })
    }
}

/// A name that was set explicitly is kept, whatever was computed before.
fn set(item: &Item, name: &str, value: &str) -> (Labels, bool) {
    let drop_name = item.drop_name && name != METRIC_NAME;
    (item.labels.with(name, value), drop_name)
}
