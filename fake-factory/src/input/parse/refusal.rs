//! What YAML allows and we do not, and what is no YAML: the words for each, and the places.

use super::{Builder, DEPTH_MAX, NODES_MAX, REFUSALS_MAX};
use crate::input::diagnostic::Diagnostic;
use crate::input::located::Span;
use crate::input::node::{Kind, Node};
use granit_parser::{ScalarStyle, ScanError, Tag};

impl Builder<'_> {
    pub(super) fn error(&self, span: Span, message: &str) -> Diagnostic {
        Diagnostic::at(self.source, Some(span), message)
    }

    pub(super) fn too_deep(&self, span: Span) -> Diagnostic {
        self.error(span, &format!("nested more than {DEPTH_MAX} deep"))
    }

    pub(super) fn too_many(&self, span: Span) -> Diagnostic {
        let message = format!("more than {NODES_MAX} values in one file, aliases written out");
        self.error(span, &message)
    }

    /// Tells of something that is left out, and goes on.
    fn refuse(&mut self, refusal: Diagnostic) {
        if self.refusals.len() < REFUSALS_MAX {
            self.refusals.push(refusal);
        }
    }

    /// Whether an entry is left out for its key; `first` is where the mapping has the same key already.
    pub(super) fn refuse_key(&mut self, key: &Node, first: Option<Span>) -> bool {
        let refusal = match (&key.kind, first) {
            (Kind::Scalar { text, plain: true }, _) if text == "<<" => self
                .error(key.span, "merge keys are not supported")
                .with_help("write the entries out, or use an alias for the whole value"),
            (Kind::Scalar { .. }, _) if key.is_null() => {
                let message = format!("a key must be a word, found {}", key.describe());
                self.error(key.span, &message)
            }
            (Kind::Scalar { text, .. }, Some(first)) => {
                let message = format!("the key `{text}` stands here a second time");
                self.error(key.span, &message)
                    .with_also(first, "the first one is here")
            }
            (Kind::Scalar { .. }, None) => return false,
            _ => self.error(key.span, "a key must be a word, not a list or a mapping"),
        };
        self.refuse(refusal);
        true
    }

    /// Tells of a merge key whose value has no entries.
    pub(super) fn refuse_merge(&mut self, value: &Node) {
        let message = format!(
            "a merge key takes a mapping or a list of mappings, found {}",
            value.describe()
        );
        let refusal = self.error(value.span, &message);
        self.refuse(refusal);
    }

    /// Whether a scalar may mean more than text.
    pub(super) fn plainness(&mut self, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> bool {
        let plain = style == ScalarStyle::Plain;
        let Some(tag) = tag else { return plain };
        match tag.core_suffix() {
            Some("str") => false,
            Some("int" | "float" | "bool" | "null") => true,
            _ if tag.original() == "!" => false,
            _ => {
                self.unknown_tag(tag, span);
                plain
            }
        }
    }

    /// Refuses the tag of a list or a mapping, unless it says no more than that it is one.
    pub(super) fn refuse_tag(&mut self, tag: Option<&Tag>, own: &str, span: Span) {
        if let Some(tag) = tag
            && !tag.is_yaml_core_schema_tag(own)
            && tag.original() != "!"
        {
            self.unknown_tag(tag, span);
        }
    }

    fn unknown_tag(&mut self, tag: &Tag, span: Span) {
        let message = format!("the tag `{}` means nothing here", tag.original());
        let refusal = self.error(span, &message);
        self.refuse(refusal.with_help("leave it out: what a value is follows from its place"));
    }

    /// What the parser says of a text that is no YAML.
    pub(super) fn broken(&self, error: &ScanError) -> Diagnostic {
        let marker = error.marker().byte_offset().unwrap_or(usize::MAX);
        let start = self.source.boundary(marker);
        let at = Span { start, end: start };
        let message = format!("invalid YAML: {}", error.info());
        let diagnostic = self.error(at, &message);
        let line = &self.source.text()[self.source.line_around(start).range()];
        if line.trim_start_matches(' ').starts_with('\t') {
            return diagnostic.with_help("YAML is indented with spaces, not with tabs");
        }
        match self.open_bracket() {
            Some((bracket, span)) if span.start != start => {
                diagnostic.with_also(span, &format!("this `{bracket}` is still open"))
            }
            _ => diagnostic,
        }
    }

    /// The innermost bracket that was not closed.
    fn open_bracket(&self) -> Option<(char, Span)> {
        let start = *self.open.last()?;
        let bracket = self.source.text().get(start..)?.chars().next()?;
        let span = Span {
            start,
            end: start + 1,
        };
        matches!(bracket, '[' | '{').then_some((bracket, span))
    }
}
