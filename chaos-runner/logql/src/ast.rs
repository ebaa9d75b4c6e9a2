//! What a query is made of, once it is parsed. A tree without behaviour but what every walk over it shares.

use promql::Matcher;
use regex::Regex;

/// A stream selector and what is done to each of its lines.
#[derive(Clone, Debug)]
pub(crate) struct LogExpr {
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) stages: Vec<Stage>,
}

/// One step of a pipeline.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// Keeps lines by what they contain.
    Line(LineFilter),
}

/// `|= "text"` and its kin. A line passes when any alternative is found in it, or none of them for the negated forms.
#[derive(Clone, Debug)]
pub(crate) struct LineFilter {
    pub(crate) negated: bool,
    pub(crate) alternatives: Vec<Pattern>,
}

/// What a line filter looks for.
#[derive(Clone, Debug)]
pub(crate) enum Pattern {
    Text(String),
    Regex(Regex),
}

/// A part of a metric query.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// A number.
    Number(f64),
    /// Something about the lines of a window, by stream.
    Range(Box<RangeAgg>),
    /// Series brought together.
    Aggregate(Box<Aggregate>),
    /// Two sides and an operator.
    Binary(Box<Binary>),
}

/// What a range aggregation computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RangeOp {
    CountOverTime,
    Rate,
    BytesOverTime,
    BytesRate,
}

#[derive(Clone, Debug)]
pub(crate) struct RangeAgg {
    pub(crate) op: RangeOp,
    pub(crate) log: LogExpr,
    pub(crate) range_ns: i64,
    pub(crate) offset_ns: i64,
}

/// What a vector aggregation computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VectorOp {
    Sum,
    Avg,
    Min,
    Max,
    Count,
}

/// Which labels stay.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grouping {
    pub(crate) without: bool,
    pub(crate) labels: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Aggregate {
    pub(crate) op: VectorOp,
    pub(crate) grouping: Grouping,
    pub(crate) inner: Node,
}

/// An operator between two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BinaryOp {
    Gt,
    Ge,
    Lt,
    Le,
    Eq,
    Ne,
}

#[derive(Clone, Debug)]
pub(crate) struct Binary {
    pub(crate) op: BinaryOp,
    pub(crate) lhs: Node,
    pub(crate) rhs: Node,
}

impl Node {
    /// Calls `each` with every range aggregation, in the order in which they are written.
    pub(crate) fn for_each_range<'n>(&'n self, each: &mut dyn FnMut(&'n RangeAgg)) {
        match self {
            Node::Number(_) => {}
            Node::Range(range) => each(range),
            Node::Aggregate(aggregate) => aggregate.inner.for_each_range(each),
            Node::Binary(binary) => {
                binary.lhs.for_each_range(each);
                binary.rhs.for_each_range(each);
            }
        }
    }
}

impl BinaryOp {
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
        }
    }

    /// The operator that means the same with its sides exchanged.
    pub(crate) fn mirrored(self) -> Self {
        match self {
            BinaryOp::Gt => BinaryOp::Lt,
            BinaryOp::Lt => BinaryOp::Gt,
            BinaryOp::Ge => BinaryOp::Le,
            BinaryOp::Le => BinaryOp::Ge,
            same => same,
        }
    }

    #[expect(clippy::float_cmp, reason = "LogQL compares floats exactly")]
    pub(crate) fn holds(self, left: f64, right: f64) -> bool {
        match self {
            BinaryOp::Gt => left > right,
            BinaryOp::Ge => left >= right,
            BinaryOp::Lt => left < right,
            BinaryOp::Le => left <= right,
            BinaryOp::Eq => left == right,
            BinaryOp::Ne => left != right,
        }
    }
}
