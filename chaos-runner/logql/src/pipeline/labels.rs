//! The labels of one line: those of its stream, and what stages add to them and take away.

use crate::ast::{Grouping, Wanted};
use promql::Labels;

/// The label that says that something went wrong with a line.
pub(crate) const ERROR: &str = "__error__";
/// The label that says what.
pub(crate) const ERROR_DETAILS: &str = "__error_details__";
/// Behind the name of an extracted label that the stream has already.
pub(crate) const DUPLICATE_SUFFIX: &str = "_extracted";

/// Labels that one line may come to have; further ones are not extracted.
const ADDED_MAX: usize = 1_000;

/// The labels of one line.
#[derive(Debug)]
pub(crate) struct LineLabels<'q> {
    base: Labels,
    added: Vec<(String, String)>,
    removed: Vec<String>,
    error: Option<&'static str>,
    details: String,
    wanted: &'q Wanted,
}

impl<'q> LineLabels<'q> {
    /// Those of a stream, to which parsers add what is wanted.
    pub(crate) fn new(base: &Labels, wanted: &'q Wanted) -> Self {
        LineLabels {
            base: base.clone(),
            added: Vec::new(),
            removed: Vec::new(),
            error: None,
            details: String::new(),
            wanted,
        }
    }

    /// Forgets everything but the stream: for the next line of it.
    pub(crate) fn reset(&mut self) {
        self.added.clear();
        self.removed.clear();
        self.error = None;
        self.details.clear();
    }

    /// Whether no parser need look at the line: nothing is wanted of it, or all of that is there.
    pub(crate) fn is_complete(&self) -> bool {
        match self.wanted {
            Wanted::All => false,
            Wanted::Nothing => true,
            Wanted::Only(names) => names.iter().all(|name| self.is_added(name)),
        }
    }

    fn is_added(&self, name: &str) -> bool {
        self.added.iter().any(|(added, _)| added == name)
    }

    /// Adds a label that a parser found. One that the stream has gets a suffix; of two of the same name the first one stays.
    pub(crate) fn extract(&mut self, name: &str, value: &str) {
        let name = match self.base.get(name) {
            Some(_) => format!("{name}{DUPLICATE_SUFFIX}"),
            None => name.to_owned(),
        };
        let is_wanted = match self.wanted {
            Wanted::All => true,
            Wanted::Nothing => false,
            Wanted::Only(names) => names.contains(&name),
        };
        if !name.is_empty() && is_wanted && !self.is_added(&name) && self.added.len() < ADDED_MAX {
            // What stands for bytes that are no text, no server keeps.
            let value = match value.contains('\u{fffd}') {
                true => "",
                false => value,
            };
            self.added.push((name, value.to_owned()));
        }
    }

    pub(crate) fn set(&mut self, name: &str, value: String) {
        match self.added.iter_mut().find(|(added, _)| added == name) {
            Some((_, known)) => *known = value,
            None => self.added.push((name.to_owned(), value)),
        }
    }

    pub(crate) fn remove(&mut self, name: &str) {
        match name {
            ERROR => self.error = None,
            ERROR_DETAILS => self.details.clear(),
            name => {
                self.added.retain(|(added, _)| added != name);
                self.removed.push(name.to_owned());
            }
        }
    }

    /// The value of a label, if it is there.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        match name {
            ERROR => return self.error,
            ERROR_DETAILS => return Some(&*self.details).filter(|details| !details.is_empty()),
            _ => {}
        }
        if let Some((_, value)) = self.added.iter().find(|(added, _)| added == name) {
            return Some(value);
        }
        match self.removed.iter().any(|removed| removed == name) {
            true => None,
            false => self.base.get(name),
        }
    }

    /// Something went wrong with the line.
    pub(crate) fn fail(&mut self, error: &'static str, details: &str) {
        self.error = Some(error);
        details.clone_into(&mut self.details);
    }

    pub(crate) fn error(&self) -> Option<&'static str> {
        self.error
    }

    /// Whether errors were asked for, as by `sum by (__error__) (…)`.
    pub(crate) fn keeps_errors(&self) -> bool {
        matches!(self.wanted, Wanted::Only(names) if names.contains(ERROR))
    }

    /// The names of all labels but those of errors.
    pub(crate) fn names(&self) -> Vec<String> {
        let base = self.base.iter().map(|(name, _)| name.to_owned());
        let there = base.filter(|name| !self.removed.contains(name));
        let added = self.added.iter().map(|(name, _)| name.clone());
        there.chain(added).collect()
    }

    /// All labels, those of errors included.
    pub(crate) fn all(&self) -> Labels {
        if self.added.is_empty() && self.removed.is_empty() && self.error.is_none() {
            return self.base.clone();
        }
        let base = self
            .base
            .iter()
            .filter(|(name, _)| !self.removed.iter().any(|removed| removed == name));
        let added = self.added.iter();
        let added = added.map(|(name, value)| (name.as_str(), value.as_str()));
        let errors = [
            (ERROR, self.error.unwrap_or_default()),
            (ERROR_DETAILS, &*self.details),
        ];
        base.chain(added).chain(errors).collect()
    }

    /// The labels of the series that the line belongs to.
    pub(crate) fn grouped(&self, grouping: Option<&Grouping>) -> Labels {
        match grouping {
            // What went wrong must not get lost in a group.
            Some(grouping) if self.error.is_none() => grouping.of(&self.all()),
            _ => self.all(),
        }
    }
}

/// A key as the name of a label: what no label may have becomes `_`.
pub(crate) fn sanitized(key: &str, starts_name: bool) -> String {
    let key = key.trim();
    let is_valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut name = String::with_capacity(key.len() + 1);
    if starts_name && key.starts_with(|c: char| c.is_ascii_digit()) {
        name.push('_');
    }
    name.extend(key.chars().map(|c| if is_valid(c) { c } else { '_' }));
    name
}
