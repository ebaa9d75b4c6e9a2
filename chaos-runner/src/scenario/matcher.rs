//! A matcher of a route, as an Alertmanager configuration has it: `severity="page"`, `team=~"a|b"`, quotes optional.

use promql::{MatchOp, Matcher};

/// Operators, the longer ones first: `=~` begins with `=`.
const OPERATORS: [(&str, MatchOp); 4] = [
    ("=~", MatchOp::Matches),
    ("!~", MatchOp::NotMatches),
    ("!=", MatchOp::NotEqual),
    ("=", MatchOp::Equal),
];

/// Reads one matcher.
///
/// # Errors
/// What is wrong with it, as a fragment of a message.
pub fn parse(text: &str) -> Result<Matcher, String> {
    let at = text
        .find(['=', '!'])
        .ok_or("it has no operator".to_owned())?;
    let (label, rest) = text.split_at(at);
    let label = label.trim();
    if !is_label(label) {
        return Err(format!("`{label}` is no label name"));
    }
    let (operator, value) = OPERATORS
        .into_iter()
        .find_map(|(sign, operator)| Some((operator, rest.strip_prefix(sign)?)))
        .ok_or("its operator is none of `=`, `!=`, `=~`, `!~`".to_owned())?;
    let value = unquoted(value.trim())?;
    Matcher::new(label, operator, value).map_err(|error| error.message)
}

/// Whether a text can be the name of a label.
pub(super) fn is_label(text: &str) -> bool {
    let word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    text.chars().all(word) && text.starts_with(|char: char| !char.is_ascii_digit())
}

fn unquoted(value: &str) -> Result<String, String> {
    let Some(inner) = value.strip_prefix('"') else {
        return if value.contains('"') {
            Err("its value has a quote in the middle".to_owned())
        } else {
            Ok(value.to_owned())
        };
    };
    let mut text = String::new();
    let mut chars = inner.chars();
    loop {
        match chars.next() {
            None => return Err("the quote around its value is not closed".to_owned()),
            Some('"') if chars.as_str().is_empty() => return Ok(text),
            Some('"') => return Err("something follows the quote around its value".to_owned()),
            Some('\\') => match chars.next() {
                Some('n') => text.push('\n'),
                Some(escaped @ ('"' | '\\')) => text.push(escaped),
                // A regular expression keeps its backslashes.
                Some(other) => text.extend(['\\', other]),
                None => {}
            },
            Some(char) => text.push(char),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_are_read_with_and_without_quotes() {
        for (text, accepted, refused) in [
            (r#"severity="page""#, "page", "ticket"),
            ("severity = page", "page", "ticket"),
            ("severity!=page", "ticket", "page"),
            (r#"severity=~"page|call""#, "call", "ticket"),
            (r#"severity!~"p\\.*""#, "ticket", "p."),
        ] {
            let matcher = parse(text).expect(text);
            assert_eq!(matcher.name(), "severity");
            assert!(
                matcher.accepts(accepted) && !matcher.accepts(refused),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_matcher_is_refused() {
        for text in [
            "severity",
            "=page",
            "1a=b",
            "a!b",
            r#"a="b"#,
            r#"a="b"c"#,
            r#"a=~"(""#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
