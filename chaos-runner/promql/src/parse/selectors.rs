//! Selectors: a metric's name, conditions in braces, or both.

use super::grammar::{Parser, Parsing};
use super::lex::{Kind, Token};
use crate::ast::{self, BinaryOp, Edges, Length, Node, Selector, Shift};
use crate::error::ParseError;
use crate::labels::METRIC_NAME;
use crate::matcher::{MatchOp, Matcher};

const PLACE: &str = "label matching";

impl Parser<'_> {
    /// A selector behind the name that was read, if one was.
    pub(super) fn selector(&mut self, name: Option<Token<'_>>) -> Parsing<Node> {
        let at = name.map_or(self.peek().at, |name| name.at);
        let mut matchers = match self.peek().kind {
            Kind::OpenBrace => self.matchers()?,
            _ => Vec::new(),
        };
        let is_info_labels = self.info_labels == Some(at);
        let refused = match name {
            Some(name) => {
                let other = matchers.iter().find(|m| m.name() == METRIC_NAME);
                other.map(|other| {
                    let (name, other) = (name.text, other.value());
                    format!("metric name must not be set twice: {name:?} or {other:?}")
                })
            }
            None if !is_info_labels && matchers.iter().all(|m| m.accepts("")) => {
                Some("vector selector must contain at least one non-empty matcher".to_owned())
            }
            None => None,
        };
        if let Some(name) = name {
            let matcher = Matcher::new(METRIC_NAME, MatchOp::Equal, name.text)?;
            matchers.insert(0, matcher);
        }
        let selector = Selector {
            name: name.map(|name| name.text.to_owned()),
            matchers,
            shift: Shift {
                at: None,
                offset: Length::Ms(0),
            },
            edges: Edges::Plain,
        };
        if let Some(message) = refused {
            self.mistype(ParseError::at(at, message));
        }
        let kind = ast::Kind::Selector(Box::new(selector));
        Ok(Node { id: 0, at, kind })
    }

    fn matchers(&mut self) -> Parsing<Vec<Matcher>> {
        self.take();
        let mut matchers = Vec::new();
        while !self.accept(Kind::CloseBrace) {
            matchers.push(self.matcher()?);
            if !self.accept(Kind::Comma) && self.peek().kind != Kind::CloseBrace {
                return Err(self.unexpected(PLACE, "\",\" or \"}\""));
            }
        }
        Ok(matchers)
    }

    fn matcher(&mut self) -> Parsing<Matcher> {
        let at = self.peek().at;
        let (name, quoted) = match self.peek().kind {
            Kind::Name => (self.take().text.to_owned(), false),
            Kind::Text => (self.text()?, true),
            _ => return Err(self.unexpected(PLACE, "identifier or \"}\"")),
        };
        let op = match self.peek().kind {
            Kind::Equals => MatchOp::Equal,
            Kind::Op(BinaryOp::Ne) => MatchOp::NotEqual,
            Kind::Matches => MatchOp::Matches,
            Kind::NotMatches => MatchOp::NotMatches,
            // In quotes and alone, it is the metric's name.
            _ if quoted => return Matcher::new(METRIC_NAME, MatchOp::Equal, name),
            _ => return Err(self.unexpected(PLACE, "label matching operator")),
        };
        self.take();
        if self.peek().kind != Kind::Text {
            return Err(self.unexpected(PLACE, "string"));
        }
        let value = self.text()?;
        Matcher::new(name, op, value).map_err(|error| ParseError {
            offset: Some(at),
            ..error
        })
    }
}
