//! What a query is made of, once it is parsed. A tree without behaviour but what every walk over it shares.

use crate::pipeline::Stage;
use promql::{Labels, Matcher};
use regex::Regex;
use std::collections::BTreeSet;

/// A stream selector and what is done to each of its lines.
#[derive(Clone, Debug)]
pub(crate) struct LogExpr {
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) stages: Vec<Stage>,
}

/// A part of a metric query.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// A number.
    Number(f64),
    /// `vector(N)`: one series without labels.
    Vector(f64),
    /// Something about the lines of a window, by stream.
    Range(Box<RangeAgg>),
    /// Series brought together.
    Aggregate(Box<Aggregate>),
    /// Two sides and an operator.
    Binary(Box<Binary>),
    /// `label_replace`.
    LabelReplace(Box<LabelReplace>),
}

/// What a range aggregation computes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum RangeOp {
    CountOverTime,
    Rate,
    RateCounter,
    BytesOverTime,
    BytesRate,
    AbsentOverTime,
    SumOverTime,
    AvgOverTime,
    MinOverTime,
    MaxOverTime,
    FirstOverTime,
    LastOverTime,
    StddevOverTime,
    StdvarOverTime,
    QuantileOverTime(f64),
}

/// A range aggregation: a function of the lines of a window, or of a number in them.
#[derive(Clone, Debug)]
pub(crate) struct RangeAgg {
    pub(crate) op: RangeOp,
    pub(crate) log: LogExpr,
    pub(crate) unwrap: Option<Unwrap>,
    pub(crate) range_ns: i64,
    pub(crate) offset_ns: i64,
    pub(crate) grouping: Option<Grouping>,
    /// Which labels of a line its series has, and which are looked for.
    pub(crate) extract: Extract,
}

/// The number that a line holds: the value of a label.
#[derive(Clone, Debug)]
pub(crate) struct Unwrap {
    pub(crate) label: String,
    pub(crate) unit: UnwrapUnit,
    /// Label filters behind it, which see the error of a value that is no number.
    pub(crate) filters: Vec<Stage>,
}

/// What the value of an unwrapped label is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnwrapUnit {
    Float,
    Duration,
    Bytes,
}

/// What of a line's labels its series has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extract {
    /// Which labels the series has; all of them where there is none.
    pub(crate) grouping: Option<Grouping>,
    /// Which labels parsers look for. A line that does not parse is no error where nothing of it is wanted.
    pub(crate) wanted: Wanted,
}

/// Which labels parsers look for: Loki's "parser hints". They make queries faster, and decide what is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wanted {
    #[default]
    All,
    Nothing,
    Only(BTreeSet<String>),
}

/// What a vector aggregation computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VectorOp {
    Sum,
    Avg,
    Min,
    Max,
    Count,
    Stddev,
    Stdvar,
    Topk(usize),
    Bottomk(usize),
    Sort,
    SortDesc,
}

/// Which labels stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    Or,
    And,
    Unless,
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
}

#[derive(Clone, Debug)]
pub(crate) struct Binary {
    pub(crate) op: BinaryOp,
    /// `bool`: a comparison that gives 1 and 0 in place of filtering.
    pub(crate) returns_bool: bool,
    pub(crate) matching: Matching,
    pub(crate) lhs: Node,
    pub(crate) rhs: Node,
    /// Where the sides stand in the text.
    pub(crate) lhs_span: (usize, usize),
    pub(crate) rhs_span: (usize, usize),
}

/// How the series of two sides find each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Matching {
    /// `on` these labels, else on all but these.
    pub(crate) on: bool,
    pub(crate) labels: Vec<String>,
    /// Which side may have several series for one of the other.
    pub(crate) many: Many,
    /// The labels that the many get of their one.
    pub(crate) include: Vec<String>,
}

/// Which side of a binary operator may have several series for one of the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Many {
    #[default]
    Neither,
    Left,
    Right,
}

