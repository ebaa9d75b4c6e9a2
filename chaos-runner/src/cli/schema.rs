//! `schema`: prints the JSON Schema of scenario files.

use super::exit::Exit;
use super::output;

/// What `--help` says besides.
pub(super) const AFTER_HELP: &str = "\
Example:
  chaos-runner schema > scenario.schema.json

An editor then completes and checks a scenario that begins with
  # yaml-language-server: $schema=scenario.schema.json";

pub(super) fn schema() -> Exit {
    output::print(&crate::scenario::schema::schema(), Exit::Held)
}
