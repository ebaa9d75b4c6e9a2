//! Text to expression tree: `lex` cuts the text into tokens, `bounds` refuses what would be too deep to walk, `grammar` builds the tree
//! from the tokens, with types checked as it is built. Everything that can be refused without samples is refused here, in the words of
//! Prometheus.

mod aggregates;
mod bounds;
mod durations;
mod functions;
mod grammar;
mod lex;
mod meant;
mod modifiers;
mod numbers;
mod operators;
mod ranges;
mod selectors;
mod signatures;
mod strings;

pub use numbers::{duration_ms, go_integer};
pub use strings::{BadString, go_string};

use crate::ast::Node;
use crate::error::ParseError;

/// Parses a query.
pub(crate) fn parse(text: &str) -> Result<Node, ParseError> {
    bounds::check_length(text)?;
    let lexed = lex::lex(text);
    bounds::check(&lexed.tokens)?;
    let mut node = grammar::parse(lexed)?;
    node.number(0);
    Ok(node)
}

#[cfg(test)]
mod tests;
