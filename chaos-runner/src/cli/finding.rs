//! What was found in a file, as the documents of verbs have it.

use fake_factory::input::{Diagnostic, Severity};
use serde::Serialize;

/// One thing that is wrong or doubtful.
#[derive(Serialize)]
pub(super) struct Finding<'d> {
    pub(super) severity: &'static str,
    check: Option<&'static str>,
    place: String,
    line: Option<usize>,
    column: Option<usize>,
    message: &'d str,
    help: &'d [String],
}

impl<'d> Finding<'d> {
    pub(super) fn of(diagnostic: &'d Diagnostic) -> Self {
        let (severity, check) = match diagnostic.severity() {
            Severity::Error => ("error", None),
            Severity::Warning(check) => ("warning", Some(check)),
        };
        let place = diagnostic.line_and_column();
        Finding {
            severity,
            check,
            place: diagnostic.place(),
            line: place.map(|(line, _)| line),
            column: place.map(|(_, column)| column),
            message: diagnostic.message(),
            help: diagnostic.helps(),
        }
    }
}
