//! A formula's text in tokens, with Grafana's own ideas of what makes one: symbols that stand together are one token.

use super::{FormulaError, Operator};

const SYMBOLS: &str = "!<>=&|+-*/%";

/// A token and where it starts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) offset: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Number(f64),
    Variable(String),
    Name(String),
    Not,
    Operator(Operator),
    Open,
    Close,
    Comma,
    End,
}

/// The tokens of a text, `End` last.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, FormulaError> {
    let mut tokens = Vec::new();
    let mut offset = 0;
    while let Some(first) = text[offset..].chars().next() {
        let rest = &text[offset..];
        let (kind, length) = match first {
            _ if first.is_whitespace() => {
                offset += first.len_utf8();
                continue;
            }
            '(' => (Kind::Open, 1),
            ')' => (Kind::Close, 1),
            ',' => (Kind::Comma, 1),
            '$' => variable(rest).map_err(|message| error(message, offset))?,
            _ if SYMBOLS.contains(first) => {
                let length = run(rest, |c| SYMBOLS.contains(c));
                let kind = symbol(&rest[..length]).ok_or_else(|| {
                    error(&format!("`{}` is no operator", &rest[..length]), offset)
                })?;
                (kind, length)
            }
            _ if first.is_ascii_digit() || first == '.' => {
                number(rest).map_err(|message| error(&message, offset))?
            }
            _ if first.is_alphabetic() => {
                let length = run(rest, |c| c.is_alphabetic() || c == '_');
                (Kind::Name(rest[..length].to_owned()), length)
            }
            _ => return Err(error(&format!("invalid character: {first}"), offset)),
        };
        tokens.push(Token { kind, offset });
        offset += length;
    }
    tokens.push(Token {
        kind: Kind::End,
        offset,
    });
    Ok(tokens)
}

pub(super) fn error(message: &str, offset: usize) -> FormulaError {
    FormulaError {
        message: message.to_owned(),
        offset,
    }
}

/// The length of the characters at the start that are `wanted`.
fn run(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.find(|c| !wanted(c)).unwrap_or(text.len())
}

fn symbol(text: &str) -> Option<Kind> {
    const OPERATORS: [Operator; 14] = [
        Operator::Or,
        Operator::And,
        Operator::Eq,
        Operator::Ne,
        Operator::Gt,
        Operator::Gte,
        Operator::Lt,
        Operator::Lte,
        Operator::Add,
        Operator::Subtract,
        Operator::Multiply,
        Operator::Divide,
        Operator::Remainder,
        Operator::Power,
    ];
    if text == "!" {
        return Some(Kind::Not);
    }
    let mut operators = OPERATORS.into_iter();
    let operator = operators.find(|operator| operator.symbol() == text)?;
    Some(Kind::Operator(operator))
}

/// `$A` or `${A}`.
fn variable(text: &str) -> Result<(Kind, usize), &'static str> {
    let is_part = |c: char| c == '_' || c.is_alphanumeric();
    let (name, length) = match text.strip_prefix("${") {
        Some(braced) => {
            let close = braced
                .find('}')
                .ok_or("unterminated variable, missing closing }")?;
            let name = &braced[..close];
            if !name.chars().all(|c| is_part(c) || c.is_whitespace()) {
                return Err("unsupported variable character");
            }
            (name, close + 3)
        }
        None => {
            let name = &text[1..];
            let name = &name[..run(name, is_part)];
            (name, name.len() + 1)
        }
    };
    if name.is_empty() {
        return Err("incomplete variable");
    }
    Ok((Kind::Variable(name.to_owned()), length))
}

fn number(text: &str) -> Result<(Kind, usize), String> {
    let hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    let is_digit = |c: char| match hexadecimal {
        true => c.is_ascii_hexdigit(),
        false => c.is_ascii_digit(),
    };
    let mut length = if hexadecimal { 2 } else { 0 };
    length += run(&text[length..], is_digit);
    if text[length..].starts_with('.') {
        length += 1 + run(&text[length + 1..], is_digit);
    }
    if text[length..].starts_with(['e', 'E']) {
        length += 1;
        length += usize::from(text[length..].starts_with(['+', '-']));
        length += run(&text[length..], |c| c.is_ascii_digit());
    }
    let written = &text[..length];
    // As Go reads integers: 0x before hexadecimal digits, 0 before octal ones.
    let integer = match written.get(2..) {
        Some(digits) if hexadecimal => u64::from_str_radix(digits, 16).ok(),
        Some(_) if written.starts_with('0') => u64::from_str_radix(&written[1..], 8).ok(),
        _ => None,
    };
    let value = integer
        .map(|integer| integer as f64)
        .or_else(|| written.parse().ok());
    match value {
        Some(value) => Ok((Kind::Number(value), length)),
        None => Err(format!("illegal number syntax: `{written}`")),
    }
}
