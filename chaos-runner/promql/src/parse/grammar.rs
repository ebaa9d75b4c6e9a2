//! The grammar of expressions: operators by their precedence, and what stands between them. Errors of the grammar end the parsing;
//! errors of types are kept until the rest was read, as an error of the grammar comes first.

use super::lex::{Keyword, Kind, Lexed, Token};
use super::{functions, meant, numbers, operators, signatures, strings};
use crate::ast::{self, BinaryOp, Node};
use crate::error::ParseError;

pub(super) type Parsing<T> = Result<T, ParseError>;

/// Parses a query.
pub(super) fn parse(lexed: Lexed<'_>) -> Parsing<Node> {
    let mut parser = Parser {
        tokens: lexed.tokens,
        broken: lexed.error,
        next: 0,
        aggregations: 0,
        info_labels: None,
        mistyped: None,
    };
    if parser.peek().kind == Kind::End {
        return Err(ParseError::at(0, "no expression found in input"));
    }
    let node = parser.expression(LOWEST)?;
    if parser.peek().kind != Kind::End {
        return Err(parser.stray());
    }
    parser.mistyped.map_or(Ok(node), Err)
}

pub(super) struct Parser<'t> {
    tokens: Vec<Token<'t>>,
    /// What is wrong where the tokens break off.
    broken: Option<ParseError>,
    next: usize,
    /// The aggregations that are open.
    pub(super) aggregations: usize,
    /// Where the labels that `info` is given begin, which need no condition.
    pub(super) info_labels: Option<usize>,
    /// The first error of types.
    mistyped: Option<ParseError>,
}

/// How tightly operators bind, loosest first.
pub(super) const LOWEST: u8 = 1;
const POWER: u8 = 6;

fn precedence(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Or => LOWEST,
        BinaryOp::And | BinaryOp::Unless => 2,
        op if op.is_comparison() => 3,
        BinaryOp::Add | BinaryOp::Sub => 4,
        BinaryOp::Pow => POWER,
        _ => 5,
    }
}

