//! `schema`: prints the JSON Schema of scenario files.

use super::exit::Exit;
use super::output;

pub(super) fn schema() -> Exit {
    output::print(&crate::scenario::schema::schema(), Exit::Held)
}
