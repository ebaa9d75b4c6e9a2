//! What is checked before a query is parsed: that it is not too long, and that its tree will not be too deep to walk.

use super::lex::{Kind, Token};
use crate::error::ParseError;

/// The longest query that is parsed, in bytes.
const LENGTH_MAX: usize = 64 * 1024;
/// How deep brackets may nest.
const NESTING_MAX: usize = 64;
/// How many operators a query may have: each may deepen the tree by one.
const OPERATORS_MAX: usize = 256;
/// How many regular expressions a query may have: each may take some memory.
const REGEXES_MAX: usize = 100;

/// Refuses text that is too long.
pub(super) fn check_length(text: &str) -> Result<(), ParseError> {
    if text.len() > LENGTH_MAX {
        let message = format!("the query is longer than {LENGTH_MAX} bytes");
        return Err(ParseError::at(LENGTH_MAX, message));
    }
    Ok(())
}

/// Refuses tokens that nest too deeply, or too many of what is costly.
pub(super) fn check(tokens: &[Token<'_>]) -> Result<(), ParseError> {
    let (mut depth, mut operators, mut regexes) = (0_usize, 0_usize, 0_usize);
    for token in tokens {
        match token.kind {
            Kind::OpenParen | Kind::OpenBrace => depth += 1,
            Kind::OpenBracket => {
                depth += 1;
                operators += 1;
            }
            Kind::CloseParen | Kind::CloseBrace | Kind::CloseBracket => {
                depth = depth.saturating_sub(1);
            }
            Kind::Op(_) => operators += 1,
            Kind::Matches | Kind::NotMatches => regexes += 1,
            Kind::Name if token.text == "label_replace" => regexes += 1,
            _ => {}
        }
        if regexes > REGEXES_MAX {
            let message = format!("more than {REGEXES_MAX} regular expressions in one query");
            return Err(ParseError::at(token.at, message));
        }
        if depth > NESTING_MAX || operators > OPERATORS_MAX {
            return Err(ParseError::at(token.at, "the query nests too deeply"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::lex::lex;

    fn refused_at(text: &str) -> Option<usize> {
        check(&lex(text).tokens).err()?.offset
    }

    #[test]
    fn deep_nesting_is_refused() {
        let deep = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
        assert_eq!(refused_at(&deep), Some(NESTING_MAX));
        assert_eq!(refused_at(&format!("# '\n{deep}")), Some(NESTING_MAX + 4));
        assert!(refused_at(&"-".repeat(5000)).is_some());
        assert!(refused_at(&format!("a{}", " or a".repeat(5000))).is_some());
        assert!(refused_at(&"a{b=~\"c\"} ".repeat(200)).is_some());
        assert!(check_length(&"a".repeat(70_000)).is_err());
    }

    #[test]
    fn brackets_in_strings_do_not_nest() {
        let text = format!("{{a=\"{}\\\"\"}}", "(".repeat(500));
        assert_eq!(refused_at(&text), None);
    }
}
