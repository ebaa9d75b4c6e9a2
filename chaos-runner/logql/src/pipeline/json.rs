//! The JSON parsers: all values of an object, some by their paths, and what `pack` has packed.

use super::labels::{LineLabels, sanitized};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// What a line that is no JSON is marked with.
const JSON_ERROR: &str = "JSONParserErr";

/// What a reader of members returns to be given no more of them.
const ENOUGH: &str = "enough";

/// Steps that one path may have.
const STEPS_MAX: usize = 64;

/// Where a value stands in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JsonPath {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

impl JsonPath {
    /// Reads `a.b[0]["c d"]`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("cannot parse expression [{text}]: expected one such as `a.b[0][\"c\"]`");
        let mut steps = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            if steps.len() == STEPS_MAX {
                return Err(format!(
                    "cannot parse expression [{text}]: it has more than {STEPS_MAX} steps"
                ));
            }
            if let Some(inside) = rest.strip_prefix('[') {
                let (step, after) = match inside.strip_prefix('"') {
                    Some(quoted) => {
                        let (key, after) = quoted.split_once('"').ok_or_else(wrong)?;
                        let after = after.strip_prefix(']').ok_or_else(wrong)?;
                        (Step::Key(key.to_owned()), after)
                    }
                    None => {
                        let (index, after) = inside.split_once(']').ok_or_else(wrong)?;
                        (Step::Index(index.parse().map_err(|_| wrong())?), after)
                    }
                };
                steps.push(step);
                rest = after;
                continue;
            }
            let name = match (rest.strip_prefix('.'), steps.is_empty()) {
                (Some(name), false) => name,
                (None, true) => rest,
                _ => return Err(wrong()),
            };
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let (key, after) = name.split_at(end);
            if key.is_empty() || key.contains(|c: char| c.is_whitespace() || c == '"' || c == ']') {
                return Err(wrong());
            }
            steps.push(Step::Key(key.to_owned()));
            rest = after;
        }
        match steps.is_empty() {
            true => Err(wrong()),
            false => Ok(JsonPath { steps }),
        }
    }

    fn find<'j>(&self, document: &'j str) -> Option<&'j str> {
        self.steps
            .iter()
            .try_fold(document, |value, step| match step {
                Step::Key(key) => member(value, key),
                Step::Index(index) => {
                    let items: Vec<&RawValue> = serde_json::from_str(value).ok()?;
                    items.get(*index).map(|item| item.get())
                }
            })
    }
}

/// Makes labels of all values of an object; keys of objects in it are joined by `_`, arrays are left out.
pub(super) fn parse(line: &str, labels: &mut LineLabels<'_>) {
    if labels.is_complete() {
        return;
    }
    if let Err(error) = flatten(line, "", labels) {
        labels.fail(JSON_ERROR, &error);
    }
}

fn flatten(object: &str, prefix: &str, labels: &mut LineLabels<'_>) -> Result<(), String> {
    each_member(object, |key, value| {
        let name = match prefix.is_empty() {
            true => sanitized(key, true),
            false => format!("{prefix}_{}", sanitized(key, false)),
        };
        match value.as_bytes().first() {
            Some(b'{') => flatten(value, &name, labels)?,
            Some(b'[' | b'n') | None => {}
            Some(_) => labels.extract(&name, &text_of(value)),
        }
        Ok(!labels.is_complete())
    })
}

/// Makes labels of the values at some paths; those that are not there are empty.
pub(super) fn extract(line: &str, paths: &[(String, JsonPath)], labels: &mut LineLabels<'_>) {
    if line.is_empty() || labels.is_complete() {
        return;
    }
    if serde_json::from_str::<&RawValue>(line).is_err() {
        labels.fail(JSON_ERROR, "the line is no JSON");
        return;
    }
    for (label, path) in paths {
        let value = path.find(line).map(text_of).unwrap_or_default();
        labels.extract(label, &value);
    }
}

/// Makes labels of the texts of an object, and gives its `_entry`, which is the line that was packed.
pub(super) fn unpack(line: &str, labels: &mut LineLabels<'_>) -> Option<String> {
    if line.is_empty() || labels.is_complete() {
        return None;
    }
    let mut entry = None;
    let mut packed: Vec<(String, String)> = Vec::new();
    let unpacked = each_member(line, |key, value| {
        if value.starts_with('"') {
            match key {
                "_entry" => entry = Some(text_of(value).into_owned()),
                key => packed.push((sanitized(key, true), text_of(value).into_owned())),
            }
        }
        Ok(true)
    });
    if let Err(error) = unpacked {
        labels.fail(JSON_ERROR, &error);
        return None;
    }
    // What has no entry was not packed: its texts are no labels.
    if entry.is_some() {
        for (name, value) in &packed {
            labels.extract(name, value);
        }
    }
    entry
}

/// A value as a label has it: a text without its quotes, nothing for null, all else as it is written.
fn text_of(value: &str) -> Cow<'_, str> {
    match value.as_bytes().first() {
        Some(b'"') => Cow::Owned(serde_json::from_str(value).unwrap_or_default()),
        Some(b'n') => Cow::Borrowed(""),
        _ => Cow::Borrowed(value),
    }
}

fn member<'j>(object: &'j str, wanted: &str) -> Option<&'j str> {
    let mut found = None;
    // An object that breaks off behind the member has it all the same.
    let _ = each_member(object, |key, value| {
        if key == wanted {
            found = Some(value);
        }
        Ok(found.is_none())
    });
    found
}

/// Calls `each` with the members of an object as they are read, for as long as it wants more.
fn each_member<'j>(
    object: &'j str,
    each: impl FnMut(&str, &'j str) -> Result<bool, String>,
) -> Result<(), String> {
    let mut reader = serde_json::Deserializer::from_str(object);
    match reader.deserialize_map(Members { each }) {
        Ok(()) => Ok(()),
        Err(error) if error.to_string().starts_with(ENOUGH) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

struct Members<F> {
    each: F,
}

impl<'j, F: FnMut(&str, &'j str) -> Result<bool, String>> Visitor<'j> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'j>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            let value: &'j RawValue = map.next_value()?;
            match (self.each)(&key, value.get()) {
                Ok(true) => {}
                Ok(false) => return Err(A::Error::custom(ENOUGH)),
                Err(error) => return Err(A::Error::custom(error)),
            }
        }
        Ok(())
    }
}
