//! Reads any JSON text and writes it as `JSON.stringify` would, in one pass over the text and without a tree: what has to stand
//! elsewhere is moved when its object is closed. What is open is kept in a list and not on the stack, so that the depth of a text is
//! bounded by its length alone.

use super::text::{JsonError, STRINGIFIED_LEVELS_MAX};
use super::view::INFINITE;
use super::write::append_number;

/// The code units that come first in a surrogate pair, and those that come second.
const FIRST: std::ops::Range<u16> = 0xd800..0xdc00;
const SECOND: std::ops::Range<u16> = 0xdc00..0xe000;

/// What was written of a text.
pub(super) struct Written {
    pub(super) bytes: Vec<u8>,
    pub(super) levels: usize,
    pub(super) has_infinite: bool,
}

pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    written: Written,
    open: Vec<Open>,
}

/// A list or an object that is not closed yet.
struct Open {
    /// The members of an object; there are none of a list.
    members: Option<Vec<Member>>,
    /// Where what is inside begins in what was written.
    start: usize,
}

/// A member of an open object, by where it is in what was written.
#[derive(Clone, Copy)]
struct Member {
    start: usize,
    name_end: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Reader {
            text,
            at: 0,
            written: Written {
                bytes: Vec::with_capacity(text.len()),
                levels: 0,
                has_infinite: false,
            },
            open: Vec::new(),
        }
    }

    /// All of the text, which is one value.
    pub(super) fn document(mut self) -> Result<Written, JsonError> {
        loop {
            let opened = self.value()?;
            if opened {
                continue;
            }
            loop {
                let Some(open) = self.open.last() else {
                    return match self.next_token() {
                        None => Ok(self.written),
                        Some(_) => Err(self.unexpected()),
                    };
                };
                let is_object = open.members.is_some();
                match (self.next_token(), is_object) {
                    (Some(b','), _) => {
                        self.take();
                        if is_object {
                            self.name()?;
                        }
                        break;
                    }
                    (Some(b'}'), true) | (Some(b']'), false) => self.close(),
                    _ => return Err(self.unexpected()),
                }
            }
        }
    }

    /// Reads a value, or so much of one that another follows in it: true then.
    fn value(&mut self) -> Result<bool, JsonError> {
        match self.next_token() {
            Some(b'{') => {
                self.open(Some(Vec::new()));
                if self.next_token() == Some(b'}') {
                    self.close();
                    return Ok(false);
                }
                self.name()?;
                return Ok(true);
            }
            Some(b'[') => {
                self.open(None);
                if self.next_token() == Some(b']') {
                    self.close();
                    return Ok(false);
                }
                return Ok(true);
            }
            Some(b'"') => self.string()?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true")?,
            Some(b'f') => self.word("false")?,
            Some(b'n') => self.word("null")?,
            _ => return Err(self.unexpected()),
        }
        Ok(false)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is not blank.
    fn next_token(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    /// Writes the next byte as it is.
    fn take(&mut self) {
        self.written.bytes.extend(self.peek());
        self.at += 1;
    }

    fn unexpected(&self) -> JsonError {
        let before = self.text.get(..self.at).unwrap_or_default();
        match self.text[before.len()..].chars().next() {
            None => JsonError::End,
            Some(token) => JsonError::Token {
                token,
                position: before.encode_utf16().count(),
            },
        }
    }

    fn open(&mut self, members: Option<Vec<Member>>) {
        self.take();
        let start = self.written.bytes.len();
        self.open.push(Open { members, start });
        self.written.levels = self.written.levels.max(self.open.len());
    }

    fn close(&mut self) {
        if let Some(Open {
            members: Some(members),
            start,
        }) = self.open.pop()
            // Nothing is made of a deeper text, so that what its levels cost has a bound.
            && self.written.levels <= STRINGIFIED_LEVELS_MAX
        {
            arrange(&mut self.written.bytes, start, &members);
        }
        self.take();
    }

    /// The name of a member, with the colon.
    fn name(&mut self) -> Result<(), JsonError> {
        if self.next_token() != Some(b'"') {
            return Err(self.unexpected());
        }
        let start = self.written.bytes.len();
        self.string()?;
        let name_end = self.written.bytes.len();
        if self.next_token() != Some(b':') {
            return Err(self.unexpected());
        }
        self.take();
        if let Some(Open {
            members: Some(members),
            ..
        }) = self.open.last_mut()
        {
            members.push(Member { start, name_end });
        }
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), JsonError> {
        for letter in word.bytes() {
            if self.peek() != Some(letter) {
                return Err(self.unexpected());
            }
            self.take();
        }
        Ok(())
    }

    fn string(&mut self) -> Result<(), JsonError> {
        self.take();
        loop {
            match self.peek() {
                None | Some(..=0x1f) => return Err(self.unexpected()),
                Some(b'"') => {
                    self.take();
                    return Ok(());
                }
                Some(b'\\') => {
                    self.at += 1;
                    let unit = self.unit()?;
                    self.write_escaped(unit)?;
                }
                Some(_) => self.take(),
            }
        }
    }

    /// The code unit that an escape stands for, behind its backslash.
    fn unit(&mut self) -> Result<u16, JsonError> {
        let letter = self.peek().ok_or(JsonError::End)?;
        let unit = match letter {
            b'"' | b'\\' | b'/' => letter,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                self.at += 1;
                return (0..4).try_fold(0, |unit, _| {
                    let digit = self.peek().and_then(|digit| char::from(digit).to_digit(16));
                    let digit = digit.ok_or_else(|| self.unexpected())?;
                    self.at += 1;
                    Ok(unit << 4 | digit as u16)
                });
            }
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(u16::from(unit))
    }

    /// Writes what an escape stands for, and that of the next one where it takes both to make a letter.
    fn write_escaped(&mut self, unit: u16) -> Result<(), JsonError> {
        let mut units = [unit, 0];
        let mut count = 1;
        let rest = self.text.get(self.at..).unwrap_or_default();
        if FIRST.contains(&unit) && rest.starts_with("\\u") {
            let back = self.at;
            self.at += 1;
            units[1] = self.unit()?;
            count = 2;
            if !SECOND.contains(&units[1]) {
                // It stands for itself.
                (self.at, count) = (back, 1);
            }
        }
        let written = &mut self.written.bytes;
        match char::decode_utf16(units.into_iter().take(count)).next() {
            Some(Ok('"')) => written.extend_from_slice(b"\\\""),
            Some(Ok('\\')) => written.extend_from_slice(b"\\\\"),
            Some(Ok('\u{8}')) => written.extend_from_slice(b"\\b"),
            Some(Ok('\u{c}')) => written.extend_from_slice(b"\\f"),
            Some(Ok('\n')) => written.extend_from_slice(b"\\n"),
            Some(Ok('\r')) => written.extend_from_slice(b"\\r"),
            Some(Ok('\t')) => written.extend_from_slice(b"\\t"),
            Some(Ok(letter @ '\u{20}'..)) => {
                written.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => written.extend_from_slice(format!("\\u{unit:04x}").as_bytes()),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        let number = self.text[start..self.at].parse::<f64>();
        let number = number.expect("a number of JSON is one of Rust");
        let written = &mut self.written.bytes;
        if number.is_infinite() {
            self.written.has_infinite = true;
            let sign: &[u8] = if number < 0.0 { b"-" } else { b"" };
            written.extend_from_slice(sign);
            written.extend_from_slice(INFINITE.as_bytes());
        } else {
            append_number(number, written);
        }
        Ok(())
    }

    /// One digit at least.
    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.unexpected());
        }
        Ok(())
    }
}

