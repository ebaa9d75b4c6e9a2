//! A part of a JSON text, looked at where it stands: its members, its letters, its length. It sees texts in the one form in which they
//! are written here, without a blank and with each name once, so that to pass over a value takes no more than to find its end.

use super::text::{JsonError, VALUE_LEVELS_MAX};
use serde_json::Value;
use std::borrow::Cow;

/// How an infinite number is written here.
pub(super) const INFINITE: &str = "1e999";

/// One value of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View<'a> {
    text: &'a [u8],
    /// Whether there may be infinite numbers in it.
    has_infinite: bool,
}

impl<'a> View<'a> {
    pub(super) fn new(text: &'a [u8], has_infinite: bool) -> Self {
        View { text, has_infinite }
    }

    fn first(self) -> u8 {
        self.text.first().copied().unwrap_or_default()
    }

    /// Whether it is null.
    pub(crate) fn is_null(self) -> bool {
        self.first() == b'n'
    }

    /// Whether it is a number that JSON has no word for.
    fn is_infinite(self) -> bool {
        self.has_infinite && self.text.ends_with(INFINITE.as_bytes()) && !self.is_text()
    }

    fn is_text(self) -> bool {
        self.first() == b'"'
    }

    /// Whether an `if` of JavaScript would take it for true.
    pub(crate) fn is_truthy(self) -> bool {
        !matches!(self.text, b"null" | b"false" | b"0" | b"\"\"")
    }

