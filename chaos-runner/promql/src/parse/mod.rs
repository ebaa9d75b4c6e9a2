//! Text to expression tree: bounds what will be parsed, lets `promql-parser` parse and type-check it, and lowers its tree
//! to ours. Everything that can be refused without samples is refused here.

mod bounds;
mod complaint;
mod durations;
mod extensions;
mod functions;
mod lower;
mod tokens;

use crate::ast::{Node, ValueType};
use crate::error::ParseError;

/// Parses a query.
pub(crate) fn parse(text: &str) -> Result<Node, ParseError> {
    bounds::check(text)?;
    let rewritten = extensions::rewrite(text)?;
    let durations = rewritten.durations.iter().map(|text| {
        let node = parse(text)?;
        functions::expect_type(&node, ValueType::Scalar, "duration expression")?;
        Ok(node)
    });
    let durations = durations.collect::<Result<Vec<_>, ParseError>>()?;
    let parsed =
        promql_parser::parser::parse(&rewritten.text).map_err(|message| refusal(text, &message))?;
    let mut node = lower::Lowering { durations }.lower(&parsed)?;
    node.number(0);
    Ok(node)
}

/// What the parser says, in Prometheus' words; where it says nothing, what is plainly out of place.
fn refusal(text: &str, message: &str) -> ParseError {
    if message == "invalid promql query"
        && let Some(error) = complaint::complaint(text)
    {
        return error;
    }
    let mut message = message.replace('\'', "\"");
    for (theirs, ours) in [
        ("type vector in", "type instant vector in"),
        ("type matrix in", "type range vector in"),
        (", got vector", ", got instant vector"),
        (", got matrix", ", got range vector"),
        ("scalar or vector, got: ", "scalar or instant vector, got "),
        ("got matrix", "got range vector"),
    ] {
        message = message.replace(theirs, ours);
    }
    ParseError::new(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_functions_and_wrong_types_are_refused() {
        for text in ["nosuch(a)", "rate(a)", "sum(", "a[5m] + 1", "1 > 2", ""] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
