//! Durations in brackets and behind `offset`: a number of seconds, `5m`, or arithmetic of them and of the query's own step and range.

use super::grammar::{Parser, Parsing};
use super::lex::Kind;
use super::{functions, operators, signatures};
use crate::ast::{self, BinaryOp, Length, Node};
use crate::error::ParseError;

/// What a duration may begin with.
pub(super) const EXPECTED: &str = "number, duration, step(), or range()";

/// The functions of durations, and what each is called outside of them.
const FUNCTIONS: [(&str, &str); 8] = [
    ("step", "step"),
    ("range", "range"),
    ("start", "start"),
    ("end", "end"),
    ("min", "min_of"),
    ("max", "max_of"),
    ("min_of", "min_of"),
    ("max_of", "max_of"),
];

/// The longest duration, in seconds: what fits into Go's signed 64-bit nanoseconds.
const SECONDS_MAX: f64 = 9_223_372_036.854_775;

/// Whether a duration may be computed by a function of this name.
pub(super) fn is_function(word: &str) -> bool {
    named(word).is_some()
}

fn named(word: &str) -> Option<&'static str> {
    let found = FUNCTIONS
        .iter()
        .find(|(name, _)| word.eq_ignore_ascii_case(name));
    found.map(|(_, called)| *called)
}

/// The place that a duration stands in, and what may stand there, for messages.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    place: &'a str,
    expected: &'a str,
}

/// How tightly the operators of durations bind.
fn precedence(op: BinaryOp) -> Option<u8> {
    match op {
        BinaryOp::Add | BinaryOp::Sub => Some(1),
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Mod => Some(2),
        BinaryOp::Pow => Some(3),
        _ => None,
    }
}

impl Parser<'_> {
    /// The duration that comes next, which must be longer than nothing as far as that can be told.
    pub(super) fn positive(&mut self, place: &str, expected: &str) -> Parsing<Length> {
        let at = self.peek().at;
        let node = self.arithmetic(1, Wanted { place, expected })?;
        match length(&node)? {
            Length::Ms(ms) if ms <= 0 => {
                self.mistype(ParseError::at(at, "duration must be greater than 0"));
                Ok(Length::Ms(1))
            }
            length => Ok(length),
        }
    }

    /// The duration of an offset: arithmetic only in parentheses, as operators go on with the query.
    pub(super) fn offset_length(&mut self) -> Parsing<Length> {
        let wanted = Wanted {
            place: "offset",
            expected: EXPECTED,
        };
        let node = self.signed_operand(wanted)?;
        length(&node)
    }

    fn arithmetic(&mut self, least: u8, wanted: Wanted<'_>) -> Parsing<Node> {
        let mut lhs = match self.sign() {
            Some(_) => self.signed(wanted)?,
            None => self.operand(wanted)?,
        };
        while let Kind::Op(op) = self.peek().kind {
            let Some(level) = precedence(op).filter(|level| *level >= least) else {
                break;
            };
            let operator = self.take().at;
            let right = if op == BinaryOp::Pow {
                level
            } else {
                level + 1
            };
            let rhs = self.arithmetic(right, wanted)?;
            let by_zero = match (op, &rhs.kind) {
                (BinaryOp::Div, ast::Kind::Number(0.0)) => Some("division by zero"),
                (BinaryOp::Mod, ast::Kind::Number(0.0)) => Some("modulo by zero"),
                _ => None,
            };
            if let Some(message) = by_zero {
                return Err(ParseError::at(operator, message));
            }
            let at = lhs.at;
            let kind = operators::plain(op, [lhs, rhs]);
            lhs = Node { id: 0, at, kind };
        }
        Ok(lhs)
    }

    fn sign(&self) -> Option<BinaryOp> {
        match self.peek().kind {
            Kind::Op(op @ (BinaryOp::Add | BinaryOp::Sub)) => Some(op),
            _ => None,
        }
    }

    /// A sign and what it belongs to: a power binds tighter.
    fn signed(&mut self, wanted: Wanted<'_>) -> Parsing<Node> {
        self.with_sign(|parser| parser.arithmetic(3, wanted))
    }

    fn signed_operand(&mut self, wanted: Wanted<'_>) -> Parsing<Node> {
        match self.sign() {
            Some(_) => self.with_sign(|parser| parser.operand(wanted)),
            None => self.operand(wanted),
        }
    }

    fn with_sign(&mut self, operand: impl FnOnce(&mut Self) -> Parsing<Node>) -> Parsing<Node> {
        let sign = self.take();
        let Kind::Op(op) = sign.kind else {
            return operand(self);
        };
        let inner = operand(self)?;
        let kind = operators::signed(op, sign.at, inner)?;
        Ok(Node {
            id: 0,
            at: sign.at,
            kind,
        })
    }

    fn operand(&mut self, wanted: Wanted<'_>) -> Parsing<Node> {
        let token = self.peek();
        let kind = match token.kind {
            Kind::Number | Kind::Duration => {
                let seconds = self.literal()?;
                if seconds.is_nan() || seconds.abs() > SECONDS_MAX {
                    return Err(ParseError::at(token.at, "duration out of range"));
                }
                ast::Kind::Number(seconds)
            }
            Kind::OpenParen => {
                self.take();
                let inner = self.arithmetic(1, wanted)?;
                self.close(wanted)?;
                ast::Kind::Paren(Box::new(inner))
            }
            Kind::Special | Kind::Aggregation(_) => match named(token.text) {
                Some(name) => return self.computed(name, wanted),
                None => return Err(self.unexpected(wanted.place, wanted.expected)),
            },
            _ => return Err(self.unexpected(wanted.place, wanted.expected)),
        };
        Ok(Node {
            id: 0,
            at: token.at,
            kind,
        })
    }

    fn close(&mut self, wanted: Wanted<'_>) -> Parsing<()> {
        match self.accept(Kind::CloseParen) {
            true => Ok(()),
            false => Err(self.unexpected(wanted.place, wanted.expected)),
        }
    }

    /// A call of a function of durations.
    fn computed(&mut self, name: &'static str, wanted: Wanted<'_>) -> Parsing<Node> {
        let at = self.take().at;
        if !self.accept(Kind::OpenParen) {
            return Err(self.unexpected(wanted.place, wanted.expected));
        }
        let mut args = Vec::new();
        if self.peek().kind != Kind::CloseParen {
            args.push(self.arithmetic(1, wanted)?);
            while self.accept(Kind::Comma) {
                args.push(self.arithmetic(1, wanted)?);
            }
        }
        self.close(wanted)?;
        if let Some(signature) = signatures::of(name) {
            signature.check(at, &args)?;
        }
        let kind = functions::call(name, at, args)?;
        Ok(Node { id: 0, at, kind })
    }
}

/// A duration in milliseconds, or the expression that it is.
fn length(node: &Node) -> Parsing<Length> {
    match node.constant() {
        Some(seconds) if seconds.is_nan() || seconds.abs() > SECONDS_MAX => {
            Err(ParseError::at(node.at, "duration out of range"))
        }
        Some(seconds) => Ok(Length::Ms((seconds * 1000.0).round() as i64)),
        None => Ok(Length::Computed(Box::new(node.clone()))),
    }
}
