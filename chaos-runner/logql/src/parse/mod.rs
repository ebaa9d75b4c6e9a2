//! From tokens to a query: a parser by recursive descent, with a bound on how deep it goes. What the pieces mean when lines come is
//! the business of `pipeline` and `eval`.

mod filters;
mod log;
mod metric;
mod stages;
mod wanted;

use crate::error::ParseError;
use crate::lex::{Placed, Token, lex};
use crate::query::Kind;
use regex::{Regex, RegexBuilder};

/// How long a query may be, in bytes: Loki's `max_query_length`.
const TEXT_BYTES_MAX: usize = 131_072;
/// How deep a query may be nested.
const DEPTH_MAX: usize = 64;
/// How many regular expressions one query may have.
const REGEXES_MAX: usize = 100;
/// How much memory a regular expression may take when it is compiled, in bytes.
const REGEX_BYTES_MAX: usize = 1 << 20;

type Parsed<T> = Result<T, ParseError>;

pub(crate) fn parse(text: &str) -> Parsed<Kind> {
    if text.len() > TEXT_BYTES_MAX {
        let message = format!("the query is longer than {TEXT_BYTES_MAX} bytes");
        return Err(ParseError::at(0, message));
    }
    let mut parser = Parser {
        tokens: lex(text)?,
        at: 0,
        depth: 0,
        regexes: 0,
    };
    let kind = match parser.starts_selector() {
        true => Kind::Log(parser.log_query()?),
        false => Kind::Metric(parser.metric()?),
    };
    match (parser.peek(), &kind) {
        (Token::End, _) => Ok(kind),
        (Token::Sign("["), Kind::Log(_)) => {
            Err(parser
                .wrong("a range stands inside of a function, as in `count_over_time({…} [5m])`"))
        }
        _ => Err(parser.unexpected("the end of the query")),
    }
}

struct Parser {
    tokens: Vec<Placed>,
    at: usize,
    depth: usize,
    regexes: usize,
}

impl Parser {
    fn placed(&self) -> &Placed {
        // The last token is the end, and it is never passed.
        &self.tokens[self.at]
    }

    fn peek(&self) -> &Token {
        &self.placed().token
    }

    /// The token behind the current one.
    fn peek_second(&self) -> &Token {
        let second = self.tokens.get(self.at + 1);
        second.map_or(&Token::End, |placed| &placed.token)
    }

    /// Where the token before the current one ends.
    fn end_of_previous(&self) -> usize {
        let previous = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        previous.map_or(0, |placed| placed.end)
    }

    fn pass(&mut self) {
        if *self.peek() != Token::End {
            self.at += 1;
        }
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(found) if *found == sign)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        self.at += usize::from(found);
        found
    }

    /// Whether the current token is this word, in any case.
    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Ident(name) if name.eq_ignore_ascii_case(word))
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Parsed<()> {
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
            Token::End => "end of the query".to_owned(),
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

    /// A list of names in parentheses.
    fn names(&mut self) -> Parsed<Vec<String>> {
        self.expect("(")?;
        let mut names = Vec::new();
        while !self.takes(")") {
            if !names.is_empty() {
                self.expect(",")?;
            }
            names.push(self.ident("a label, or `)`")?);
        }
        Ok(names)
    }

    /// A number with an optional sign.
    fn number(&mut self) -> Parsed<f64> {
        let sign = match (self.takes("-"), self.takes("+")) {
            (true, _) => -1.0,
            _ => 1.0,
        };
        let value = match self.peek() {
            Token::Number(text) => crate::units::float(text),
            _ => None,
        };
        let value = value.ok_or_else(|| self.unexpected("a number"))?;
        self.at += 1;
        Ok(sign * value)
    }

    /// A string that is a regular expression.
    fn regex(&mut self) -> Parsed<Regex> {
        let start = self.placed().start;
        let text = self.text()?;
        self.compile(&text, start)
    }

    /// A regular expression that may match anywhere in a text. `start` is where it stands.
    fn compile(&mut self, text: &str, start: usize) -> Parsed<Regex> {
        self.regexes += 1;
        if self.regexes > REGEXES_MAX {
            let message = format!("more than {REGEXES_MAX} regular expressions in one query");
            return Err(ParseError::at(start, message));
        }
        let pattern = promql::re2(text).map_err(|why| {
            ParseError::at(start, format!("invalid regular expression {text:?}: {why}"))
        })?;
        let regex = RegexBuilder::new(&pattern)
            .size_limit(REGEX_BYTES_MAX)
            .build();
        regex.map_err(|error| {
            let message = match error {
                regex::Error::CompiledTooBig(_) => {
                    format!("the regular expression {text:?} is too big")
                }
                _ => format!("invalid regular expression {text:?}"),
            };
            ParseError::at(start, message)
        })
    }

    /// Goes one level deeper for as long as `inside` parses.
    fn deeper<T>(&mut self, inside: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == DEPTH_MAX {
            return Err(self.wrong(format!("the query is nested deeper than {DEPTH_MAX}")));
        }
        self.depth += 1;
        let parsed = inside(self);
        self.depth -= 1;
        parsed
    }
}
