//! Regular expressions as Go's RE2 means them, in the words of the `regex` crate. Both read the same language but for details: classes
//! such as `\w` are of ASCII in RE2, braces that repeat nothing are literal, `\Q…\E` quotes, and a class has no classes in it. What RE2
//! refuses and the crate would take is refused here; what both refuse is left to the crate.

mod class;
mod escape;

#[cfg(test)]
mod tests;

/// How often RE2 repeats at most, what repetitions of repetitions make together included.
const REPEATED_MAX: u32 = 1000;

/// The pattern, so that the `regex` crate means by it what RE2 does.
///
/// # Errors
/// What RE2 refuses and the crate does not, as Go words it, but for its prefix `error parsing regexp: `.
pub fn re2(pattern: &str) -> Result<String, String> {
    let mut translator = Translator {
        pattern,
        at: 0,
        out: String::with_capacity(pattern.len() + 8),
        outer: Vec::new(),
        group: Group::default(),
        last: 1,
        repeated_from: None,
    };
    while translator.at < pattern.len() {
        translator.step()?;
    }
    Ok(translator.out)
}

struct Translator<'p> {
    pattern: &'p str,
    at: usize,
    out: String,
    /// The groups around the present one.
    outer: Vec<Group>,
    group: Group,
    /// How often the last thing repeats what is in it.
    last: u32,
    /// Where a repetition stands that has just been read.
    repeated_from: Option<usize>,
}

struct Group {
    /// How often what is in it is repeated at most.
    repeats: u32,
    /// Whether there is anything that could be repeated.
    has_operand: bool,
}

impl Default for Group {
    fn default() -> Self {
        Self {
            repeats: 1,
            has_operand: false,
        }
    }
}

impl<'p> Translator<'p> {
    fn rest(&self) -> &'p str {
        &self.pattern[self.at..]
    }

    fn since(&self, start: usize) -> &'p str {
        &self.pattern[start..self.at]
    }

    fn take(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn takes(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }

    /// The fault that Go finds in what was read since `start`.
    fn wrong(&self, fault: &str, start: usize) -> String {
        format!("{fault}: `{}`", self.since(start))
    }

    fn step(&mut self) -> Result<(), String> {
        let start = self.at;
        let repeated_from = self.repeated_from.take();
        match self.take() {
            None => {}
            Some('(') => self.open(start)?,
            Some(')') => self.close(),
            Some('|') => {
                self.group.has_operand = false;
                self.out.push('|');
            }
            Some('*' | '+' | '?') => self.repeat(start, repeated_from, 1)?,
            Some('{') => match counts(self.rest()) {
                Some((least, most, length)) => {
                    self.at += length;
                    if least.max(most) > REPEATED_MAX || least > most {
                        // Without an end the two are the same.
                        return Err(self.wrong("invalid repeat count", start));
                    }
                    self.repeat(start, repeated_from, most)?;
                }
                None => {
                    self.operand();
                    self.out.push_str("\\{");
                }
            },
            Some('[') => {
                self.operand();
                self.class(start)?;
            }
            Some('\\') => self.escape(start)?,
            Some(c) => {
                self.operand();
                self.out.push(c);
            }
        }
        Ok(())
    }

    /// Something begins that can be repeated.
    fn operand(&mut self) {
        self.group.has_operand = true;
        self.last = 1;
    }

    /// An operator that began at `start` and repeats the last thing so often; `before` is where one stands that did already.
    fn repeat(&mut self, start: usize, before: Option<usize>, times: u32) -> Result<(), String> {
        self.takes("?");
        if let Some(before) = before {
            return Err(self.wrong("invalid nested repetition operator", before));
        }
        if !self.group.has_operand {
            return Err(self.wrong("missing argument to repetition operator", start));
        }
        // What is never there counts for nothing.
        self.last = match self.since(start).trim_end_matches('?') {
            "{0}" | "{0,0}" => 1,
            _ => self.last.saturating_mul(times.max(1)),
        };
        if self.last > REPEATED_MAX && times > 1 {
            return Err(self.wrong("invalid repeat count", start));
        }
        self.group.repeats = self.group.repeats.max(self.last);
        self.out.push_str(self.since(start));
        self.repeated_from = Some(start);
        Ok(())
    }

    /// A group, or flags.
    fn open(&mut self, start: usize) -> Result<(), String> {
        if !self.takes("?") {
            self.out.push('(');
        } else if self.takes("P<") || self.takes("<") {
            let name = self.rest().split('>').next().unwrap_or_default();
            self.at = self.pattern.len().min(self.at + name.len() + 1);
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name.is_empty() || !name.chars().all(is_word) {
                return Err(self.wrong("invalid named capture", start));
            }
            self.out.push_str(self.since(start));
        } else if !self.flags(start)? {
            return Ok(());
        }
        self.outer.push(std::mem::take(&mut self.group));
        Ok(())
    }

    /// Flags behind `(?`, and whether they are those of a group.
    fn flags(&mut self, start: usize) -> Result<bool, String> {
        let mut on = String::new();
        let mut off = None::<String>;
        loop {
            match self.take() {
                Some(c @ ('i' | 'm' | 's' | 'U')) => {
                    let flags = off.as_mut().unwrap_or(&mut on);
                    if !flags.contains(c) {
                        flags.push(c);
                    }
                }
                Some('-') if off.is_none() => off = Some(String::new()),
                Some(end @ (':' | ')')) if off.as_deref() != Some("") => {
                    let off = off.unwrap_or_default();
                    // The crate wants each flag once, and at least one where there is no group.
                    on.retain(|flag| !off.contains(flag));
                    if end == ':' || !on.is_empty() || !off.is_empty() {
                        let minus = if off.is_empty() { "" } else { "-" };
                        self.out.push_str(&format!("(?{on}{minus}{off}{end}"));
                    }
                    return Ok(end == ':');
                }
                _ => return Err(self.wrong("invalid or unsupported Perl syntax", start)),
            }
        }
    }

    /// The end of a group, which is one thing from now on. One that closes nothing is left to the crate.
    fn close(&mut self) {
        self.out.push(')');
        let closed = std::mem::replace(&mut self.group, self.outer.pop().unwrap_or_default());
        self.group.has_operand = true;
        self.group.repeats = self.group.repeats.max(closed.repeats);
        self.last = closed.repeats;
    }
}

/// The counts behind an opening brace and the length of it all; none where the brace repeats nothing. Where there is no end to the
/// repetition, the second is the first.
fn counts(after_brace: &str) -> Option<(u32, u32, usize)> {
    let (body, _) = after_brace.split_once('}')?;
    let (least, most) = match body.split_once(',') {
        Some((least, "")) => (least, least),
        Some(both) => both,
        None => (body, body),
    };
    Some((count(least)?, count(most)?, body.len() + 1))
}

/// A count; far too large where it does not fit.
fn count(digits: &str) -> Option<u32> {
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let has_leading_zero = digits.len() > 1 && digits.starts_with('0');
    (is_number && !has_leading_zero).then(|| digits.parse().unwrap_or(u32::MAX))
}
