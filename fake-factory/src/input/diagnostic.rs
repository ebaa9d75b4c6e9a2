//! What is wrong with a file, where, and how to put it right; rendered as cargo renders its own.

use super::located::Span;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// The largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Errors of one file that are told; after that many, the rest waits until these are mended.
const TOLD_MAX: usize = 100;

/// A text and the path that it came from. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Source {
    path: Arc<str>,
    text: Arc<str>,
    line_starts: Arc<[usize]>,
}

impl Source {
    /// The text of a file at `path`, wherever it came from.
    #[must_use]
    pub fn new(path: &str, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Source {
            path: path.into(),
            text: text.into(),
            line_starts,
        }
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// A diagnostic without a place when it cannot be read, is larger than a megabyte or is not UTF-8.
    pub fn read(path: &Path) -> Result<Self, Diagnostic> {
        let shown = path.display().to_string();
        let failed = |message: String| Diagnostic::of_file(&Source::new(&shown, ""), &message);
        let size = std::fs::metadata(path)
            .map_err(|error| failed(format!("could not be read: {error}")))?
            .len();
        if size > FILE_BYTES_MAX {
            return Err(failed(format!("is larger than {FILE_BYTES_MAX} bytes")));
        }
        let bytes =
            std::fs::read(path).map_err(|error| failed(format!("could not be read: {error}")))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            failed(format!(
                "is not UTF-8 text (byte {})",
                error.utf8_error().valid_up_to()
            ))
        })?;
        Ok(Source::new(&shown, &text))
    }

    /// The path, as it was given.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The byte at a line (from 1) and a column (characters, from 0); the end of the line or text where there is none.
    pub(super) fn byte_of(&self, line: usize, column: usize) -> usize {
        let Some(start) = self.line_starts.get(line.saturating_sub(1)).copied() else {
            return self.text.len();
        };
        let rest = &self.text[start..];
        let line = rest.split('\n').next().unwrap_or_default();
        line.char_indices()
            .nth(column)
            .map_or(start + line.len(), |(at, _)| start + at)
    }

    /// The line and the column, in characters, of a byte; both from 1.
    #[must_use]
    pub fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let line = self
            .line_starts
            .partition_point(|start| *start <= byte)
            .max(1);
        let start = self.line_starts[line - 1];
        let before = self
            .text
            .get(start..byte.min(self.text.len()))
            .unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    source: Source,
    span: Option<Span>,
    message: String,
    helps: Vec<String>,
}

impl Diagnostic {
    /// Something wrong at `span` of `source`; with no span, in the file as a whole.
    #[must_use]
    pub fn at(source: &Source, span: Option<Span>, message: &str) -> Self {
        Diagnostic {
            source: source.clone(),
            span,
            message: message.to_owned(),
            helps: Vec::new(),
        }
    }

    /// Something wrong with the whole of `source`.
    #[must_use]
    pub fn of_file(source: &Source, message: &str) -> Self {
        Diagnostic::at(source, None, message)
    }

    /// The same, with a way to put it right.
    #[must_use]
    pub fn with_help(mut self, help: &str) -> Self {
        self.helps.push(help.to_owned());
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where: `FILE:LINE:COLUMN`, or `FILE` where it is wrong as a whole.
    #[must_use]
    pub fn place(&self) -> String {
        match self.span {
            None => self.source.path().to_owned(),
            Some(span) => {
                let (line, column) = self.source.line_and_column(span.start);
                format!("{}:{line}:{column}", self.source.path())
            }
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
        let title = Level::ERROR.primary_title(self.message.as_str());
        let mut group = match self.span {
            None => Group::with_title(title)
                .element(annotate_snippets::Origin::path(self.source.path())),
            Some(span) => title.element(
                Snippet::source(self.source.text())
                    .path(self.source.path())
                    .annotation(AnnotationKind::Primary.span(self.first_line_of(span))),
            ),
        };
        for help in &self.helps {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }

    /// A mapping of thirty lines is pointed at by its first one; nothing at all by one character.
    fn first_line_of(&self, span: Span) -> std::ops::Range<usize> {
        let text = self.source.text().get(span.range()).unwrap_or_default();
        let line = text.split(['\n', '\r']).next().unwrap_or_default();
        span.start..span.start + line.len()
    }
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

    /// All of them for a reader, file by file and from top to bottom, with a count at the end.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let mut sorted: Vec<&Diagnostic> = self.all.iter().collect();
        sorted.sort_by(|a, b| {
            (a.source.path(), a.span, &a.message).cmp(&(b.source.path(), b.span, &b.message))
        });
        sorted.dedup_by(|a, b| {
            (a.source.path(), a.span, &a.message) == (b.source.path(), b.span, &b.message)
        });
        let mut text = String::new();
        for diagnostic in sorted.iter().take(TOLD_MAX) {
            text.push_str(&diagnostic.render(color));
            text.push_str("\n\n");
        }
        let count = sorted.len();
        let plural = if count == 1 { "" } else { "s" };
        text.push_str(&format!("{count} error{plural}"));
        if count > TOLD_MAX {
            text.push_str(&format!(", the first {TOLD_MAX} of them shown"));
        }
        text.push('\n');
        text
    }
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
