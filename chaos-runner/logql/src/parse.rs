//! From tokens to a query: a parser by recursive descent, with a bound on how deep it goes.

use crate::ast::{
    Aggregate, Binary, BinaryOp, Grouping, LineFilter, LogExpr, Node, Pattern, RangeAgg, RangeOp,
    Stage, VectorOp,
};
use crate::error::ParseError;
use crate::lex::{Placed, Token, lex};
use crate::query::{Kind, NS_PER_MS};
use promql::{MatchOp, Matcher};
use regex::Regex;

/// How long a query may be, in bytes: Loki's `max_query_length`.
const TEXT_BYTES_MAX: usize = 131_072;
/// How deep a query may be nested.
const DEPTH_MAX: usize = 64;

type Parsed<T> = Result<T, ParseError>;

pub(crate) fn parse(text: &str) -> Parsed<Kind> {
    if text.len() > TEXT_BYTES_MAX {
        let message = format!("the query is longer than {TEXT_BYTES_MAX} bytes");
        return Err(ParseError::at(TEXT_BYTES_MAX, message));
    }
    let mut parser = Parser {
        tokens: lex(text)?,
        at: 0,
        depth: 0,
    };
    let kind = match parser.peek() {
        Token::Sign("{") => Kind::Log(parser.log()?),
        _ => Kind::Metric(parser.metric()?),
    };
    match parser.peek() {
        Token::End => Ok(kind),
        _ => Err(parser.unexpected("the end of the query")),
    }
}

struct Parser {
    tokens: Vec<Placed>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn placed(&self) -> &Placed {
        // The last token is the end, and it is never passed.
        &self.tokens[self.at]
    }

    fn peek(&self) -> &Token {
        &self.placed().token
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        if token != Token::End {
            self.at += 1;
        }
        token
    }

