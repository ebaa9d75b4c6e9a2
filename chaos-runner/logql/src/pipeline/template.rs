//! The templates of `line_format` and `label_format`: text with the values of labels in it. Of Go's template language this knows
//! fields and the functions on single texts that people use on them; what it does not know it says, and lets its user decide whether
//! that matters.

use super::labels::LineLabels;

/// What a line is marked with whose template cannot be expanded.
pub(super) const TEMPLATE_ERROR: &str = "TemplateFormatErr";

/// How long an expanded text may be, in bytes: each stage could double that of the one before.
const EXPANDED_BYTES_MAX: usize = 1 << 20;

/// A template, or why it is none that can be expanded here.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    parts: Result<Vec<Part>, String>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Value(Source, Vec<Function>),
}

#[derive(Clone, Debug)]
enum Source {
    Label(String),
    Line,
}

/// A function of a text.
type Function = fn(&str) -> String;

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// When an action has no end.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut unknown = None;
        let mut rest = text;
        let mut trims = false;
        while !rest.is_empty() {
            let (before, action) = match rest.split_once("{{") {
                Some((before, action)) => (before, Some(action)),
                None => (rest, None),
            };
            let before = if trims { before.trim_start() } else { before };
            let Some(action) = action else {
                parts.push(Part::Text(before.to_owned()));
                break;
            };
            let (inside, after) = action
                .split_once("}}")
                .ok_or_else(|| "invalid template: an action `{{` has no `}}`".to_owned())?;
            let (inside, before) = match inside.strip_prefix("- ") {
                Some(inside) => (inside, before.trim_end()),
                None => (inside, before),
            };
            let (inside, trims_next) = match inside.strip_suffix(" -") {
                Some(inside) => (inside, true),
                None => (inside, false),
            };
            trims = trims_next;
            parts.push(Part::Text(before.to_owned()));
            match value(inside.trim()) {
                Ok(part) => parts.extend(part),
                Err(reason) => unknown = unknown.or(Some(reason)),
            }
            rest = after;
        }
        Ok(Template {
            parts: unknown.map_or(Ok(parts), Err),
        })
    }

    /// Why it cannot be expanded.
    pub(crate) fn unsupported(&self) -> Option<String> {
        self.parts.as_ref().err().cloned()
    }

    fn values(&self) -> impl Iterator<Item = &Source> {
        let parts = self.parts.iter().flatten();
        parts.filter_map(|part| match part {
            Part::Value(source, _) => Some(source),
            Part::Text(_) => None,
        })
    }

    pub(super) fn reads(&self, each: &mut dyn FnMut(&str)) {
        for source in self.values() {
            if let Source::Label(name) = source {
                each(name);
            }
        }
    }

    pub(super) fn reads_line(&self) -> bool {
        self.values().any(|source| matches!(source, Source::Line))
    }

    /// The text with the values in it, empty where it cannot be expanded; nothing where it gets far too long.
    pub(super) fn expand(&self, line: &str, labels: &LineLabels<'_>) -> Option<String> {
        let mut text = String::new();
        for part in self.parts.iter().flatten() {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Value(source, functions) => {
                    let value = match source {
                        Source::Label(name) => labels.get(name).unwrap_or_default(),
                        Source::Line => line,
                    };
                    let value = functions
                        .iter()
                        .fold(value.to_owned(), |value, function| function(&value));
                    text.push_str(&value);
                }
            }
            if text.len() > EXPANDED_BYTES_MAX {
                return None;
            }
        }
        Some(text)
    }
}

/// What an action gives; nothing for a comment.
fn value(action: &str) -> Result<Option<Part>, String> {
    if action.starts_with("/*") && action.ends_with("*/") {
        return Ok(None);
    }
    let unsupported = |what: &str| format!("the template action `{{{{{what}}}}}` is not supported");
    let mut words = action.split('|').map(str::trim);
    let first = words.next().unwrap_or_default();
    let (called, first) = match first.split_once(' ') {
        Some((name, argument)) => (Some(name), argument.trim()),
        None => (None, first),
    };
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let source = match first.strip_prefix('.') {
        Some(name) if is_name(name) => Source::Label(name.to_owned()),
        None if first == "__line__" => Source::Line,
        _ => return Err(unsupported(action)),
    };
    let functions = called.into_iter().chain(words).map(function);
    let functions: Option<Vec<Function>> = functions.collect();
    let functions = functions.ok_or_else(|| unsupported(action))?;
    Ok(Some(Part::Value(source, functions)))
}

fn function(name: &str) -> Option<Function> {
    Some(match name {
        "ToLower" | "lower" => |text| text.to_lowercase(),
        "ToUpper" | "upper" => |text| text.to_uppercase(),
        "TrimSpace" | "trim" => |text| text.trim().to_owned(),
        _ => return None,
    })
}
