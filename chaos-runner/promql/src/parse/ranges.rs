//! What may stand behind an expression: ranges and subqueries in brackets, `offset`, `@`, `anchored` and `smoothed`.

use super::durations;
use super::grammar::{Parser, Parsing};
use super::lex::{Keyword, Kind};
use crate::ast::{self, At, BinaryOp, Edges, Length, Node, Selector, Shift, Subquery, ValueType};
use crate::error::ParseError;

/// What a modifier may stand behind.
const SELECTORS: &str =
    "must be preceded by an instant vector selector or range vector selector or a subquery";

impl Parser<'_> {
    pub(super) fn postfix(&mut self, mut node: Node) -> Parsing<Node> {
        loop {
            match self.peek().kind {
                Kind::OpenBracket => node = self.brackets(node)?,
                Kind::At => self.moment(&mut node)?,
                Kind::Keyword(Keyword::Offset) => self.offset(&mut node)?,
                Kind::Keyword(Keyword::Anchored) => self.edges(&mut node, Edges::Anchored)?,
                Kind::Keyword(Keyword::Smoothed) => self.edges(&mut node, Edges::Smoothed)?,
                _ => return Ok(node),
            }
        }
    }

    fn brackets(&mut self, node: Node) -> Parsing<Node> {
        let bracket = self.take().at;
        let range = self.positive("subquery or range selector", durations::EXPECTED)?;
        if self.accept(Kind::CloseBracket) {
            return self.range(node, bracket, range);
        }
        if !self.accept(Kind::Colon) {
            return Err(self.unexpected("subquery or range", "\":\" or \"]\""));
        }
        let mut step = None;
        if !self.accept(Kind::CloseBracket) {
            let expected = "number, duration, step(), range(), or \"]\"";
            step = Some(self.positive("subquery selector", expected)?);
            if !self.accept(Kind::CloseBracket) {
                return Err(self.unexpected("subquery selector", "\"]\""));
            }
        }
        let at = node.at;
        let built = subquery(node, range, step);
        Ok(self.checked(at, built))
    }

    fn range(&self, node: Node, bracket: usize, range: Length) -> Parsing<Node> {
        let refused = |message: &str| Err(ParseError::at(bracket, message));
        let ast::Kind::Selector(selector) = node.kind else {
            return refused("ranges only allowed for vector selectors");
        };
        if !matches!(selector.shift.offset, Length::Ms(0)) {
            return refused("no offset modifiers allowed before range");
        }
        if selector.shift.at.is_some() {
            return refused("no @ modifiers allowed before range");
        }
        let kind = ast::Kind::Range(selector, range);
        Ok(Node { kind, ..node })
    }

    fn offset(&mut self, node: &mut Node) -> Parsing<()> {
        self.take();
        let offset = self.offset_length()?;
        let shift = shift(node, "offset")?;
        if !matches!(shift.offset, Length::Ms(0)) {
            let message = "offset may not be set multiple times";
            return Err(ParseError::at(node.at, message));
        }
        shift.offset = offset;
        Ok(())
    }

    fn moment(&mut self, node: &mut Node) -> Parsing<()> {
        self.take();
        let moment = self.moment_meant(node.at)?;
        let at = node.at;
        let shift = shift(node, "@")?;
        if shift.at.is_some() {
            let message = "@ <timestamp> may not be set multiple times";
            return Err(ParseError::at(at, message));
        }
        shift.at = Some(moment);
        Ok(())
    }

    fn moment_meant(&mut self, selector: usize) -> Parsing<At> {
        let refused = |parser: &Self| Err(parser.unexpected("@", "timestamp"));
        let first = self.peek();
        let sign = match first.kind {
            Kind::Op(BinaryOp::Sub) => -1.0,
            _ => 1.0,
        };
        if matches!(first.kind, Kind::Op(BinaryOp::Add | BinaryOp::Sub)) {
            self.take();
        } else if first.kind == Kind::Special {
            let moment = match first.text.to_ascii_lowercase().as_str() {
                "start" => At::Start,
                "end" => At::End,
                _ => return refused(self),
            };
            self.take();
            if !self.accept(Kind::OpenParen) || !self.accept(Kind::CloseParen) {
                return refused(self);
            }
            return Ok(moment);
        }
        if !matches!(self.peek().kind, Kind::Number | Kind::Duration) {
            return refused(self);
        }
        let seconds = sign * self.literal()?;
        // A thousand-fold slack keeps sums of times and durations from overflowing.
        let ms = (seconds * 1000.0).round();
        if !ms.is_finite() || ms.abs() >= (i64::MAX / 1024) as f64 {
            let shown = match seconds.is_infinite() {
                true if seconds > 0.0 => "+Inf".to_owned(),
                true => "-Inf".to_owned(),
                false => format!("{seconds:.6}"),
            };
            let message = format!("timestamp out of bounds for @ modifier: {shown}");
            return Err(ParseError::at(selector, message));
        }
        Ok(At::Time(ms as i64))
    }

    fn edges(&mut self, node: &mut Node, edges: Edges) -> Parsing<()> {
        let word = self.take();
        let refused = |message: String| Err(ParseError::at(word.at, message));
        let name = word.text;
        let selector = match &mut node.kind {
            ast::Kind::Selector(selector) | ast::Kind::Range(selector, _) => selector,
            ast::Kind::Subquery(_) => {
                return refused(format!("{name} modifier is not supported for subqueries"));
            }
            _ => return refused(format!("{name} modifier must be preceded by a selector")),
        };
        if !matches!(selector.edges, Edges::Plain) && selector.edges != edges {
            let message = "anchored and smoothed modifiers cannot be used together";
            return refused(message.to_owned());
        }
        selector.edges = edges;
        Ok(())
    }
}

/// Where an expression looks, if that can be moved.
fn shift<'n>(node: &'n mut Node, modifier: &str) -> Parsing<&'n mut Shift> {
    match &mut node.kind {
        ast::Kind::Selector(selector) | ast::Kind::Range(selector, _) => {
            let Selector { shift, .. } = &mut **selector;
            Ok(shift)
        }
        ast::Kind::Subquery(subquery) => Ok(&mut subquery.shift),
        _ => {
            let message = format!("{modifier} modifier {SELECTORS}");
            Err(ParseError::at(node.at, message))
        }
    }
}

fn subquery(inner: Node, range: Length, step: Option<Length>) -> Parsing<ast::Kind> {
    let inner_type = match inner.value_type() {
        ValueType::Vector => {
            return Ok(ast::Kind::Subquery(Box::new(Subquery {
                inner: Box::new(inner),
                range,
                step,
                shift: Shift {
                    at: None,
                    offset: Length::Ms(0),
                },
            })));
        }
        ValueType::Matrix => "matrix",
        other => other.name(),
    };
    let message = format!("subquery is only allowed on instant vector, got {inner_type} instead");
    Err(ParseError::at(inner.at, message))
}
