//! The expression tree that is evaluated: PromQL with every name, operator and function resolved. It knows types and
//! structure; how a node is parsed, printed or evaluated is the business of other modules.

mod functions;
mod operators;
mod tree;

pub(crate) use functions::{Function, LabelJoin, LabelReplace, OverTime};
pub(crate) use operators::{AggregateOp, BinaryOp};

use crate::labels::METRIC_NAME;
use crate::matcher::{MatchOp, Matcher};
use crate::store::TimeMs;

/// A node of the tree. `id` indexes what a compiled query remembers between evaluations.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) id: usize,
    /// Where it begins in the query's text, in bytes.
    pub(crate) at: usize,
    pub(crate) kind: Kind,
}

/// What a node is. Everything large is boxed: trees are walked recursively, and small nodes make small stack frames.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Number(f64),
    Text(String),
    Selector(Box<Selector>),
    Range(Box<Selector>, Length),
    Subquery(Box<Subquery>),
    Paren(Box<Node>),
    Negate(Box<Node>),
    Binary(Box<Binary>),
    Aggregate(Box<Aggregate>),
    Call(Box<Call>),
}

/// A duration: mostly fixed, but an experimental syntax computes it from the query's step and range.
#[derive(Clone, Debug)]
pub(crate) enum Length {
    Ms(i64),
    /// A number of seconds.
    Computed(Box<Node>),
}

impl Length {
    /// The duration in milliseconds, if it is the same for every evaluation.
    pub(crate) fn fixed_ms(&self) -> Option<i64> {
        match self {
            Self::Ms(ms) => Some(*ms),
            Self::Computed(_) => None,
        }
    }

    fn node(&self) -> Option<&Node> {
        match self {
            Self::Ms(_) => None,
            Self::Computed(node) => Some(node),
        }
    }

    fn node_mut(&mut self) -> Option<&mut Node> {
        match self {
            Self::Ms(_) => None,
            Self::Computed(node) => Some(node),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueType {
    Scalar,
    Text,
    Vector,
    Matrix,
}

impl ValueType {
    /// As Prometheus' messages name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Text => "string",
            Self::Vector => "instant vector",
            Self::Matrix => "range vector",
        }
    }
}

/// Which samples a selector takes at the edges of its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edges {
    /// Those inside it.
    Plain,
    /// The last one before it too.
    Anchored,
    /// Values interpolated at both edges.
    Smoothed,
}

#[derive(Clone, Debug)]
pub(crate) struct Selector {
    /// The metric's name, when one is written ahead of the braces.
    pub(crate) name: Option<String>,
    /// Every condition, the one on the name included.
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) shift: Shift,
    pub(crate) edges: Edges,
}

impl Selector {
    /// The metric's name, if the selector fixes it.
    pub(crate) fn metric(&self) -> Option<&str> {
        self.matchers
            .iter()
            .find(|m| m.name() == METRIC_NAME && m.op() == MatchOp::Equal)
            .map(Matcher::value)
    }
}

/// Where a selector or subquery looks instead of at the evaluation's own time.
#[derive(Clone, Debug)]
pub(crate) struct Shift {
    pub(crate) at: Option<At>,
    pub(crate) offset: Length,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    Start,
    End,
    Time(TimeMs),
}

#[derive(Clone, Debug)]
pub(crate) struct Subquery {
    pub(crate) inner: Box<Node>,
    pub(crate) range: Length,
    pub(crate) step: Option<Length>,
    pub(crate) shift: Shift,
}

#[derive(Clone, Debug)]
pub(crate) struct Binary {
    pub(crate) op: BinaryOp,
    pub(crate) lhs: Node,
    pub(crate) rhs: Node,
    pub(crate) returns_bool: bool,
    pub(crate) matching: Matching,
}

/// How the series of two operands are paired.
#[derive(Clone, Debug)]
pub(crate) struct Matching {
    pub(crate) labels: MatchLabels,
    pub(crate) cardinality: Cardinality,
    /// Stands in for a left-hand sample that is missing.
    pub(crate) fill_lhs: Option<f64>,
    /// Stands in for a right-hand sample that is missing.
    pub(crate) fill_rhs: Option<f64>,
}

impl Matching {
    /// By all labels, one to one.
    pub(crate) fn plain() -> Self {
        Self {
            labels: MatchLabels::Ignoring(Vec::new()),
            cardinality: Cardinality::OneToOne,
            fill_lhs: None,
            fill_rhs: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MatchLabels {
    On(Vec<String>),
    Ignoring(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cardinality {
    OneToOne,
    /// `group_left`, with the labels taken over from the right.
    ManyToOne(Vec<String>),
    /// `group_right`, with the labels taken over from the left.
    OneToMany(Vec<String>),
}

#[derive(Clone, Debug)]
pub(crate) struct Aggregate {
    pub(crate) op: AggregateOp,
    pub(crate) param: Option<Node>,
    pub(crate) expr: Node,
    pub(crate) grouping: Grouping,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Grouping {
    By(Vec<String>),
    Without(Vec<String>),
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) function: Function,
    pub(crate) args: Vec<Node>,
}
