//! What can go wrong with a query: text that is no LogQL, and evaluations that have no answer. Messages are Loki's own where it has
//! one that says enough.

/// The text is no LogQL that can be evaluated here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parse LogQL: {message}")]
pub struct ParseError {
    /// What is wrong with it.
    pub message: String,
    /// Where, as a byte offset into the text, when that is known.
    pub offset: Option<usize>,
}

impl ParseError {
    pub(crate) fn at(offset: usize, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            offset: Some(offset),
        }
    }
}

/// Why an evaluation has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// A log query was asked for numbers.
    #[error(
        "a log query gives lines, not numbers: count them, as in `count_over_time({{…}} [5m])`"
    )]
    NoMetricQuery,
    /// More lines would have to be read than [`crate::Limits`] allows.
    #[error("the query would read too many lines: the limit is {limit}")]
    TooManyLines {
        /// The limit.
        limit: usize,
    },
    /// More series would have to be held than [`crate::Limits`] allows.
    #[error("maximum of series ({limit}) reached for a single query")]
    TooManySeries {
        /// The limit.
        limit: usize,
    },
    /// The range has no step, or far too many.
    #[error("range from {start_ms} ms to {end_ms} ms with a step of {step_ms} ms")]
    BadRange {
        /// First step.
        start_ms: i64,
        /// Last moment a step may have.
        end_ms: i64,
        /// Distance of two steps.
        step_ms: i64,
    },
}
