//! Where checks of sense put what they find: diagnostics of one source. What makes sense is for the checks to know.

use super::{Diagnostic, Diagnostics, Source, Span};

/// What was found so far.
#[derive(Debug)]
pub struct Findings<'s> {
    source: &'s Source,
    diagnostics: Diagnostics,
}

impl<'s> Findings<'s> {
    /// Nothing found so far in `source`.
    #[must_use]
    pub fn new(source: &'s Source) -> Self {
        Self {
            source,
            diagnostics: Diagnostics::new(),
        }
    }

    /// Something is wrong at a place.
    pub fn error(&mut self, at: Option<Span>, message: impl AsRef<str>) {
        self.push(at, message.as_ref(), None);
    }

    /// Something is wrong at a place, and this would help.
    pub fn error_with_help(
        &mut self,
        at: Option<Span>,
        message: impl AsRef<str>,
        help: impl AsRef<str>,
    ) {
        self.push(at, message.as_ref(), Some(help.as_ref()));
    }

    /// Something is wrong at a place because of another one: `label` goes before its line, as in `the other one is`.
    pub fn error_beside(
        &mut self,
        at: Option<Span>,
        message: impl AsRef<str>,
        other: Option<Span>,
        label: &str,
    ) {
        let help = other.map(|other| {
            let (line, _) = self.source.line_and_column(other.start);
            format!("{label} on line {line}")
        });
        self.push(at, message.as_ref(), help.as_deref());
    }

    fn push(&mut self, at: Option<Span>, message: &str, help: Option<&str>) {
        // What stands in for a missing field has no place of its own; that it is missing has been said.
        if at == Some(Span::default()) {
            return;
        }
        let diagnostic = Diagnostic::at(self.source, at, message);
        self.diagnostics.push(match help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        });
    }

    /// Everything that was found.
    #[must_use]
    pub fn into_diagnostics(self) -> Diagnostics {
        self.diagnostics
    }
}
