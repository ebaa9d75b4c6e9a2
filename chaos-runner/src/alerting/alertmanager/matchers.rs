//! Matchers as an Alertmanager reads them: by its classic grammar where that can be, else by the one that takes any UTF-8 for a
//! label's name. One text may hold several: `severity="page", team=~"a|b"`, in braces or not. It knows no routes.

mod utf8;

use promql::{MatchOp, Matcher};

/// Operators, the longer ones first: `=~` begins with `=`.
const OPERATORS: [(&str, MatchOp); 4] = [
    ("=~", MatchOp::Matches),
    ("!~", MatchOp::NotMatches),
    ("!=", MatchOp::NotEqual),
    ("=", MatchOp::Equal),
];

/// What helps who wrote what is no matcher.
pub const MATCHER_HELP: &str =
    r#"expected a label, one of `=`, `!=`, `=~`, `!~`, and a value, as in `severity="page"`"#;

/// Reads the matchers of one text. Where both grammars can read it, Alertmanager takes the classic one; so do we.
///
/// # Errors
/// What is wrong with it, as a fragment of a message, in terms of the classic grammar.
pub fn parse_matchers(text: &str) -> Result<Vec<Matcher>, String> {
    classic(text).or_else(|error| utf8::parse(text).map_err(|_| error))
}

fn classic(text: &str) -> Result<Vec<Matcher>, String> {
    let text = text.strip_prefix('{').unwrap_or(text);
    let text = text.strip_suffix('}').unwrap_or(text);
    let mut parts = split(text);
    // A comma may end the list.
    if parts.last().is_some_and(|last| last.trim().is_empty()) {
        parts.pop();
    }
    parts.into_iter().map(classic_one).collect()
}

/// The parts between commas outside of quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut inside, mut escaped, mut start) = (false, false, 0);
    let mut parts = Vec::new();
    for (at, char) in text.char_indices() {
        match char {
            ',' if !inside => {
                parts.push(&text[start..at]);
                start = at + 1;
                escaped = false;
            }
            '"' if !escaped => inside = !inside,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    parts.push(&text[start..]);
    parts
}

fn classic_one(text: &str) -> Result<Matcher, String> {
    let at = text
        .find(['=', '!'])
        .ok_or("it has no operator".to_owned())?;
    let (label, rest) = text.split_at(at);
    let label = label.trim();
    // A colon is taken here, and only here.
    if !is_label(&label.replace(':', "_")) {
        return Err(format!("`{label}` is no label name"));
    }
    let (operator, value) = OPERATORS
        .into_iter()
        .find_map(|(sign, operator)| Some((operator, rest.strip_prefix(sign)?)))
        .ok_or("its operator is none of `=`, `!=`, `=~`, `!~`".to_owned())?;
    let value = unquoted(value.trim())?;
    Matcher::new(label, operator, value).map_err(|error| error.message)
}

/// Whether a text can be the name of a label, in the classic grammar.
#[must_use]
pub fn is_label(text: &str) -> bool {
    let word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    text.chars().all(word) && text.starts_with(|char: char| !char.is_ascii_digit())
}

fn unquoted(value: &str) -> Result<String, String> {
    let quoted = value.strip_prefix('"');
    let mut text = String::new();
    let mut chars = quoted.unwrap_or(value).chars();
    loop {
        match chars.next() {
            None if quoted.is_none() => return Ok(text),
            None => return Err("the quote around its value is not closed".to_owned()),
            Some('"') if quoted.is_none() => {
                return Err("its value has a quote in the middle".to_owned());
            }
            Some('"') if chars.as_str().is_empty() => return Ok(text),
            Some('"') => return Err("something follows the quote around its value".to_owned()),
            Some('\\') => match chars.next() {
                Some('n') => text.push('\n'),
                Some(escaped @ ('"' | '\\')) => text.push(escaped),
                // A regular expression keeps its backslashes.
                Some(other) => text.extend(['\\', other]),
                None => text.push('\\'),
            },
            Some(char) => text.push(char),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, String> {
        let matchers = parse_matchers(text)?;
        Ok(matchers.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn matchers_are_read_as_alertmanager_reads_them() {
        for (text, expected) in [
            (r#"severity="page""#, vec![r#"severity="page""#]),
            ("severity = page", vec![r#"severity="page""#]),
            ("severity=", vec![r#"severity="""#]),
            ("  a!=b  ", vec![r#"a!="b""#]),
            (r#"a=~"x|y""#, vec![r#"a=~"x|y""#]),
            (r#"a!~"p\\.*""#, vec![r#"a!~"p\\.*""#]),
            (r#"a=~"\d+""#, vec![r#"a=~"\\d+""#]),
            (r#"a="b \"c\" \n""#, vec![r#"a="b \"c\" \n""#]),
            (r#"{a="b", c!="d",}"#, vec![r#"a="b""#, r#"c!="d""#]),
            (r#"a="b,c",d=e"#, vec![r#"a="b,c""#, r#"d="e""#]),
            ("a=b=c", vec![r#"a="b=c""#]),
            ("a:b=c", vec![r#""a:b"="c""#]),
            ("{}", vec![]),
            ("", vec![]),
            // What the classic grammar cannot read.
            (r#""service.name"="x y""#, vec![r#""service.name"="x y""#]),
            (
                r#"{"a b"=~"c|d",e!=f}"#,
                vec![r#""a b"=~"c|d""#, r#"e!="f""#],
            ),
            ("service.name=orders", vec![r#""service.name"="orders""#]),
            ("größe=\"gro\\u00df\"", vec![r#""größe"="groß""#]),
            (r#""a\tb"="\x41\101""#, vec![r#""a\tb"="AA""#]),
        ] {
            let expected = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(read(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_matcher_is_refused() {
        for text in [
            "severity",
            "=page",
            "a!b",
            r#"a="b"#,
            r#"a="b"c"#,
            r#"a=b"c"#,
            r#"a=~"(""#,
            ",",
            "a=b,,c=d",
            r#"{"a b"="c""#,
            r#""a b"="c"}"#,
            r#""a b"=c d"#,
            r#""a b""#,
            r#""a b"="\q""#,
            r#""a b"="\x80""#,
            r#""a b"=~"(""#,
        ] {
            assert!(parse_matchers(text).is_err(), "{text}");
        }
    }
}
