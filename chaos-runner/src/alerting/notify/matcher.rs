//! A matcher of a route, as in `severity="page"` or `team=~"pizza|ops"`.

use super::AlertLabels;
use regex::Regex;
use std::str::FromStr;

/// A test of one label. A label that is missing counts as empty.
#[derive(Clone, Debug)]
pub struct Matcher {
    label: String,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    Equal(String),
    NotEqual(String),
    Like(Regex),
    NotLike(Regex),
}

/// Why a text is no matcher.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MatcherError(String);

/// The longer operators first: `=~` begins with `=`.
const OPERATORS: [&str; 4] = ["=~", "!~", "!=", "="];

impl Matcher {
    /// Whether `labels` pass.
    #[must_use]
    pub fn matches(&self, labels: &AlertLabels) -> bool {
        let value = labels.get(&self.label).map_or("", String::as_str);
        match &self.test {
            Test::Equal(wanted) => value == wanted,
            Test::NotEqual(unwanted) => value != unwanted,
            Test::Like(pattern) => pattern.is_match(value),
            Test::NotLike(pattern) => !pattern.is_match(value),
        }
    }
}

impl FromStr for Matcher {
    type Err = MatcherError;

    fn from_str(text: &str) -> Result<Self, MatcherError> {
        let wrong = |why: &str| {
            MatcherError(format!(
                "`{text}` is no matcher: {why}, as in `severity=\"page\"`"
            ))
        };
        let trimmed = text.trim();
        let at = trimmed
            .find(['=', '!'])
            .ok_or_else(|| wrong("expected a label, an operator and a value"))?;
        let (label, rest) = trimmed.split_at(at);
        let label = label.trim();
        let is_label = label.chars().enumerate().all(|(index, c)| {
            c == '_' || c.is_ascii_alphabetic() || (index > 0 && c.is_ascii_digit())
        });
        if label.is_empty() || !is_label {
            return Err(wrong("expected the name of a label first"));
        }
        let operator = OPERATORS
            .into_iter()
            .find(|operator| rest.starts_with(operator))
            .ok_or_else(|| wrong("the operators are =, !=, =~ and !~"))?;
        let value = unquoted(rest[operator.len()..].trim())
            .ok_or_else(|| wrong("the quotes of its value do not match"))?;
        let test = match operator {
            "=" => Test::Equal(value),
            "!=" => Test::NotEqual(value),
            pattern => {
                // Anchored, as Prometheus has it.
                let regex = Regex::new(&format!("^(?s:{value})$"))
                    .map_err(|error| wrong(&error.to_string()))?;
                if pattern == "=~" {
                    Test::Like(regex)
                } else {
                    Test::NotLike(regex)
                }
            }
        };
        Ok(Matcher {
            label: label.to_owned(),
            test,
        })
    }
}

/// A value without its quotes; as it is where it has none.
fn unquoted(text: &str) -> Option<String> {
    let Some(rest) = text.strip_prefix('"') else {
        return (!text.contains('"')).then(|| text.to_owned());
    };
    let inner = rest.strip_suffix('"')?;
    let mut value = String::new();
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => return None,
            '\\' => match characters.next()? {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    Some(value)
}
