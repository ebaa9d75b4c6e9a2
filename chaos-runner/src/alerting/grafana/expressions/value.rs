//! The values that expressions take and give, each with its labels. A null is not a NaN: it is a number that is not there.

use promql::{Labels, TimeMs};

/// A number, or null.
pub(in crate::alerting::grafana) type Cell = Option<f64>;

/// One value of a result set.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::alerting::grafana) enum Value {
    /// A query succeeded and returned nothing.
    NoData,
    /// A number that a formula wrote down.
    Scalar(Cell),
    /// A number with labels.
    Number(Labels, Cell),
    /// Numbers over time, oldest first.
    Series(Labels, Vec<(TimeMs, Cell)>),
}

impl Value {
    /// Its labels; none where it can have none.
    pub(in crate::alerting::grafana) fn labels(&self) -> Labels {
        match self {
            Value::NoData | Value::Scalar(_) => Labels::empty(),
            Value::Number(labels, _) | Value::Series(labels, _) => labels.clone(),
        }
    }

    /// What a message calls its type.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Value::NoData => "noData",
            Value::Scalar(_) => "scalar",
            Value::Number(..) => "numberSet",
            Value::Series(..) => "seriesSet",
        }
    }

    /// The same with each of its cells replaced.
    pub(super) fn map(&self, of: impl Fn(Cell) -> Cell) -> Value {
        match self {
            Value::NoData => Value::NoData,
            Value::Scalar(cell) => Value::Scalar(of(*cell)),
            Value::Number(labels, cell) => Value::Number(labels.clone(), of(*cell)),
            Value::Series(labels, points) => {
                let points = points.iter().map(|(at, cell)| (*at, of(*cell)));
                Value::Series(labels.clone(), points.collect())
            }
        }
    }
}

/// Whether `labels` has every label of `others`, with its value.
pub(in crate::alerting::grafana) fn contains(labels: &Labels, others: &Labels) -> bool {
    others
        .iter()
        .all(|(name, value)| labels.get(name) == Some(value))
}
