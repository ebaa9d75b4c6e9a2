//! Syntax that `promql-parser` does not know: duration expressions (`[2m * 5]`, `offset step()`) and the modifiers
//! `anchored` and `smoothed`. The text is rewritten before it is parsed, with markers that the lowering recognises: an
//! absurdly long duration stands for an expression kept aside, a reserved label for a modifier.

use super::durations;
use super::tokens::{Token, next_token, tokens};
use crate::ast::Edges;
use crate::error::ParseError;

/// The label that marks a selector as anchored or smoothed.
pub(super) const EDGES_LABEL: &str = "__promql_edges__";

/// Durations from here on, in seconds, stand for expressions: `DURATION_BASE_S + index`.
const DURATION_BASE_S: u64 = 1_000_000_000_000;

/// The text without extensions, and what was kept aside.
#[derive(Debug, Default)]
pub(super) struct Rewritten {
    pub(super) text: String,
    /// The duration expressions, by index.
    pub(super) durations: Vec<String>,
}

/// The index of the expression that a duration stands for, if it does.
pub(super) fn duration_index(ms: i64) -> Option<usize> {
    let seconds = u64::try_from(ms).ok()? / 1000;
    usize::try_from(seconds.checked_sub(DURATION_BASE_S)?).ok()
}

/// The modifier that a marked selector carries.
pub(super) fn edges_from(marker: &str) -> Option<Edges> {
    match marker {
        "anchored" => Some(Edges::Anchored),
        "smoothed" => Some(Edges::Smoothed),
        _ => None,
    }
}

/// Rewrites the extensions of `text`.
pub(super) fn rewrite(text: &str) -> Result<Rewritten, ParseError> {
    if let Some(at) = text.find(EDGES_LABEL) {
        let message = format!("the label {EDGES_LABEL} is reserved");
        return Err(ParseError::at(at, message));
    }
    let mut writer = Writer {
        rest: text,
        at: 0,
        out: Rewritten::default(),
        selector_end: None,
        in_braces: false,
        before: None,
        moving: false,
        open: Vec::new(),
    };
    while !writer.rest.is_empty() {
        writer.step()?;
    }
    Ok(writer.out)
}

struct Writer<'t> {
    rest: &'t str,
    /// Where `rest` starts in the text.
    at: usize,
    out: Rewritten,
    /// Where the last selector ends in the output: behind its name, or before its closing brace.
    selector_end: Option<SelectorEnd>,
    in_braces: bool,
    /// The last token that was not space.
    before: Option<(Token, String)>,
    /// Whether an `@` or an `offset` is being said.
    moving: bool,
    /// The parentheses that are open.
    open: Vec<Parenthesis>,
}

/// An open parenthesis: whether it belongs to a call of `info` or behind an `@`, and how many commas it had.
struct Parenthesis {
    is_info: bool,
    is_moment: bool,
    commas: usize,
}

#[derive(Clone, Copy)]
enum SelectorEnd {
    Name(usize),
    Braces { at: usize, needs_comma: bool },
}

/// Words that are followed by an operand, so that a modifier's name after them is a metric.
const OPERATORS: &[&str] = &[
    "and",
    "or",
    "unless",
    "atan2",
    "bool",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "offset",
];

