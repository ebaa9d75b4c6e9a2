//! What is wrong with a text that the parser refuses without saying why: the first token that cannot stand where it does. It walks
//! the tokens with the one question whether an operand or an operator comes next; where that is not sure, it says nothing.

use super::tokens::{Token, tokens};
use crate::error::ParseError;

type Found<'t> = (Token, usize, &'t str);

/// The first thing that is out of place, if it is plain what that is.
pub(super) fn complaint(text: &str) -> Option<ParseError> {
    let mut walk = Walk {
        tokens: tokens(text).collect(),
        at: 0,
        wants_operand: true,
        before: None,
    };
    while let Some(found) = walk.take() {
        if let Err(error) = walk.step(found)? {
            return Some(error);
        }
        walk.before = Some(found);
    }
    walk.wants_operand.then(|| {
        let message = match text.trim().is_empty() {
            true => "no expression found in input",
            false => "unexpected end of input",
        };
        ParseError::at(text.trim_end().len(), message)
    })
}

struct Walk<'t> {
    tokens: Vec<Found<'t>>,
    at: usize,
    wants_operand: bool,
    before: Option<Found<'t>>,
}

impl<'t> Walk<'t> {
    fn take(&mut self) -> Option<Found<'t>> {
        let found = self.tokens.get(self.at).copied();
        self.at += 1;
        found
    }

    fn next_is(&self, symbol: u8) -> bool {
        matches!(self.tokens.get(self.at), Some((Token::Symbol(next), ..)) if *next == symbol)
    }

    /// Passes over what stands in brackets, the opening one included.
    fn skip_brackets(&mut self) {
        let mut depth = 0_usize;
        while let Some((token, ..)) = self.take() {
            match token {
                Token::Symbol(b'(' | b'[' | b'{') => depth += 1,
                Token::Symbol(b')' | b']' | b'}') => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Goes on by one token: an error where it is out of place, nothing where that cannot be told.
    fn step(&mut self, found: Found<'t>) -> Option<Result<(), ParseError>> {
        match found.0 {
            Token::Word => self.word(found),
            Token::Text => Some(self.operand(found, "string")),
            Token::Symbol(symbol) => self.symbol(symbol, found),
            Token::Space => Some(Ok(())),
        }
    }

    fn operand(&mut self, found: Found<'t>, what: &str) -> Result<(), ParseError> {
        if self.wants_operand {
            self.wants_operand = false;
            return Ok(());
        }
        let (_, at, word) = found;
        let shown = match found.0 {
            Token::Text => word.to_owned(),
            _ => format!("{word:?}"),
        };
        Err(ParseError::at(at, format!("unexpected {what} {shown}")))
    }

    fn word(&mut self, found: Found<'t>) -> Option<Result<(), ParseError>> {
        let (_, at, word) = found;
        if word.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return Some(self.operand(found, "number"));
        }
        match word.to_ascii_lowercase().as_str() {
            "and" | "or" | "unless" | "atan2" => Some(self.operator(at, word)),
            // Behind an operator, and ahead of its right side.
            "bool" | "on" | "ignoring" | "group_left" | "group_right" | "fill" | "fill_left"
            | "fill_right"
                if self.wants_operand && self.follows_operator() =>
            {
                if self.next_is(b'(') {
                    self.skip_brackets();
                }
                Some(Ok(()))
            }
            "by" | "without" if !self.wants_operand => {
                if !self.next_is(b'(') {
                    let message =
                        format!("unexpected end of {word:?}, expected labels in parentheses");
                    return Some(Err(ParseError::at(at + word.len(), message)));
                }
                self.skip_brackets();
                Some(Ok(()))
            }
            "offset" if !self.wants_operand => {
                self.skip_moment();
                Some(Ok(()))
            }
            "anchored" | "smoothed" if !self.wants_operand => Some(Ok(())),
            _ => Some(self.operand(found, "identifier")),
        }
    }

    fn symbol(&mut self, symbol: u8, found: Found<'t>) -> Option<Result<(), ParseError>> {
        let (_, at, written) = found;
        let refused = || Some(Err(ParseError::at(at, format!("unexpected {written:?}"))));
        match symbol {
            b'(' if self.wants_operand || self.follows_name() => self.wants_operand = true,
            b')' if !self.wants_operand || self.follows(b"(,") => self.wants_operand = false,
            b',' if !self.wants_operand => self.wants_operand = true,
            b'{' if self.wants_operand || self.follows_name() => {
                self.at -= 1;
                self.skip_brackets();
                self.wants_operand = false;
            }
            b'[' if !self.wants_operand => {
                self.at -= 1;
                self.skip_brackets();
            }
            b'@' if !self.wants_operand => self.skip_moment(),
            b'+' | b'-' => self.wants_operand = true,
            b'*' | b'/' | b'%' | b'^' => return Some(self.operator(at, written)),
            b'=' | b'!' | b'<' | b'>' => {
                let equals = self.next_is(b'=');
                if equals {
                    self.take();
                } else if matches!(symbol, b'=' | b'!') {
                    let message =
                        format!("unexpected {written:?}, comparisons are ==, !=, <, <=, > and >=");
                    return Some(Err(ParseError::at(at, message)));
                }
                return Some(self.operator(at, written));
            }
            b'(' | b')' | b',' | b'{' | b'[' | b'@' => return refused(),
            _ => return None,
        }
        Some(Ok(()))
    }

    fn operator(&mut self, at: usize, written: &str) -> Result<(), ParseError> {
        if self.wants_operand {
            return Err(ParseError::at(at, format!("unexpected {written:?}")));
        }
        self.wants_operand = true;
        Ok(())
    }

    /// Passes over what follows `@` and `offset`.
    fn skip_moment(&mut self) {
        while self.next_is(b'-') || self.next_is(b'+') {
            self.take();
        }
        if !self.next_is(b'(') {
            self.take();
        }
        if self.next_is(b'(') {
            self.skip_brackets();
        }
    }

    fn follows(&self, symbols: &[u8]) -> bool {
        matches!(self.before, Some((Token::Symbol(symbol), ..)) if symbols.contains(&symbol))
    }

    /// Whether an operator stands before, or a modifier of one. Behind `(` and `,` all of these are names like others.
    fn follows_operator(&self) -> bool {
        self.before.is_some() && !self.follows(b"(,")
    }

    fn follows_name(&self) -> bool {
        matches!(self.before, Some((Token::Word, ..)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<(usize, String)> {
        let error = complaint(text)?;
        Some((error.offset?, error.message))
    }

    #[test]
    fn what_is_out_of_place_is_pointed_at() {
        for (text, at, message) in [
            ("", 0, "no expression found in input"),
            ("1 + ", 3, "unexpected end of input"),
            ("sum(rate(x[5m])) >", 18, "unexpected end of input"),
            ("foo bar", 4, "unexpected identifier \"bar\""),
            ("foo{a=\"b\"} 5", 11, "unexpected number \"5\""),
            ("\"a\" 'b'", 4, "unexpected string 'b'"),
            ("* 1", 0, "unexpected \"*\""),
            ("a and and b", 6, "unexpected \"and\""),
            ("sum foo", 4, "unexpected identifier \"foo\""),
            ("sum(on) foo", 8, "unexpected identifier \"foo\""),
            ("max(a, bool) 5", 13, "unexpected number \"5\""),
            ("sum(a,,b)", 6, "unexpected \",\""),
            ("sum(a +)", 7, "unexpected \")\""),
            (
                "a = 1",
                2,
                "unexpected \"=\", comparisons are ==, !=, <, <=, > and >=",
            ),
            (
                "sum(a) by",
                9,
                "unexpected end of \"by\", expected labels in parentheses",
            ),
            ("a offset 5m b", 12, "unexpected identifier \"b\""),
        ] {
            assert_eq!(told(text), Some((at, message.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_is_in_its_place_is_passed_over() {
        for text in [
            "sum by (a) (rate(x{b=~\"c\"}[5m:1m] offset -5m @ end())) > bool on (d) group_left (e) 1 / -y",
            "topk(3, sum(x) without (a)) or vector(1) unless ignoring () z @ 5 ^ +2",
            "time() - (a smoothed) >= 1 != b atan2 c",
            "histogram_quantile(0.9, x) + fill (0) y",
            "sum(on) + bool + fill(0) z",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
