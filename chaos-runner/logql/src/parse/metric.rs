//! Metric queries: range and vector aggregations, operators, functions.

use super::wanted::{Need, needs};
use super::{Parsed, Parser};
use crate::ast::{
    Aggregate, Binary, BinaryOp, Grouping, LabelReplace, Many, Matching, Node, RangeAgg, RangeOp,
    VectorOp,
};
use crate::error::ParseError;
use crate::lex::Token;

use Function as F;
use RangeOp as R;
use VectorOp as V;

/// Functions of Loki that are not evaluated here.
const UNSUPPORTED: [&str; 3] = ["approx_topk", "variants", "count_min_sketch"];

/// What a function's name stands for.
#[derive(Clone, Copy)]
enum Function {
    Range(RangeOp),
    Vector(VectorOp),
    LabelReplace,
    Constant,
}

/// Every function, and whether it takes a number first.
const FUNCTIONS: [(&str, Function, bool); 28] = [
    ("count_over_time", F::Range(R::CountOverTime), false),
    ("rate", F::Range(R::Rate), false),
    ("rate_counter", F::Range(R::RateCounter), false),
    ("bytes_over_time", F::Range(R::BytesOverTime), false),
    ("bytes_rate", F::Range(R::BytesRate), false),
    ("absent_over_time", F::Range(R::AbsentOverTime), false),
    ("sum_over_time", F::Range(R::SumOverTime), false),
    ("avg_over_time", F::Range(R::AvgOverTime), false),
    ("min_over_time", F::Range(R::MinOverTime), false),
    ("max_over_time", F::Range(R::MaxOverTime), false),
    ("first_over_time", F::Range(R::FirstOverTime), false),
    ("last_over_time", F::Range(R::LastOverTime), false),
    ("stddev_over_time", F::Range(R::StddevOverTime), false),
    ("stdvar_over_time", F::Range(R::StdvarOverTime), false),
    (
        "quantile_over_time",
        F::Range(R::QuantileOverTime(0.0)),
        true,
    ),
    ("sum", F::Vector(V::Sum), false),
    ("avg", F::Vector(V::Avg), false),
    ("min", F::Vector(V::Min), false),
    ("max", F::Vector(V::Max), false),
    ("count", F::Vector(V::Count), false),
    ("stddev", F::Vector(V::Stddev), false),
    ("stdvar", F::Vector(V::Stdvar), false),
    ("sort", F::Vector(V::Sort), false),
    ("sort_desc", F::Vector(V::SortDesc), false),
    ("topk", F::Vector(V::Topk(0)), true),
    ("bottomk", F::Vector(V::Bottomk(0)), true),
    ("label_replace", F::LabelReplace, false),
    ("vector", F::Constant, false),
];

/// The function of this name, and whether it takes a number first.
fn function(name: &str) -> Option<(Function, bool)> {
    let mut functions = FUNCTIONS.iter();
    let (_, function, parameter) = functions.find(|(known, ..)| *known == name)?;
    Some((*function, *parameter))
}

/// Why there is no such function, and which was meant perhaps.
fn unknown(name: &str) -> String {
    if UNSUPPORTED.contains(&name) {
        return format!("the function `{name}` is not supported");
    }
    let near = |known: &str| strsim::osa_distance(known, name);
    let nearest = FUNCTIONS
        .iter()
        .map(|(known, ..)| *known)
        .min_by_key(|known| near(known));
    match nearest {
        Some(nearest) if near(nearest) <= 1 + name.len() / 6 => {
            format!("unknown function `{name}`: did you mean `{nearest}`?")
        }
        _ => format!(
            "unknown function `{name}`: LogQL starts with a function such as `rate(`, or with a stream selector `{{`"
        ),
    }
}

impl Parser {
    pub(super) fn metric(&mut self) -> Parsed<Node> {
        self.binary(0)
    }

    /// Operators that bind at least as strongly as `least`.
    fn binary(&mut self, least: u8) -> Parsed<Node> {
        self.deeper(|parser| {
            let start = parser.placed().start;
            let mut lhs = parser.operand()?;
            while let Some(op) = parser.operator() {
                let strength = op.precedence();
                if strength < least {
                    break;
                }
                let lhs_span = (start, parser.end_of_previous());
                let at = parser.placed().start;
                parser.pass();
                let returns_bool = parser.takes_word("bool");
                let matching = parser.matching()?;
                let rhs_start = parser.placed().start;
                // `^` alone groups from the right.
                let next = strength + u8::from(op != BinaryOp::Pow);
                let rhs = parser.binary(next)?;
                let rhs_span = (rhs_start, parser.end_of_previous());
                lhs = joined(
                    Binary {
                        op,
                        returns_bool,
                        matching,
                        lhs,
                        rhs,
                        lhs_span,
                        rhs_span,
                    },
                    at,
                )?;
            }
            Ok(lhs)
        })
    }

