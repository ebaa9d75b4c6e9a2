//! What a backslash begins: classes, boundaries, quotes, and characters by their number.

use super::Translator;

impl Translator<'_> {
    /// What follows a backslash outside of a class. `start` is where the backslash stands.
    pub(super) fn escape(&mut self, start: usize) -> Result<(), String> {
        if self.takes("Q") {
            let rest = self.rest();
            let (quoted, length) = match rest.split_once("\\E") {
                Some((quoted, _)) => (quoted, quoted.len() + 2),
                None => (rest, rest.len()),
            };
            self.at += length;
            if !quoted.is_empty() {
                self.operand();
            }
            self.out.push_str(&regex::escape(quoted));
            return Ok(());
        }
        self.operand();
        let same = [
            ("b", r"(?-u:\b)"),
            ("B", r"(?-u:\B)"),
            ("A", r"\A"),
            ("z", r"\z"),
        ];
        for (theirs, ours) in same {
            if self.takes(theirs) {
                self.out.push_str(ours);
                return Ok(());
            }
        }
        if !self.known_class(start)? {
            let c = self.escaped(start)?;
            let mut bytes = [0; 4];
            self.out.push_str(&regex::escape(c.encode_utf8(&mut bytes)));
        }
        Ok(())
    }

    /// Writes the class that an escape stands for, where it stands for one.
    pub(super) fn known_class(&mut self, start: usize) -> Result<bool, String> {
        let classes = [
            ("d", "[0-9]"),
            ("D", "[^0-9]"),
            ("w", "[0-9A-Za-z_]"),
            ("W", "[^0-9A-Za-z_]"),
            ("s", r"[\t\n\f\r ]"),
            ("S", r"[^\t\n\f\r ]"),
        ];
        for (letter, class) in classes {
            if self.takes(letter) {
                self.out.push_str(class);
                return Ok(true);
            }
        }
        let is_negated = match (self.takes("p"), self.takes("P")) {
            (true, _) => false,
            (_, true) => true,
            _ => return Ok(false),
        };
        let name = match self.takes("{") {
            true => {
                let name = self.rest().split('}').next().unwrap_or_default();
                self.at = self.pattern.len().min(self.at + name.len() + 1);
                name
            }
            false => {
                let from = self.at;
                self.take();
                self.since(from)
            }
        };
        let (name, is_negated) = match name.strip_prefix('^') {
            Some(name) => (name, !is_negated),
            None => (name, is_negated),
        };
        // The crate knows properties that have values, too.
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(is_word) {
            return Err(self.wrong("invalid character class range", start));
        }
        let letter = if is_negated { 'P' } else { 'p' };
        self.out.push_str(&format!(r"\{letter}{{{name}}}"));
        Ok(true)
    }

    /// The character that an escape stands for.
    pub(super) fn escaped(&mut self, start: usize) -> Result<char, String> {
        let Some(c) = self.take() else {
            return Err("trailing backslash at end of expression: ``".to_owned());
        };
        let is_octal = |c: char| c.is_digit(8);
        let character = match c {
            'a' => Some('\u{7}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            'x' => self.hexadecimal(),
            // One digit alone, but for 0, would refer to a group, which RE2 cannot.
            '0'..='7' if c == '0' || self.rest().starts_with(is_octal) => {
                let more = self.rest().chars().take(2).take_while(|c| is_octal(*c));
                let from = self.at - 1;
                self.at += more.count();
                number(self.since(from), 8)
            }
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(c),
            _ => None,
        };
        character.ok_or_else(|| self.wrong("invalid escape sequence", start))
    }

    /// The number behind `\x`: two digits, or some in braces.
    fn hexadecimal(&mut self) -> Option<char> {
        if self.takes("{") {
            let digits = self.rest().split_once('}')?.0;
            self.at += digits.len() + 1;
            return number(digits, 16);
        }
        let from = self.at;
        self.take()?;
        self.take()?;
        number(self.since(from), 16)
    }
}

fn number(digits: &str, base: u32) -> Option<char> {
    let is_number = digits.chars().all(|c| c.is_digit(base));
    let code = is_number.then(|| u32::from_str_radix(digits, base).ok())?;
    code.and_then(char::from_u32)
}
