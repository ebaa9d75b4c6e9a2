//! PromQL cut into tokens, as finely as checking its bounds and rewriting extensions need. The parser has a lexer of its own.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, keyword, number or duration. A name may begin with a colon, so one between brackets is part of a word as well.
    Word,
    Text,
    Space,
    Symbol(u8),
}

/// Splits off the first token; strings and comments are one token each.
pub(super) fn next_token(text: &str) -> (Token, usize) {
    let bytes = text.as_bytes();
    let is_word =
        |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'.') || *b >= 0x80;
    let run = |accept: &dyn Fn(&u8) -> bool| bytes.iter().take_while(|b| accept(b)).count();
    match bytes[0] {
        b if b.is_ascii_whitespace() => (Token::Space, run(&u8::is_ascii_whitespace)),
        b'#' => (Token::Space, run(&|b| *b != b'\n')),
        quote @ (b'"' | b'\'' | b'`') => {
            let mut escaped = false;
            let inside = bytes[1..].iter().take_while(|b| {
                let ends = !escaped && **b == quote;
                escaped = !escaped && **b == b'\\' && quote != b'`';
                !ends
            });
            (Token::Text, (inside.count() + 2).min(bytes.len()))
        }
        b if is_word(&b) => (Token::Word, run(&is_word)),
        b => (Token::Symbol(b), 1),
    }
}

/// The tokens of `text` that are not space, with where they start.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = (Token, usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let (token, length) = next_token(rest);
        let start = at;
        at += length;
        Some((token, start, &rest[..length]))
    })
    .filter(|(token, ..)| *token != Token::Space)
}
