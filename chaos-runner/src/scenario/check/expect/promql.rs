//! Expectations in PromQL: the expression must parse, and be asked at some time.

use super::{Checked, Findings};
use crate::scenario::check::moments::check_expected;
use crate::scenario::expect::Promql;
use fake_factory::input::{Located, Span};
use promql::{ParseError, Query};

impl Checked<'_> {
    pub(super) fn check_promql(&self, promql: &Promql, found: &mut Findings<'_>) {
        if let Err(error) = Query::parse(&promql.expr) {
            found.error(self.place_of(&promql.expr, &error), &error.message);
        }
        if promql.at.is_some() == promql.during.is_some() && self.facts.is_whole("expect") {
            let message = if promql.at.is_some() {
                "this is asked both at a moment and during a time: expected `at` or `during`"
            } else {
                "this is never asked: expected `at` or `during`"
            };
            found.error(self.at(&["promql"]), message);
        }
        if let Some(moment) = &promql.at {
            check_expected(
                "this is asked",
                &moment.value,
                moment.span,
                None,
                self.facts,
                found,
            );
        }
        self.check_during(promql.during.as_ref(), found);
    }

    /// The place of an error within the expression, where that is told and the file has it letter by letter.
    fn place_of(&self, expr: &Located<String>, error: &ParseError) -> Option<Span> {
        let span = expr.span?;
        let length = span.end - span.start;
        // A quoted word has its quotes around it; one with escapes or folded lines is not the text letter by letter.
        let quotes = match length.checked_sub(expr.value.len()) {
            Some(0) => 0,
            Some(2) => 1,
            _ => return Some(span),
        };
        let within = |offset: &usize| *offset < expr.value.len();
        if let Some(offset) = error.offset.filter(within) {
            let end = offset + word_length(expr.value.get(offset..).unwrap_or_default());
            return Some(span.part(quotes + offset, quotes + end));
        }
        Some(span)
    }
}

/// How many bytes the word that a text begins with has; one where it begins with none.
fn word_length(text: &str) -> usize {
    text.find(|char: char| !char.is_alphanumeric() && char != '_')
        .unwrap_or(text.len())
        .max(1)
}