/// Puts the members of an object, which is what was written from `start` on, where JavaScript has them: those whose names are integers
/// first, in their order; of those that are called the same the last, in the place of the first.
fn arrange(written: &mut Vec<u8>, start: usize, members: &[Member]) {
    let name = |member: &Member| &written[member.start..member.name_end];
    let mut by_name: Vec<usize> = (0..members.len()).collect();
    // Stable: those of one name stay in their order.
    by_name.sort_by_key(|index| name(&members[*index]));
    let same = by_name.chunk_by(|one, other| name(&members[*one]) == name(&members[*other]));
    let mut kept: Vec<_> = same
        .filter_map(|same| {
            let (first, last) = (*same.first()?, *same.last()?);
            let index = index(name(&members[first]));
            Some((index.is_none(), index, first, last))
        })
        .collect();
    kept.sort_unstable();
    if kept.len() == members.len() && kept.is_sorted_by_key(|(.., last)| *last) {
        return;
    }
    let end = |number: usize| {
        // A comma is between them.
        let next = members.get(number + 1);
        next.map_or(written.len(), |next| next.start - 1)
    };
    let pieces = kept
        .iter()
        .map(|(.., last)| &written[members[*last].start..end(*last)]);
    let arranged = pieces.collect::<Vec<_>>().join(&b',');
    written.truncate(start);
    written.extend_from_slice(&arranged);
}

/// The integer that a member is called, written as JavaScript writes it, where it is one of those that come first.
fn index(name: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(name).ok()?.trim_matches('"');
    let first = digits.bytes().next()?;
    if !first.is_ascii_digit() || (first == b'0' && digits.len() > 1) {
        return None;
    }
    digits.parse().ok().filter(|index| *index != u32::MAX)
}
