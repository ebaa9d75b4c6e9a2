//! PromQL cut into tokens, as Prometheus cuts it: what stands between braces and between brackets has rules of its own. The first thing
//! that is no token ends the list; whether the tokens make sense is not asked here.

use super::{numbers, strings};
use crate::ast::{AggregateOp, BinaryOp};
use crate::error::ParseError;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    OpenParen,
    CloseParen,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Comma,
    Colon,
    At,
    Equals,
    /// `=~`
    Matches,
    /// `!~`
    NotMatches,
    Op(BinaryOp),
    Aggregation(AggregateOp),
    Keyword(Keyword),
    /// A name that has a meaning in some places: `start`, `step`, …
    Special,
    Name,
    /// A name with a colon, which only metrics have.
    MetricName,
    Number,
    Duration,
    Text,
    End,
    /// No token: what is wrong is told by [`Lexed::error`].
    Broken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Offset,
    Anchored,
    Smoothed,
    By,
    Without,
    On,
    Ignoring,
    GroupLeft,
    GroupRight,
    Bool,
    Fill,
    FillLeft,
    FillRight,
}

/// A token and where it stands, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) at: usize,
    pub(super) text: &'t str,
}

/// The tokens of a text; the last is the end, or what is wrong.
#[derive(Debug)]
pub(super) struct Lexed<'t> {
    pub(super) tokens: Vec<Token<'t>>,
    pub(super) error: Option<ParseError>,
}

/// Cuts a text into tokens.
pub(super) fn lex(text: &str) -> Lexed<'_> {
    let mut lexer = Lexer {
        text,
        at: 0,
        tokens: Vec::new(),
        parens: Vec::new(),
        inside: None,
    };
    let error = lexer.run().err();
    let (kind, at) = match &error {
        None => (Kind::End, text.len()),
        Some(error) => (Kind::Broken, error.offset.unwrap_or(text.len())),
    };
    let mut tokens = lexer.tokens;
    tokens.push(Token { kind, at, text: "" });
    Lexed { tokens, error }
}

/// Brackets or braces that are open, and where.
#[derive(Clone, Copy)]
enum Inside {
    Braces(usize),
    Brackets(usize),
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token<'t>>,
    parens: Vec<usize>,
    inside: Option<Inside>,
}

type Lexing<T> = Result<T, ParseError>;

