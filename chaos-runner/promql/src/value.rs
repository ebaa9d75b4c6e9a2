//! What a query answers with. Vectors are ordered by their labels unless the query sorts, so that equal inputs give equal
//! outputs byte for byte.

use crate::labels::Labels;
use crate::store::Point;

/// One element of an instant vector.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What identifies it.
    pub labels: Labels,
    /// Its value.
    pub value: f64,
}

/// One series of a range vector or of a range query's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeSeries {
    /// What identifies it.
    pub labels: Labels,
    /// Its points, oldest first.
    pub points: Vec<Point>,
}

/// The value of an instant query.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Scalar(f64),
    /// A string.
    String(String),
    /// An instant vector.
    Vector(Vec<Sample>),
    /// A range vector.
    Matrix(Vec<RangeSeries>),
}

impl Value {
    /// The samples of an instant vector; nothing for other types.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        match self {
            Self::Vector(samples) => samples,
            _ => &[],
        }
    }
}

/// The answer to an instant query.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The value.
    pub value: Value,
    /// What may make the value wrong, in Prometheus' words.
    pub warnings: Vec<String>,
    /// What the author may have overlooked, in Prometheus' words.
    pub infos: Vec<String>,
}

/// The answer to a range query.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeAnswer {
    /// The series, ordered by their labels; a scalar is one series without labels.
    pub series: Vec<RangeSeries>,
    /// As in [`Answer`].
    pub warnings: Vec<String>,
    /// As in [`Answer`].
    pub infos: Vec<String>,
}

/// How queries are evaluated; the defaults are Prometheus'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How far back an instant selector looks for a sample, in milliseconds.
    pub lookback_ms: i64,
    /// The step of subqueries that name none, in milliseconds.
    pub subquery_step_ms: i64,
    /// Whether names are dropped at the end of an evaluation, as Prometheus does with `promql-delayed-name-removal` on,
    /// instead of by each function and operator: label functions and groupings see them until then.
    pub delayed_name_removal: bool,
    /// What one evaluation may use.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lookback_ms: 300_000,
            subquery_step_ms: 60_000,
            delayed_name_removal: false,
            limits: Limits::default(),
        }
    }
}

/// What one evaluation may use; reaching a limit is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many samples an evaluation may read, and how many points an answer may have.
    pub samples: usize,
    /// How many series a selector or an answer may have.
    pub series: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            samples: 50_000_000,
            series: 1_000_000,
        }
    }
}
