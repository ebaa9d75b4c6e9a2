//! The text of one file and places in it. It knows lines and columns, and nothing of YAML.

use super::diagnostic::Diagnostic;
use super::located::Span;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// The largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// A text and the path that it came from. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Source {
    path: Arc<str>,
    text: Arc<str>,
    line_starts: Arc<[usize]>,
    /// Keys that are read as others. One pointer: every diagnostic holds a source.
    respelt: Arc<Vec<(Span, String)>>,
}

impl Source {
    /// The text of a file at `path`, wherever it came from. A byte order mark at its start is dropped.
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
            respelt: Arc::default(),
        }
    }

    /// The same text, with the keys at some places read as if they were others: what would a file be if these were not misspelt?
    #[must_use]
    pub fn respelt(&self, keys: impl IntoIterator<Item = (Span, String)>) -> Self {
        Source {
            respelt: Arc::new(keys.into_iter().collect()),
            ..self.clone()
        }
    }

    /// What the key at a place is read as, where that is another.
    pub(super) fn respelling(&self, key: Span) -> Option<&str> {
        let mut respelt = self.respelt.iter();
        let (_, word) = respelt.find(|(span, _)| *span == key)?;
        Some(word)
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// A diagnostic when it cannot be read, is larger than a megabyte or is not UTF-8: then at the first byte that is not.
    pub fn read(path: &Path) -> Result<Self, Diagnostic> {
        let shown = path.display().to_string();
        let failed = |message: &str| {
            Diagnostic::of_file(&Source::new(&shown, ""), &format!("`{shown}` {message}"))
        };
        if path.is_dir() {
            return Err(failed("is a folder, not a file"));
        }
        // What `/dev/zero` and the like tell of their size is not to be relied on.
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
            .map_err(|error| failed(&format!("could not be read: {error}")))?;
        if bytes.len() as u64 > FILE_BYTES_MAX {
            return Err(failed(&format!("is larger than {FILE_BYTES_MAX} bytes")));
        }
        String::from_utf8(bytes)
            .map(|text| Source::new(&shown, &text))
            .map_err(|error| not_utf8(&shown, error.as_bytes()))
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

    /// The line and the column, in characters, of a byte; both from 1.
    #[must_use]
    pub fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let byte = self.boundary(byte);
        let line = self.line_of(byte);
        let before = &self.text[self.line_starts[line - 1]..byte];
        (line, before.chars().count() + 1)
    }

    /// The line that holds a byte, without its end.
    pub(super) fn line_around(&self, byte: usize) -> Span {
        let line = self.line_of(self.boundary(byte));
        let start = self.line_starts[line - 1];
        let end = self
            .line_starts
            .get(line)
            .copied()
            .unwrap_or(self.text.len());
        let text = self.text[start..end].trim_end_matches(['\n', '\r']);
        Span {
            start,
            end: start + text.len(),
        }
    }

    /// The nearest boundary of characters at or before a byte; the end of the text where it is past that.
    pub(super) fn boundary(&self, byte: usize) -> usize {
        self.text.floor_char_boundary(byte)
    }

    fn line_of(&self, byte: usize) -> usize {
        self.line_starts
            .partition_point(|start| *start <= byte)
            .max(1)
    }
}

fn not_utf8(path: &str, bytes: &[u8]) -> Diagnostic {
    let text = String::from_utf8_lossy(bytes);
    let source = Source::new(path, &text);
    // The characters before are as they were, but for the byte order mark.
    let dropped = text.len() - source.text().len();
    let start = bytes
        .utf8_chunks()
        .next()
        .map_or(0, |chunk| chunk.valid().len())
        .saturating_sub(dropped);
    let span = Span {
        start,
        end: start + char::REPLACEMENT_CHARACTER.len_utf8(),
    };
    Diagnostic::at(&source, Some(span), &format!("`{path}` is not UTF-8 text"))
        .with_help("save it with the encoding UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_ignore_the_byte_order_mark_and_windows_line_ends() {
        let source = Source::new("a.yaml", "\u{feff}é: 1\r\nb: ü2\r\n");
        assert_eq!(source.line_and_column(0), (1, 1));
        assert_eq!(source.line_and_column(2), (1, 2));
        let place = source.text().find('2').expect("it is there");
        assert_eq!(source.line_and_column(place), (2, 5));
        assert_eq!(&source.text()[source.line_around(place).range()], "b: ü2");
        assert_eq!(source.line_and_column(10_000), (3, 1));
    }

    /// What reading a file of these bytes says.
    fn told_of(name: &str, bytes: &[u8]) -> String {
        let path = std::env::temp_dir().join(format!("{name}-{}.yaml", std::process::id()));
        std::fs::write(&path, bytes).expect("the folder is writable");
        let read = Source::read(&path);
        std::fs::remove_file(&path).expect("it was written");
        let diagnostic = read.expect_err("it is refused");
        format!("{} {}", diagnostic.place(), diagnostic.message())
    }

    #[test]
    fn bytes_that_are_not_utf_8_have_a_place() {
        let told = told_of("not-utf-8", b"\xef\xbb\xbfname: \xc3\xa9\nseed: \xff\n");
        assert!(
            told.contains(".yaml:2:7 `") && told.ends_with(".yaml` is not UTF-8 text"),
            "{told}"
        );
        let utf16 = told_of("utf-16", b"\xff\xfen\0a\0");
        assert!(
            utf16.contains(".yaml:1:1 `") && utf16.ends_with(".yaml` is not UTF-8 text"),
            "{utf16}"
        );
    }

    #[test]
    fn what_is_no_file_to_read_is_refused() {
        let folder = Source::read(&std::env::temp_dir()).expect_err("it is a folder");
        assert!(folder.message().ends_with("` is a folder, not a file"));
        let missing = Source::read(Path::new("does/not/exist.yaml")).expect_err("there is none");
        assert_eq!(missing.place(), "does/not/exist.yaml");
        let told = "`does/not/exist.yaml` could not be read: ";
        assert!(missing.message().starts_with(told));
        let large = told_of("large", &vec![b'#'; 1024 * 1024 + 1]);
        assert!(large.ends_with("` is larger than 1048576 bytes"), "{large}");
    }
}
