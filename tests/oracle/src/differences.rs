//! The table of differences between promtool and Prometheus 3, as data: `DIFFERENCES.md` is what people read and what is used.

use crate::case::Case;
use regex::Regex;

const TABLE: &str = include_str!("../DIFFERENCES.md");

/// A difference that is known.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) name: String,
    expression: Regex,
}

/// Every row of the table.
pub(crate) fn table() -> anyhow::Result<Vec<Difference>> {
    let rows = TABLE.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        // A bar in a pattern is written `\|`, as Markdown wants it.
        let row = row.replace("\\|", "\u{0}");
        let mut cells = row
            .split('|')
            .skip(1)
            .map(|cell| cell.trim().trim_matches('`'));
        let mut cell = || cells.next().unwrap_or_default().replace('\u{0}', "|");
        Ok(Difference {
            name: cell(),
            expression: Regex::new(&cell())?,
        })
    })
    .collect()
}

impl Difference {
    /// Whether the difference may show in the case.
    pub(crate) fn touches(&self, case: &Case) -> bool {
        case.expressions()
            .any(|expr| self.expression.is_match(expr))
    }
}
