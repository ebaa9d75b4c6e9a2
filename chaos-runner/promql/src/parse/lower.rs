//! Lowers the tree of `promql-parser` to ours: operators become enums, durations milliseconds, matchers compiled.

use std::time::Duration;

use promql_parser::label::{MatchOp as ParsedMatchOp, Matchers};
use promql_parser::parser as parsed;
use promql_parser::parser::{Expr, LabelModifier, VectorMatchCardinality};

use super::{extensions, functions};
use crate::ast::{
    Aggregate, AggregateOp, At, Binary, BinaryOp, Cardinality, Edges, Grouping, Kind, Length,
    MatchLabels, Matching, Node, Selector, Shift, Subquery, ValueType,
};
use crate::error::ParseError;
use crate::labels::METRIC_NAME;
use crate::matcher::{MatchOp, Matcher};

type Lowered<T> = Result<T, ParseError>;

/// Lowers one query.
pub(super) struct Lowering {
    /// What the markers of duration expressions stand for.
    pub(super) durations: Vec<Node>,
}

impl Lowering {
    pub(super) fn lower(&self, expr: &Expr) -> Lowered<Node> {
        let kind = match expr {
            Expr::NumberLiteral(literal) => Kind::Number(literal.val),
            Expr::StringLiteral(literal) => Kind::Text(literal.val.clone()),
            Expr::VectorSelector(vector) => Kind::Selector(self.conditional(vector)?),
            Expr::MatrixSelector(matrix) => {
                Kind::Range(self.conditional(&matrix.vs)?, self.positive(matrix.range)?)
            }
            Expr::Subquery(parsed) => self.subquery(parsed)?,
            Expr::Paren(paren) => Kind::Paren(Box::new(self.lower(&paren.expr)?)),
            Expr::Unary(unary) => Kind::Negate(Box::new(self.lower(&unary.expr)?)),
            Expr::Binary(parsed) => Kind::Binary(self.binary(parsed)?),
            Expr::Aggregate(parsed) => Kind::Aggregate(self.aggregate(parsed)?),
            Expr::Call(call) => self.call(call)?,
            Expr::Extension(_) => return Err(ParseError::new("extensions are not PromQL")),
        };
        Ok(Node { id: 0, kind })
    }

    fn call(&self, call: &parsed::Call) -> Lowered<Kind> {
        let is_info = call.func.name == "info";
        let mut args = Vec::with_capacity(call.args.args.len());
        for (at, arg) in call.args.args.iter().enumerate() {
            args.push(match &**arg {
                Expr::VectorSelector(vector) if is_info && at == 1 && vector.name.is_some() => {
                    return Err(ParseError::new(
                        "expected label selectors only, got vector selector instead",
                    ));
                }
                // Only labels are meant there, so that no condition is required.
                Expr::VectorSelector(vector) if is_info && at == 1 => Node {
                    id: 0,
                    kind: Kind::Selector(Box::new(self.selector(vector)?)),
                },
                arg => self.lower(arg)?,
            });
        }
        functions::call(call.func.name, args)
    }

    /// A selector that has a condition which the empty label does not meet.
    fn conditional(&self, vector: &parsed::VectorSelector) -> Lowered<Box<Selector>> {
        let selector = self.selector(vector)?;
        if selector.matchers.iter().all(|matcher| matcher.accepts("")) {
            return Err(ParseError::new(
                "vector selector must contain at least one non-empty matcher",
            ));
        }
        Ok(Box::new(selector))
    }

    fn selector(&self, vector: &parsed::VectorSelector) -> Lowered<Selector> {
        let mut conditions = matchers(&vector.matchers)?;
        let mut edges = Edges::Plain;
        conditions.retain(|matcher| {
            let marked = matcher.name() == extensions::EDGES_LABEL;
            if marked {
                edges = extensions::edges_from(matcher.value()).unwrap_or(Edges::Plain);
            }
            !marked
        });
        if let Some(name) = &vector.name {
            if conditions.iter().any(|m| m.name() == METRIC_NAME) {
                return Err(ParseError::new(format!(
                    "metric name must not be set twice: {name:?}"
                )));
            }
            let matcher = Matcher::new(METRIC_NAME, MatchOp::Equal, name.clone())?;
            conditions.insert(0, matcher);
        }
        Ok(Selector {
            name: vector.name.clone(),
            matchers: conditions,
            shift: self.shift(vector.at.as_ref(), vector.offset.as_ref())?,
            edges,
        })
    }

    fn subquery(&self, parsed: &parsed::SubqueryExpr) -> Lowered<Kind> {
        let inner = Box::new(self.lower(&parsed.expr)?);
        functions::expect_type(&inner, ValueType::Vector, "subquery")?;
        Ok(Kind::Subquery(Box::new(Subquery {
            inner,
            range: self.positive(parsed.range)?,
            step: parsed.step.map(|step| self.positive(step)).transpose()?,
            shift: self.shift(parsed.at.as_ref(), parsed.offset.as_ref())?,
        })))
    }

    fn shift(
        &self,
        at: Option<&parsed::AtModifier>,
        offset: Option<&parsed::Offset>,
    ) -> Lowered<Shift> {
        let at = match at {
            None => None,
            Some(parsed::AtModifier::Start) => Some(At::Start),
            Some(parsed::AtModifier::End) => Some(At::End),
            Some(parsed::AtModifier::At(time)) => Some(At::Time(epoch_ms(*time)?)),
        };
        let offset = match offset {
            None => Length::Ms(0),
            Some(parsed::Offset::Pos(duration)) => self.length(*duration)?,
            Some(parsed::Offset::Neg(duration)) => Length::Ms(-millis(*duration)?),
        };
        Ok(Shift { at, offset })
    }

