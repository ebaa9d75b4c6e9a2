//! Where a part of a text of a rule file stands in the file: also where the text is a block of several lines, whose indentation
//! YAML takes away. It knows nothing of what the text means.

use fake_factory::input::{Source, Span};

/// The place of the word at byte `offset` of `text`, which stands at `span` of `source`; the whole of `span` where it cannot be told.
#[must_use]
pub fn word_at(source: &Source, span: Option<Span>, text: &str, offset: usize) -> Option<Span> {
    let rest = text.get(offset..).unwrap_or_default();
    let word = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len())
        .max(1);
    part(source, span, text, offset, word)
}

/// The place of `length` bytes from byte `offset` of `text` on, which stands at `span` of `source`; the whole of `span` where it
/// cannot be told.
#[must_use]
pub fn part(
    source: &Source,
    span: Option<Span>,
    text: &str,
    offset: usize,
    length: usize,
) -> Option<Span> {
    let span = span?;
    let written = source.text().get(span.range()).unwrap_or_default();
    let placed = opening(written, text).and_then(|skipped| {
        let start = written_at(&written[skipped..], text, offset)?;
        let last = text.get(..offset + length)?.trim_end().len();
        let end = written_at(
            &written[skipped..],
            text,
            last.saturating_sub(1).max(offset),
        )?;
        let end = end
            + written[skipped + end..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
        Some(span.part(skipped + start, skipped + end))
    });
    Some(placed.unwrap_or(span))
}

/// How many bytes of what is written stand before the text: a quote, or the head of a block. None where the text is not written as
/// it is, but for blanks.
fn opening(written: &str, text: &str) -> Option<usize> {
    let skipped = match written.chars().next()? {
        '|' | '>' => written.find('\n')?,
        '"' | '\'' => 1,
        _ => 0,
    };
    let mut have = inked(&written[skipped..]);
    inked(text)
        .all(|(_, c)| have.next().is_some_and(|(_, have)| have == c))
        .then_some(skipped)
}

/// Where in `written` the character at byte `offset` of `text` stands, when they differ in blanks only.
fn written_at(written: &str, text: &str, offset: usize) -> Option<usize> {
    let before = text.get(..offset)?;
    inked(written).nth(inked(before).count()).map(|(at, _)| at)
}

/// The characters that are no blanks.
fn inked(text: &str) -> impl Iterator<Item = (usize, char)> {
    text.char_indices().filter(|(_, c)| !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(written: &str, text: &str, word: &str) -> String {
        let source = Source::new("rules.yml", written);
        let span = Span {
            start: 0,
            end: written.len(),
        };
        let offset = text.find(word).expect("the text has the word");
        let place = part(&source, Some(span), text, offset, word.len()).expect("a place");
        written[place.range()].to_owned()
    }

    #[test]
    fn words_are_found_however_the_text_is_written() {
        assert_eq!(found("up == 0", "up == 0", "== 0"), "== 0");
        assert_eq!(found("'up == 0'", "up == 0", "up"), "up");
        let block = "|\n  sum(rate(a[5m]))\n    > 5\n";
        assert_eq!(found(block, "sum(rate(a[5m]))\n  > 5\n", "> 5"), "> 5");
        assert_eq!(found(block, "sum(rate(a[5m]))\n  > 5\n", "rate"), "rate");
        assert_eq!(found(">-\n  a ==\n  b", "a == b", "== b"), "==\n  b");
    }

    #[test]
    fn what_is_written_otherwise_is_pointed_at_as_a_whole() {
        let escaped = r#""up{a=\"b\"}""#;
        assert_eq!(found(escaped, r#"up{a="b"}"#, "up"), escaped);
    }
}