    fn operator(&self) -> Option<BinaryOp> {
        Some(match self.peek() {
            Token::Sign("==") => BinaryOp::Eq,
            Token::Sign("!=") => BinaryOp::Ne,
            Token::Sign(">") => BinaryOp::Gt,
            Token::Sign(">=") => BinaryOp::Ge,
            Token::Sign("<") => BinaryOp::Lt,
            Token::Sign("<=") => BinaryOp::Le,
            Token::Sign("+") => BinaryOp::Add,
            Token::Sign("-") => BinaryOp::Sub,
            Token::Sign("*") => BinaryOp::Mul,
            Token::Sign("/") => BinaryOp::Div,
            Token::Sign("%") => BinaryOp::Mod,
            Token::Sign("^") => BinaryOp::Pow,
            _ if self.is_word("or") => BinaryOp::Or,
            _ if self.is_word("and") => BinaryOp::And,
            _ if self.is_word("unless") => BinaryOp::Unless,
            _ => return None,
        })
    }

    /// `on (a) group_left (b)`.
    fn matching(&mut self) -> Parsed<Matching> {
        let mut matching = Matching::default();
        let on = self.takes_word("on");
        if !on && !self.takes_word("ignoring") {
            return Ok(matching);
        }
        matching.on = on;
        matching.labels = self.names()?;
        matching.many = match (
            self.takes_word("group_left"),
            self.takes_word("group_right"),
        ) {
            (true, _) => Many::Left,
            (_, true) => Many::Right,
            _ => return Ok(matching),
        };
        if self.is_sign("(") {
            matching.include = self.names()?;
        }
        Ok(matching)
    }

    fn operand(&mut self) -> Parsed<Node> {
        if self.takes("(") {
            let inner = self.metric()?;
            self.expect(")")?;
            return Ok(inner);
        }
        match self.peek() {
            Token::Number(_) | Token::Sign("-" | "+") => return self.number().map(Node::Number),
            Token::Sign("{") => {
                return Err(self.wrong(
                    "a log query gives lines, not numbers: count them, as in `count_over_time({…} [5m])`",
                ));
            }
            _ => {}
        }
        let start = self.placed().start;
        let name = self.ident("a metric query")?.to_ascii_lowercase();
        match function(&name) {
            Some((Function::Range(op), parameter)) => self.range(&name, op, parameter, start),
            Some((Function::Vector(op), parameter)) => self.aggregate(op, parameter),
            Some((Function::LabelReplace, _)) => self.label_replace(),
            Some((Function::Constant, _)) => {
                self.expect("(")?;
                let value = self.number()?;
                self.expect(")")?;
                Ok(Node::Vector(value))
            }
            None => Err(ParseError::at(start, unknown(&name))),
        }
    }

    fn range(&mut self, name: &str, op: RangeOp, parameter: bool, start: usize) -> Parsed<Node> {
        if self.is_word("by") || self.is_word("without") {
            let message = format!("the grouping of `{name}` stands behind its parentheses");
            return Err(self.wrong(message));
        }
        self.expect("(")?;
        let op = match parameter {
            false => op,
            true => {
                let quantile = self.number()?;
                self.expect(",")?;
                RangeOp::QuantileOverTime(quantile)
            }
        };
        let log_range = self.log_range()?;
        self.expect(")")?;
        let grouping_at = self.placed().start;
        let grouping = self.grouping()?;
        let wrong = |at, message: &str| Err(ParseError::at(at, format!("`{name}` {message}")));
        if grouping.is_some() && !can_group(op) {
            return wrong(
                grouping_at,
                "takes no grouping: aggregate it, as in `sum by (…) (…)`",
            );
        }
        match (needs(op), &log_range.unwrap) {
            (Need::Value, None) => {
                return wrong(
                    start,
                    "needs a number of each line: say which label holds it, as in `| unwrap bytes`",
                );
            }
            (Need::Line, Some(_)) => return wrong(start, "counts lines: it takes no `unwrap`"),
            _ => {}
        }
        super::wanted::check_templates(op, &log_range.log)
            .map_err(|reason| ParseError::at(start, reason))?;
        let mut range = RangeAgg {
            op,
            log: log_range.log,
            unwrap: log_range.unwrap,
            range_ns: log_range.range_ns,
            offset_ns: log_range.offset_ns,
            grouping,
            extract: crate::ast::Extract::default(),
        };
        range.extract = super::wanted::extract(&range, None);
        Ok(Node::Range(Box::new(range)))
    }

