//! The logfmt parser: `key=value key="quoted value" key`.

use super::labels::{LineLabels, sanitized};
use std::borrow::Cow;

/// Makes labels of pairs: of all of them, or of those whose keys are named.
pub(super) fn parse(
    line: &str,
    strict: bool,
    keep_empty: bool,
    keys: &[(String, String)],
    labels: &mut LineLabels<'_>,
) {
    if labels.is_complete() {
        return;
    }
    let mut rest = line;
    while let Some(read) = pair(&mut rest) {
        let (key, value) = match read {
            Ok(pair) => pair,
            Err(error) if strict => {
                labels.fail("LogfmtParserErr", error);
                break;
            }
            Err(_) => continue,
        };
        if value.is_empty() && !keep_empty {
            continue;
        }
        let name = sanitized(key, true);
        if keys.is_empty() {
            labels.extract(&name, &value);
        }
        for (label, _) in keys
            .iter()
            .filter(|(_, wanted)| *wanted == name || wanted == key)
        {
            labels.extract(label, &value);
        }
        if labels.is_complete() {
            return;
        }
    }
}

/// Takes the next pair off `rest`; nothing at its end. What is no pair is passed over, up to the next blank.
fn pair<'l>(rest: &mut &'l str) -> Option<Result<(&'l str, Cow<'l, str>), &'static str>> {
    *rest = rest.trim_start_matches(is_blank);
    if rest.is_empty() {
        return None;
    }
    let end = rest.find(|c: char| is_blank(c) || c == '=' || c == '"');
    let (key, after) = rest.split_at(end.unwrap_or(rest.len()));
    let Some(value) = after.strip_prefix('=') else {
        if after.starts_with('"') {
            return Some(skip(rest, "unexpected '\"' in a key"));
        }
        *rest = after;
        return Some(Ok((key, Cow::Borrowed(""))));
    };
    if key.is_empty() {
        return Some(skip(rest, "unexpected '=': a key is missing"));
    }
    if let Some(quoted) = value.strip_prefix('"') {
        let Some(end) = closing_quote(quoted) else {
            return Some(skip(rest, "unterminated quoted value"));
        };
        let (inside, after) = (&quoted[..end], &quoted[end + 1..]);
        if !after.is_empty() && !after.starts_with(is_blank) {
            *rest = after;
            return Some(skip(rest, "unexpected text behind a quoted value"));
        }
        *rest = after;
        return Some(Ok((key, unescaped(inside))));
    }
    let end = value.find(is_blank).unwrap_or(value.len());
    let (value, after) = value.split_at(end);
    *rest = after;
    if value.contains(['=', '"']) {
        return Some(Err("unexpected '=' or '\"' in a value"));
    }
    Some(Ok((key, Cow::Borrowed(value))))
}

fn skip<T>(rest: &mut &str, error: &'static str) -> Result<T, &'static str> {
    let end = rest.find(is_blank).unwrap_or(rest.len());
    *rest = &rest[end..];
    Err(error)
}

fn is_blank(c: char) -> bool {
    c <= ' '
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at),
            _ => {}
        }
    }
    None
}

/// The escapes are JSON's; where they are not, the text stays as it is.
fn unescaped(text: &str) -> Cow<'_, str> {
    match text.contains('\\') {
        false => Cow::Borrowed(text),
        true => match serde_json::from_str(&format!("\"{text}\"")) {
            Ok(unescaped) => Cow::Owned(unescaped),
            Err(_) => Cow::Borrowed(text),
        },
    }
}