impl<'t> Parser<'t> {
    pub(super) fn peek(&self) -> Token<'t> {
        self.peek_at(0)
    }

    /// The token so many ahead; behind the last one there is only it.
    pub(super) fn peek_at(&self, ahead: usize) -> Token<'t> {
        let last = self.tokens.len() - 1;
        self.tokens[(self.next + ahead).min(last)]
    }

    pub(super) fn take(&mut self) -> Token<'t> {
        let token = self.peek();
        self.next += 1;
        token
    }

    /// Takes the next token if it is of this kind.
    pub(super) fn accept(&mut self, kind: Kind) -> bool {
        let found = self.peek().kind == kind;
        self.next += usize::from(found);
        found
    }

    /// That the next token may not stand where it does, in a place that wants something else.
    pub(super) fn unexpected(&self, place: &str, expected: &str) -> ParseError {
        if let (Kind::Broken, Some(error)) = (self.peek().kind, &self.broken) {
            return error.clone();
        }
        let token = self.peek();
        let mut message = format!("unexpected {}", described(token));
        if !place.is_empty() {
            message += &format!(" in {place}");
        }
        if !expected.is_empty() {
            message += &format!(", expected {expected}");
        } else if token.kind == Kind::Equals {
            message += ": comparisons are ==, !=, <, <=, > and >=";
        }
        ParseError::at(token.at, message)
    }

    /// That the next token may not stand where it does.
    pub(super) fn stray(&self) -> ParseError {
        let place = if self.aggregations > 0 {
            "aggregation"
        } else {
            ""
        };
        self.unexpected(place, "")
    }

    /// A node whose types were checked. An error is kept for later, and anything stands in.
    pub(super) fn checked(&mut self, at: usize, built: Parsing<ast::Kind>) -> Node {
        let kind = built.unwrap_or_else(|error| {
            self.mistype(error);
            ast::Kind::Number(0.0)
        });
        Node { id: 0, at, kind }
    }

    /// Keeps an error of types, if it is the first.
    pub(super) fn mistype(&mut self, error: ParseError) {
        self.mistyped.get_or_insert(error);
    }

    /// An expression of operators that bind at least so tightly.
    pub(super) fn expression(&mut self, least: u8) -> Parsing<Node> {
        let mut lhs = self.unary()?;
        while let Kind::Op(op) = self.peek().kind {
            let level = precedence(op);
            if level < least {
                break;
            }
            let operator = self.take().at;
            let modifiers = self.modifiers()?;
            // Powers are read from the right.
            let right = if op == BinaryOp::Pow {
                level
            } else {
                level + 1
            };
            let rhs = self.expression(right)?;
            let at = lhs.at;
            let built = operators::binary(op, operator, [lhs, rhs], modifiers);
            lhs = self.checked(at, built);
        }
        Ok(lhs)
    }

    /// A sign binds as tightly as a product: `-1^2` is the negative of a square.
    fn unary(&mut self) -> Parsing<Node> {
        let sign = self.peek();
        let Kind::Op(op @ (BinaryOp::Add | BinaryOp::Sub)) = sign.kind else {
            let node = self.primary()?;
            return self.postfix(node);
        };
        self.take();
        let inner = self.expression(POWER)?;
        let built = operators::signed(op, sign.at, inner);
        Ok(self.checked(sign.at, built))
    }

    fn primary(&mut self) -> Parsing<Node> {
        let token = self.peek();
        let called = self.peek_at(1).kind == Kind::OpenParen;
        let kind = match token.kind {
            Kind::Number | Kind::Duration => ast::Kind::Number(self.literal()?),
            Kind::Text => ast::Kind::Text(self.text()?),
            Kind::OpenParen => {
                self.take();
                let inner = self.expression(LOWEST)?;
                if !self.accept(Kind::CloseParen) {
                    return Err(self.stray());
                }
                ast::Kind::Paren(Box::new(inner))
            }
            Kind::Name | Kind::Special if called => return self.call(),
            Kind::Aggregation(op) if called || self.is_grouped() => return self.aggregate(op),
            Kind::OpenBrace => return self.selector(None),
            kind if is_metric_name(kind) => {
                self.take();
                return self.selector(Some(token));
            }
            _ => return Err(self.stray()),
        };
        Ok(Node {
            id: 0,
            at: token.at,
            kind,
        })
    }

    /// Whether the token after the next begins a grouping.
    fn is_grouped(&self) -> bool {
        let after = self.peek_at(1).kind;
        matches!(after, Kind::Keyword(Keyword::By | Keyword::Without))
    }

    /// The number or duration that comes next, in seconds.
    pub(super) fn literal(&mut self) -> Parsing<f64> {
        let token = self.take();
        let value = match token.kind {
            Kind::Number => numbers::number(token.text),
            _ => numbers::duration_ms(token.text).map(|ms| ms as f64 / 1000.0),
        };
        value.map_err(|message| ParseError::at(token.at, message))
    }

    /// What the string that comes next says.
    pub(super) fn text(&mut self) -> Parsing<String> {
        let token = self.take();
        match strings::read(token.text) {
            Ok((text, _)) => Ok(text),
            Err(wrong) => Err(ParseError::at(token.at + wrong.at, wrong.message)),
        }
    }

    fn call(&mut self) -> Parsing<Node> {
        let name = self.take();
        if name.text == "info" {
            self.info_labels = None;
        }
        let args = self.arguments(name.text == "info")?;
        let Some(signature) = signatures::of(name.text) else {
            return Err(ParseError::at(name.at, meant::unknown_function(name.text)));
        };
        let built = signature
            .check(name.at, &args)
            .and_then(|()| functions::call(signature.name, name.at, args));
        Ok(self.checked(name.at, built))
    }

    /// What stands in the parentheses of a call; of `info`, the second argument is only labels.
    pub(super) fn arguments(&mut self, of_info: bool) -> Parsing<Vec<Node>> {
        let mut args = Vec::new();
        self.take();
        if self.accept(Kind::CloseParen) {
            return Ok(args);
        }
        loop {
            if of_info && args.len() == 1 {
                self.info_labels = Some(self.peek().at);
            }
            args.push(self.expression(LOWEST)?);
            let comma = self.peek();
            if self.accept(Kind::CloseParen) {
                return Ok(args);
            }
            if !self.accept(Kind::Comma) {
                return Err(self.stray());
            }
            if !begins_operand(self.peek().kind) {
                let message = "trailing commas not allowed in function call args";
                return Err(ParseError::at(comma.at, message));
            }
        }
    }
}

/// Whether an operand may begin so. What is no token has an error of its own.
fn begins_operand(kind: Kind) -> bool {
    match kind {
        Kind::Number | Kind::Duration | Kind::Text | Kind::OpenParen | Kind::OpenBrace => true,
        Kind::Op(BinaryOp::Add | BinaryOp::Sub) | Kind::Broken => true,
        kind => is_metric_name(kind),
    }
}

/// Whether a metric may be called so outside of braces.
fn is_metric_name(kind: Kind) -> bool {
    match kind {
        Kind::Name | Kind::MetricName | Kind::Special | Kind::Aggregation(_) => true,
        Kind::Op(op) => op.is_set(),
        Kind::Keyword(keyword) => !matches!(
            keyword,
            Keyword::Bool
                | Keyword::On
                | Keyword::Ignoring
                | Keyword::GroupLeft
                | Keyword::GroupRight
        ),
        _ => false,
    }
}

/// A token as Prometheus' messages describe it.
fn described(token: Token<'_>) -> String {
    let text = token.text;
    let kind = match token.kind {
        Kind::End | Kind::Broken => return "end of input".to_owned(),
        Kind::Keyword(_) => return format!("<{text}>"),
        Kind::Op(_) | Kind::At | Kind::Matches | Kind::NotMatches => {
            return format!("<op:{text}>");
        }
        Kind::Aggregation(_) => return format!("<aggr:{text}>"),
        Kind::Name => return format!("identifier {text:?}"),
        Kind::MetricName => return format!("metric identifier {text:?}"),
        Kind::Number => "number ",
        Kind::Duration => "duration ",
        Kind::Text => "string ",
        _ => "",
    };
    match text.char_indices().nth(10) {
        Some((end, _)) => format!("{kind}{:?}...", &text[..end]),
        None => format!("{kind}{text:?}"),
    }
}
