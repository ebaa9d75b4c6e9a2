//! Matchers as Alertmanager writes them: `severity="page"`, `team=~"a|b"`, several in one text with commas between, in braces or
//! not, values with or without quotes.

use promql::{MatchOp, Matcher};

/// Why a text is no list of matchers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MatcherError(String);

/// Reads the matchers of a text.
///
/// # Errors
/// When it holds none, or something that is none.
pub fn parse_matchers(text: &str) -> Result<Vec<Matcher>, MatcherError> {
    let trimmed = text.trim();
    let inside = match trimmed.strip_prefix('{') {
        Some(rest) => rest.strip_suffix('}').ok_or_else(|| wrong(text))?,
        None => trimmed,
    };
    let mut matchers = Vec::new();
    let mut rest = inside.trim();
    while !rest.is_empty() {
        let (matcher, after) = one(rest).ok_or_else(|| wrong(text))?;
        matchers.push(matcher?);
        rest = match after.trim_start().strip_prefix(',') {
            Some(more) => more.trim_start(),
            None if after.trim().is_empty() => "",
            None => return Err(wrong(text)),
        };
    }
    if matchers.is_empty() {
        return Err(wrong(text));
    }
    Ok(matchers)
}

fn wrong(text: &str) -> MatcherError {
    MatcherError(format!(
        "`{text}` is no matcher: expected one such as `severity=\"page\"`, `team!=\"web\"` or `code=~\"5..\"`"
    ))
}

/// The first matcher of `text` and what follows it; none where there is no form of one.
fn one(text: &str) -> Option<(Result<Matcher, MatcherError>, &str)> {
    let operator_at = text.find(['=', '!'])?;
    let (name, rest) = text.split_at(operator_at);
    let name = name.trim();
    let valid = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !valid {
        return None;
    }
    let operators = [
        ("=~", MatchOp::Matches),
        ("!~", MatchOp::NotMatches),
        ("!=", MatchOp::NotEqual),
        ("=", MatchOp::Equal),
    ];
    let (length, operator) = operators
        .into_iter()
        .find(|(symbol, _)| rest.starts_with(symbol))
        .map(|(symbol, operator)| (symbol.len(), operator))?;
    let (value, rest) = value(rest[length..].trim_start())?;
    let matcher = Matcher::new(name, operator, value).map_err(|error| MatcherError(error.message));
    Some((matcher, rest))
}

fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(',').unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        let value = value.trim_end();
        return (!value.contains(['"', '{', '}'])).then(|| (value.to_owned(), rest));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => match chars.next()?.1 {
                'n' => value.push('\n'),
                escaped @ ('"' | '\\') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            _ => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        match parse_matchers(text) {
            Ok(matchers) => {
                let all: Vec<String> = matchers.iter().map(ToString::to_string).collect();
                all.join(" ")
            }
            Err(_) => "wrong".to_owned(),
        }
    }

    #[test]
    fn matchers_are_read_as_alertmanager_reads_them() {
        let table = [
            ("severity=\"page\"", "severity=\"page\""),
            ("severity = page", "severity=\"page\""),
            ("team!=web", "team!=\"web\""),
            ("code=~\"5..|4,\"", "code=~\"5..|4,\""),
            ("{a=\"b\", c!~\"d\",}", "a=\"b\" c!~\"d\""),
            ("a=\"x\\\"y\"", "a=\"x\\\"y\""),
            ("a=", "a=\"\""),
        ];
        for (text, expected) in table {
            assert_eq!(written(text), expected, "{text}");
        }
        for text in [
            "",
            "{}",
            "severity",
            "1a=b",
            "a==b\"",
            "a=\"b",
            "{a=b",
            "a=\"b\" c=\"d\"",
            "a=~\"(\"",
        ] {
            assert_eq!(written(text), "wrong", "{text}");
        }
    }
}
