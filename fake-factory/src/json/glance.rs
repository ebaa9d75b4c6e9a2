//! A glance at a JSON text that tells whether it is already as `JSON.stringify` would write it: as those are that come from a client
//! written in JavaScript. It is one pass that makes nothing; where it is in doubt it says no, and the reader does the work.

/// The most levels of a text that is looked at.
const LEVELS_MAX: usize = 16;
/// The most names of the objects that are open at one time.
const NAMES_MAX: usize = 48;
/// As many significant digits as a double always keeps: a number of no more is the shortest that means the same.
const DIGITS_MAX: usize = 15;
/// As many zeros as follow the point at most in a fraction that is written without an exponent.
const LEADING_ZEROS_MAX: usize = 5;

/// How many levels `text`, which is UTF-8, has when it is written as `JSON.stringify` writes it; nothing when that is not sure.
pub(super) fn levels(text: &[u8]) -> Option<usize> {
    let mut glance = Glance {
        text,
        at: 0,
        names: [(0, 0); NAMES_MAX],
        named: 0,
        levels: 0,
    };
    glance.value(0)?;
    (glance.at == text.len()).then_some(glance.levels)
}

struct Glance<'a> {
    text: &'a [u8],
    at: usize,
    /// Where the names of the open objects are, those of the innermost last.
    names: [(usize, usize); NAMES_MAX],
    named: usize,
    levels: usize,
}

impl<'a> Glance<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.text.get(self.at..)?.strip_prefix(word)?;
        self.at += word.len();
        Some(())
    }

    /// Passes over a value that is inside so many others.
    fn value(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'"' => self.string(),
            b'{' | b'[' if depth >= LEVELS_MAX => None,
            b'{' => self.object(depth + 1),
            b'[' => self.list(depth + 1),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        self.at += 1;
        self.levels = self.levels.max(depth);
        if self.peek()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.value(depth)?;
            match self.next()? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        self.at += 1;
        self.levels = self.levels.max(depth);
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        let first = self.named;
        loop {
            self.name(first)?;
            self.word(b":")?;
            self.value(depth)?;
            match self.next()? {
                b',' => {}
                b'}' => {
                    self.named = first;
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    /// Passes over a name that its object, whose names begin at `first`, does not have yet.
    fn name(&mut self, first: usize) -> Option<()> {
        let start = self.at;
        self.string()?;
        let name = &self.text[start..self.at];
        // One that is an integer would stand before the others.
        if name.get(1)?.is_ascii_digit() {
            return None;
        }
        let mut before = self.names.get(first..self.named)?.iter();
        if before.any(|(start, end)| &self.text[*start..*end] == name) {
            return None;
        }
        *self.names.get_mut(self.named)? = (start, self.at);
        self.named += 1;
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        self.word(b"\"")?;
        loop {
            match self.next()? {
                b'"' => return Some(()),
                // The others are written otherwise, or may be.
                b'\\' if b"\"\\bfnrt".contains(&self.next()?) => {}
                b'\\' | ..=0x1f => return None,
                _ => {}
            }
        }
    }

    fn number(&mut self) -> Option<()> {
        let negative = self.word(b"-").is_some();
        let whole = self.digits();
        let is_zero = whole == b"0";
        if whole.is_empty() || (whole[0] == b'0' && !is_zero) {
            return None;
        }
        let whole_digits = if is_zero { 0 } else { whole.len() };
        if self.word(b".").is_none() {
            let is_other = matches!(self.peek(), Some(b'e' | b'E')) || (negative && is_zero);
            return (!is_other && whole_digits <= DIGITS_MAX).then_some(());
        }
        let fraction = self.digits();
        let zeros = fraction.iter().take_while(|digit| **digit == b'0').count();
        let fits = fraction.last().is_some_and(|digit| *digit != b'0')
            && !matches!(self.peek(), Some(b'e' | b'E'))
            && whole_digits + fraction.len() <= DIGITS_MAX
            && (!is_zero || zeros <= LEADING_ZEROS_MAX);
        fits.then_some(())
    }

    fn digits(&mut self) -> &'a [u8] {
        let (text, start) = (self.text, self.at);
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        &text[start..self.at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_javascript_wrote_is_known_at_a_glance() {
        for (text, expected) in [
            (r#"{"diner":{"id":719,"name":"Kai \"C\" é🍕"},"a":[]}"#, 2),
            (r#"[0,-1,0.0038,1000000,-0.000001,123456789012345]"#, 1),
            (r#"{"a":{"a":null},"b":[true,[false]]}"#, 3),
            (r#""\b\f\n\r\t\\""#, 0),
        ] {
            assert_eq!(levels(text.as_bytes()), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_sure_is_left_to_the_reader() {
        let deep = "[".repeat(LEVELS_MAX + 1) + &"]".repeat(LEVELS_MAX + 1);
        let many: Vec<String> = (0..=NAMES_MAX).map(|n| format!(r#""n{n}":0"#)).collect();
        let many = format!("{{{}}}", many.join(","));
        for text in [
            "",
            "{",
            "[1",
            "[1,]",
            "{\"a\"}",
            "{\"a\":1,}",
            "[1]x",
            "[1] ",
            " [1]",
            "[ 1]",
            "\"a",
            "tru",
            "-",
            "01",
            "1.",
            ".1",
            "1.0",
            "-0",
            "1e3",
            "1.5e3",
            "0.0000001",
            "0.10",
            "1234567890123456",
            "0.1234567890123456",
            r#"{"a":1,"a":1}"#,
            r#"{"1":1}"#,
            r#""\u0041""#,
            r#""\/""#,
            "\"\n\"",
            &deep,
            &many,
        ] {
            assert_eq!(levels(text.as_bytes()), None, "{text}");
        }
    }
}