impl Writer<'_> {
    fn step(&mut self) -> Result<(), ParseError> {
        let (token, length) = next_token(self.rest);
        let (head, rest) = self.rest.split_at(length);
        let head = head.to_owned();
        match token {
            Token::Space => {
                self.take(rest, length, &head);
                return Ok(());
            }
            Token::Symbol(b'[') if !self.in_braces => return self.brackets(),
            Token::Word if !self.in_braces && head.eq_ignore_ascii_case("offset") => {
                self.take(rest, length, &head);
                self.moving = true;
                self.offset_expression()?;
            }
            Token::Word if self.is_modifier(&head) => self.modifier(rest, length, &head)?,
            Token::Symbol(b'{') => {
                self.in_braces = true;
                self.take(rest, length, &head);
            }
            Token::Symbol(b'}') => {
                self.in_braces = false;
                self.mark_info_labels();
                let empty_or_comma = matches!(self.before, Some((Token::Symbol(b'{' | b','), _)));
                self.selector_end = Some(SelectorEnd::Braces {
                    at: self.out.text.len(),
                    needs_comma: !empty_or_comma,
                });
                self.take(rest, length, &head);
            }
            Token::Word if !self.in_braces && is_grouped_number(&head) => {
                self.take(rest, length, &head.replace('_', ""));
            }
            Token::Word if !self.in_braces && is_beyond_numbers(&head) => {
                let message = format!("error parsing number: {head:?}: value out of range");
                return Err(ParseError::at(self.at, message));
            }
            Token::Word if !self.in_braces => {
                self.take(rest, length, &head);
                if OPERATORS.contains(&head.to_ascii_lowercase().as_str()) {
                    self.selector_end = None;
                }
                if head.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':'))
                    && !OPERATORS.contains(&head.to_ascii_lowercase().as_str())
                    && !rest.trim_start().starts_with('(')
                {
                    self.moving = false;
                    self.selector_end = Some(SelectorEnd::Name(self.out.text.len()));
                }
            }
            _ => {
                self.track(token);
                self.take(rest, length, &head);
            }
        }
        self.before = Some((token, head));
        Ok(())
    }

    /// Keeps account of parentheses, to know where the second argument of `info` is.
    fn track(&mut self, token: Token) {
        match token {
            Token::Symbol(b'(') => {
                let before = self.before.as_ref().map(|(_, text)| text.as_str());
                self.open.push(Parenthesis {
                    is_info: before == Some("info"),
                    is_moment: self.moving && matches!(before, Some("start" | "end")),
                    commas: 0,
                });
            }
            Token::Symbol(b')') => {
                let is_moment = self.open.pop().is_some_and(|open| open.is_moment);
                if !is_moment {
                    self.selector_end = None;
                }
            }
            Token::Symbol(b'@') => self.moving = true,
            // The sign of an offset or of a moment; an operator leaves the selector behind.
            Token::Symbol(b'+' | b'-') if self.is_moving() => {}
            Token::Symbol(symbol) if is_operator(symbol) => self.selector_end = None,
            Token::Symbol(b',') if !self.in_braces => {
                self.selector_end = None;
                if let Some(innermost) = self.open.last_mut() {
                    innermost.commas += 1;
                }
            }
            _ => {}
        }
    }

    /// Whether the token before began an `@` or an `offset`.
    fn is_moving(&self) -> bool {
        match &self.before {
            Some((Token::Symbol(symbol), _)) => *symbol == b'@',
            Some((Token::Word, word)) => word.eq_ignore_ascii_case("offset"),
            _ => false,
        }
    }

    /// The parser wants a condition that the empty label does not meet; the labels that `info` is given need none, so
    /// they get a marker that is one.
    fn mark_info_labels(&mut self) {
        let in_info = self
            .open
            .last()
            .is_some_and(|open| open.is_info && open.commas == 1);
        if in_info {
            let comma = if matches!(self.before, Some((Token::Symbol(b'{' | b','), _))) {
                ""
            } else {
                ","
            };
            let marker = format!("{comma}{EDGES_LABEL}=\"plain\"");
            self.out.text.push_str(&marker);
        }
    }

    fn take(&mut self, rest: &str, length: usize, written: &str) {
        debug_assert_eq!(self.rest.len(), rest.len() + length);
        self.out.text.push_str(written);
        self.skip(length);
    }

    fn skip(&mut self, length: usize) {
        self.rest = &self.rest[length..];
        self.at += length;
    }

    /// Whether the word is `anchored` or `smoothed` behind a selector.
    fn is_modifier(&self, word: &str) -> bool {
        let known = edges_from(&word.to_ascii_lowercase()).is_some();
        let follows = match &self.before {
            Some((Token::Symbol(b']' | b'}' | b')'), _)) => true,
            Some((Token::Word, before)) => {
                !OPERATORS.contains(&before.to_ascii_lowercase().as_str())
            }
            _ => false,
        };
        known && follows && !self.in_braces && self.selector_end.is_some()
    }

    fn modifier(&mut self, rest: &str, length: usize, word: &str) -> Result<(), ParseError> {
        let marker = format!("{EDGES_LABEL}=\"{}\"", word.to_ascii_lowercase());
        match self.selector_end.take() {
            Some(SelectorEnd::Name(at)) => {
                self.out.text.insert_str(at, &format!("{{{marker}}}"));
            }
            Some(SelectorEnd::Braces { at, needs_comma }) => {
                let comma = if needs_comma { "," } else { "" };
                self.out.text.insert_str(at, &format!("{comma}{marker}"));
            }
            None => {
                let message = format!("{word} modifier must be preceded by a selector");
                return Err(ParseError::at(self.at, message));
            }
        }
        self.take(rest, length, "");
        Ok(())
    }

    /// Replaces the expressions between brackets.
    fn brackets(&mut self) -> Result<(), ParseError> {
        let end = balanced(self.rest, b']')
            .ok_or_else(|| ParseError::at(self.at, "missing closing bracket"))?;
        let content = self.rest[1..end - 1].to_owned();
        if content.contains(':') {
            // A subquery is no selector.
            self.selector_end = None;
        }
        self.out.text.push('[');
        for (index, part) in split_colon(&content).enumerate() {
            if index > 0 {
                self.out.text.push(':');
            }
            self.duration(part)?;
        }
        self.out.text.push(']');
        self.skip(end);
        self.before = Some((Token::Symbol(b']'), String::new()));
        Ok(())
    }

    /// Replaces an offset that is an expression: in parentheses, or a call; either may have a sign.
    fn offset_expression(&mut self) -> Result<(), ParseError> {
        let start = self.rest.len() - self.rest.trim_start().len();
        let after_space = &self.rest[start..];
        let sign = usize::from(after_space.starts_with(['+', '-']));
        let unsigned = after_space[sign..].trim_start();
        let name = unsigned
            .bytes()
            .take_while(|b| b.is_ascii_alphabetic() || *b == b'_')
            .count();
        let (call, arguments) = unsigned.split_at(name);
        let arguments = arguments.trim_start();
        let is_call = call.is_empty() || durations::is_function(call);
        if !arguments.starts_with('(') || !is_call {
            let word = tokens(unsigned).next().map_or("", |(_, _, word)| word);
            return self.refuse_absurd(word);
        }
        let opened = self.rest.len() - arguments.len();
        let length = balanced(arguments, b')')
            .ok_or_else(|| ParseError::at(self.at + opened, "missing closing parenthesis"))?;
        let expression = self.rest[start..opened + length].to_owned();
        self.out.text.push(' ');
        self.keep_aside(&expression)?;
        self.skip(opened + length);
        Ok(())
    }

    /// Writes a duration as it is if it is plain, or a marker for the expression.
    fn duration(&mut self, part: &str) -> Result<(), ParseError> {
        let found: Vec<_> = tokens(part).map(|(token, _, word)| (token, word)).collect();
        match found[..] {
            [] => self.out.text.push_str(part),
            [(Token::Word, word)] => {
                self.refuse_absurd(word)?;
                self.out.text.push_str(part);
            }
            _ => self.keep_aside(part)?,
        }
        Ok(())
    }

    /// Durations as long as the markers would be taken for one.
    fn refuse_absurd(&self, word: &str) -> Result<(), ParseError> {
        match word.parse::<f64>() {
            Ok(seconds) if seconds >= DURATION_BASE_S as f64 => {
                Err(ParseError::at(self.at, "duration out of range"))
            }
            _ => Ok(()),
        }
    }

    fn keep_aside(&mut self, expression: &str) -> Result<(), ParseError> {
        let index = self.out.durations.len() as u64;
        let arithmetic = durations::arithmetic(expression.trim(), self.at)?;
        self.out.durations.push(arithmetic);
        self.out
            .text
            .push_str(&(DURATION_BASE_S + index).to_string());
        Ok(())
    }
}

