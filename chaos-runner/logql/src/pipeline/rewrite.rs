//! The stages that rewrite labels and lines: `regexp`, `label_format`, `drop`, `keep` and `decolorize`.

use super::labels::{ERROR, ERROR_DETAILS, LineLabels, sanitized};
use super::template::{TEMPLATE_ERROR, Template};
use promql::Matcher;
use regex::Regex;
use std::borrow::Cow;

/// One change that `label_format` makes.
#[derive(Clone, Debug)]
pub(crate) enum LabelEdit {
    /// The label has another name from now on.
    Rename { to: String, from: String },
    /// The label is what a template gives.
    Format { to: String, template: Template },
}

impl LabelEdit {
    pub(crate) fn to(&self) -> &str {
        match self {
            LabelEdit::Rename { to, .. } | LabelEdit::Format { to, .. } => to,
        }
    }

    pub(super) fn reads(&self, each: &mut dyn FnMut(&str)) {
        match self {
            LabelEdit::Rename { from, .. } => each(from),
            LabelEdit::Format { template, .. } => template.reads(each),
        }
    }

    pub(super) fn reads_line(&self) -> bool {
        matches!(self, LabelEdit::Format { template, .. } if template.reads_line())
    }
}

/// A label that is dropped or kept.
#[derive(Clone, Debug)]
pub(crate) enum LabelChoice {
    /// Whatever its value.
    Name(String),
    /// Where its value matches.
    Value(Matcher),
}

impl LabelChoice {
    fn takes(&self, name: &str, labels: &LineLabels<'_>) -> bool {
        match self {
            LabelChoice::Name(chosen) => chosen == name,
            LabelChoice::Value(matcher) => {
                matcher.name() == name && matcher.accepts(labels.get(name).unwrap_or_default())
            }
        }
    }
}

pub(super) fn format(line: &str, edits: &[LabelEdit], labels: &mut LineLabels<'_>) {
    for edit in edits {
        match edit {
            LabelEdit::Rename { to, from } => {
                if let Some(value) = labels.get(from).map(str::to_owned) {
                    labels.set(to, value);
                    labels.remove(from);
                }
            }
            LabelEdit::Format { to, template } => match template.expand(line, labels) {
                Ok(value) => labels.set(to, value),
                Err(reason) => labels.fail(TEMPLATE_ERROR, &reason),
            },
        }
    }
}

pub(super) fn drop(choices: &[LabelChoice], labels: &mut LineLabels<'_>) {
    let mut names = labels.names();
    names.extend([ERROR.to_owned(), ERROR_DETAILS.to_owned()]);
    for name in names {
        if choices.iter().any(|choice| choice.takes(&name, labels)) {
            labels.remove(&name);
        }
    }
}

/// Labels of errors stay in any case.
pub(super) fn keep(choices: &[LabelChoice], labels: &mut LineLabels<'_>) {
    for name in labels.names() {
        if !choices.iter().any(|choice| choice.takes(&name, labels)) {
            labels.remove(&name);
        }
    }
}

pub(super) fn regexp(line: &str, regex: &Regex, labels: &mut LineLabels<'_>) {
    let Some(found) = regex.captures(line) else {
        return;
    };
    for name in regex.capture_names().flatten() {
        let value = found.name(name).map_or("", |value| value.as_str());
        labels.extract(&sanitized(name, true), value);
    }
}

/// The line without the escape sequences of colours.
pub(super) fn without_colours(line: Cow<'_, str>) -> Cow<'_, str> {
    if !line.contains('\u{1b}') {
        return line;
    }
    let mut plain = String::with_capacity(line.len());
    let mut rest = &*line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = after.find(|c: char| !c.is_ascii_digit() && c != ';');
        rest = match end {
            Some(end) if after[end..].starts_with('m') => &after[end + 1..],
            _ => {
                plain.push_str("\u{1b}[");
                after
            }
        };
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}
