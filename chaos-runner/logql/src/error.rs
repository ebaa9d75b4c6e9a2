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

/// Characters of a line's labels that an error shows.
const SHOWN_MAX: usize = 1_000;

/// Why an evaluation has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// A log query was asked for numbers.
    #[error(
        "a log query gives lines, not numbers: count them, as in `count_over_time({{…}} [5m])`"
    )]
    NoMetricQuery,
    /// A line did not go through its pipeline as it should have.
    #[error(
        "pipeline error: '{error}' for series: '{labels}'.\nUse a label filter to intentionally skip this error. (e.g | \
         __error__!=\"{error}\").\nTo skip all potential errors you can match empty errors.(e.g __error__=\"\")\nThe label \
         filter can also be specified after unwrap. (e.g | unwrap latency | __error__=\"\" )"
    )]
    Pipeline {
        /// The error's name, as the label `__error__` has it.
        error: &'static str,
        /// The labels of the line.
        labels: String,
    },
    /// Two series of the result have the same labels.
    #[error("vector cannot contain metrics with the same labelset")]
    DuplicateLabels,
    /// A binary operator cannot pair its operands.
    #[error("{0}")]
    Matching(String),
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
    /// A label would get longer than labels may be.
    #[error("`label_replace` writes a label of more than {limit} bytes")]
    LabelTooLong {
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

impl EvalError {
    pub(crate) fn pipeline(error: &'static str, labels: &promql::Labels) -> Self {
        let labels = labels.to_string().chars().take(SHOWN_MAX).collect();
        EvalError::Pipeline { error, labels }
    }
}
