//! What is done to a line on its way: filtered, parsed, rewritten. A stage sees a line and its labels, and no other line. It follows
//! Loki's `pkg/logql/log`, the names of its errors included.

mod filter;
mod ip;
mod json;
mod labels;
mod logfmt;
mod pattern;
mod rewrite;
mod template;

pub(crate) use filter::{Compared, LabelFilter, LineFilter, Look, Operator};
pub(crate) use ip::Addresses;
pub(crate) use json::JsonPath;
pub(crate) use labels::{DUPLICATE_SUFFIX, ERROR, LineLabels};
pub(crate) use pattern::Pattern;
pub(crate) use rewrite::{LabelChoice, LabelEdit};
pub(crate) use template::Template;

use regex::Regex;
use std::borrow::Cow;

/// One step of a pipeline.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// Keeps lines by what they contain.
    Line(LineFilter),
    /// Keeps lines by their labels.
    Label(LabelFilter),
    /// Makes labels of all values of a JSON object.
    Json,
    /// Makes labels of some values in a JSON document.
    JsonPaths(Vec<(String, JsonPath)>),
    /// Makes labels of `key=value` pairs: of all, or of those that are named.
    Logfmt {
        strict: bool,
        keep_empty: bool,
        keys: Vec<(String, String)>,
    },
    /// Takes out of a JSON object what Promtail's `pack` has put into it.
    Unpack,
    /// Makes labels of named groups.
    Regexp(Regex),
    /// Makes labels of captures.
    Pattern(Pattern),
    /// Takes colours out of the line.
    Decolorize,
    /// Writes the line anew.
    LineFormat(Template),
    /// Writes labels anew.
    LabelFormat(Vec<LabelEdit>),
    /// Takes labels away.
    Drop(Vec<LabelChoice>),
    /// Takes all other labels away.
    Keep(Vec<LabelChoice>),
}

impl Stage {
    /// Calls `each` with every label that it looks at, but those that it only drops or keeps.
    pub(crate) fn reads(&self, each: &mut dyn FnMut(&str)) {
        match self {
            Stage::Label(filter) => filter.reads(each),
            Stage::LineFormat(template) => template.reads(each),
            Stage::LabelFormat(edits) => edits.iter().for_each(|edit| edit.reads(each)),
            _ => {}
        }
    }

    /// Whether it looks at what the line says.
    pub(crate) fn reads_line(&self) -> bool {
        match self {
            Stage::Line(_)
            | Stage::Json
            | Stage::JsonPaths(_)
            | Stage::Logfmt { .. }
            | Stage::Unpack
            | Stage::Regexp(_)
            | Stage::Pattern(_) => true,
            Stage::LineFormat(template) => template.reads_line(),
            Stage::LabelFormat(edits) => edits.iter().any(LabelEdit::reads_line),
            Stage::Label(_) | Stage::Decolorize | Stage::Drop(_) | Stage::Keep(_) => false,
        }
    }

    /// The line as it goes on, or nothing where it does not.
    fn process<'l>(&self, line: Cow<'l, str>, labels: &mut LineLabels<'_>) -> Option<Cow<'l, str>> {
        match self {
            Stage::Line(filter) => return filter.passes(&line).then_some(line),
            Stage::Label(filter) => return filter.passes(labels).then_some(line),
            Stage::LineFormat(template) => {
                return Some(match template.expand(&line, labels) {
                    Ok(written) => Cow::Owned(written),
                    Err(reason) => {
                        labels.fail(template::TEMPLATE_ERROR, &reason);
                        line
                    }
                });
            }
            Stage::Decolorize => return Some(rewrite::without_colours(line)),
            Stage::Unpack => {
                return Some(match json::unpack(&line, labels) {
                    Some(entry) => Cow::Owned(entry),
                    None => line,
                });
            }
            Stage::Json => json::parse(&line, labels),
            Stage::JsonPaths(paths) => json::extract(&line, paths, labels),
            Stage::Logfmt {
                strict,
                keep_empty,
                keys,
            } => logfmt::parse(&line, *strict, *keep_empty, keys, labels),
            Stage::Regexp(regex) => rewrite::regexp(&line, regex, labels),
            Stage::Pattern(pattern) => pattern.parse_into(&line, labels),
            Stage::LabelFormat(edits) => rewrite::format(&line, edits, labels),
            Stage::Drop(choices) => rewrite::drop(choices, labels),
            Stage::Keep(choices) => rewrite::keep(choices, labels),
        }
        Some(line)
    }
}

/// Sends a line through a pipeline.
pub(crate) fn run<'l>(
    stages: &[Stage],
    line: &'l str,
    labels: &mut LineLabels<'_>,
) -> Option<Cow<'l, str>> {
    let line = Some(Cow::Borrowed(line));
    stages
        .iter()
        .fold(line, |line, stage| stage.process(line?, labels))
}
