//! What one evaluation may use.

/// How queries are evaluated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What one evaluation may use.
    pub limits: Limits,
}

/// What one evaluation may use; reaching a limit is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many lines an evaluation may read.
    pub lines: usize,
    /// How many series a query may come to: Loki's `max_query_series`.
    pub series: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            lines: 50_000_000,
            series: 500,
        }
    }
}
