//! Where the selectors of an expression stand in its text. The tree of a query has no places, but its selectors are known in the
//! order in which they are written: their words are found again one after the other. It judges nothing.

use promql::Matcher;

/// A part of an expression's text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) start: usize,
    pub(super) length: usize,
}

/// Where one selector stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Written {
    /// Its metric's name, when that is written ahead of the braces.
    pub(super) name: Option<Words>,
    /// What is within the braces.
    pub(super) braces: Option<Words>,
    /// The range in brackets.
    pub(super) range: Option<Words>,
}

/// Goes through a text, selector by selector.
pub(super) struct Finder<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Finder<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Finder { text, at: 0 }
    }

    /// The next selector, whose metric is `metric` where its name is fixed.
    pub(super) fn next(&mut self, metric: Option<&str>) -> Written {
        let mut written = Written::default();
        let named = metric.and_then(|metric| self.word(metric));
        let from = match named {
            Some(words) => {
                written.name = Some(words);
                words.start + words.length
            }
            None => match self.text[self.at..].find('{') {
                Some(brace) => self.at + brace,
                None => return written,
            },
        };
        let mut rest = from;
        written.braces = self.bracketed(rest, '{', '}');
        if let Some(braces) = written.braces {
            rest = braces.start + braces.length + 1;
        }
        written.range = self.bracketed(rest, '[', ']');
        self.at = rest;
        written
    }

    /// The next time that `word` stands for a metric: not within quotes, and not the name of a function.
    fn word(&self, word: &str) -> Option<Words> {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
        let mut quote = None;
        let mut chars = self.text[self.at..].char_indices();
        while let Some((offset, c)) = chars.next() {
            let start = self.at + offset;
            match quote {
                Some(_) if c == '\\' && quote != Some('`') => {
                    chars.next();
                }
                Some(open) if open == c => quote = None,
                Some(_) => {}
                None if matches!(c, '"' | '\'' | '`') => quote = Some(c),
                None => {
                    let before = self.text[..start].chars().next_back();
                    let rest = self.text[start..].strip_prefix(word);
                    if let Some(rest) = rest
                        && !before.is_some_and(is_part)
                        && !rest.starts_with(is_part)
                        && !rest.trim_start().starts_with(['(', '='])
                    {
                        let length = word.len();
                        return Some(Words { start, length });
                    }
                }
            }
        }
        None
    }

    /// What is between two brackets, the first of which comes next.
    fn bracketed(&self, from: usize, open: char, close: char) -> Option<Words> {
        let rest = self.text.get(from..)?;
        let blank = rest.len() - rest.trim_start().len();
        let inside = rest.trim_start().strip_prefix(open)?;
        let start = from + blank + open.len_utf8();
        let mut quote = None;
        let mut chars = inside.char_indices();
        while let Some((length, c)) = chars.next() {
            match quote {
                Some(_) if c == '\\' && quote != Some('`') => {
                    chars.next();
                }
                Some(open) if open == c => quote = None,
                Some(_) => {}
                None if matches!(c, '"' | '\'' | '`') => quote = Some(c),
                None if c == close => return Some(Words { start, length }),
                None => {}
            }
        }
        None
    }
}

/// Where a matcher stands within the braces of its selector: from the label's name to the closing quote.
pub(super) fn matcher(text: &str, written: Written, matcher: &Matcher) -> Option<Words> {
    let braces = written.braces?;
    let inside = text.get(braces.start..braces.start + braces.length)?;
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut places = inside.match_indices(matcher.name());
    places.find_map(|(at, name)| {
        let before = inside[..at].chars().next_back();
        let rest = &inside[at + name.len()..];
        let rest = rest.strip_prefix('"').unwrap_or(rest);
        let value = rest.trim_start().trim_start_matches(['=', '!', '~']);
        if before.is_some_and(is_part) || value.len() == rest.trim_start().len() {
            return None;
        }
        let quote = value.trim_start().chars().next()?;
        let opening = inside.len() - value.trim_start().len() + quote.len_utf8();
        let mut escaped = false;
        let closing = inside[opening..].find(|c: char| {
            let closes = c == quote && !escaped;
            escaped = c == '\\' && !escaped && quote != '`';
            closes
        })?;
        Some(Words {
            start: braces.start + at,
            length: opening + closing + quote.len_utf8() - at,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use promql::{Options, Query};

    #[test]
    fn selectors_are_found_in_their_order() {
        let text = r#"rate(up{a="up}"}[5m]) / on (job) sum({b=~"x"}) > up offset 5m"#;
        let query = Query::parse(text).expect("it is PromQL");
        let mut finder = Finder::new(text);
        let mut found = Vec::new();
        let cut = |words: Option<Words>| words.map(|w| &text[w.start..w.start + w.length]);
        for selector in query.selectors(&Options::default()) {
            let written = finder.next(selector.metric.as_deref());
            let matchers = selector.matchers.iter();
            let matchers: Vec<_> = matchers
                .filter_map(|one| cut(matcher(text, written, one)))
                .collect();
            found.push((cut(written.name), matchers, cut(written.range)));
        }
        assert_eq!(
            found,
            [
                (Some("up"), vec![r#"a="up}""#], Some("5m")),
                (None, vec![r#"b=~"x""#], None),
                (Some("up"), vec![], None),
            ]
        );
    }
}
