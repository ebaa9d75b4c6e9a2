//! Names: what one may look like, that no two are alike, and whether one that is used exists.

use fake_factory::input::{Findings, Located, suggest};
use std::collections::BTreeMap;

/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 100;

/// The names of one kind of thing that a scenario has.
pub(super) struct Names<'s> {
    /// What they are names of, as a message calls it: `fault`.
    kind: &'static str,
    known: Vec<&'s str>,
    /// Whether these are all of them: some may have been in a part of the file that could not be read.
    complete: bool,
}

impl<'s> Names<'s> {
    pub(super) fn new(
        kind: &'static str,
        known: impl IntoIterator<Item = &'s str>,
        complete: bool,
    ) -> Self {
        let mut known: Vec<&str> = known.into_iter().collect();
        // An alert may have several rules, one a severity for instance.
        known.dedup();
        Self {
            kind,
            known,
            complete,
        }
    }

    /// Whether there is none, for certain.
    pub(super) fn is_none(&self) -> bool {
        self.complete && self.known.is_empty()
    }

    /// Whether `name` is one of them.
    pub(super) fn has(&self, name: &str) -> bool {
        self.known.contains(&name)
    }

    /// Whether `name` is one of them; it is an error when it is not.
    pub(super) fn check(&self, name: &Located<String>, found: &mut Findings<'_>) -> bool {
        self.check_or(name, &[], found)
    }

    /// Whether `name` is one of them; it is an error when it is neither that nor one of `words`.
    pub(super) fn check_or(
        &self,
        name: &Located<String>,
        words: &[&str],
        found: &mut Findings<'_>,
    ) -> bool {
        let known = self.has(name);
        if !known && self.complete && !words.contains(&name.as_str()) {
            let candidates: Vec<&str> = words.iter().chain(&self.known).copied().collect();
            found.error_with_help(
                name.span,
                format!("`{}` is no {} of this scenario", name.value, self.kind),
                self.choices(name, &candidates),
            );
        }
        known
    }

    fn choices(&self, name: &str, candidates: &[&str]) -> String {
        const SHOWN_MAX: usize = 12;
        let mut list = match candidates {
            [] => format!("it has no {} at all", self.kind),
            [only] => format!("expected `{only}`"),
            _ => {
                let shown: Vec<String> = candidates
                    .iter()
                    .take(SHOWN_MAX)
                    .map(|name| format!("`{name}`"))
                    .collect();
                format!("expected one of: {}", shown.join(", "))
            }
        };
        if candidates.len() > SHOWN_MAX {
            list.push_str(", …");
        }
        match suggest(name, candidates.iter().copied()) {
            Some(meant) if candidates.len() == 1 => format!("did you mean `{meant}`?"),
            Some(meant) => format!("did you mean `{meant}`? {list}"),
            None => list,
        }
    }
}

/// Reports names of `kind` that are malformed, that stand for something else already, or that are there twice.
pub(super) fn check_own<'s>(
    kind: &str,
    names: impl IntoIterator<Item = &'s Located<String>>,
    reserved: &[&str],
    found: &mut Findings<'_>,
) {
    let mut first = BTreeMap::new();
    let mut names: Vec<&Located<String>> = names.into_iter().collect();
    names.sort_by_key(|name| name.span);
    for name in names {
        check_shape(kind, name, found);
        if reserved.contains(&name.as_str()) {
            found.error_with_help(
                name.span,
                format!("no {kind} may be called `{}`", name.value),
                format!(
                    "the word has a meaning of its own, as have {}",
                    quoted(reserved)
                ),
            );
        }
        match first.get(name.as_str()) {
            Some(earlier) => found.error_beside(
                name.span,
                format!("there are two {kind}s called `{}`", name.value),
                *earlier,
                "the other one is",
            ),
            None => {
                first.insert(name.as_str(), name.span);
            }
        }
    }
}

/// Reports a name that could not be used in a command, a file name or a report.
pub(super) fn check_shape(kind: &str, name: &Located<String>, found: &mut Findings<'_>) {
    let allowed = |char: char| char.is_alphanumeric() || matches!(char, '-' | '_' | '.');
    let help = "expected letters, digits, `-`, `_` and `.`, with a letter or digit first";
    if name.is_empty() {
        found.error_with_help(name.span, format!("this {kind} has an empty name"), help);
    } else if name.chars().count() > NAME_CHARS_MAX {
        found.error(
            name.span,
            format!(
                "the name of this {kind} is too long: expected at most {NAME_CHARS_MAX} characters"
            ),
        );
    } else if !name.chars().all(allowed) || !name.starts_with(char::is_alphanumeric) {
        let message = format!("`{}` cannot be the name of a {kind}", name.value);
        found.error_with_help(name.span, message, help);
    }
}

fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}
