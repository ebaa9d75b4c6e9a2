//! Reading the files that people write: YAML (and JSON, which is YAML) into types, with the place of every word, so that all
//! errors of a file are told at once, each where it stands. It knows the form of a file, never what a factory or a scenario is.

mod de;
mod diagnostic;
mod findings;
mod located;
mod node;
mod parse;
mod places;
mod prune;
mod read;
mod snippet;
mod source;
mod stand_in;
mod suggest;
#[cfg(test)]
mod tests;
pub mod units;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use findings::Findings;
pub use located::{Located, Span};
pub use places::Places;
pub use read::{Reading, read, read_foreign, read_keys, read_or};
pub use source::Source;
pub use suggest::{one_of, suggest};
