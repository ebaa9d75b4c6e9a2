//! Label matchers (`=`, `!=`, `=~`, `!~`) and PromQL's regular expressions: anchored at both ends, `.` matching newlines.
//! A regular expression is compiled once, when its query is.

use std::fmt;

use regex::{Regex, RegexBuilder};

use crate::error::ParseError;
use crate::labels::Labels;
use crate::re2::re2;

/// How a matcher compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Matches,
    /// `!~`
    NotMatches,
}

impl MatchOp {
    fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Matches => "=~",
            Self::NotMatches => "!~",
        }
    }
}

/// One condition on a label; a label that is not there counts as empty.
#[derive(Clone, Debug)]
pub struct Matcher {
    name: String,
    op: MatchOp,
    value: String,
    regex: Option<Regex>,
}

impl Matcher {
    /// A matcher; `value` is a regular expression for [`MatchOp::Matches`] and [`MatchOp::NotMatches`].
    ///
    /// # Errors
    /// When the regular expression cannot be compiled.
    pub fn new(
        name: impl Into<String>,
        op: MatchOp,
        value: impl Into<String>,
    ) -> Result<Self, ParseError> {
        let value = value.into();
        let regex = match op {
            MatchOp::Equal | MatchOp::NotEqual => None,
            MatchOp::Matches | MatchOp::NotMatches => Some(anchored_regex(&value)?),
        };
        Ok(Self {
            name: name.into(),
            op,
            value,
            regex,
        })
    }

    /// The label's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it compares.
    #[must_use]
    pub fn op(&self) -> MatchOp {
        self.op
    }

    /// The value or regular expression it compares with.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether a label of this value satisfies the matcher; an absent label is the empty one.
    #[must_use]
    pub fn accepts(&self, value: &str) -> bool {
        match (self.op, &self.regex) {
            (MatchOp::Equal, _) => self.value == value,
            (MatchOp::NotEqual, _) => self.value != value,
            (MatchOp::Matches, Some(regex)) => regex.is_match(value),
            (MatchOp::NotMatches, Some(regex)) => !regex.is_match(value),
            (MatchOp::Matches | MatchOp::NotMatches, None) => false,
        }
    }

    /// Whether a series with these labels satisfies the matcher.
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        self.accepts(labels.get(&self.name).unwrap_or_default())
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let op = self.op.symbol();
        if is_plain_label(&self.name) {
            write!(f, "{}{op}{}", self.name, quoted(&self.value))
        } else {
            write!(f, "{}{op}{}", quoted(&self.name), quoted(&self.value))
        }
    }
}

/// Whether a label's name needs no quotes in PromQL.
pub(crate) fn is_plain_label(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A PromQL string literal.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// How much memory a regular expression may take when it is compiled, in bytes.
const REGEX_BYTES_MAX: usize = 4 << 20;

/// Compiles a regular expression as PromQL means it.
pub(crate) fn anchored_regex(pattern: &str) -> Result<Regex, ParseError> {
    let translated = re2(pattern)
        .map_err(|why| ParseError::new(format!("invalid regular expression {pattern:?}: {why}")))?;
    RegexBuilder::new(&format!("^(?s:{translated})$"))
        .size_limit(REGEX_BYTES_MAX)
        .build()
        .map_err(|error| {
            ParseError::new(match error {
                regex::Error::CompiledTooBig(_) => {
                    format!("the regular expression {pattern:?} is too big")
                }
                _ => format!("invalid regular expression {pattern:?}"),
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_expressions_are_anchored_and_span_lines() -> anyhow::Result<()> {
        let matcher = Matcher::new("a", MatchOp::Matches, "b.*|c")?;
        assert!(matcher.accepts("bx\ny"));
        assert!(matcher.accepts("c"));
        assert!(!matcher.accepts("cx"));
        assert!(!matcher.accepts(""));
        Ok(())
    }

    #[test]
    fn braces_that_repeat_nothing_are_literal() -> anyhow::Result<()> {
        assert!(Matcher::new("a", MatchOp::Matches, "x{y}z")?.accepts("x{y}z"));
        assert!(Matcher::new("a", MatchOp::Matches, "x{2}")?.accepts("xx"));
        Ok(())
    }

    #[test]
    fn what_re2_refuses_is_refused_with_its_reason() {
        let refused = Matcher::new("a", MatchOp::Matches, "x**").map_err(|error| error.message);
        assert_eq!(
            refused.err().as_deref(),
            Some("invalid regular expression \"x**\": invalid nested repetition operator: `**`")
        );
    }

    #[test]
    fn an_absent_label_counts_as_empty() -> anyhow::Result<()> {
        assert!(Matcher::new("a", MatchOp::NotEqual, "x")?.matches(&Labels::empty()));
        assert!(Matcher::new("a", MatchOp::Equal, "")?.matches(&Labels::empty()));
        Ok(())
    }
}
