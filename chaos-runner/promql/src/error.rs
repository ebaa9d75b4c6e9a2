//! What can go wrong with a query: text that is no PromQL, and evaluations that have no answer. Messages of evaluation
//! errors are Prometheus' own wherever it has one, so that a rule fails here with the words its server would use.

/// The text is no PromQL that can be evaluated here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parse PromQL: {message}")]
pub struct ParseError {
    /// What is wrong with it.
    pub message: String,
    /// Where, as a byte offset into the text, when that is known.
    pub offset: Option<usize>,
}

impl ParseError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            offset: None,
        }
    }

    pub(crate) fn at(offset: usize, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            offset: Some(offset),
        }
    }
}

/// Why an evaluation has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EvalError {
    /// Two series of the result have the same labels.
    #[error("vector cannot contain metrics with the same labelset")]
    DuplicateLabels,
    /// A binary operator cannot pair its operands.
    #[error("{0}")]
    Matching(String),
    /// An argument has a value that the function or operator refuses.
    #[error("{0}")]
    InvalidArgument(String),
    /// An operand has the wrong type; the parser rejects nearly all of these.
    #[error("expected {expected}, got {got}")]
    Type {
        /// What the operator or function takes.
        expected: &'static str,
        /// What it was given.
        got: &'static str,
    },
    /// More samples would have to be read than [`crate::Limits`] allows.
    #[error("query processing would load too many samples: the limit is {limit}")]
    TooManySamples {
        /// The limit.
        limit: usize,
    },
    /// More series would have to be returned or held than [`crate::Limits`] allows.
    #[error("query processing would hold too many series: the limit is {limit}")]
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
