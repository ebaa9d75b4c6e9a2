//! Upper and lower case as Go's `strings` has them, for the templates of rules and of lines: letter by letter, so that what has no other
//! case of one letter stays as it is.

/// The text in upper case, as `strings.ToUpper`.
#[must_use]
pub fn go_upper(text: &str) -> String {
    text.chars().map(upper).collect()
}

/// The text in lower case, as `strings.ToLower`.
#[must_use]
pub fn go_lower(text: &str) -> String {
    text.chars().map(lower).collect()
}

/// Each word begins with a large letter; an apostrophe ends one, as in `strings.Title`.
#[must_use]
pub fn go_title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut starts = true;
    for c in text.chars() {
        out.push(if starts { upper(c) } else { c });
        starts = match c.is_ascii() {
            true => !(c.is_ascii_alphanumeric() || c == '_'),
            false => c.is_whitespace(),
        };
    }
    out
}

fn upper(c: char) -> char {
    single(c, c.to_uppercase())
}

fn lower(c: char) -> char {
    match c {
        // The dot is one more letter to Rust.
        '\u{130}' => 'i',
        c => single(c, c.to_lowercase()),
    }
}

/// The other case of a letter, where that is one letter.
fn single(c: char, mut cased: impl Iterator<Item = char>) -> char {
    match (cased.next(), cased.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_change_one_by_one() {
        assert_eq!(go_upper("stra\u{df}e \u{e9}"), "STRA\u{df}E \u{c9}");
        assert_eq!(
            go_lower("\u{3a3}\u{391}\u{3a3} \u{130}"),
            "\u{3c3}\u{3b1}\u{3c3} i"
        );
        assert_eq!(
            go_title("it's an_old \u{e9}t\u{e9}-x 1a"),
            "It'S An_old \u{c9}t\u{e9}-X 1a"
        );
    }
}
