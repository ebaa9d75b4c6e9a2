//! The expression tree that is evaluated: PromQL with every name, operator and function resolved. It knows types and
//! structure; how a node is parsed, printed or evaluated is the business of other modules.

use regex::Regex;

use crate::labels::METRIC_NAME;
use crate::matcher::{MatchOp, Matcher};
use crate::store::TimeMs;

/// A node of the tree. `id` indexes what a compiled query remembers between evaluations.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) id: usize,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Number(f64),
    Text(String),
    Selector(Selector),
    Range(Selector, Length),
    Subquery(Subquery),
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    Atan2,
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    And,
    Or,
    Unless,
}

impl BinaryOp {
    pub(crate) fn from_symbol(symbol: &str) -> Option<Self> {
        Some(match symbol {
            "+" => Self::Add,
            "-" => Self::Sub,
            "*" => Self::Mul,
            "/" => Self::Div,
            "%" => Self::Mod,
            "^" => Self::Pow,
            "atan2" => Self::Atan2,
            "==" => Self::Eq,
            "!=" => Self::Ne,
            ">" => Self::Gt,
            "<" => Self::Lt,
            ">=" => Self::Ge,
            "<=" => Self::Le,
            "and" => Self::And,
            "or" => Self::Or,
            "unless" => Self::Unless,
            _ => return None,
        })
    }

    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Mod => "%",
            Self::Pow => "^",
            Self::Atan2 => "atan2",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Gt => ">",
            Self::Lt => "<",
            Self::Ge => ">=",
            Self::Le => "<=",
            Self::And => "and",
            Self::Or => "or",
            Self::Unless => "unless",
        }
    }

    pub(crate) fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::Eq | Self::Ne | Self::Gt | Self::Lt | Self::Ge | Self::Le
        )
    }

    pub(crate) fn is_set(self) -> bool {
        matches!(self, Self::And | Self::Or | Self::Unless)
    }
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AggregateOp {
    Sum,
    Avg,
    Min,
    Max,
    Count,
    Group,
    Stddev,
    Stdvar,
    Quantile,
    Topk,
    Bottomk,
    Limitk,
    LimitRatio,
    CountValues,
}