    /// The members of an object, each name as it is written; nothing else has any.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'a [u8], View<'a>)> {
        let members = self.named();
        members.filter_map(|(name, value)| Some((name.text.get(1..name.text.len() - 1)?, value)))
    }

    /// The members of an object, with each name as a text.
    fn named(self) -> impl Iterator<Item = (View<'a>, View<'a>)> {
        let mut left = self.inside(b'{');
        std::iter::from_fn(move || {
            let name = self.part(&mut left)?;
            left = left.strip_prefix(b":").unwrap_or(left);
            let value = self.part(&mut left)?;
            left = left.strip_prefix(b",").unwrap_or(left);
            Some((name, value))
        })
    }

    /// The elements of a list; nothing else has any.
    fn elements(self) -> impl Iterator<Item = View<'a>> {
        let mut left = self.inside(b'[');
        std::iter::from_fn(move || {
            let element = self.part(&mut left)?;
            left = left.strip_prefix(b",").unwrap_or(left);
            Some(element)
        })
    }

    /// The value that is next of what is left of it.
    fn part(self, left: &mut &'a [u8]) -> Option<View<'a>> {
        let (part, rest) = left.split_at_checked(end(left))?;
        *left = rest;
        (!part.is_empty()).then_some(View::new(part, self.has_infinite))
    }

    /// The elements of a list, if it is one.
    pub(crate) fn list(self) -> Option<impl Iterator<Item = View<'a>>> {
        (self.first() == b'[').then(|| self.elements())
    }

    /// How many elements a list has, if it is one.
    pub(crate) fn count(self) -> Option<usize> {
        self.list().map(Iterator::count)
    }

    /// How many lists and objects are inside one another.
    pub(crate) fn levels(self) -> usize {
        let (mut levels, mut depth, mut at) = (0, 0_usize, 0);
        while let Some(byte) = self.text.get(at) {
            match byte {
                b'"' => {
                    at = string_end(self.text, at);
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            levels = levels.max(depth);
            at += 1;
        }
        levels
    }

    /// What stands between the brackets; nothing where it does not begin with `bracket`.
    fn inside(self, bracket: u8) -> &'a [u8] {
        match self.text {
            [first, inside @ .., _] if *first == bracket => inside,
            _ => &[],
        }
    }

    /// The member of an object that is called `name`, a name that is written without escapes.
    pub(crate) fn get(self, name: &str) -> Option<View<'a>> {
        self.members()
            .find_map(|(given, value)| (given == name.as_bytes()).then_some(value))
    }

    /// The letters of a text, if it is one; half of a surrogate pair is U+FFFD.
    pub(crate) fn letters(self) -> Option<Cow<'a, str>> {
        if !self.is_text() {
            return None;
        }
        let text = std::str::from_utf8(self.text).ok()?;
        if !self.text.contains(&b'\\') {
            return text.get(1..text.len() - 1).map(Cow::Borrowed);
        }
        let text = without_halves(text);
        serde_json::from_str::<String>(&text).ok().map(Cow::Owned)
    }

    /// What JavaScript has as its `length`, where that is a number.
    pub(crate) fn length(self) -> Option<f64> {
        match self.first() {
            b'[' => self.count().map(|count| count as f64),
            b'"' => Some(self.letters()?.encode_utf16().count() as f64),
            b'{' => self.get("length")?.number(),
            _ => None,
        }
    }

    /// As a value: an infinite number is null, and half of a surrogate pair U+FFFD.
    pub(crate) fn value(self) -> Result<Value, JsonError> {
        if self.levels() > VALUE_LEVELS_MAX {
            return Err(JsonError::Depth);
        }
        Ok(self.tree())
    }

    /// As a value. Every level takes of the stack.
    fn tree(self) -> Value {
        match self.first() {
            b'{' => {
                let name = |name: View<'_>| name.letters().unwrap_or_default().into_owned();
                let members = self.named().map(|(key, value)| (name(key), value.tree()));
                Value::Object(members.collect())
            }
            b'[' => Value::Array(self.elements().map(View::tree).collect()),
            b'"' => Value::from(self.letters().unwrap_or_default()),
            b't' | b'f' => Value::Bool(self.first() == b't'),
            _ => {
                // An infinite one is none, and so is null.
                let text = std::str::from_utf8(self.text).unwrap_or_default();
                text.parse().map_or(Value::Null, Value::Number)
            }
        }
    }

    fn number(self) -> Option<f64> {
        std::str::from_utf8(self.text).ok()?.parse().ok()
    }

    /// A text as it is, anything else as it is written, and nothing of null.
    pub(crate) fn id(self) -> Option<Cow<'a, str>> {
        if self.is_null() || self.is_infinite() {
            return None;
        }
        self.letters().or_else(|| {
            let mut bytes = Vec::with_capacity(self.text.len());
            self.append_to(&mut bytes);
            String::from_utf8(bytes).ok().map(Cow::Owned)
        })
    }

    /// Whether it is the text `id`, or a number that is written so.
    pub(crate) fn is_id(self, id: &str) -> bool {
        match self.text {
            // Compared as it is: each fault that names a store asks this of each order.
            [b'"', letters @ .., _] if !letters.contains(&b'\\') => letters == id.as_bytes(),
            [b'"', ..] => self.letters().is_some_and(|letters| letters == id),
            [b'-' | b'0'..=b'9', ..] => !self.is_infinite() && self.text == id.as_bytes(),
            _ => false,
        }
    }

    /// Adds it to `bytes`, as `JSON.stringify` writes it.
    pub(crate) fn append_to(self, bytes: &mut Vec<u8>) {
        if !self.has_infinite {
            return bytes.extend_from_slice(self.text);
        }
        let mut left = self.text;
        while let Some(first) = left.first() {
            let token = match first {
                b'"' | b'-' | b'0'..=b'9' => end(left),
                _ => 1,
            };
            let (token, rest) = left.split_at(token);
            let number = View::new(token, true);
            bytes.extend_from_slice(if number.is_infinite() { b"null" } else { token });
            left = rest;
        }
    }
}

