//! What stands between an operator and its right side: `bool`, `on`, `group_left`, `fill`; and lists of labels.

use super::grammar::{Parser, Parsing};
use super::lex::{Keyword, Kind};
use crate::ast::{BinaryOp, Cardinality, MatchLabels, Matching};

/// The modifiers of an operator.
pub(super) struct Modifiers {
    pub(super) returns_bool: bool,
    pub(super) matching: Matching,
}

impl Parser<'_> {
    pub(super) fn modifiers(&mut self) -> Parsing<Modifiers> {
        let returns_bool = self.accept(Kind::Keyword(Keyword::Bool));
        let mut matching = Matching::plain();
        let labels = match self.peek().kind {
            Kind::Keyword(Keyword::On) => Some(MatchLabels::On as fn(_) -> _),
            Kind::Keyword(Keyword::Ignoring) => Some(MatchLabels::Ignoring as fn(_) -> _),
            _ => None,
        };
        if let Some(labels) = labels {
            self.take();
            matching.labels = labels(self.labels()?);
            matching.cardinality = self.cardinality()?;
        }
        self.fills(&mut matching)?;
        Ok(Modifiers {
            returns_bool,
            matching,
        })
    }

    fn cardinality(&mut self) -> Parsing<Cardinality> {
        let grouped = match self.peek().kind {
            Kind::Keyword(Keyword::GroupLeft) => Cardinality::ManyToOne as fn(_) -> _,
            Kind::Keyword(Keyword::GroupRight) => Cardinality::OneToMany as fn(_) -> _,
            _ => return Ok(Cardinality::OneToOne),
        };
        self.take();
        match self.peek().kind {
            Kind::OpenParen => self.labels().map(grouped),
            _ => Ok(grouped(Vec::new())),
        }
    }

    /// Values that stand in for missing samples. Without parentheses behind them, these are names of metrics.
    fn fills(&mut self, matching: &mut Matching) -> Parsing<()> {
        while self.peek_at(1).kind == Kind::OpenParen {
            let (left, right) = match self.peek().kind {
                Kind::Keyword(Keyword::Fill) => (true, true),
                Kind::Keyword(Keyword::FillLeft) => (true, false),
                Kind::Keyword(Keyword::FillRight) => (false, true),
                _ => return Ok(()),
            };
            self.take();
            let value = self.fill_value()?;
            if left {
                matching.fill_lhs = Some(value);
            }
            if right {
                matching.fill_rhs = Some(value);
            }
        }
        Ok(())
    }

    fn fill_value(&mut self) -> Parsing<f64> {
        self.take();
        let sign = match self.peek().kind {
            Kind::Op(BinaryOp::Sub) => -1.0,
            _ => 1.0,
        };
        if matches!(self.peek().kind, Kind::Op(BinaryOp::Add | BinaryOp::Sub)) {
            self.take();
        }
        if !matches!(self.peek().kind, Kind::Number | Kind::Duration) {
            return Err(self.unexpected("fill value", "number or duration"));
        }
        let value = self.literal()?;
        if !self.accept(Kind::CloseParen) {
            return Err(self.unexpected("fill value", "\")\""));
        }
        Ok(sign * value)
    }

    /// A list of labels in parentheses.
    pub(super) fn labels(&mut self) -> Parsing<Vec<String>> {
        const PLACE: &str = "grouping opts";
        if !self.accept(Kind::OpenParen) {
            return Err(self.unexpected(PLACE, "\"(\""));
        }
        let mut labels = Vec::new();
        while !self.accept(Kind::CloseParen) {
            let name = match self.peek().kind {
                Kind::Text => {
                    let unread = self.unexpected(PLACE, "label");
                    match self.text()? {
                        name if name.is_empty() => return Err(unread),
                        name => name,
                    }
                }
                kind if is_label(kind) => self.take().text.to_owned(),
                _ => return Err(self.unexpected(PLACE, "label")),
            };
            labels.push(name);
            if !self.accept(Kind::Comma) && self.peek().kind != Kind::CloseParen {
                return Err(self.unexpected(PLACE, "\",\" or \")\""));
            }
        }
        Ok(labels)
    }
}

/// Whether a label may be called so without quotes.
fn is_label(kind: Kind) -> bool {
    match kind {
        Kind::Name | Kind::Special | Kind::Aggregation(_) => true,
        Kind::Op(op) => op.is_set() || op == BinaryOp::Atan2,
        Kind::Keyword(keyword) => keyword != Keyword::Without,
        _ => false,
    }
}