    fn aggregate(&mut self, op: VectorOp, parameter: bool) -> Parsed<Node> {
        let before = self.grouping()?;
        self.expect("(")?;
        let op = match op {
            _ if !parameter => op,
            VectorOp::Bottomk(_) => VectorOp::Bottomk(self.count()?),
            _ => VectorOp::Topk(self.count()?),
        };
        let mut inner = self.metric()?;
        self.expect(")")?;
        let at = self.placed().start;
        let behind = match before {
            Some(_) => None,
            None => self.grouping()?,
        };
        let grouping = before.or(behind);
        if grouping.is_some() && matches!(op, VectorOp::Sort | VectorOp::SortDesc) {
            return Err(ParseError::at(at, "grouping not allowed for sort"));
        }
        if matches!(inner, Node::Number(_)) {
            let message = "an aggregation is of series, not of a number";
            return Err(ParseError::at(at, message));
        }
        let grouping = grouping.unwrap_or_default();
        if let Node::Range(range) = &mut inner
            && op == VectorOp::Sum
        {
            // As in Loki, what a sum does not want is not looked for in the lines.
            range.extract = super::wanted::extract(range, Some(&grouping));
        }
        Ok(Node::Aggregate(Box::new(Aggregate {
            op,
            grouping,
            inner,
        })))
    }

    /// The `k` of `topk(k, …)`.
    fn count(&mut self) -> Parsed<usize> {
        let at = self.placed().start;
        let count = self.number()?;
        self.expect(",")?;
        if count < 1.0 || count.fract() != 0.0 {
            let message = "invalid parameter (must be a whole number greater than 0)";
            return Err(ParseError::at(at, message));
        }
        Ok(count as usize)
    }

    fn grouping(&mut self) -> Parsed<Option<Grouping>> {
        let without = match (self.takes_word("by"), self.takes_word("without")) {
            (true, _) => false,
            (_, true) => true,
            _ => return Ok(None),
        };
        let labels = self.names()?;
        Ok(Some(Grouping { without, labels }))
    }

    /// `label_replace(v, "to", "$1", "from", "(.*)")`.
    fn label_replace(&mut self) -> Parsed<Node> {
        self.expect("(")?;
        let inner = self.metric()?;
        self.expect(",")?;
        let to = self.text()?;
        self.expect(",")?;
        let replacement = self.text()?;
        self.expect(",")?;
        let from = self.text()?;
        self.expect(",")?;
        let start = self.placed().start;
        let pattern = self.text()?;
        self.expect(")")?;
        let regex = self.compile(&format!("^(?:{pattern})$"), start)?;
        Ok(Node::LabelReplace(Box::new(LabelReplace {
            inner,
            to,
            replacement,
            from,
            regex,
        })))
    }
}

fn can_group(op: RangeOp) -> bool {
    use RangeOp::{
        AvgOverTime, FirstOverTime, LastOverTime, MaxOverTime, MinOverTime, QuantileOverTime,
        StddevOverTime, StdvarOverTime,
    };
    matches!(
        op,
        AvgOverTime
            | MinOverTime
            | MaxOverTime
            | FirstOverTime
            | LastOverTime
            | StddevOverTime
            | StdvarOverTime
            | QuantileOverTime(_)
    )
}

/// The node of an operator; a number where both sides are numbers.
fn joined(binary: Binary, at: usize) -> Parsed<Node> {
    let wrong = |message: String| Err(ParseError::at(at, message));
    let op = binary.op;
    if binary.returns_bool && !op.is_comparison() {
        return wrong(format!(
            "`bool` is for comparisons, not for `{}`",
            op.symbol()
        ));
    }
    match (&binary.lhs, &binary.rhs) {
        (Node::Number(_), _) | (_, Node::Number(_)) if op.is_set() => {
            wrong(format!("unexpected number: `{}` joins series", op.symbol()))
        }
        (Node::Number(left), Node::Number(right)) => Ok(Node::Number(op.apply(*left, *right))),
        _ if op.is_set() && binary.matching.many != Many::Neither => {
            wrong(format!("no grouping allowed for `{}`", op.symbol()))
        }
        _ => Ok(Node::Binary(Box::new(binary))),
    }
}