    fn takes(&mut self, sign: &'static str) -> bool {
        let found = *self.peek() == Token::Sign(sign);
        self.at += usize::from(found);
        found
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Ident(name) if name == word);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &'static str) -> Parsed<()> {
        match self.takes(sign) {
            true => Ok(()),
            false => Err(self.unexpected(&format!("`{sign}`"))),
        }
    }

    fn unexpected(&self, expected: &str) -> ParseError {
        let got = match self.peek() {
            Token::Ident(name) => format!("`{name}`"),
            Token::Text(text) => format!("the string {text:?}"),
            Token::Number(number) => format!("`{number}`"),
            Token::Flag(flag) => format!("`--{flag}`"),
            Token::Sign(sign) => format!("`{sign}`"),
            Token::End => "the end".to_owned(),
        };
        self.wrong(format!("unexpected {got}: expected {expected}"))
    }

    fn wrong(&self, message: impl Into<String>) -> ParseError {
        ParseError::at(self.placed().start, message)
    }

    fn text(&mut self) -> Parsed<String> {
        match self.peek().clone() {
            Token::Text(text) => {
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.unexpected("a string")),
        }
    }

    fn ident(&mut self, expected: &str) -> Parsed<String> {
        match self.peek().clone() {
            Token::Ident(name) => {
                self.at += 1;
                Ok(name)
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    fn log(&mut self) -> Parsed<LogExpr> {
        let matchers = self.selector()?;
        let mut stages = Vec::new();
        while let Token::Sign("|=" | "!=" | "|~" | "!~") = self.peek() {
            stages.push(Stage::Line(self.line_filter()?));
        }
        Ok(LogExpr { matchers, stages })
    }

    fn selector(&mut self) -> Parsed<Vec<Matcher>> {
        let start = self.placed().start;
        self.expect("{")?;
        let mut matchers = Vec::new();
        while !self.takes("}") {
            if !matchers.is_empty() {
                self.expect(",")?;
                if self.takes("}") {
                    break;
                }
            }
            let name = self.ident("a label, or `}`")?;
            let op = match self.next() {
                Token::Sign("=") => MatchOp::Equal,
                Token::Sign("!=") => MatchOp::NotEqual,
                Token::Sign("=~") => MatchOp::Matches,
                Token::Sign("!~") => MatchOp::NotMatches,
                _ => {
                    self.at -= 1;
                    return Err(self.unexpected("`=`, `!=`, `=~` or `!~`"));
                }
            };
            let at = self.placed().start;
            let value = self.text()?;
            let matcher = Matcher::new(name, op, value);
            matchers.push(matcher.map_err(|error| ParseError::at(at, error.message))?);
        }
        if matchers.iter().all(|matcher| matcher.accepts("")) {
            let message = "queries require at least one regexp or equality matcher that does not have an empty-compatible \
                           value. For instance, app=~\".*\" does not meet this requirement, but app=~\".+\" will";
            return Err(ParseError::at(start, message));
        }
        Ok(matchers)
    }

    fn line_filter(&mut self) -> Parsed<LineFilter> {
        let sign = self.next();
        let negated = matches!(sign, Token::Sign("!=" | "!~"));
        let is_regex = matches!(sign, Token::Sign("|~" | "!~"));
        let mut alternatives = Vec::new();
        loop {
            let at = self.placed().start;
            let text = self.text()?;
            alternatives.push(match is_regex {
                false => Pattern::Text(text),
                true => Pattern::Regex(Regex::new(&text).map_err(|_| {
                    ParseError::at(at, format!("invalid regular expression {text:?}"))
                })?),
            });
            if !self.takes_word("or") {
                break;
            }
        }
        Ok(LineFilter {
            negated,
            alternatives,
        })
    }

    fn metric(&mut self) -> Parsed<Node> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.wrong(format!("the query is nested deeper than {DEPTH_MAX}")));
        }
        let mut lhs = self.operand()?;
        loop {
            let op = match self.peek() {
                Token::Sign(">") => BinaryOp::Gt,
                Token::Sign(">=") => BinaryOp::Ge,
                Token::Sign("<") => BinaryOp::Lt,
                Token::Sign("<=") => BinaryOp::Le,
                Token::Sign("==") => BinaryOp::Eq,
                Token::Sign("!=") => BinaryOp::Ne,
                _ => break,
            };
            self.at += 1;
            let rhs = self.operand()?;
            if !matches!((&lhs, &rhs), (Node::Number(_), _) | (_, Node::Number(_))) {
                return Err(self.wrong("not yet supported: operators between two vectors"));
            }
            lhs = Node::Binary(Box::new(Binary { op, lhs, rhs }));
        }
        self.depth -= 1;
        Ok(lhs)
    }

    fn operand(&mut self) -> Parsed<Node> {
        if self.takes("(") {
            let inner = self.metric()?;
            self.expect(")")?;
            return Ok(inner);
        }
        if let Token::Number(number) = self.peek() {
            let value = number.parse().map_err(|_| self.unexpected("a number"))?;
            self.at += 1;
            return Ok(Node::Number(value));
        }
        let start = self.placed().start;
        let name = self.ident("a metric query")?;
        let range = match name.as_str() {
            "count_over_time" => RangeOp::CountOverTime,
            "rate" => RangeOp::Rate,
            "bytes_over_time" => RangeOp::BytesOverTime,
            "bytes_rate" => RangeOp::BytesRate,
            "sum" => return self.aggregate(VectorOp::Sum),
            "avg" => return self.aggregate(VectorOp::Avg),
            "min" => return self.aggregate(VectorOp::Min),
            "max" => return self.aggregate(VectorOp::Max),
            "count" => return self.aggregate(VectorOp::Count),
            _ => return Err(ParseError::at(start, format!("unknown function `{name}`"))),
        };
        self.expect("(")?;
        let log = self.log()?;
        self.expect("[")?;
        let range_ns = self.duration()?;
        self.expect("]")?;
        let offset_ns = match self.takes_word("offset") {
            true => self.duration()?,
            false => 0,
        };
        self.expect(")")?;
        Ok(Node::Range(Box::new(RangeAgg {
            op: range,
            log,
            range_ns,
            offset_ns,
        })))
    }

    fn aggregate(&mut self, op: VectorOp) -> Parsed<Node> {
        let before = self.grouping()?;
        self.expect("(")?;
        let inner = self.metric()?;
        self.expect(")")?;
        let grouping = match before {
            Some(grouping) => Some(grouping),
            None => self.grouping()?,
        };
        Ok(Node::Aggregate(Box::new(Aggregate {
            op,
            grouping: grouping.unwrap_or_default(),
            inner,
        })))
    }

    fn grouping(&mut self) -> Parsed<Option<Grouping>> {
        let without = match (self.takes_word("by"), self.takes_word("without")) {
            (true, _) => false,
            (_, true) => true,
            _ => return Ok(None),
        };
        self.expect("(")?;
        let mut labels = Vec::new();
        while !self.takes(")") {
            if !labels.is_empty() {
                self.expect(",")?;
            }
            labels.push(self.ident("a label, or `)`")?);
        }
        Ok(Some(Grouping { without, labels }))
    }

    /// A duration in nanoseconds, as in `5m` or `1h30m`.
    fn duration(&mut self) -> Parsed<i64> {
        let Token::Number(text) = self.peek() else {
            return Err(self.unexpected("a duration, as in `5m`"));
        };
        let duration = duration_ns(text);
        let duration = duration.ok_or_else(|| self.unexpected("a duration, as in `5m`"))?;
        self.at += 1;
        Ok(duration)
    }
}

/// Units from long to short, in milliseconds.
const UNITS_MS: [(&str, i64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

fn duration_ns(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut units = UNITS_MS.iter();
    let mut total_ms: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at(digits);
        let end = after.find(|c: char| c.is_ascii_digit());
        let unit = &after[..end.unwrap_or(after.len())];
        let (_, length_ms) = units.find(|(name, _)| *name == unit)?;
        let part = number.parse::<i64>().ok()?.checked_mul(*length_ms)?;
        total_ms = total_ms.checked_add(part)?;
        rest = &after[unit.len()..];
    }
    total_ms.checked_mul(NS_PER_MS)
}
