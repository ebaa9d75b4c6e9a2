//! Matchers whose label names are any UTF-8, quoted where they have to be: `"service.name"="orders"`. Quoted texts are Go's.

use promql::{MatchOp, Matcher};
use std::iter::Peekable;
use std::str::Chars;

/// Characters that end a word without quotes, besides blanks.
const RESERVED: &str = "{}!=~,\\\"'`";

#[derive(Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Comma,
    Operator(MatchOp),
    Word(String),
}

/// Reads the matchers of one text.
pub(super) fn parse(text: &str) -> Result<Vec<Matcher>, String> {
    let mut tokens = tokens(text)?.into_iter().peekable();
    let in_braces = tokens.next_if_eq(&Token::Open).is_some();
    let mut matchers = Vec::new();
    while let Some(Token::Word(_)) = tokens.peek() {
        matchers.push(one(&mut tokens)?);
        if tokens.next_if_eq(&Token::Comma).is_none() {
            break;
        }
    }
    if in_braces && tokens.next_if_eq(&Token::Close).is_none() {
        return Err("its brace is not closed".to_owned());
    }
    match tokens.next() {
        None => Ok(matchers),
        Some(_) => Err("something follows where it ends".to_owned()),
    }
}

fn one(tokens: &mut impl Iterator<Item = Token>) -> Result<Matcher, String> {
    match (tokens.next(), tokens.next(), tokens.next()) {
        (Some(Token::Word(name)), Some(Token::Operator(operator)), Some(Token::Word(value))) => {
            Matcher::new(name, operator, value).map_err(|error| error.message)
        }
        _ => Err("expected a label, an operator and a value".to_owned()),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut chars = text.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(char) = chars.next() {
        tokens.push(match char {
            _ if char.is_whitespace() => continue,
            '{' => Token::Open,
            '}' => Token::Close,
            ',' => Token::Comma,
            '=' if chars.next_if_eq(&'~').is_some() => Token::Operator(MatchOp::Matches),
            '=' => Token::Operator(MatchOp::Equal),
            '!' if chars.next_if_eq(&'=').is_some() => Token::Operator(MatchOp::NotEqual),
            '!' if chars.next_if_eq(&'~').is_some() => Token::Operator(MatchOp::NotMatches),
            '"' => Token::Word(quoted(&mut chars)?),
            _ if RESERVED.contains(char) => return Err(format!("unexpected `{char}`")),
            _ => {
                let mut word = String::from(char);
                let goes_on = |next: &char| !next.is_whitespace() && !RESERVED.contains(*next);
                while let Some(next) = chars.next_if(goes_on) {
                    word.push(next);
                }
                Token::Word(word)
            }
        });
    }
    Ok(tokens)
}

/// The rest of a quoted text, as Go unquotes it.
fn quoted(chars: &mut Peekable<Chars<'_>>) -> Result<String, String> {
    let wrong = || "a quoted text is not as Go writes it".to_owned();
    // An escaped byte may be a part of a character.
    let mut bytes = Vec::new();
    loop {
        match chars.next() {
            None | Some('\n') => return Err("a quote is not closed".to_owned()),
            Some('"') => return String::from_utf8(bytes).map_err(|_| wrong()),
            Some('\\') => escaped(chars, &mut bytes).ok_or_else(wrong)?,
            Some(char) => push(char, &mut bytes),
        }
    }
}

fn escaped(chars: &mut Peekable<Chars<'_>>, bytes: &mut Vec<u8>) -> Option<()> {
    let simple = match chars.next()? {
        'a' => 0x07,
        'b' => 0x08,
        'f' => 0x0c,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 0x0b,
        '\\' => b'\\',
        '"' => b'"',
        'x' => u8::try_from(number(chars, 2, 16)?).ok()?,
        'u' => {
            push(char::from_u32(number(chars, 4, 16)?)?, bytes);
            return Some(());
        }
        'U' => {
            push(char::from_u32(number(chars, 8, 16)?)?, bytes);
            return Some(());
        }
        first @ '0'..='7' => {
            let rest = number(chars, 2, 8)?;
            u8::try_from(first.to_digit(8)? * 64 + rest).ok()?
        }
        _ => return None,
    };
    bytes.push(simple);
    Some(())
}

fn number(chars: &mut Peekable<Chars<'_>>, digits: usize, radix: u32) -> Option<u32> {
    let mut number: u32 = 0;
    for _ in 0..digits {
        let digit = chars.next()?.to_digit(radix)?;
        number = number.checked_mul(radix)?.checked_add(digit)?;
    }
    Some(number)
}

fn push(char: char, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}
