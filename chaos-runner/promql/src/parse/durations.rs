//! The arithmetic of duration expressions (`[2m * (1 + 2)]`, `offset max(step(), 5s)`), as text: only numbers, durations and
//! a few functions may stand in it, and it is written so that the parser of queries can read it. Evaluates nothing.

use super::tokens::{Token, tokens};
use crate::error::ParseError;

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

/// An expression that stands at `at`, as the parser of queries reads it.
pub(super) fn arithmetic(expression: &str, at: usize) -> Result<String, ParseError> {
    let mut out = String::with_capacity(expression.len());
    for (token, start, word) in tokens(expression) {
        if start > 0 {
            out.push(' ');
        }
        match token {
            Token::Word if word.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {
                out.push_str(plain_zero(word));
            }
            Token::Word => match named(word) {
                Some(called) => out.push_str(called),
                None => {
                    let message = format!(
                        "unexpected {word:?} in a duration, expected a number, a duration or one of step(), range(), min() and max()"
                    );
                    return Err(ParseError::at(at + start, message));
                }
            },
            _ => out.push_str(word),
        }
    }
    Ok(out)
}

/// The parser refuses durations of zero, so they are written as the number.
fn plain_zero(word: &str) -> &str {
    let unit = word.trim_start_matches('0');
    let is_zero =
        unit.len() < word.len() && matches!(unit, "ms" | "s" | "m" | "h" | "d" | "w" | "y");
    if is_zero { "0" } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_written_in_any_case() {
        let written = arithmetic("1+(STep()-5)*Max(0s, 2m)", 0).map_err(|e| e.message);
        assert_eq!(
            written.as_deref(),
            Ok("1 + ( step ( ) - 5 ) * max_of ( 0 , 2m )")
        );
    }

    #[test]
    fn nothing_that_needs_samples_is_a_duration() {
        for text in ["time()", "1m + foo", "sum(foo)", "vector(1)"] {
            assert!(arithmetic(text, 0).is_err(), "{text}");
        }
    }
}
