//! What JavaScript reads and serde_json does not, written so that it does: a number beyond the largest double, which is infinite there
//! and which `JSON.stringify` writes as null, and half of a surrogate pair, which becomes U+FFFD. Whatever else is wrong stays so.

use std::ops::Range;

/// The letters of `\ud800`.
const ESCAPE_BYTES: usize = 6;
/// The code units that come first in a pair, and those that come second.
const FIRST: Range<u16> = 0xd800..0xdc00;
const SECOND: Range<u16> = 0xdc00..0xe000;

/// `text` as serde_json reads it; nothing where there is nothing to mend.
pub(super) fn mended(text: &str) -> Option<String> {
    let mut mended = String::with_capacity(text.len());
    let mut left = text;
    let mut in_string = false;
    while let Some(first) = left.chars().next() {
        let (taken, written) = match first {
            '\\' if in_string => escape(left),
            '-' | '0'..='9' if !in_string => number(left),
            _ => {
                in_string ^= first == '"';
                (first.len_utf8(), None)
            }
        };
        let (taken, rest) = left.split_at(taken);
        mended.push_str(written.unwrap_or(taken));
        left = rest;
    }
    (mended != text).then_some(mended)
}

/// How long the escape is with which `text` begins, a pair taken together, and what is written in its place.
fn escape(text: &str) -> (usize, Option<&'static str>) {
    match unit(text) {
        Some(unit) if FIRST.contains(&unit) || SECOND.contains(&unit) => {
            let after = unit_after(text).filter(|after| SECOND.contains(after));
            match after {
                Some(_) if FIRST.contains(&unit) => (2 * ESCAPE_BYTES, None),
                _ => (ESCAPE_BYTES, Some("\\ufffd")),
            }
        }
        _ => {
            let escaped = text.chars().nth(1).map_or(0, char::len_utf8);
            (1 + escaped, None)
        }
    }
}

fn unit_after(text: &str) -> Option<u16> {
    unit(text.get(ESCAPE_BYTES..)?)
}

/// The code unit that `\ud800` stands for.
fn unit(text: &str) -> Option<u16> {
    let digits = text.get(..ESCAPE_BYTES)?.strip_prefix("\\u")?;
    let are_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| are_digits)
}

/// How long the number is with which `text` begins, and what is written in its place.
fn number(text: &str) -> (usize, Option<&'static str>) {
    let is_part = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    let end = text.bytes().position(|byte| !is_part(byte));
    let number = &text[..end.unwrap_or(text.len())];
    let is_infinite = number.parse().is_ok_and(f64::is_infinite) && is_well_formed(number);
    (number.len(), is_infinite.then_some("null"))
}

/// Whether a number that Rust reads is one of JSON, which wants a digit on either side of the point and no zero ahead.
fn is_well_formed(number: &str) -> bool {
    let number = number.strip_prefix('-').unwrap_or(number);
    let mantissa = number.split(['e', 'E']).next().unwrap_or(number);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let begins = whole.starts_with(|first: char| first.is_ascii_digit());
    begins && (whole == "0" || !whole.starts_with('0')) && !fraction.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_javascript_reads_is_mended() {
        let long = format!("1{}", "0".repeat(400));
        for (sent, expected) in [
            ("[1e400,-1.5E+999]", "[null,null]"),
            (&format!("[{long}]"), "[null]"),
            (r#"{"\ud800":"a\udc00b"}"#, r#"{"\ufffd":"a\ufffdb"}"#),
            (r#""\ud800\ud83c\udf55""#, r#""\ufffd\ud83c\udf55""#),
            (r#""\udf55\ud83c""#, r#""\ufffd\ufffd""#),
            (r#""\\\uD83C""#, r#""\\\ufffd""#),
        ] {
            assert_eq!(mended(sent).as_deref(), Some(expected), "{sent}");
        }
    }

    #[test]
    fn all_else_is_left() {
        for sent in [
            "",
            "[1e300,0.5,-7]",
            r#""1e400 \"1e400\" \\ud800 \\""#,
            r#""\ud83c\udf55 é""#,
            r#""\ud8"#,
            "\"\\",
            "[01e400]",
            "[1.e400]",
            r#""\u+123""#,
        ] {
            assert_eq!(mended(sent), None, "{sent}");
        }
    }
}