#[derive(Clone, Debug)]
pub(crate) struct LabelReplace {
    pub(crate) inner: Node,
    pub(crate) to: String,
    pub(crate) replacement: String,
    pub(crate) from: String,
    pub(crate) regex: Regex,
}

impl Node {
    /// The least number that it can return, where that is known.
    pub(crate) fn least(&self) -> Option<f64> {
        match self {
            Node::Range(range) if range.unwrap.is_none() => match range.op {
                RangeOp::CountOverTime => Some(1.0),
                RangeOp::Rate => Some(f64::MIN_POSITIVE),
                _ => None,
            },
            Node::Aggregate(aggregate) => match aggregate.op {
                VectorOp::Count => Some(1.0),
                VectorOp::Stddev | VectorOp::Stdvar => None,
                _ => aggregate.inner.least(),
            },
            Node::LabelReplace(replace) => replace.inner.least(),
            _ => None,
        }
    }

    /// Calls `each` with every range aggregation, in the order in which they are written.
    pub(crate) fn for_each_range<'n>(&'n self, each: &mut dyn FnMut(&'n RangeAgg)) {
        match self {
            Node::Number(_) | Node::Vector(_) => {}
            Node::Range(range) => each(range),
            Node::Aggregate(aggregate) => aggregate.inner.for_each_range(each),
            Node::LabelReplace(replace) => replace.inner.for_each_range(each),
            Node::Binary(binary) => {
                binary.lhs.for_each_range(each);
                binary.rhs.for_each_range(each);
            }
        }
    }

    /// Whether its samples are in an order of their own.
    pub(crate) fn is_ordered(&self) -> bool {
        match self {
            Node::Aggregate(aggregate) => {
                matches!(aggregate.op, VectorOp::Sort | VectorOp::SortDesc)
            }
            _ => false,
        }
    }
}

impl Grouping {
    /// The labels that stay of `labels`.
    pub(crate) fn of(&self, labels: &Labels) -> Labels {
        let named = |name: &str| self.labels.iter().any(|label| label == name);
        if self.labels.is_empty() && self.without {
            return labels.clone();
        }
        labels
            .iter()
            .filter(|(name, _)| named(name) != self.without)
            .collect()
    }
}

impl BinaryOp {
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Or => "or",
            BinaryOp::And => "and",
            BinaryOp::Unless => "unless",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Mod => "%",
            BinaryOp::Pow => "^",
        }
    }

    pub(crate) fn is_comparison(self) -> bool {
        use BinaryOp::{Eq, Ge, Gt, Le, Lt, Ne};
        matches!(self, Eq | Ne | Gt | Ge | Lt | Le)
    }

    pub(crate) fn is_set(self) -> bool {
        matches!(self, BinaryOp::Or | BinaryOp::And | BinaryOp::Unless)
    }

    /// How strongly it binds: `or` the least, `^` the most.
    pub(crate) fn precedence(self) -> u8 {
        match self {
            BinaryOp::Or => 1,
            BinaryOp::And | BinaryOp::Unless => 2,
            op if op.is_comparison() => 3,
            BinaryOp::Add | BinaryOp::Sub => 4,
            BinaryOp::Pow => 6,
            _ => 5,
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
            _ => left != right,
        }
    }

    /// What an arithmetic operator gives, or a comparison as 1 and 0. Loki divides by zero to no number.
    pub(crate) fn apply(self, left: f64, right: f64) -> f64 {
        match self {
            BinaryOp::Add => left + right,
            BinaryOp::Sub => left - right,
            BinaryOp::Mul => left * right,
            BinaryOp::Div | BinaryOp::Mod if right == 0.0 => f64::NAN,
            BinaryOp::Div => left / right,
            BinaryOp::Mod => left % right,
            BinaryOp::Pow => left.powf(right),
            comparison => f64::from(u8::from(comparison.holds(left, right))),
        }
    }
}