    /// A duration, or the expression that it stands for.
    fn length(&self, duration: Duration) -> Lowered<Length> {
        let ms = millis(duration)?;
        let Some(index) = extensions::duration_index(ms) else {
            return Ok(Length::Ms(ms));
        };
        let node = self
            .durations
            .get(index)
            .ok_or_else(|| ParseError::new("duration out of range"))?;
        match node.constant() {
            Some(seconds) if !seconds.is_finite() || seconds.abs() > 1e12 => {
                Err(ParseError::new("duration out of range"))
            }
            Some(seconds) => Ok(Length::Ms((seconds * 1000.0) as i64)),
            None => Ok(Length::Computed(Box::new(node.clone()))),
        }
    }

    fn positive(&self, duration: Duration) -> Lowered<Length> {
        match self.length(duration)? {
            Length::Ms(ms) if ms <= 0 => Err(ParseError::new("duration must be greater than 0")),
            length => Ok(length),
        }
    }

    fn binary(&self, parsed: &parsed::BinaryExpr) -> Lowered<Box<Binary>> {
        let lhs = self.lower(&parsed.lhs)?;
        let rhs = self.lower(&parsed.rhs)?;
        let symbol = parsed.op.to_string();
        let op = BinaryOp::from_symbol(&symbol)
            .ok_or_else(|| ParseError::new(format!("operator {symbol:?} is not supported")))?;
        let modifier = parsed.modifier.clone().unwrap_or_default();
        if modifier.fill_values != parsed::VectorMatchFillValues::default() {
            check_fill(op, [lhs.value_type(), rhs.value_type()])?;
        }
        Ok(Box::new(Binary {
            op,
            lhs,
            rhs,
            returns_bool: modifier.return_bool,
            matching: matching(&modifier),
        }))
    }

    fn aggregate(&self, parsed: &parsed::AggregateExpr) -> Lowered<Box<Aggregate>> {
        let name = parsed.op.to_string();
        let op = AggregateOp::from_name(&name)
            .ok_or_else(|| ParseError::new(format!("aggregation {name:?} is not supported")))?;
        let grouping = match &parsed.modifier {
            None => Grouping::By(Vec::new()),
            Some(LabelModifier::Include(labels)) => Grouping::By(labels.labels.clone()),
            Some(LabelModifier::Exclude(labels)) => Grouping::Without(labels.labels.clone()),
        };
        let param = match &parsed.param {
            Some(param) => Some(self.lower(param)?),
            None => None,
        };
        if let Some(param) = &param {
            let wanted = match op {
                AggregateOp::CountValues => ValueType::Text,
                _ => ValueType::Scalar,
            };
            functions::expect_type(param, wanted, "aggregation expression")?;
        }
        let expr = self.lower(&parsed.expr)?;
        Ok(Box::new(Aggregate {
            op,
            param,
            expr,
            grouping,
        }))
    }
}

fn check_fill(op: BinaryOp, operands: [ValueType; 2]) -> Lowered<()> {
    if op.is_set() {
        return Err(ParseError::new(
            "filling in missing series not allowed for set operators",
        ));
    }
    if operands != [ValueType::Vector; 2] {
        return Err(ParseError::new(
            "filling in missing series only allowed between instant vectors",
        ));
    }
    Ok(())
}

fn matching(modifier: &parsed::BinModifier) -> Matching {
    let names = |labels: &promql_parser::label::Labels| labels.labels.clone();
    let labels = match &modifier.matching {
        Some(LabelModifier::Include(labels)) => MatchLabels::On(names(labels)),
        Some(LabelModifier::Exclude(labels)) => MatchLabels::Ignoring(names(labels)),
        None => MatchLabels::Ignoring(Vec::new()),
    };
    let cardinality = match &modifier.card {
        VectorMatchCardinality::ManyToOne(labels) => Cardinality::ManyToOne(names(labels)),
        VectorMatchCardinality::OneToMany(labels) => Cardinality::OneToMany(names(labels)),
        VectorMatchCardinality::OneToOne | VectorMatchCardinality::ManyToMany => {
            Cardinality::OneToOne
        }
    };
    Matching {
        labels,
        cardinality,
        fill_lhs: modifier.fill_values.lhs,
        fill_rhs: modifier.fill_values.rhs,
    }
}

fn matchers(parsed: &Matchers) -> Lowered<Vec<Matcher>> {
    if !parsed.or_matchers.is_empty() {
        return Err(ParseError::new(
            "`or` between label matchers is not PromQL: use a regular expression or the operator `or`",
        ));
    }
    let lowered = parsed.matchers.iter().map(|matcher| {
        let op = match &matcher.op {
            ParsedMatchOp::Equal => MatchOp::Equal,
            ParsedMatchOp::NotEqual => MatchOp::NotEqual,
            ParsedMatchOp::Re(_) => MatchOp::Matches,
            ParsedMatchOp::NotRe(_) => MatchOp::NotMatches,
        };
        Matcher::new(matcher.name.clone(), op, matcher.value.clone())
    });
    lowered.collect()
}

#[expect(
    clippy::disallowed_types,
    reason = "a type of the parser's tree; no clock is read"
)]
fn epoch_ms(time: std::time::SystemTime) -> Lowered<i64> {
    match time.duration_since(std::time::SystemTime::UNIX_EPOCH) {
        Ok(after) => millis(after),
        Err(before) => millis(before.duration()).map(|ms| -ms),
    }
}

fn millis(duration: Duration) -> Lowered<i64> {
    // A thousand-fold slack keeps sums of times and durations from overflowing.
    i64::try_from(duration.as_millis())
        .ok()
        .filter(|ms| *ms < i64::MAX / 1024)
        .ok_or_else(|| ParseError::new("duration out of range"))
}
