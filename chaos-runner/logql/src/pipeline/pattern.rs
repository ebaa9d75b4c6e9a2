//! Patterns: literal text with captures in it, as in `<method> <path> HTTP/<_>`.

use super::labels::LineLabels;

/// Parts that one pattern may have.
const PARTS_MAX: usize = 256;

/// A sequence of literals and captures, no two captures next to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    /// None for `<_>`.
    Capture(Option<String>),
}

impl Pattern {
    /// A pattern that extracts labels.
    pub(crate) fn captures(text: &str) -> Result<Self, String> {
        let pattern = Self::parse(text)?;
        let names = pattern.parts.iter().filter_map(Part::name);
        let names: Vec<&str> = names.collect();
        if names.is_empty() {
            return Err("at least one capture is required, as in `<method> <_>`".to_owned());
        }
        for (place, name) in names.iter().enumerate() {
            if names[..place].contains(name) {
                return Err(format!("duplicate capture name ({name})"));
            }
        }
        Ok(pattern)
    }

    /// A pattern that lines are held against.
    pub(crate) fn filter(text: &str) -> Result<Self, String> {
        let pattern = Self::parse(text)?;
        match pattern.parts.iter().find_map(Part::name) {
            Some(name) => Err(format!(
                "named captures are not allowed in a filter: write `<_>` for `<{name}>`"
            )),
            None => Ok(pattern),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut parts: Vec<Part> = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let part = match capture(rest) {
                Some((name, after)) => {
                    rest = after;
                    let is_named = name != "_";
                    Part::Capture(is_named.then(|| name.to_owned()))
                }
                None => {
                    let mut ends = rest.char_indices().skip(1).map(|(at, _)| at);
                    let end = ends.find(|at| capture(&rest[*at..]).is_some());
                    let (literal, after) = rest.split_at(end.unwrap_or(rest.len()));
                    rest = after;
                    Part::Literal(literal.to_owned())
                }
            };
            let captures = |part: Option<&Part>| matches!(part, Some(Part::Capture(_)));
            if captures(parts.last()) && captures(Some(&part)) {
                return Err(
                    "two captures follow each other: nothing tells where one ends".to_owned(),
                );
            }
            if parts.len() == PARTS_MAX {
                return Err(format!("a pattern has no more than {PARTS_MAX} parts"));
            }
            parts.push(part);
        }
        Ok(Pattern { parts })
    }

    /// What is captured. Where a literal is missing, the capture before it takes all that is left.
    fn parse_line<'l>(&self, line: &'l str) -> Vec<(&str, &'l str)> {
        let mut found = Vec::new();
        let mut rest = line;
        let mut open: Option<&Part> = None;
        for part in &self.parts {
            let Part::Literal(literal) = part else {
                open = Some(part);
                continue;
            };
            match (rest.find(literal.as_str()), open.take()) {
                (Some(0), None) => rest = &rest[literal.len()..],
                (_, None) => return found,
                (Some(at), Some(capture)) => {
                    found.extend(capture.name().map(|name| (name, &rest[..at])));
                    rest = &rest[at + literal.len()..];
                }
                (None, Some(capture)) => {
                    found.extend(capture.name().map(|name| (name, rest)));
                    return found;
                }
            }
        }
        found.extend(open.and_then(Part::name).map(|name| (name, rest)));
        found
    }

    /// Makes labels of what is captured.
    pub(super) fn parse_into(&self, line: &str, labels: &mut LineLabels<'_>) {
        if labels.is_complete() || line.is_empty() {
            return;
        }
        for (name, value) in self.parse_line(line) {
            labels.extract(name, value);
        }
    }

    /// Whether the whole line is of this form; a capture is never empty.
    pub(super) fn matches(&self, line: &str) -> bool {
        let mut rest = line;
        let mut after_capture = false;
        for part in &self.parts {
            let Part::Literal(literal) = part else {
                after_capture = true;
                continue;
            };
            match (rest.find(literal.as_str()), after_capture) {
                (Some(0), false) => rest = &rest[literal.len()..],
                (Some(at), true) if at > 0 => rest = &rest[at + literal.len()..],
                _ => return false,
            }
            after_capture = false;
        }
        after_capture != rest.is_empty()
    }
}

impl Part {
    fn name(&self) -> Option<&str> {
        match self {
            Part::Capture(name) => name.as_deref(),
            Part::Literal(_) => None,
        }
    }
}

/// The name of the capture that `text` starts with, and what follows it.
fn capture(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('<')?.split_once('>')?;
    let is_start = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_name =
        name.starts_with(is_start) && name.chars().all(|c| is_start(c) || c.is_ascii_digit());
    is_name.then_some((name, after))
}
