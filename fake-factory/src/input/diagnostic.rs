//! What is wrong with a file, where, and how to put it right; rendered as cargo renders its own.

use super::located::Span;
use super::places::Places;
use super::snippet;
use super::source::Source;
use annotate_snippets::{Group, Level, Origin, Renderer};
use std::fmt;

/// Errors of one file that are told; after that many, the rest waits until these are mended.
const TOLD_MAX: usize = 100;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, and may not do what its author means. It names the check that found it.
    Warning(&'static str),
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    source: Source,
    severity: Severity,
    span: Option<Span>,
    message: Box<str>,
    more: Box<More>,
}

/// What there is to know of an error beside what it is; boxed, for errors travel through every function that reads.
#[derive(Clone, Debug, Default)]
struct More {
    helps: Vec<String>,
    beside: Option<Beside>,
}

/// What else there is to know of an error.
#[derive(Clone, Debug)]
enum Beside {
    /// Another place of the same file that matters, and why.
    Also(Span, String),
    /// The field that is missing, and the mapping that it is missing from.
    Missing(Span, String),
}

impl Diagnostic {
    /// Something wrong at `span` of `source`; with no span, in the file as a whole.
    #[must_use]
    pub fn at(source: &Source, span: Option<Span>, message: &str) -> Self {
        Diagnostic {
            source: source.clone(),
            severity: Severity::Error,
            span,
            message: message.into(),
            more: Box::default(),
        }
    }

    /// Something wrong with the whole of `source`.
    #[must_use]
    pub fn of_file(source: &Source, message: &str) -> Self {
        Diagnostic::at(source, None, message)
    }

    /// Something doubtful at `span` of `source`, found by `check`.
    #[must_use]
    pub fn warning(
        source: &Source,
        span: Option<Span>,
        check: &'static str,
        message: &str,
    ) -> Self {
        Diagnostic {
            severity: Severity::Warning(check),
            ..Diagnostic::at(source, span, message)
        }
    }

    /// The same, with a way to put it right.
    #[must_use]
    pub fn with_help(mut self, help: &str) -> Self {
        self.more.helps.push(help.to_owned());
        self
    }

    /// The same, pointing at another place of the file as well: `the first one is here`.
    #[must_use]
    pub fn with_also(mut self, span: Span, why: &str) -> Self {
        self.more.beside = Some(Beside::Also(span, why.to_owned()));
        self
    }

    /// The same, about a field that is missing from the mapping at `mapping`.
    pub(super) fn with_missing(mut self, mapping: Span, field: &str) -> Self {
        self.more.beside = Some(Beside::Missing(mapping, field.to_owned()));
        self
    }

    /// How much it weighs.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where in its file; none when the file is wrong as a whole.
    pub(super) fn span(&self) -> Option<Span> {
        self.span
    }

    /// The ways to put it right, one a text.
    #[must_use]
    pub fn helps(&self) -> &[String] {
        &self.more.helps
    }

    /// Its line and column, from 1; none when the file is wrong as a whole.
    #[must_use]
    pub fn line_and_column(&self) -> Option<(usize, usize)> {
        self.span
            .map(|span| self.source.line_and_column(span.start))
    }

    /// The field that is wrong or missing, as in `inject.status.code`, by the places of its file; none for the file as a whole.
    #[must_use]
    pub fn field(&self, places: &Places) -> Option<String> {
        match &self.more.beside {
            Some(Beside::Missing(mapping, field)) => Some(match places.way_to(*mapping) {
                None => field.clone(),
                Some(way) => format!("{way}.{field}"),
            }),
            Some(Beside::Also(..)) | None => places.way_to(self.span?),
        }
    }

    /// Where: `FILE:LINE:COLUMN`, or `FILE` where it is wrong as a whole.
    #[must_use]
    pub fn place(&self) -> String {
        match self.line_and_column() {
            None => self.source.path().to_owned(),
            Some((line, column)) => format!("{}:{line}:{column}", self.source.path()),
        }
    }

    /// The whole of it for a reader: the message, the place, the snippet, the help.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let message = printable(&self.message);
        let title = match self.severity {
            Severity::Error => Level::ERROR.primary_title(message.as_str()),
            Severity::Warning(check) => Level::WARNING.primary_title(message.as_str()).id(check),
        };
        let excerpts = self.span.map(|span| {
            let also = match &self.more.beside {
                Some(Beside::Also(span, why)) => Some((*span, why.as_str())),
                Some(Beside::Missing(..)) | None => None,
            };
            snippet::excerpts(&self.source, span, also)
        });
        let path = printable(self.source.path());
        let helps: Vec<String> = self.more.helps.iter().map(|help| printable(help)).collect();
        let mut group = Group::with_title(title);
        match &excerpts {
            None => group = group.element(Origin::path(path.as_str())),
            Some(excerpts) => {
                for excerpt in excerpts {
                    group = excerpt.below(group, &path);
                }
            }
        }
        for help in &helps {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }
}

/// A text of the user's on one line, without characters that could steer a terminal.
fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_control() {
            printable.extend(char.escape_default());
        } else {
            printable.push(char);
        }
    }
    printable
}

/// Everything that is wrong with some files: never empty where it is an error.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Nothing wrong so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.all.push(diagnostic);
    }

    /// Adds all of another.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Diagnostic>) {
        self.all.extend(others);
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How many things are wrong.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.all.iter()
    }

    /// `value` when nothing is wrong, else this.
    ///
    /// # Errors
    /// This, when anything is wrong.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }

    /// Each of them once, file by file and from top to bottom.
    #[must_use]
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut sorted: Vec<&Diagnostic> = self.all.iter().collect();
        sorted.sort_by(|a, b| {
            (a.source.path(), a.span, &a.message).cmp(&(b.source.path(), b.span, &b.message))
        });
        sorted.dedup_by(|a, b| {
            (a.source.path(), a.span, &a.message) == (b.source.path(), b.span, &b.message)
        });
        sorted
    }

    /// All of them for a reader, file by file and from top to bottom, with a count at the end.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let sorted = self.sorted();
        let mut text = String::new();
        for diagnostic in sorted.iter().take(TOLD_MAX) {
            text.push_str(&diagnostic.render(color));
            text.push_str("\n\n");
        }
        let count = sorted.len();
        text.push_str(&counted(&sorted));
        if count > TOLD_MAX {
            text.push_str(&format!(", the first {TOLD_MAX} of them shown"));
        }
        text.push('\n');
        text
    }
}

/// `2 errors, 1 warning`; `0 errors` where there is neither.
fn counted(diagnostics: &[&Diagnostic]) -> String {
    let is_error = |diagnostic: &&&Diagnostic| diagnostic.severity == Severity::Error;
    let errors = diagnostics.iter().filter(is_error).count();
    let warnings = diagnostics.len() - errors;
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let told = [(errors, "error"), (warnings, "warning")]
        .into_iter()
        .filter(|(count, what)| *count > 0 || (warnings == 0 && *what == "error"))
        .map(|(count, what)| format!("{count} {what}{}", plural(count)));
    let told: Vec<String> = told.collect();
    told.join(", ")
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics {
            all: vec![diagnostic],
        }
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}
