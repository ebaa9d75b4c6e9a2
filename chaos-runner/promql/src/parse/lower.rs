//! Lowers the tree of `promql-parser` to ours: operators become enums, durations milliseconds, matchers compiled.

use std::time::Duration;

use promql_parser::label::{MatchOp as ParsedMatchOp, Matchers};
use promql_parser::parser as parsed;
use promql_parser::parser::{Expr, LabelModifier, VectorMatchCardinality};

use super::functions;
use crate::ast::{
    Aggregate, AggregateOp, At, Binary, BinaryOp, Cardinality, Edges, Grouping, Kind, MatchLabels,
    Matching, Node, Selector, Shift, Subquery, ValueType,
};
use crate::error::ParseError;
use crate::labels::METRIC_NAME;
use crate::matcher::{MatchOp, Matcher};

type Lowered<T> = Result<T, ParseError>;

pub(super) fn lower(expr: Expr) -> Lowered<Node> {
    let kind = match expr {
        Expr::NumberLiteral(literal) => Kind::Number(literal.val),
        Expr::StringLiteral(literal) => Kind::Text(literal.val),
        Expr::VectorSelector(vector) => Kind::Selector(selector(vector)?),
        Expr::MatrixSelector(matrix) => {
            Kind::Range(selector(matrix.vs)?, positive_ms(matrix.range)?)
        }
        Expr::Subquery(parsed) => Kind::Subquery(subquery(parsed)?),
        Expr::Paren(paren) => Kind::Paren(boxed(*paren.expr)?),
        Expr::Unary(unary) => Kind::Negate(boxed(*unary.expr)?),
        Expr::Binary(parsed) => Kind::Binary(Box::new(binary(parsed)?)),
        Expr::Aggregate(parsed) => Kind::Aggregate(Box::new(aggregate(parsed)?)),
        Expr::Call(call) => {
            let args = call.args.args.into_iter().map(|arg| lower(*arg));
            functions::call(call.func.name, args.collect::<Lowered<_>>()?)?
        }
        Expr::Extension(_) => return Err(ParseError::new("extensions are not PromQL")),
    };
    Ok(Node { id: 0, kind })
}

fn boxed(expr: Expr) -> Lowered<Box<Node>> {
    lower(expr).map(Box::new)
}

fn selector(vector: parsed::VectorSelector) -> Lowered<Selector> {
    let mut conditions = matchers(vector.matchers)?;
    if let Some(name) = &vector.name {
        if conditions.iter().any(|m| m.name() == METRIC_NAME) {
            return Err(ParseError::new(format!(
                "metric name must not be set twice: {name:?}"
            )));
        }
        let matcher = Matcher::new(METRIC_NAME, MatchOp::Equal, name.clone())?;
        conditions.insert(0, matcher);
    }
    if conditions.iter().all(|matcher| matcher.accepts("")) {
        return Err(ParseError::new(
            "vector selector must contain at least one non-empty matcher",
        ));
    }
    Ok(Selector {
        name: vector.name,
        matchers: conditions,
        shift: shift(vector.at.as_ref(), vector.offset.as_ref())?,
        edges: Edges::Plain,
    })
}

fn matchers(parsed: Matchers) -> Lowered<Vec<Matcher>> {
    if !parsed.or_matchers.is_empty() {
        return Err(ParseError::new(
            "`or` between label matchers is not PromQL: use a regular expression or the operator `or`",
        ));
    }
    let lowered = parsed.matchers.into_iter().map(|matcher| {
        let op = match matcher.op {
            ParsedMatchOp::Equal => MatchOp::Equal,
            ParsedMatchOp::NotEqual => MatchOp::NotEqual,
            ParsedMatchOp::Re(_) => MatchOp::Matches,
            ParsedMatchOp::NotRe(_) => MatchOp::NotMatches,
        };
        Matcher::new(matcher.name, op, matcher.value)
    });
    lowered.collect()
}

fn subquery(parsed: parsed::SubqueryExpr) -> Lowered<Subquery> {
    let inner = boxed(*parsed.expr)?;
    if inner.value_type() != ValueType::Vector && inner.value_type() != ValueType::Scalar {
        return Err(ParseError::new(format!(
            "subquery is only allowed on instant vector, got {}",
            inner.value_type().name()
        )));
    }
    Ok(Subquery {
        inner,
        range_ms: positive_ms(parsed.range)?,
        step_ms: parsed.step.map(positive_ms).transpose()?,
        shift: shift(parsed.at.as_ref(), parsed.offset.as_ref())?,
    })
}

fn shift(at: Option<&parsed::AtModifier>, offset: Option<&parsed::Offset>) -> Lowered<Shift> {
    let at = match at {
        None => None,
        Some(parsed::AtModifier::Start) => Some(At::Start),
        Some(parsed::AtModifier::End) => Some(At::End),
        Some(parsed::AtModifier::At(time)) => Some(At::Time(epoch_ms(*time)?)),
    };
    let offset_ms = match offset {
        None => 0,
        Some(parsed::Offset::Pos(duration)) => millis(*duration)?,
        Some(parsed::Offset::Neg(duration)) => -millis(*duration)?,
    };
    Ok(Shift { at, offset_ms })
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
    // A thousand years of slack on either side keeps sums of times and durations from overflowing.
    i64::try_from(duration.as_millis())
        .ok()
        .filter(|ms| *ms < i64::MAX / 1024)
        .ok_or_else(|| ParseError::new("duration out of range"))
}

fn positive_ms(duration: Duration) -> Lowered<i64> {
    match millis(duration)? {
        0 => Err(ParseError::new("duration must be greater than 0")),
        ms => Ok(ms),
    }
}

fn binary(parsed: parsed::BinaryExpr) -> Lowered<Binary> {
    let symbol = parsed.op.to_string();
    let op = BinaryOp::from_symbol(&symbol)
        .ok_or_else(|| ParseError::new(format!("operator {symbol:?} is not supported")))?;
    let modifier = parsed.modifier.unwrap_or_default();
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
    Ok(Binary {
        op,
        lhs: lower(*parsed.lhs)?,
        rhs: lower(*parsed.rhs)?,
        returns_bool: modifier.return_bool,
        matching: Matching {
            labels,
            cardinality,
            fill_lhs: modifier.fill_values.lhs,
            fill_rhs: modifier.fill_values.rhs,
        },
    })
}

fn aggregate(parsed: parsed::AggregateExpr) -> Lowered<Aggregate> {
    let name = parsed.op.to_string();
    let op = AggregateOp::from_name(&name)
        .ok_or_else(|| ParseError::new(format!("aggregation {name:?} is not supported")))?;
    let grouping = match parsed.modifier {
        None => Grouping::By(Vec::new()),
        Some(LabelModifier::Include(labels)) => Grouping::By(labels.labels),
        Some(LabelModifier::Exclude(labels)) => Grouping::Without(labels.labels),
    };
    let param = parsed.param.map(|param| lower(*param)).transpose()?;
    if let Some(param) = &param {
        let wanted = match op {
            AggregateOp::CountValues => ValueType::Text,
            _ => ValueType::Scalar,
        };
        functions::expect_type(param, wanted, "aggregation expression")?;
    }
    Ok(Aggregate {
        op,
        param,
        expr: lower(*parsed.expr)?,
        grouping,
    })
}
