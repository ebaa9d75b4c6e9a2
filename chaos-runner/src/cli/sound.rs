//! The scenarios that a verb was given, when nothing is wrong with any of them.

use super::output;
use crate::scenario::discover::{discover, same_names};
use crate::scenario::load::{Loaded, load};
use fake_factory::input::Diagnostics;
use std::path::PathBuf;

/// The scenario files at `paths`.
///
/// # Errors
/// What is wrong with the paths, as a reader gets it.
pub(super) fn found(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    discover(paths).map_err(|errors| {
        let errors = errors.iter();
        errors.map(|error| format!("error: {error}\n")).collect()
    })
}

/// Loads all scenarios at `paths`; `undone` is what the verb would have done with them.
///
/// # Errors
/// What is wrong, all of it, as a reader gets it.
pub(super) fn scenarios(paths: &[PathBuf], undone: &str) -> Result<Vec<Loaded>, String> {
    let files = found(paths)?;
    let mut diagnostics = Diagnostics::new();
    let mut loaded = Vec::new();
    for file in files {
        match load(&file) {
            Ok(scenario) => loaded.push(scenario),
            Err(wrong) => diagnostics.extend(wrong),
        }
    }
    diagnostics.extend(same_names(&loaded));
    if diagnostics.is_empty() {
        return Ok(loaded);
    }
    let errors = diagnostics.render(output::colors_errors());
    Err(format!("{errors}nothing was {undone}\n"))
}