fn is_operator(symbol: u8) -> bool {
    matches!(
        symbol,
        b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'=' | b'!' | b'<' | b'>'
    )
}

/// Whether the word is a number that is too large for one.
fn is_beyond_numbers(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && word.parse::<f64>().is_ok_and(f64::is_infinite)
}

/// Whether the word is a number whose digits are grouped by underscores, which the parser does not know.
fn is_grouped_number(word: &str) -> bool {
    let digits = word.strip_prefix('.').unwrap_or(word);
    digits.starts_with(|c: char| c.is_ascii_digit()) && word.contains('_')
}

/// The length of the text from an opening symbol to its closing one.
fn balanced(text: &str, close: u8) -> Option<usize> {
    let open = text.as_bytes()[0];
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let (token, length) = next_token(&text[at..]);
        at += length;
        if token == Token::Symbol(open) {
            depth += 1;
        } else if token == Token::Symbol(close) {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// The parts between colons that stand outside words; `[5m:1m]` is one word to the tokens, so it is split here.
fn split_colon(content: &str) -> impl Iterator<Item = &str> {
    content.split(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(text: &str) -> (String, Vec<String>) {
        let out = rewrite(text).expect("must be rewritten");
        (out.text, out.durations)
    }

    #[test]
    fn underscores_between_digits_are_left_out() {
        let (text, _) = rewritten("a_1 + 1_000 * 0x_FF");
        assert_eq!(text, "a_1 + 1000 * 0xFF");
        let (text, _) = rewritten(":1_000 + a:5_m");
        assert_eq!(text, ":1_000 + a:5_m", "names keep theirs");
    }

    #[test]
    fn what_would_be_taken_for_a_marker_is_refused() {
        assert!(rewrite("x[1000000000000]").is_err());
        assert!(rewrite("x offset -1e12").is_err());
        assert!(rewrite("x{__promql_edges__=\"anchored\"}").is_err());
        assert!(rewrite("x > 1000000000000").is_ok());
    }

    #[test]
    fn plain_queries_stay_as_they_are() {
        for text in [
            r#"sum by (a) (rate(x{b="[1+1]",c=~'}'}[5m:1m] offset -5m)) > on(smoothed) offset"#,
            "a and smoothed",
            "x[300] @ end() # offset (1)",
            "sum(anchored) + `[`",
        ] {
            assert_eq!(rewritten(text), (text.to_owned(), Vec::new()));
        }
    }

    #[test]
    fn duration_expressions_are_kept_aside() {
        let (text, durations) = rewritten("x[2m*(1+2):step()] offset -min_of(step(), 5s)");
        assert_eq!(text, "x[1000000000000:1000000000001] offset 1000000000002");
        assert_eq!(durations[0], "2m * ( 1 + 2 )");
        assert_eq!(durations[1], "step ( )");
        assert_eq!(durations[2], "- min_of ( step ( ) , 5s )");
        assert_eq!(duration_index(1_000_000_000_001_000), Some(1));
        assert_eq!(duration_index(300_000), None);
    }

    #[test]
    fn modifiers_become_markers() {
        let mark = |edges| format!("{EDGES_LABEL}=\"{edges}\"");
        assert_eq!(
            rewritten("rate(x[1m] anchored offset 1m)").0,
            format!("rate(x{{{}}}[1m]  offset 1m)", mark("anchored"))
        );
        assert_eq!(
            rewritten("x{a=\"b\"} offset 5m smoothed").0,
            format!("x{{a=\"b\",{}}} offset 5m ", mark("smoothed"))
        );
    }
}