impl Lexer<'_> {
    fn run(&mut self) -> Lexing<()> {
        loop {
            self.skip_space();
            let start = self.at;
            let Some(first) = self.text[start..].chars().next() else {
                return self.end();
            };
            self.at += first.len_utf8();
            let kind = match self.inside {
                None => self.token(start, first),
                Some(Inside::Braces(_)) => self.in_braces(start, first),
                Some(Inside::Brackets(_)) => self.in_brackets(start, first),
            }?;
            self.tokens.push(Token {
                kind,
                at: start,
                text: &self.text[start..self.at],
            });
        }
    }

    fn skip_space(&mut self) {
        loop {
            let rest = self.text[self.at..].trim_start_matches([' ', '\t', '\n', '\r']);
            self.at = self.text.len() - rest.len();
            if !rest.starts_with('#') {
                return;
            }
            let line = rest.find(['\n', '\r']).unwrap_or(rest.len());
            self.at += line;
        }
    }

    /// Nothing may be left open; what is, is pointed at.
    fn end(&self) -> Lexing<()> {
        let before = self.tokens.last().map(|token| token.kind);
        let (at, message) = match (self.inside, self.parens.last()) {
            (Some(Inside::Braces(at)), _) => (at, "unexpected end of input inside braces"),
            (Some(Inside::Brackets(at)), _) => match before {
                Some(Kind::Number | Kind::Duration) => (at, "unclosed left bracket"),
                _ => (at, "unexpected end of input in duration expression"),
            },
            (None, Some(at)) => (*at, "unclosed left parenthesis"),
            (None, None) => return Ok(()),
        };
        Err(ParseError::at(at, message))
    }

    /// Goes past the next byte if it is this one.
    fn accept(&mut self, byte: u8) -> bool {
        let found = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn token(&mut self, start: usize, first: char) -> Lexing<Kind> {
        Ok(match first {
            ',' => Kind::Comma,
            '@' => Kind::At,
            '=' if self.accept(b'=') => Kind::Op(BinaryOp::Eq),
            '=' if self.text[self.at..].starts_with('~') => {
                return Err(unexpected(start, "unexpected character after '=':", '~'));
            }
            '=' => Kind::Equals,
            '!' if self.accept(b'=') => Kind::Op(BinaryOp::Ne),
            '!' => return Err(self.after_exclamation(start, "")),
            '<' if self.accept(b'=') => Kind::Op(BinaryOp::Le),
            '<' => Kind::Op(BinaryOp::Lt),
            '>' if self.accept(b'=') => Kind::Op(BinaryOp::Ge),
            '>' => Kind::Op(BinaryOp::Gt),
            '(' | ')' => return self.paren(start, first),
            '{' => {
                self.inside = Some(Inside::Braces(start));
                Kind::OpenBrace
            }
            '[' => {
                self.inside = Some(Inside::Brackets(start));
                Kind::OpenBracket
            }
            ']' => return Err(unexpected(start, "unexpected right bracket", first)),
            '"' | '\'' | '`' => return self.string(start),
            c if is_alpha(c) || c == ':' => {
                self.skip_while(|c| is_alphanumeric(c) || c == ':');
                word(&self.text[start..self.at])
            }
            _ => return self.number_or_operator(start, first, "unexpected character:"),
        })
    }

    fn in_braces(&mut self, start: usize, first: char) -> Lexing<Kind> {
        Ok(match first {
            ',' => Kind::Comma,
            '=' if self.accept(b'~') => Kind::Matches,
            '=' => Kind::Equals,
            '!' if self.accept(b'~') => Kind::NotMatches,
            '!' if self.accept(b'=') => Kind::Op(BinaryOp::Ne),
            '!' => return Err(self.after_exclamation(start, " inside braces")),
            '{' => return Err(unexpected(start, "unexpected left brace", first)),
            '}' => {
                self.inside = None;
                Kind::CloseBrace
            }
            '"' | '\'' | '`' => return self.string(start),
            c if is_alpha(c) => {
                self.skip_while(is_alphanumeric);
                Kind::Name
            }
            _ => {
                return Err(unexpected(
                    start,
                    "unexpected character inside braces:",
                    first,
                ));
            }
        })
    }

    /// Between brackets are numbers, durations, and the few words of durations.
    fn in_brackets(&mut self, start: usize, first: char) -> Lexing<Kind> {
        Ok(match first {
            ',' => Kind::Comma,
            ':' => Kind::Colon,
            ']' => {
                self.inside = None;
                Kind::CloseBracket
            }
            '(' | ')' => return self.paren(start, first),
            c if is_alpha(c) => {
                self.skip_while(is_alphanumeric);
                let found = word(&self.text[start..self.at]);
                let before = self.tokens.last().map(|token| token.kind);
                if matches!(before, Some(Kind::Number | Kind::Duration)) {
                    let message = format!("unexpected character: {first:?}, expected ':'");
                    return Err(ParseError::at(start, message));
                }
                if !super::durations::is_function(&self.text[start..self.at]) {
                    return Err(unexpected(start, IN_DURATION, first));
                }
                found
            }
            _ => return self.number_or_operator(start, first, IN_DURATION),
        })
    }

    fn number_or_operator(&mut self, start: usize, first: char, refusal: &str) -> Lexing<Kind> {
        Ok(match first {
            '+' => Kind::Op(BinaryOp::Add),
            '-' => Kind::Op(BinaryOp::Sub),
            '*' => Kind::Op(BinaryOp::Mul),
            '/' => Kind::Op(BinaryOp::Div),
            '%' => Kind::Op(BinaryOp::Mod),
            '^' => Kind::Op(BinaryOp::Pow),
            c if c.is_ascii_digit() || (c == '.' && self.digit_follows()) => {
                let (length, kind) = numbers::scan(&self.text[start..])
                    .map_err(|message| ParseError::at(start, message))?;
                self.at = start + length;
                kind
            }
            _ => return Err(unexpected(start, refusal, first)),
        })
    }

    fn digit_follows(&self) -> bool {
        self.text[self.at..].starts_with(|c: char| c.is_ascii_digit())
    }

    fn after_exclamation(&self, start: usize, place: &str) -> ParseError {
        match self.text[self.at..].chars().next() {
            Some(next) => unexpected(
                start,
                &format!("unexpected character after '!'{place}:"),
                next,
            ),
            None => ParseError::at(start, "unexpected end of input after '!'"),
        }
    }

    fn paren(&mut self, start: usize, symbol: char) -> Lexing<Kind> {
        if symbol == '(' {
            self.parens.push(start);
            return Ok(Kind::OpenParen);
        }
        match self.parens.pop() {
            Some(_) => Ok(Kind::CloseParen),
            None => Err(unexpected(start, "unexpected right parenthesis", symbol)),
        }
    }

    fn string(&mut self, start: usize) -> Lexing<Kind> {
        let (_, length) = strings::read(&self.text[start..])
            .map_err(|wrong| ParseError::at(start + wrong.at, wrong.message))?;
        self.at = start + length;
        Ok(Kind::Text)
    }

    fn skip_while(&mut self, accept: impl Fn(char) -> bool) {
        let rest = self.text[self.at..].trim_start_matches(accept);
        self.at = self.text.len() - rest.len();
    }
}

const IN_DURATION: &str = "unexpected character in duration expression:";

fn unexpected(at: usize, what: &str, symbol: char) -> ParseError {
    ParseError::at(at, format!("{what} {symbol:?}"))
}

fn is_alpha(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_alphanumeric(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// What a word outside of braces is; case matters to names only.
fn word(word: &str) -> Kind {
    let lower = word.to_ascii_lowercase();
    if let Some(op) = AggregateOp::from_name(&lower) {
        return Kind::Aggregation(op);
    }
    if let Some(op) = BinaryOp::from_symbol(&lower) {
        return Kind::Op(op);
    }
    Kind::Keyword(match lower.as_str() {
        "inf" | "nan" => return Kind::Number,
        "start" | "end" | "step" | "range" | "min_of" | "max_of" => return Kind::Special,
        "offset" => Keyword::Offset,
        "anchored" => Keyword::Anchored,
        "smoothed" => Keyword::Smoothed,
        "by" => Keyword::By,
        "without" => Keyword::Without,
        "on" => Keyword::On,
        "ignoring" => Keyword::Ignoring,
        "group_left" => Keyword::GroupLeft,
        "group_right" => Keyword::GroupRight,
        "bool" => Keyword::Bool,
        "fill" => Keyword::Fill,
        "fill_left" => Keyword::FillLeft,
        "fill_right" => Keyword::FillRight,
        name if name.contains(':') => return Kind::MetricName,
        _ => return Kind::Name,
    })
}
