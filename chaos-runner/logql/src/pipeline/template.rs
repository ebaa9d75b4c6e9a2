//! The templates of `line_format` and `label_format`: text with the values of labels in it. Of Go's template language this knows
//! fields, constants and pipelines of functions; what it does not know, as `if` and `range`, it says, and lets its user decide whether
//! that matters.

mod functions;
mod value;

use super::labels::LineLabels;
use functions::{Function, TEXT_BYTES_MAX, named};
use value::Value;

/// What a line is marked with whose template cannot be expanded.
pub(super) const TEMPLATE_ERROR: &str = "TemplateFormatErr";

/// A template, or why it is none that can be expanded here.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    parts: Result<Vec<Part>, String>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Value(Pipeline),
}

/// A value, and what is done to it.
#[derive(Clone, Debug)]
struct Pipeline {
    first: Term,
    calls: Vec<Call>,
}

/// A function and its arguments, but for the last, which is what comes down the pipeline.
#[derive(Clone, Debug)]
struct Call {
    function: Function,
    arguments: Vec<Term>,
}

#[derive(Clone, Debug)]
enum Term {
    Label(String),
    Line,
    Constant(Value),
}

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

    fn terms(&self) -> impl Iterator<Item = &Term> {
        let parts = self.parts.iter().flatten();
        let pipelines = parts.filter_map(|part| match part {
            Part::Value(pipeline) => Some(pipeline),
            Part::Text(_) => None,
        });
        pipelines.flat_map(|pipeline| {
            let arguments = pipeline.calls.iter().flat_map(|call| &call.arguments);
            std::iter::once(&pipeline.first).chain(arguments)
        })
    }

    pub(super) fn reads(&self, each: &mut dyn FnMut(&str)) {
        for term in self.terms() {
            if let Term::Label(name) = term {
                each(name);
            }
        }
    }

    pub(super) fn reads_line(&self) -> bool {
        self.terms().any(|term| matches!(term, Term::Line))
    }

    /// The text with the values in it, empty where it cannot be expanded; or what went wrong.
    pub(super) fn expand(&self, line: &str, labels: &LineLabels<'_>) -> Result<String, String> {
        let mut text = String::new();
        for part in self.parts.iter().flatten() {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Value(pipeline) => text.push_str(&pipeline.value(line, labels)?.to_string()),
            }
            if text.len() > TEXT_BYTES_MAX {
                return Err("the text gets too long".to_owned());
            }
        }
        Ok(text)
    }
}

impl Pipeline {
    fn value(&self, line: &str, labels: &LineLabels<'_>) -> Result<Value, String> {
        let mut value = self.first.value(line, labels);
        for call in &self.calls {
            let arguments = call.arguments.iter();
            let mut given: Vec<Value> = arguments.map(|term| term.value(line, labels)).collect();
            given.push(value);
            value = call.function.apply(&given)?;
        }
        Ok(value)
    }
}

impl Term {
    fn value(&self, line: &str, labels: &LineLabels<'_>) -> Value {
        match self {
            Term::Label(name) => Value::Text(labels.get(name).unwrap_or_default().to_owned()),
            Term::Line => Value::Text(line.to_owned()),
            Term::Constant(value) => value.clone(),
        }
    }
}

/// What an action gives; nothing for a comment.
fn value(action: &str) -> Result<Option<Part>, String> {
    if action.starts_with("/*") && action.ends_with("*/") {
        return Ok(None);
    }
    let unsupported = || format!("the template action `{{{{{action}}}}}` is not supported");
    let mut commands = words(action).ok_or_else(unsupported)?.into_iter();
    let mut first = commands.next().unwrap_or_default().into_iter();
    let (head, mut rest) = (first.next().unwrap_or_default(), first.collect::<Vec<_>>());
    let mut calls = Vec::new();
    let first = match (term(head), rest.is_empty()) {
        (Some(first), true) => first,
        (None, false) => {
            // A function's own last argument is what goes down the pipeline.
            let last = rest.pop().and_then(term).ok_or_else(unsupported)?;
            calls.push(call(head, rest).ok_or_else(unsupported)?);
            last
        }
        _ => return Err(unsupported()),
    };
    for command in commands {
        let mut words = command.into_iter();
        let name = words.next().unwrap_or_default();
        calls.push(call(name, words.collect()).ok_or_else(unsupported)?);
    }
    Ok(Some(Part::Value(Pipeline { first, calls })))
}

/// The words of each command of an action, the commands being joined by `|`. None where a quote is not closed.
fn words(action: &str) -> Option<Vec<Vec<&str>>> {
    let mut commands = vec![Vec::new()];
    let mut rest = action.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '|' => {
                commands.push(Vec::new());
                rest = rest[1..].trim_start();
                continue;
            }
            '`' => rest[1..].find('`')? + 2,
            '"' => {
                let mut is_escaped = false;
                let closes = |char: char| {
                    let ends = char == '"' && !is_escaped;
                    is_escaped = char == '\\' && !is_escaped;
                    ends
                };
                rest[1..].find(closes)? + 2
            }
            _ => {
                let end = rest.find(|char: char| char.is_whitespace() || "|\"`".contains(char));
                end.unwrap_or(rest.len())
            }
        };
        let (word, after) = rest.split_at(length);
        commands.last_mut()?.push(word);
        rest = after.trim_start();
    }
    Some(commands)
}

/// A field, a constant, or the line; none where it is a function or nothing that is known.
fn term(word: &str) -> Option<Term> {
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if let Some(name) = word.strip_prefix('.') {
        return is_name(name).then(|| Term::Label(name.to_owned()));
    }
    if word == "__line__" {
        return Some(Term::Line);
    }
    let text = crate::lex::unquoted(word).map(Value::Text);
    let number = || word.parse().ok().map(Value::Int);
    text.or_else(number).map(Term::Constant)
}

/// A function with all of its arguments but the last.
fn call(name: &str, arguments: Vec<&str>) -> Option<Call> {
    let function = named(name).filter(|function| function.takes.len() == arguments.len() + 1)?;
    let arguments = arguments.into_iter().map(term).collect::<Option<_>>()?;
    Some(Call {
        function,
        arguments,
    })
}
