//! Text to expression tree: bounds what will be parsed, lets `promql-parser` parse and type-check it, and lowers its tree
//! to ours. Everything that can be refused without samples is refused here.

mod bounds;
mod complaint;
mod durations;
mod extensions;
mod functions;
mod lower;
mod refusal;
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
    let parsed = promql_parser::parser::parse(&rewritten.text)
        .map_err(|message| refusal::refusal(text, &message))?;
    let mut node = lower::Lowering { durations }.lower(&parsed)?;
    node.number(0);
    Ok(node)
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
