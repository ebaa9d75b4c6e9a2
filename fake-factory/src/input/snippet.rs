//! The lines of a file that a diagnostic is about. Long ones are cut around the place, so that a file of one line is shown as well
//! as any other, and no snippet costs more than its line.

use super::located::Span;
use super::source::Source;
use annotate_snippets::{AnnotationKind, Group, Origin, Snippet};
use std::ops::Range;

/// The longest line that is left to the renderer, which shows as much of it as a terminal is wide; in characters.
const LINE_CHARS_MAX: usize = 1_000;
/// How much is shown of a longer one, in characters.
const SHOWN_CHARS_MAX: usize = 120;

/// A line, or the part of it that is shown, and what is marked in it.
pub(super) struct Excerpt<'d> {
    text: String,
    line: usize,
    /// The column of the place, where the line is not shown from its first one.
    cut_at: Option<usize>,
    marks: Vec<(AnnotationKind, Range<usize>, Option<&'d str>)>,
}

/// The place of a diagnostic, and the other one that matters where there is one; both together where one line holds them.
pub(super) fn excerpts<'d>(
    source: &Source,
    span: Span,
    also: Option<(Span, &'d str)>,
) -> Vec<Excerpt<'d>> {
    let mut primary = Excerpt::cut(source, span, AnnotationKind::Primary, None);
    let Some((also, why)) = also else {
        return vec![primary];
    };
    let mut other = Excerpt::cut(source, also, AnnotationKind::Context, Some(why));
    if (primary.line, &primary.text) == (other.line, &other.text) {
        primary.marks.append(&mut other.marks);
        return vec![primary];
    }
    vec![primary, other]
}

impl<'d> Excerpt<'d> {
    fn cut(source: &Source, span: Span, kind: AnnotationKind, why: Option<&'d str>) -> Self {
        let (line, column) = source.line_and_column(span.start);
        let around = source.line_around(span.start);
        let text = &source.text()[around.range()];
        // A mapping of thirty lines is pointed at by its first one.
        let start = source.boundary(span.start).clamp(around.start, around.end) - around.start;
        let end = source
            .boundary(span.end)
            .clamp(around.start + start, around.end)
            - around.start;
        let lead = back(text, start, SHOWN_CHARS_MAX / 3);
        let (from, to) = if text.chars().nth(LINE_CHARS_MAX).is_none() {
            (0, text.len())
        } else {
            (lead, on(text, lead, SHOWN_CHARS_MAX))
        };
        let end = end.min(to);
        let before = if from > 0 { "…" } else { "" };
        let after = if to < text.len() { "…" } else { "" };
        let moved = |byte: usize| byte - from + before.len();
        Excerpt {
            text: format!("{before}{}{after}", &text[from..to]),
            line,
            cut_at: (from > 0).then_some(column),
            marks: vec![(kind, moved(start)..moved(end), why)],
        }
    }

    /// It below `group`: its place, as `path` names the file, and its line.
    pub(super) fn below<'e>(&'e self, group: Group<'e>, path: &'e str) -> Group<'e> {
        let annotations = self
            .marks
            .iter()
            .map(|(kind, range, why)| kind.span(range.clone()).label(*why));
        let snippet = Snippet::source(self.text.as_str())
            .line_start(self.line)
            .annotations(annotations);
        match self.cut_at {
            None => group.element(snippet.path(path)),
            // The renderer would count columns within the excerpt.
            Some(column) => {
                let origin = Origin::path(path).line(self.line).char_column(column);
                group.element(origin).element(snippet)
            }
        }
    }
}

/// The byte `chars` characters before another one, or the first.
fn back(text: &str, byte: usize, chars: usize) -> usize {
    text[..byte]
        .char_indices()
        .rev()
        .take(chars)
        .last()
        .map_or(byte, |(at, _)| at)
}

/// The byte `chars` characters after another one, or the end.
fn on(text: &str, byte: usize, chars: usize) -> usize {
    text[byte..]
        .char_indices()
        .nth(chars)
        .map_or(text.len(), |(at, _)| byte + at)
}
