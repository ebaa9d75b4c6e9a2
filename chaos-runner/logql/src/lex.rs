//! From text to tokens with their places. What the tokens mean together is the parser's business.

use crate::error::ParseError;

/// A word of the language.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// A name or a keyword.
    Ident(String),
    /// A string in quotes or backticks, unescaped.
    Text(String),
    /// A number, as written: what it measures is decided by where it stands.
    Number(String),
    /// A flag of a parser, without its dashes.
    Flag(&'static str),
    /// An operator or a bracket.
    Sign(&'static str),
    /// The end of the text.
    End,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placed {
    pub(crate) token: Token,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The longest first, so that none is taken for the start of another.
const SIGNS: [&str; 27] = [
    "|=", "!=", "=~", "!~", "|~", "|>", "!>", "==", ">=", "<=", "{", "}", "(", ")", "[", "]", ",",
    "|", "=", ">", "<", "+", "-", "*", "/", "%", "^",
];

/// The tokens of `text`, [`Token::End`] last.
pub(crate) fn lex(text: &str) -> Result<Vec<Placed>, ParseError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let start = at;
        let token = match c {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '#' => {
                at = text[at..].find('\n').map_or(text.len(), |end| at + end);
                continue;
            }
            '"' | '`' => {
                let (value, end) = string(text, at)?;
                at = end;
                Token::Text(value)
            }
            '-' if flag(&text[at..]).is_some() => {
                let name = flag(&text[at..]).unwrap_or_default();
                at += 2 + name.len();
                Token::Flag(name)
            }
            c if c.is_ascii_digit() || starts_fraction(&text[at..]) => {
                at = number_end(text, at);
                Token::Number(text[start..at].to_owned())
            }
            c if c.is_alphabetic() || c == '_' => {
                let length = text[at..].find(|c: char| !c.is_alphanumeric() && c != '_');
                at = length.map_or(text.len(), |length| at + length);
                Token::Ident(text[start..at].to_owned())
            }
            _ => {
                let sign = SIGNS.iter().find(|sign| text[at..].starts_with(**sign));
                let sign = sign
                    .ok_or_else(|| ParseError::at(start, format!("unexpected character {c:?}")))?;
                at += sign.len();
                Token::Sign(sign)
            }
        };
        tokens.push(Placed {
            token,
            start,
            end: at,
        });
    }
    tokens.push(Placed {
        token: Token::End,
        start: text.len(),
        end: text.len(),
    });
    Ok(tokens)
}

/// The flag of a parser that `rest` starts with.
fn flag(rest: &str) -> Option<&'static str> {
    let rest = rest.strip_prefix("--")?;
    ["strict", "keep-empty"]
        .into_iter()
        .find(|flag| rest.starts_with(flag))
}

fn starts_fraction(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next() == Some('.') && chars.next().is_some_and(|c| c.is_ascii_digit())
}

/// Where a number ends: digits, a fraction, an exponent, and the letters of a unit, as in `1.5e3`, `1h30m` or `20MiB`.
fn number_end(text: &str, start: usize) -> usize {
    let mut previous = ' ';
    let is_hex = text[start..].starts_with("0x") || text[start..].starts_with("0X");
    for (offset, c) in text[start..].char_indices() {
        let signs_exponent = matches!(c, '+' | '-') && matches!(previous, 'e' | 'E') && !is_hex;
        if !(c.is_alphanumeric() || c == '.' || c == '_' || signs_exponent) {
            return start + offset;
        }
        previous = c;
    }
    text.len()
}

/// A string that starts at `start`: its value and where it ends.
fn string(text: &str, start: usize) -> Result<(String, usize), ParseError> {
    let read = promql::go_string(&text[start..]);
    let (value, length) = read.map_err(|wrong| ParseError::at(start + wrong.at, wrong.message))?;
    Ok((value, start + length))
}

/// What a text in double quotes or backticks says; none where it is no such text and nothing more.
pub(crate) fn unquoted(word: &str) -> Option<String> {
    let (value, length) = promql::go_string(word).ok()?;
    (length == word.len() && !word.starts_with('\'')).then_some(value)
}
