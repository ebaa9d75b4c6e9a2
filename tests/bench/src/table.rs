//! What a measurement came to, for people and for programs.

use serde_json::{Map, Value, json};
use std::fmt;

/// One value of a row.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    Text(String),
    /// A number, and how many digits are worth reading behind its point.
    Number(f64, usize),
}

/// The rows of one measurement.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// How it was measured, and what to read from it.
    pub(crate) how: String,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

pub(crate) fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

pub(crate) fn number(value: f64, digits: usize) -> Cell {
    Cell::Number(value, digits)
}

impl Cell {
    fn shown(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Number(value, digits) => format!("{value:.digits$}"),
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Cell::Text(text) => json!(text),
            Cell::Number(value, _) => json!(value),
        }
    }
}

impl Table {
    /// All tables in one document.
    pub(crate) fn to_json_all(tables: &[Table]) -> Value {
        let named = tables
            .iter()
            .map(|table| (table.name.to_owned(), table.to_json()));
        Value::Object(named.collect())
    }

    fn to_json(&self) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                let cells = self.columns.iter().zip(row);
                let cells = cells.map(|(column, cell)| ((*column).to_owned(), cell.to_json()));
                Value::Object(Map::from_iter(cells))
            })
            .collect();
        json!({ "how": self.how, "rows": rows })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = self.columns.iter().map(|column| (*column).to_owned());
        let mut lines: Vec<Vec<String>> = vec![heads.collect()];
        lines.extend(
            self.rows
                .iter()
                .map(|row| row.iter().map(Cell::shown).collect()),
        );
        writeln!(out, "== {}\n{}\n", self.name, self.how)?;
        for line in &lines {
            for (index, cell) in line.iter().enumerate() {
                let cells = lines.iter().filter_map(|line| line.get(index));
                let width = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
                if index == 0 {
                    write!(out, "{cell:<width$}")?;
                } else {
                    write!(out, "  {cell:>width$}")?;
                }
            }
            writeln!(out)?;
        }
        Ok(())
    }
}