impl AggregateOp {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "sum" => Self::Sum,
            "avg" => Self::Avg,
            "min" => Self::Min,
            "max" => Self::Max,
            "count" => Self::Count,
            "group" => Self::Group,
            "stddev" => Self::Stddev,
            "stdvar" => Self::Stdvar,
            "quantile" => Self::Quantile,
            "topk" => Self::Topk,
            "bottomk" => Self::Bottomk,
            "limitk" => Self::Limitk,
            "limit_ratio" => Self::LimitRatio,
            "count_values" => Self::CountValues,
            _ => return None,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
            Self::Count => "count",
            Self::Group => "group",
            Self::Stddev => "stddev",
            Self::Stdvar => "stdvar",
            Self::Quantile => "quantile",
            Self::Topk => "topk",
            Self::Bottomk => "bottomk",
            Self::Limitk => "limitk",
            Self::LimitRatio => "limit_ratio",
            Self::CountValues => "count_values",
        }
    }

    /// Whether its result keeps an order of its own.
    pub(crate) fn orders(self) -> bool {
        matches!(self, Self::Topk | Self::Bottomk)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) function: Function,
    pub(crate) args: Vec<Node>,
}

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
    fn value_type(&self) -> ValueType {
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

impl Node {
    pub(crate) fn value_type(&self) -> ValueType {
        match &self.kind {
            Kind::Number(_) => ValueType::Scalar,
            Kind::Text(_) => ValueType::Text,
            Kind::Selector(_) | Kind::Aggregate(_) => ValueType::Vector,
            Kind::Range(..) | Kind::Subquery(_) => ValueType::Matrix,
            Kind::Paren(inner) | Kind::Negate(inner) => inner.value_type(),
            Kind::Binary(binary) => match (binary.lhs.value_type(), binary.rhs.value_type()) {
                (ValueType::Scalar, ValueType::Scalar) => ValueType::Scalar,
                _ => ValueType::Vector,
            },
            Kind::Call(call) => call.function.value_type(),
        }
    }

    /// The node without the parentheses around it.
    pub(crate) fn unwrapped(&self) -> &Self {
        match &self.kind {
            Kind::Paren(inner) => inner.unwrapped(),
            _ => self,
        }
    }

    /// The number this node always is, if it is built of numbers alone.
    pub(crate) fn constant(&self) -> Option<f64> {
        match &self.kind {
            Kind::Number(value) => Some(*value),
            Kind::Paren(inner) => inner.constant(),
            Kind::Negate(inner) => inner.constant().map(|value| -value),
            Kind::Binary(binary) if !binary.op.is_set() && !binary.op.is_comparison() => {
                let (lhs, rhs) = (binary.lhs.constant()?, binary.rhs.constant()?);
                Some(crate::eval::arithmetic(binary.op, lhs, rhs))
            }
            _ => None,
        }
    }

    /// Whether the result has an order that means something: sorted, or the top of a list.
    pub(crate) fn is_ordered(&self) -> bool {
        match &self.kind {
            Kind::Paren(inner) | Kind::Negate(inner) => inner.is_ordered(),
            Kind::Binary(binary) => {
                let scalar = |node: &Self| node.value_type() == ValueType::Scalar;
                (scalar(&binary.rhs) && binary.lhs.is_ordered())
                    || (scalar(&binary.lhs) && binary.rhs.is_ordered())
            }
            Kind::Aggregate(aggregate) => aggregate.op.orders(),
            Kind::Call(call) => match call.function {
                Function::Sort { .. } | Function::SortByLabel { .. } => true,
                Function::Map(_) | Function::Round => {
                    call.args.first().is_some_and(Self::is_ordered)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Every node directly below this one.
    pub(crate) fn children(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Number(_) | Kind::Text(_) => Vec::new(),
            Kind::Selector(selector) => selector.shift.offset.node().into_iter().collect(),
            Kind::Range(selector, range) => {
                let lengths = [range, &selector.shift.offset];
                lengths.into_iter().filter_map(Length::node).collect()
            }
            Kind::Subquery(subquery) => [&subquery.range, &subquery.shift.offset]
                .into_iter()
                .chain(&subquery.step)
                .filter_map(Length::node)
                .chain([&*subquery.inner])
                .collect(),
            Kind::Paren(inner) | Kind::Negate(inner) => vec![inner],
            Kind::Binary(binary) => vec![&binary.lhs, &binary.rhs],
            Kind::Aggregate(aggregate) => aggregate
                .param
                .iter()
                .chain(std::iter::once(&aggregate.expr))
                .collect(),
            Kind::Call(call) => call.args.iter().collect(),
        }
    }

    fn children_mut(&mut self) -> Vec<&mut Self> {
        match &mut self.kind {
            Kind::Number(_) | Kind::Text(_) => Vec::new(),
            Kind::Selector(selector) => selector.shift.offset.node_mut().into_iter().collect(),
            Kind::Range(selector, range) => {
                let lengths = [range, &mut selector.shift.offset];
                lengths.into_iter().filter_map(Length::node_mut).collect()
            }
            Kind::Subquery(subquery) => [&mut subquery.range, &mut subquery.shift.offset]
                .into_iter()
                .chain(&mut subquery.step)
                .filter_map(Length::node_mut)
                .chain([&mut *subquery.inner])
                .collect(),
            Kind::Paren(inner) | Kind::Negate(inner) => vec![inner],
            Kind::Binary(binary) => vec![&mut binary.lhs, &mut binary.rhs],
            Kind::Aggregate(aggregate) => aggregate
                .param
                .iter_mut()
                .chain(std::iter::once(&mut aggregate.expr))
                .collect(),
            Kind::Call(call) => call.args.iter_mut().collect(),
        }
    }

    /// Numbers the tree's nodes from `next` on and returns the first number not used.
    pub(crate) fn number(&mut self, next: usize) -> usize {
        self.id = next;
        self.children_mut()
            .into_iter()
            .fold(next + 1, |next, child| child.number(next))
    }
}
