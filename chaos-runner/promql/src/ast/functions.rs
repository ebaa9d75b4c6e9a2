//! The functions of PromQL as a compiled query holds them: resolved, with what can be prepared kept beside.

use regex::Regex;

use super::ValueType;

/// What a function call computes; what can be prepared when the query is compiled is kept here.
#[derive(Clone, Debug)]
pub(crate) enum Function {
    /// A function of each sample's value.
    Map(fn(f64) -> f64),
    /// A function of each sample's value read as a date, or of the evaluation's time.
    Date(fn(i64) -> f64),
    OverTime(OverTime),
    Round,
    Clamp,
    ClampMin,
    ClampMax,
    Absent,
    AbsentOverTime,
    Scalar,
    Vector,
    Time,
    Pi,
    Start,
    End,
    Step,
    RangeLength,
    MinOf,
    MaxOf,
    Timestamp,
    Sort {
        descending: bool,
    },
    SortByLabel {
        labels: Vec<String>,
        descending: bool,
    },
    LabelReplace(LabelReplace),
    LabelJoin(LabelJoin),
    HistogramQuantile,
    HistogramQuantiles {
        label: String,
    },
    HistogramFraction,
    /// A function of native histograms, of which the store has none.
    NativeHistogram,
    Info,
}

/// The functions of one series' window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OverTime {
    Rate,
    Increase,
    Delta,
    Irate,
    Idelta,
    Deriv,
    PredictLinear,
    DoubleExponentialSmoothing,
    Avg,
    Min,
    Max,
    Sum,
    Count,
    First,
    Last,
    Present,
    Quantile,
    Stddev,
    Stdvar,
    Mad,
    TsOfFirst,
    TsOfLast,
    TsOfMin,
    TsOfMax,
    Changes,
    Resets,
}

#[derive(Clone, Debug)]
pub(crate) struct LabelReplace {
    pub(crate) destination: String,
    pub(crate) replacement: String,
    pub(crate) source: String,
    pub(crate) regex: Regex,
}

#[derive(Clone, Debug)]
pub(crate) struct LabelJoin {
    pub(crate) destination: String,
    pub(crate) separator: String,
    pub(crate) sources: Vec<String>,
}

impl Function {
    pub(super) fn value_type(&self) -> ValueType {
        match self {
            Self::Scalar
            | Self::Time
            | Self::Pi
            | Self::Start
            | Self::End
            | Self::Step
            | Self::RangeLength
            | Self::MinOf
            | Self::MaxOf => ValueType::Scalar,
            _ => ValueType::Vector,
        }
    }
}
