//! Regular expressions as Go's RE2 means them, in the words of the `regex` crate. Both read the same language but for details: classes
//! such as `\w` are of ASCII in RE2, braces that repeat nothing are literal, `\Q…\E` quotes, and a class has no classes in it.

/// The pattern, so that the `regex` crate means by it what RE2 does.
#[must_use]
pub fn re2(pattern: &str) -> String {
    let mut translator = Translator {
        rest: pattern,
        out: String::with_capacity(pattern.len() + 8),
    };
    while let Some(c) = translator.take() {
        match c {
            '\\' => translator.escape(false),
            '[' => translator.class(),
            '{' if !opens_repetition(translator.rest) => translator.out.push_str("\\{"),
            c => translator.out.push(c),
        }
    }
    translator.out
}

struct Translator<'p> {
    rest: &'p str,
    out: String,
}

impl Translator<'_> {
    fn take(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// What follows a backslash.
    fn escape(&mut self, in_class: bool) {
        let Some(c) = self.take() else {
            self.out.push('\\');
            return;
        };
        let known = match c {
            'd' => "[0-9]",
            'D' => "[^0-9]",
            'w' => "[0-9A-Za-z_]",
            'W' => "[^0-9A-Za-z_]",
            's' => r"[\t\n\f\r ]",
            'S' => r"[^\t\n\f\r ]",
            'b' if !in_class => r"(?-u:\b)",
            // Ends of words to the library, two letters like others to RE2.
            '<' => "<",
            '>' => ">",
            'Q' if !in_class => {
                let (quoted, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
                self.out.push_str(&regex::escape(quoted));
                self.rest = rest;
                return;
            }
            c => {
                self.out.push('\\');
                self.out.push(c);
                // What a property or a number says in braces is no repetition.
                if matches!(c, 'p' | 'P' | 'x') && self.rest.starts_with('{') {
                    let end = self.rest.find('}').map_or(self.rest.len(), |at| at + 1);
                    self.out.push_str(&self.rest[..end]);
                    self.rest = &self.rest[end..];
                }
                return;
            }
        };
        self.out.push_str(known);
    }

    /// A class behind its opening bracket, up to the one that closes it. A bracket that comes first is one of its letters.
    fn class(&mut self) {
        self.out.push('[');
        if self.rest.starts_with('^') {
            self.take();
            self.out.push('^');
        }
        let mut is_first = true;
        while let Some(c) = self.take() {
            match c {
                ']' if !is_first => {
                    self.out.push(']');
                    return;
                }
                '[' if self.rest.starts_with(':') && self.rest.contains(":]") => {
                    let end = self.rest.find(":]").map_or(0, |at| at + 2);
                    self.out.push('[');
                    self.out.push_str(&self.rest[..end]);
                    self.rest = &self.rest[end..];
                }
                '\\' => self.escape(true),
                '[' | ']' | '&' | '~' => {
                    self.out.push('\\');
                    self.out.push(c);
                }
                c => self.out.push(c),
            }
            is_first = false;
        }
    }
}

fn opens_repetition(after_brace: &str) -> bool {
    let Some((body, _)) = after_brace.split_once('}') else {
        return false;
    };
    let (least, most) = body.split_once(',').unwrap_or((body, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        let pattern = format!("^(?:{})$", re2(pattern));
        let regex = regex::Regex::new(&pattern);
        regex.expect("it is a pattern").is_match(text)
    }

    #[test]
    fn classes_are_of_ascii() {
        for (pattern, ours, others) in [
            (r"\w+", "cafe_1", "caf\u{e9}"),
            (r"\W", "\u{e9}", "e"),
            (r"\d", "5", "\u{665}"),
            (r"\D", "\u{665}", "5"),
            (r"[\w.]+", "a.b", "\u{e9}"),
            (r"[^\d]", "\u{665}", "5"),
            (r"a\sb", "a b", "a\u{a0}b"),
            (r".*\b1", "\u{e9}1", "a1"),
        ] {
            assert!(matches(pattern, ours), "{pattern} {ours}");
            assert!(!matches(pattern, others), "{pattern} {others}");
        }
    }

    #[test]
    fn what_is_literal_to_re2_is_literal() {
        for (pattern, text) in [
            ("x{y}z{,2}", "x{y}z{,2}"),
            (r"\Qa.b{\E+", "a.b{{"),
            (r"\Qa.", "a."),
            ("[]a]+", "]a]"),
            ("[^]a]", "b"),
            ("[[a]+", "[a"),
            ("[a&&b]+", "a&b"),
            (r"[\]\[]+", "[]"),
            (r"\<a\>", "<a>"),
        ] {
            assert!(matches(pattern, text), "{pattern}");
        }
    }

    #[test]
    fn what_both_know_is_left_alone() {
        for pattern in [
            r"(?i:foo|ba+?r)\.x{2,3}",
            r"[[:alpha:]_-]+",
            r"\pL\p{Greek}\x{1F355}\x41",
            "^a$|b",
        ] {
            assert_eq!(re2(pattern), pattern);
        }
    }
}
