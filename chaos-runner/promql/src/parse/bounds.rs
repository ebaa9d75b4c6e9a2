//! What is checked before a query is parsed: that its tree will not be too deep to walk, and that brackets and quotes are
//! closed, because the parser cannot say where they are not.

use super::tokens::{Token, tokens};
use crate::error::ParseError;

/// The longest query that is parsed, in bytes.
const LENGTH_MAX: usize = 64 * 1024;
/// How deep brackets may nest.
const NESTING_MAX: usize = 64;
/// How many operators a query may have: each may deepen the tree by one.
const OPERATORS_MAX: usize = 256;
/// How many regular expressions a query may have: each may take some memory.
const REGEXES_MAX: usize = 100;

/// Refuses text that is too long or too deep, or that leaves something open.
pub(super) fn check(text: &str) -> Result<(), ParseError> {
    if text.len() > LENGTH_MAX {
        let message = format!("the query is longer than {LENGTH_MAX} bytes");
        return Err(ParseError::at(LENGTH_MAX, message));
    }
    let mut open = Vec::new();
    let mut operators = 0_usize;
    let mut regexes = 0_usize;
    for (token, at, written) in tokens(text) {
        match token {
            Token::Text => check_string(at, written)?,
            Token::Word => {
                operators += usize::from(is_operator(written));
                regexes += usize::from(written == "label_replace");
            }
            Token::Symbol(b'~') => regexes += 1,
            Token::Symbol(symbol @ (b'(' | b'[' | b'{')) => {
                operators += usize::from(symbol == b'[');
                open.push((symbol, at));
            }
            Token::Symbol(symbol @ (b')' | b']' | b'}')) => {
                let opened = open.pop().map(|(opened, _)| closing(opened));
                if opened != Some(symbol) {
                    let message = format!("unexpected \"{}\"", char::from(symbol));
                    return Err(ParseError::at(at, message));
                }
            }
            Token::Symbol(b',' | b'@') | Token::Space => {}
            Token::Symbol(_) => operators += 1,
        }
        if regexes > REGEXES_MAX {
            let message = format!("more than {REGEXES_MAX} regular expressions in one query");
            return Err(ParseError::at(at, message));
        }
        if open.len() > NESTING_MAX || operators > OPERATORS_MAX {
            return Err(ParseError::at(at, "the query nests too deeply"));
        }
    }
    match open.pop() {
        None => Ok(()),
        Some((symbol, at)) => {
            let message = format!("unclosed {:?}", char::from(symbol));
            Err(ParseError::at(at, message))
        }
    }
}

fn closing(open: u8) -> u8 {
    match open {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

fn is_operator(word: &str) -> bool {
    ["and", "or", "unless", "atan2"]
        .iter()
        .any(|operator| word.eq_ignore_ascii_case(operator))
}

/// Refuses a string that is not closed, and escapes of bytes beyond ASCII: those are bytes in Prometheus, but the parser
/// reads them as characters.
fn check_string(at: usize, written: &str) -> Result<(), ParseError> {
    let bytes = written.as_bytes();
    let quote = bytes[0];
    let mut index = 1;
    while let Some(byte) = bytes.get(index) {
        if *byte == quote {
            return Ok(());
        }
        if *byte == b'\\' && quote != b'`' {
            index += 1;
            let beyond = match bytes.get(index..).unwrap_or_default() {
                [b'x', high, ..] => high.is_ascii_hexdigit() && *high >= b'8',
                [first @ b'0'..=b'7', ..] => *first >= b'2',
                _ => false,
            };
            if beyond {
                let message = "a string with an escaped byte that is no character";
                return Err(ParseError::at(at + index, message));
            }
        }
        index += 1;
    }
    Err(ParseError::at(at, "unterminated quoted string"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (Option<usize>, String) {
        let error = check(text).expect_err("must be refused");
        (error.offset, error.message)
    }

    #[test]
    fn deep_nesting_is_refused() {
        let deep = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
        assert_eq!(refused(&deep).0, Some(NESTING_MAX));
        assert_eq!(refused(&format!("# '\n{deep}")).0, Some(NESTING_MAX + 4));
        assert!(check(&"-".repeat(5000)).is_err());
        assert!(check(&format!("a{}", " or a".repeat(5000))).is_err());
    }

    #[test]
    fn brackets_in_strings_do_not_nest() {
        assert_eq!(check(&format!("{{a=\"{}\\\"\"}}", "(".repeat(500))), Ok(()));
    }

    #[test]
    fn what_is_left_open_is_pointed_at() {
        assert_eq!(
            refused("sum(rate(x[5m])"),
            (Some(3), "unclosed '('".to_owned())
        );
        assert_eq!(refused("x[5m)"), (Some(4), "unexpected \")\"".to_owned()));
        assert_eq!(refused("x{a=\"b}").0, Some(4));
    }

    #[test]
    fn escaped_bytes_are_refused() {
        assert_eq!(refused(r#"x{a="b\xff"}"#).0, Some(7));
        assert_eq!(check(r#"x{a="\x41\101\u00e9"}"#), Ok(()));
    }
}
