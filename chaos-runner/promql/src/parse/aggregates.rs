//! Aggregations: `sum by (a) (x)`, `topk(3, x) without (b)`.

use super::functions::expect_type;
use super::grammar::{Parser, Parsing};
use super::lex::{Keyword, Kind};
use crate::ast::{self, Aggregate, AggregateOp, Grouping, Node, ValueType};
use crate::error::ParseError;

impl Parser<'_> {
    pub(super) fn aggregate(&mut self, op: AggregateOp) -> Parsing<Node> {
        let at = self.take().at;
        self.aggregations += 1;
        let before = self.grouping()?;
        if self.peek().kind != Kind::OpenParen {
            return Err(self.stray());
        }
        let args = self.arguments(false)?;
        let grouping = match before {
            Some(grouping) => Some(grouping),
            None => self.grouping()?,
        };
        self.aggregations -= 1;
        let (param, expr) = arguments(op, at, args)?;
        let built = built(op, param, expr, grouping);
        Ok(self.checked(at, built))
    }

    fn grouping(&mut self) -> Parsing<Option<Grouping>> {
        let grouping = match self.peek().kind {
            Kind::Keyword(Keyword::By) => Grouping::By as fn(_) -> _,
            Kind::Keyword(Keyword::Without) => Grouping::Without as fn(_) -> _,
            _ => return Ok(None),
        };
        self.take();
        self.labels().map(|labels| Some(grouping(labels)))
    }
}

/// The parameter, if there is one, and what is aggregated.
fn arguments(op: AggregateOp, at: usize, args: Vec<Node>) -> Parsing<(Option<Node>, Node)> {
    let wanted = if op.parameter().is_some() { 2 } else { 1 };
    let got = args.len();
    let mut args = args.into_iter();
    match (wanted, args.next(), args.next(), args.next()) {
        (_, None, ..) => Err(ParseError::at(
            at,
            "no arguments for aggregate expression provided",
        )),
        (1, Some(expr), None, _) => Ok((None, expr)),
        (2, Some(param), Some(expr), None) => Ok((Some(param), expr)),
        _ => Err(ParseError::at(
            at,
            format!(
                "wrong number of arguments for aggregate expression provided, expected {wanted}, got {got}"
            ),
        )),
    }
}

fn built(
    op: AggregateOp,
    param: Option<Node>,
    expr: Node,
    grouping: Option<Grouping>,
) -> Parsing<ast::Kind> {
    expect_type(&expr, ValueType::Vector, "aggregation expression")?;
    if let (Some(param), Some(wanted)) = (&param, op.parameter()) {
        expect_type(param, wanted, "aggregation parameter")?;
    }
    Ok(ast::Kind::Aggregate(Box::new(Aggregate {
        op,
        param,
        expr,
        grouping: grouping.unwrap_or_else(|| Grouping::By(Vec::new())),
    })))
}
