//! Classes in brackets. To RE2 they hold characters, ranges and classes with a name; the crate knows operators and classes in classes,
//! too, so each character that could be one of these is escaped.

use super::Translator;

/// What a name between `[:` and `:]` can be, with `^` before it or without.
const NAMES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

impl Translator<'_> {
    /// A class behind its opening bracket, up to the one that closes it. A bracket that comes first is one of its letters.
    pub(super) fn class(&mut self, start: usize) -> Result<(), String> {
        self.out.push('[');
        if self.takes("^") {
            self.out.push('^');
        }
        let mut is_first = true;
        loop {
            if !is_first && self.takes("]") {
                self.out.push(']');
                return Ok(());
            }
            is_first = false;
            let from = self.at;
            if self.named()? {
                continue;
            }
            if self.takes("\\") {
                if self.known_class(from)? {
                    continue;
                }
                self.at = from;
            }
            let least = self.character(start)?;
            self.member(least);
            let has_end = self.rest().len() >= 2 && !self.rest().starts_with("-]");
            if has_end && self.takes("-") {
                let most = self.character(start)?;
                if most < least {
                    return Err(self.wrong("invalid character class range", from));
                }
                self.out.push('-');
                self.member(most);
            }
        }
    }

    /// A class with a name, as `[:alpha:]`, if one comes next.
    fn named(&mut self) -> Result<bool, String> {
        let start = self.at;
        let Some(inside) = self.rest().strip_prefix("[:") else {
            return Ok(false);
        };
        let Some((name, _)) = inside.split_once(":]") else {
            return Ok(false);
        };
        self.at += name.len() + 4;
        if !NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err(self.wrong("invalid character class range", start));
        }
        self.out.push_str(self.since(start));
        Ok(true)
    }

    /// A character of the class that began at `class`.
    fn character(&mut self, class: usize) -> Result<char, String> {
        let start = self.at;
        match self.take() {
            Some('\\') => self.escaped(start),
            Some(c) => Ok(c),
            None => Err(self.wrong("missing closing ]", class)),
        }
    }

    fn member(&mut self, c: char) {
        if matches!(c, '[' | ']' | '\\' | '^' | '-' | '&' | '~') {
            self.out.push('\\');
        }
        self.out.push(c);
    }
}