/// Where the value ends with which `text` begins.
fn end(text: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at = string_end(text, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return at + depth,
            b'}' | b']' => depth -= 1,
            b',' | b':' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Where the string ends that begins at `at`.
fn string_end(text: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    loop {
        let left = text.get(at..).unwrap_or_default();
        match left.iter().position(|byte| matches!(byte, b'"' | b'\\')) {
            None => return text.len(),
            Some(to) if left[to] == b'"' => return at + to + 1,
            Some(to) => at += to + 2,
        }
    }
}

/// `text` with U+FFFD in the place of each half of a surrogate pair: of nothing else is such an escape written.
fn without_halves(text: &str) -> Cow<'_, str> {
    const ESCAPE: &str = "\\ud800";
    let mut whole = String::new();
    let mut left = text;
    while let Some(at) = left.find('\\') {
        let (before, escape) = left.split_at(at);
        let is_half = escape.starts_with("\\ud");
        let taken = if is_half { ESCAPE.len() } else { 2 };
        let (escape, after) = escape.split_at(taken);
        whole.push_str(before);
        whole.push_str(if is_half { "\\ufffd" } else { escape });
        left = after;
    }
    if whole.is_empty() && left.len() == text.len() {
        return Cow::Borrowed(text);
    }
    whole.push_str(left);
    Cow::Owned(whole)
}

#[cfg(test)]
mod tests {
    use super::super::Text;
    use super::*;

    fn read(text: &str) -> Text {
        Text::read(text.to_owned().into()).expect("JSON")
    }

    #[test]
    fn members_are_found_where_they_stand() {
        let text = r#"{"s":"}\"],","o":{"s":{"x":[[1],{}]}},"l":[[],{"a":1},"]"],"n":-1.5,"e":{}}"#;
        let read = read(text);
        let view = read.view();
        let at = |path: &[&str]| path.iter().try_fold(view, |view, name| view.get(name));
        let text = |path: &[&str]| at(path).map(|view| String::from_utf8_lossy(view.text));
        assert_eq!(text(&["s"]).as_deref(), Some(r#""}\"],""#));
        assert_eq!(text(&["o", "s", "x"]).as_deref(), Some("[[1],{}]"));
        assert_eq!(text(&["n"]).as_deref(), Some("-1.5"));
        assert_eq!(text(&["e"]).as_deref(), Some("{}"));
        assert_eq!(
            (text(&["x"]), text(&["l", "a"]), text(&["e", "x"])),
            (None, None, None)
        );
        assert_eq!(at(&["l"]).and_then(View::count), Some(3));
        assert_eq!((at(&["s"]).map(View::levels), view.levels()), (Some(0), 5));
        assert_eq!(view.members().count(), 5);
        assert_eq!(view.count(), None);
    }

    #[test]
    fn what_is_empty_or_zero_is_not_truthy() {
        for falsy in ["0", "-0", "0.0", "null", "false", "\"\""] {
            assert!(!read(falsy).view().is_truthy(), "{falsy}");
        }
        for truthy in ["1", "-1", "1e400", "true", "\"0\"", "[]", "{}", "5e-324"] {
            assert!(read(truthy).view().is_truthy(), "{truthy}");
        }
    }

    #[test]
    fn lists_and_texts_have_a_length_and_numbers_have_none() {
        for (text, expected) in [
            ("[]", Some(0.0)),
            ("[[1,2],2]", Some(2.0)),
            ("\"🍕\"", Some(2.0)),
            ("\"\\ud83c\\n\"", Some(2.0)),
            (r#"{"length":21}"#, Some(21.0)),
            (r#"{"length":1e400}"#, Some(f64::INFINITY)),
            (r#"{"length":"21"}"#, None),
            ("21", None),
            ("{}", None),
        ] {
            assert_eq!(read(text).view().length(), expected, "{text}");
        }
    }

    #[test]
    fn an_id_is_a_text_or_whatever_else_is_written() {
        for (text, expected) in [
            ("null", None),
            ("1e400", None),
            ("7.0", Some("7")),
            ("\"a\\u0022\"", Some("a\"")),
            ("\"\\ud800\"", Some("\u{fffd}")),
            ("[1e400, 1]", Some("[null,1]")),
        ] {
            assert_eq!(read(text).view().id().as_deref(), expected, "{text}");
        }
        for (text, id, expected) in [
            ("3", "3", true),
            ("3.0", "3", true),
            ("\"3\"", "3", true),
            ("3", "03", false),
            ("1e400", "1e999", false),
            ("[3]", "[3]", false),
        ] {
            assert_eq!(read(text).view().is_id(id), expected, "{text} {id}");
        }
    }
}
