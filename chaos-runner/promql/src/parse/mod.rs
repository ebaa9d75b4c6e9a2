//! Text to expression tree: bounds what will be parsed, lets `promql-parser` parse and type-check it, and lowers its tree
//! to ours. Everything that can be refused without samples is refused here.

mod extensions;
mod functions;
mod lower;

use crate::ast::{Node, ValueType};
use crate::error::ParseError;

/// The longest query that is parsed, in bytes.
const LENGTH_MAX: usize = 64 * 1024;
/// How deep parentheses may nest.
const PARENTHESES_MAX: usize = 128;
/// How many operators a query may have: each may deepen the tree by one.
const OPERATORS_MAX: usize = 512;

/// Parses a query.
pub(crate) fn parse(text: &str) -> Result<Node, ParseError> {
    check_bounds(text)?;
    let rewritten = extensions::rewrite(text)?;
    let durations = rewritten.durations.iter().map(|text| {
        let node = parse(text)?;
        functions::expect_type(&node, ValueType::Scalar, "duration expression")?;
        Ok(node)
    });
    let durations = durations.collect::<Result<Vec<_>, ParseError>>()?;
    let parsed = promql_parser::parser::parse(&rewritten.text).map_err(ParseError::new)?;
    let mut node = lower::Lowering { durations }.lower(parsed)?;
    node.number(0);
    Ok(node)
}

/// Refuses text whose tree could be too deep to walk, before anything recursive sees it.
fn check_bounds(text: &str) -> Result<(), ParseError> {
    if text.len() > LENGTH_MAX {
        let message = format!("the query is longer than {LENGTH_MAX} bytes");
        return Err(ParseError::new(message));
    }
    let mut depth = 0_usize;
    let mut operators = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(open) = quote {
            if escaped {
                escaped = false;
                check_escape(at, &text.as_bytes()[at..])?;
            } else if byte == b'\\' && open != b'`' {
                escaped = true;
            } else if byte == open {
                quote = None;
            }
            continue;
        }
        match byte {
            b'"' | b'\'' | b'`' => quote = Some(byte),
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'<' | b'>' | b'=' | b'[' => operators += 1,
            b' ' | b'\n' | b'\t' if is_word_operator(&text.as_bytes()[at + 1..]) => operators += 1,
            _ => {}
        }
        if depth > PARENTHESES_MAX || operators > OPERATORS_MAX {
            return Err(ParseError::at(at, "the query nests too deeply"));
        }
    }
    Ok(())
}

/// Refuses escapes of bytes beyond ASCII: they are bytes in Prometheus, but would be read as characters.
fn check_escape(at: usize, escape: &[u8]) -> Result<(), ParseError> {
    let beyond = match escape {
        [b'x' | b'X', high, ..] => matches!(high, b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F'),
        [first @ b'0'..=b'7', ..] => *first >= b'2',
        _ => false,
    };
    if beyond {
        let message = "a string with an escaped byte that is no character";
        return Err(ParseError::at(at, message));
    }
    Ok(())
}

fn is_word_operator(rest: &[u8]) -> bool {
    ["and", "or", "unless", "atan2"].iter().any(|word| {
        rest.get(..word.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_nesting_is_refused_before_it_is_parsed() {
        let deep = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
        let refused = parse(&deep).expect_err("must be refused");
        assert_eq!(refused.offset, Some(PARENTHESES_MAX));
        assert!(parse(&"-".repeat(5000)).is_err());
        assert!(parse(&format!("a{}", " or a".repeat(5000))).is_err());
    }

    #[test]
    fn parentheses_in_strings_do_not_nest() {
        let text = format!("{{a=\"{}\\\"\"}}", "(".repeat(500));
        assert!(parse(&text).is_ok());
    }

    #[test]
    fn unknown_functions_and_wrong_types_are_refused() {
        for text in ["nosuch(a)", "rate(a)", "sum(", "a[5m] + 1", "1 > 2", ""] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
