//! Where the reader puts what is wrong with a file, and the messages that its parts have in common.

use crate::alerting::rules::duration::parse_duration;
use fake_factory::input::{Diagnostic, Diagnostics, Located, Source, Span, one_of};
use std::time::Duration;

/// What is wrong with one file so far.
pub(in crate::alerting) struct Checker<'s> {
    pub(in crate::alerting) source: &'s Source,
    pub(in crate::alerting) diagnostics: Diagnostics,
}

impl Checker<'_> {
    pub(in crate::alerting) fn wrong(&mut self, span: Option<Span>, message: &str) {
        self.push(span, message, None);
    }

    pub(in crate::alerting) fn wrong_with_help(
        &mut self,
        span: Option<Span>,
        message: &str,
        help: &str,
    ) {
        self.push(span, message, Some(help));
    }

    fn push(&mut self, span: Option<Span>, message: &str, help: Option<&str>) {
        // What stands in for a missing field has no place of its own; that it is missing has been said.
        if span == Some(Span::default()) {
            return;
        }
        let diagnostic = Diagnostic::at(self.source, span, message);
        self.diagnostics.push(match help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        });
    }

    /// A name that is used for two things of a kind.
    pub(in crate::alerting) fn twice(
        &mut self,
        kind: &str,
        name: &Located<String>,
        other: &Located<String>,
    ) {
        let message = format!("there are two {kind}s called `{name}`");
        let help = self
            .line(other.span)
            .map(|line| format!("the other one is on line {line}"));
        self.push(name.span, &message, help.as_deref());
    }

    /// A name of a kind that is none of `known`.
    pub(in crate::alerting) fn unknown<'k>(
        &mut self,
        kind: &str,
        name: &Located<String>,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let message = format!("there is no {kind} `{name}`");
        let help = one_of(name, known);
        let help = help.unwrap_or_else(|| format!("this file has no {kind} at all"));
        self.push(name.span, &message, Some(&help));
    }

    /// The line of a place.
    pub(in crate::alerting) fn line(&self, span: Option<Span>) -> Option<usize> {
        span.map(|span| self.source.line_and_column(span.start).0)
    }

    /// A duration as Prometheus writes it.
    pub(in crate::alerting) fn duration(
        &mut self,
        text: Option<&Located<String>>,
    ) -> Option<Duration> {
        let text = text?;
        match parse_duration(text) {
            Ok(duration) => Some(duration),
            Err(error) => {
                self.wrong(text.span, &error.to_string());
                None
            }
        }
    }
}
