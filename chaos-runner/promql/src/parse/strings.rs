//! Quoted strings: where one ends and what it says. Double and single quotes know Go's escapes, backquotes none.

/// What is wrong with a string, and how far into it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadString {
    /// How many bytes into the text.
    pub at: usize,
    /// What is wrong there.
    pub message: String,
}

/// Reads the string of Go's that the text begins with, in one of its three quotes: what it says, and how long it is with them.
///
/// # Errors
/// When there is no quote, it does not end, or says what is no text.
pub fn go_string(text: &str) -> Result<(String, usize), BadString> {
    let (mut says, length) = read(text)?;
    if text.starts_with('`') {
        // Go drops them from raw strings, Prometheus does not.
        says.retain(|c| c != '\r');
    }
    Ok((says, length))
}

/// Reads the string of PromQL that the text begins with: what it says, and how long it is with its quotes.
pub(super) fn read(text: &str) -> Result<(String, usize), BadString> {
    let Some(quote @ ('"' | '\'' | '`')) = text.chars().next() else {
        return Err(wrong(0, "a string begins with a quote"));
    };
    if quote == '`' {
        return match text[1..].split_once('`') {
            Some((raw, _)) => Ok((raw.to_owned(), raw.len() + 2)),
            None => Err(wrong(0, "unterminated raw string")),
        };
    }
    let mut out = Vec::new();
    let mut at = 1;
    while let Some(next) = text[at..].chars().next() {
        if next == quote {
            let text = String::from_utf8(out)
                .map_err(|_| wrong(0, "a string with an escaped byte that is no character"))?;
            return Ok((text, at + 1));
        }
        if next == '\n' {
            break;
        }
        if next == '\\' {
            at += 1 + escape(&text[at + 1..], quote, &mut out)
                .map_err(|message| wrong(at, message))?;
            continue;
        }
        let length = next.len_utf8();
        out.extend_from_slice(&text.as_bytes()[at..at + length]);
        at += length;
    }
    Err(wrong(0, "unterminated quoted string"))
}

fn wrong(at: usize, message: impl Into<String>) -> BadString {
    BadString {
        at,
        message: message.into(),
    }
}

/// Reads what follows a backslash, and returns how long it is.
fn escape(text: &str, quote: char, out: &mut Vec<u8>) -> Result<usize, String> {
    let Some(first) = text.chars().next() else {
        return Err("escape sequence not terminated".to_owned());
    };
    let (skip, digits, base) = match first {
        'a' => return plain(7, out),
        'b' => return plain(8, out),
        'f' => return plain(12, out),
        'n' => return plain(b'\n', out),
        'r' => return plain(b'\r', out),
        't' => return plain(b'\t', out),
        'v' => return plain(11, out),
        '\\' => return plain(b'\\', out),
        c if c == quote => return plain(quote as u8, out),
        '0'..='7' => (0, 3, 8),
        'x' => (1, 2, 16),
        'u' => (1, 4, 16),
        'U' => (1, 8, 16),
        other => return Err(format!("unknown escape sequence {}", named(other))),
    };
    let mut value: u32 = 0;
    let mut read = text[skip..].chars();
    for _ in 0..digits {
        let Some(next) = read.next() else {
            return Err("escape sequence not terminated".to_owned());
        };
        let digit = next
            .to_digit(base)
            .ok_or_else(|| format!("illegal character {} in escape sequence", named(next)))?;
        value = value.wrapping_mul(base).wrapping_add(digit);
    }
    let invalid = || "escape sequence is an invalid Unicode code point".to_owned();
    if digits < 4 {
        out.push(u8::try_from(value).map_err(|_| invalid())?);
    } else {
        let c = char::from_u32(value).ok_or_else(invalid)?;
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Ok(skip + digits)
}

fn plain(byte: u8, out: &mut Vec<u8>) -> Result<usize, String> {
    out.push(byte);
    Ok(1)
}

/// A character as Go's messages name it.
fn named(c: char) -> String {
    format!("U+{:04X} {c:?}", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_go() {
        for (text, says) in [
            (r#""a\"b\tc" rest"#, "a\"b\tc"),
            (r"'it\'s'", "it's"),
            (r#""\x41\101\u00e9\U0001F355""#, "AA\u{e9}\u{1F355}"),
            (r#""\xc3\xa9""#, "\u{e9}"),
            (r"`\d'`", r"\d'"),
        ] {
            assert_eq!(
                read(text).map(|(says, _)| says),
                Ok(says.to_owned()),
                "{text}"
            );
        }
        assert_eq!(read(r#""a\"b" rest"#).map(|(_, length)| length), Ok(6));
    }

    #[test]
    fn raw_strings_of_go_have_no_carriage_returns() {
        assert_eq!(go_string("`a\r\nb` c"), Ok(("a\nb".to_owned(), 6)));
        assert_eq!(go_string("\"a\rb\""), Ok(("a\rb".to_owned(), 5)));
        assert_eq!(read("`a\rb`"), Ok(("a\rb".to_owned(), 5)));
    }

    #[test]
    fn what_has_no_quote_is_no_string() {
        for text in ["", "a\"b\"", "\u{e9}"] {
            let message = "a string begins with a quote";
            assert_eq!(go_string(text), Err(wrong(0, message)), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        for (text, at, message) in [
            (r#""\c""#, 1, "unknown escape sequence U+0063 'c'"),
            (r#"'a\"'"#, 2, "unknown escape sequence U+0022 '\"'"),
            (
                r#""\x.""#,
                1,
                "illegal character U+002E '.' in escape sequence",
            ),
            (r#""\"#, 1, "escape sequence not terminated"),
            (
                r#""\ud800""#,
                1,
                "escape sequence is an invalid Unicode code point",
            ),
            (
                r#""\777""#,
                1,
                "escape sequence is an invalid Unicode code point",
            ),
            ("\"a\nb\"", 0, "unterminated quoted string"),
            ("`a", 0, "unterminated raw string"),
            (
                r#""b\xff""#,
                0,
                "a string with an escaped byte that is no character",
            ),
        ] {
            assert_eq!(read(text), Err(wrong(at, message)), "{text}");
        }
    }
}
