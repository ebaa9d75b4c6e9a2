//! Cuts a template into text and actions, and actions into tokens. It trims text where an action says so (`{{-`, `-}}`) and
//! drops comments; what tokens mean is the parser's business.

use super::TemplateError;

/// Text, or the inside of one action.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Action { tokens: Vec<Token>, offset: usize },
}

/// A token with its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Byte offset into the template.
    pub(super) offset: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// Whether a blank stands before it.
    pub(super) spaced: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A keyword or function.
    Word(String),
    /// `.name`
    Field(String),
    /// `$name`, or `$` with an empty name.
    Variable(String),
    Dot,
    Str(String),
    Int(i64),
    Float(f64),
    Pipe,
    Open,
    Close,
    Comma,
    Declare,
    Assign,
}

/// Cuts `text` into its pieces.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, TemplateError> {
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut trim_next = false;
    while let Some(open) = text[at..].find("{{").map(|found| at + found) {
        let inside = open + 2;
        let trims_before = starts_trimming(&text[inside..]);
        push_text(&mut pieces, &text[at..open], trim_next, trims_before);
        let body = if trims_before { inside + 1 } else { inside };
        // A comment touches its delimiters, or the blank that belongs to a trim marker.
        let (end, trims_after, piece) = match text[inside..].strip_prefix("/*") {
            Some(_) => comment(text, inside)?,
            None if trims_before && text[body + 1..].starts_with("/*") => comment(text, body + 1)?,
            None => action(text, body)?,
        };
        pieces.extend(piece);
        trim_next = trims_after;
        at = end;
    }
    push_text(&mut pieces, &text[at..], trim_next, false);
    Ok(pieces)
}

/// What Go takes for blank.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn starts_trimming(inside: &str) -> bool {
    let mut chars = inside.chars();
    chars.next() == Some('-') && chars.next().is_some_and(is_blank)
}

fn push_text(pieces: &mut Vec<Piece>, text: &str, trim_start: bool, trim_end: bool) {
    let text = if trim_start {
        text.trim_start_matches(is_blank)
    } else {
        text
    };
    let text = if trim_end {
        text.trim_end_matches(is_blank)
    } else {
        text
    };
    if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

/// An action: where it ends, whether it trims what follows, and what it is; none for a comment.
type Action = (usize, bool, Option<Piece>);

/// Reads the comment at `start`.
fn comment(text: &str, start: usize) -> Result<Action, TemplateError> {
    let close = text[start..]
        .find("*/")
        .ok_or_else(|| error("unclosed comment", start))?;
    let after = start + close + 2;
    let rest = &text[after..];
    if rest.starts_with("}}") {
        return Ok((after + 2, false, None));
    }
    match rest.strip_prefix(is_blank) {
        Some(rest) if rest.starts_with("-}}") => Ok((after + 4, true, None)),
        _ => Err(error("comment ends before closing delimiter", start)),
    }
}

/// Reads one action with its tokens from `body` on.
fn action(text: &str, body: usize) -> Result<Action, TemplateError> {
    let mut tokens = Vec::new();
    let mut at = body;
    loop {
        let rest = &text[at..];
        let trimmed = rest.trim_start_matches(is_blank);
        let spaced = trimmed.len() < rest.len();
        at = text.len() - trimmed.len();
        if trimmed.is_empty() {
            return Err(error("unclosed action", body));
        }
        if trimmed.starts_with("}}") {
            let offset = body;
            return Ok((at + 2, false, Some(Piece::Action { tokens, offset })));
        }
        if spaced && trimmed.starts_with("-}}") {
            let offset = body;
            return Ok((at + 3, true, Some(Piece::Action { tokens, offset })));
        }
        let (kind, length) = token(trimmed).map_err(|message| error(&message, at))?;
        tokens.push(Token {
            kind,
            offset: at,
            end: at + length,
            spaced,
        });
        at += length;
    }
}

/// The first token of `text`, which starts with no blank, and its length.
fn token(text: &str) -> Result<(Kind, usize), String> {
    let first = text.chars().next().unwrap_or(' ');
    let simple = match first {
        '|' => Some(Kind::Pipe),
        '(' => Some(Kind::Open),
        ')' => Some(Kind::Close),
        ',' => Some(Kind::Comma),
        '=' => Some(Kind::Assign),
        _ => None,
    };
    if let Some(kind) = simple {
        return Ok((kind, 1));
    }
    match first {
        ':' if text.starts_with(":=") => Ok((Kind::Declare, 2)),
        '"' => quoted(text, "quoted string").map(|(text, length)| (Kind::Str(text), length)),
        '`' => quoted(text, "raw quoted string").map(|(text, length)| (Kind::Str(text), length)),
        '\'' => character(text),
        '$' => {
            let length = word_length(&text[1..]);
            Ok((Kind::Variable(text[1..=length].to_owned()), length + 1))
        }
        '.' if text[1..].starts_with(|c: char| c.is_ascii_digit()) => number(text),
        '.' => match word_length(&text[1..]) {
            0 => Ok((Kind::Dot, 1)),
            length => Ok((Kind::Field(text[1..=length].to_owned()), length + 1)),
        },
        '+' | '-' | '0'..='9' => number(text),
        c if c.is_alphabetic() || c == '_' => {
            let length = word_length(text);
            Ok((Kind::Word(text[..length].to_owned()), length))
        }
        c => Err(format!("unexpected {c:?} in command")),
    }
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len())
}

fn number(text: &str) -> Result<(Kind, usize), String> {
    let length = text
        .char_indices()
        .find(|(at, c)| {
            let signed_exponent = matches!(c, '+' | '-')
                && (*at == 0 || text[..*at].ends_with(['e', 'E']) && !text.starts_with("0x"));
            !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_') || signed_exponent)
        })
        .map_or(text.len(), |(at, _)| at);
    let word = &text[..length];
    let bad = || format!("bad number syntax: {word:?}");
    let plain = word.replace('_', "");
    if let Some(value) = promql::go_integer(&plain) {
        return Ok((Kind::Int(value), length));
    }
    if !plain.contains(['.', 'e', 'E']) {
        return Err(match plain.bytes().all(|byte| byte.is_ascii_digit()) {
            true => format!("integer overflow: {word:?}"),
            false => bad(),
        });
    }
    let numeric = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
    match plain.parse::<f64>() {
        Ok(value) if plain.chars().all(numeric) => Ok((Kind::Float(value), length)),
        _ => Err(bad()),
    }
}

/// A character in single quotes is its number.
fn character(text: &str) -> Result<(Kind, usize), String> {
    let (inside, length) = quoted(text, "character constant")?;
    let mut chars = inside.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Ok((Kind::Int(i64::from(u32::from(c))), length)),
        _ => Err(format!("malformed character constant: {}", &text[..length])),
    }
}

/// What stands between quotes, and the length of it all.
fn quoted(text: &str, what: &str) -> Result<(String, usize), String> {
    promql::go_string(text).map_err(|wrong| match wrong.message.starts_with("unterminated") {
        true => format!("unterminated {what}"),
        false => format!("invalid syntax in a {what}"),
    })
}

pub(super) fn error(message: &str, offset: usize) -> TemplateError {
    TemplateError {
        message: message.to_owned(),
        offset,
    }
}
