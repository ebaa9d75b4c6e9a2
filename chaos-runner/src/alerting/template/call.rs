//! Calls of the functions of Go's template package and of Prometheus' template reference. Errors are worded as Go words them.

use super::humanize::{
    humanize, humanize_1024, humanize_duration, humanize_percentage, humanize_timestamp,
};
use super::printf::sprintf;
use super::text::text;
use super::time::{to_duration, to_time};
use super::value::Val;
use super::{TemplateData, labels_map};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Calls `name`, which the parser knows.
pub(super) fn call(
    name: &str,
    arguments: Vec<Val>,
    data: &TemplateData<'_>,
) -> Result<Val, String> {
    let result = match name {
        "eq" | "ne" | "lt" | "le" | "gt" | "ge" => compare(name, &arguments).map(Val::Bool),
        "not" | "len" | "index" | "slice" => collection(name, arguments),
        "print" | "printf" | "println" | "html" | "js" | "urlquery" => print(name, &arguments),
        "query" | "first" | "label" | "value" | "strvalue" | "sortByLabel" => {
            samples(name, arguments, data)
        }
        "args" => {
            let named = arguments.into_iter().enumerate();
            Ok(Val::Map(
                named
                    .map(|(at, value)| (format!("arg{at}"), value))
                    .collect(),
            ))
        }
        "now" => Ok(Val::Float(data.at_ms as f64 / 1_000.0)),
        "externalURL" => Ok(Val::Str(data.external_url.to_owned())),
        "pathPrefix" => Ok(Val::Str(path_of(data.external_url).to_owned())),
        "toTime" | "toDuration" => time(name, &arguments),
        _ if name.starts_with("humanize") => human(name, &arguments),
        _ => text(name, &arguments),
    };
    // Go counts arguments before it calls.
    result.map_err(|message| match message.strip_prefix(WRONG_NUMBER) {
        Some(counted) => format!("{WRONG_NUMBER} for {name}{counted}"),
        None => format!("error calling {name}: {message}"),
    })
}

/// How errors begin that are about the number of arguments.
const WRONG_NUMBER: &str = "wrong number of args";

pub(super) fn exactly<const N: usize>(arguments: Vec<Val>) -> Result<[Val; N], String> {
    let got = arguments.len();
    arguments
        .try_into()
        .map_err(|_| format!("wrong number of args: want {N} got {got}"))
}

pub(super) fn string(value: &Val) -> Result<&str, String> {
    match value {
        Val::Str(text) => Ok(text),
        other => Err(format!(
            "wrong type for value; expected string; got {}",
            other.type_name()
        )),
    }
}

fn number(value: &Val) -> Result<f64, String> {
    match value {
        Val::Float(value) => Ok(*value),
        Val::Int(value) => Ok(*value as f64),
        Val::Duration(nanos) => Ok(*nanos as f64 / 1e9),
        Val::Str(text) => match text.parse::<f64>() {
            Ok(value) if value.is_infinite() && text.contains(|c: char| c.is_ascii_digit()) => Err(
                format!("strconv.ParseFloat: parsing {text:?}: value out of range"),
            ),
            Ok(value) => Ok(value),
            Err(_) => Err(format!(
                "strconv.ParseFloat: parsing {text:?}: invalid syntax"
            )),
        },
        other => Err(format!("can't convert {} to float", other.type_name())),
    }
}

fn order(a: &Val, b: &Val) -> Result<Option<Ordering>, String> {
    match (a, b) {
        (Val::Int(a), Val::Int(b)) => Ok(Some(a.cmp(b))),
        (Val::Float(a), Val::Float(b)) => Ok(a.partial_cmp(b)),
        (Val::Str(a), Val::Str(b)) => Ok(Some(a.cmp(b))),
        (Val::Bool(_), Val::Bool(_)) | (Val::Nil, Val::Nil) => {
            Err("invalid type for comparison".to_owned())
        }
        _ => Err("incompatible types for comparison".to_owned()),
    }
}

fn equal(a: &Val, b: &Val) -> Result<bool, String> {
    match (a, b) {
        (Val::Bool(a), Val::Bool(b)) => Ok(a == b),
        (Val::Nil, other) | (other, Val::Nil) => Ok(*other == Val::Nil),
        (Val::List(_) | Val::Map(_) | Val::Labels(_), _) => Err(format!(
            "non-comparable type {}: {}",
            a.print(),
            a.type_name()
        )),
        _ => order(a, b).map(|order| order == Some(Ordering::Equal)),
    }
}

fn compare(name: &str, arguments: &[Val]) -> Result<bool, String> {
    let [first, rest @ ..] = arguments else {
        return Err("missing argument for comparison".to_owned());
    };
    if rest.is_empty() || (name != "eq" && rest.len() > 1) {
        return Err(format!(
            "wrong number of args: want 2 got {}",
            arguments.len()
        ));
    }
    let second = &rest[0];
    match name {
        "eq" => {
            for other in rest {
                if equal(first, other)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        "ne" => equal(first, second).map(|equal| !equal),
        "lt" => Ok(order(first, second)? == Some(Ordering::Less)),
        "le" => Ok(is_at_most(order(first, second)?)),
        // Go asks the opposite, so that what cannot be ordered, NaN, is greater than everything.
        "gt" => Ok(!is_at_most(order(first, second)?)),
        _ => Ok(order(first, second)? != Some(Ordering::Less)),
    }
}

fn is_at_most(order: Option<Ordering>) -> bool {
    matches!(order, Some(Ordering::Less | Ordering::Equal))
}

fn collection(name: &str, arguments: Vec<Val>) -> Result<Val, String> {
    match name {
        "not" => {
            let [value] = exactly(arguments)?;
            Ok(Val::Bool(!value.is_true()))
        }
        "len" => {
            let [value] = exactly(arguments)?;
            let length = match &value {
                Val::Str(text) => text.len(),
                Val::List(items) => items.len(),
                Val::Map(entries) | Val::Labels(entries) => entries.len(),
                other => return Err(format!("len of type {}", other.type_name())),
            };
            Ok(Val::Int(i64::try_from(length).unwrap_or(i64::MAX)))
        }
        "index" => {
            let mut arguments = arguments.into_iter();
            let first = arguments
                .next()
                .ok_or("wrong number of args: want at least 1 got 0")?;
            arguments.try_fold(first, |value, key| index(value, &key))
        }
        _ => slice(&arguments),
    }
}

fn index(value: Val, key: &Val) -> Result<Val, String> {
    match (value, key) {
        (Val::List(mut items), Val::Int(at)) => match usize::try_from(*at) {
            Ok(at) if at < items.len() => Ok(items.swap_remove(at)),
            _ => Err(format!("index out of range: {at}")),
        },
        (Val::Map(mut entries) | Val::Labels(mut entries), Val::Str(key)) => {
            Ok(entries.remove(key).unwrap_or(Val::Str(String::new())))
        }
        (Val::Str(text), Val::Int(at)) => usize::try_from(*at)
            .ok()
            .and_then(|at| text.as_bytes().get(at).copied())
            .map(|byte| Val::Int(i64::from(byte)))
            .ok_or_else(|| format!("index out of range: {at}")),
        (value @ (Val::List(_) | Val::Map(_) | Val::Labels(_) | Val::Str(_)), key) => Err(format!(
            "cannot index {} with type {}",
            value.type_name(),
            key.type_name()
        )),
        (Val::Nil, _) => Err("index of untyped nil".to_owned()),
        (value, _) => Err(format!("can't index item of type {}", value.type_name())),
    }
}

fn slice(arguments: &[Val]) -> Result<Val, String> {
    let [value, bounds @ ..] = arguments else {
        return Err("wrong number of args: want at least 1 got 0".to_owned());
    };
    let length = match value {
        Val::Str(text) => text.len(),
        Val::List(items) => items.len(),
        other => return Err(format!("can't slice item of type {}", other.type_name())),
    };
    let bound = |at: usize, default: usize| match bounds.get(at) {
        None => Ok(default),
        Some(Val::Int(bound)) => {
            usize::try_from(*bound).map_err(|_| format!("index out of range: {bound}"))
        }
        Some(other) => Err(format!(
            "cannot index slice/array with type {}",
            other.type_name()
        )),
    };
    let (from, to) = (bound(0, 0)?, bound(1, length)?);
    let out = || format!("index out of range: {to}");
    match value {
        Val::Str(text) => text
            .get(from..to)
            .map(|part| Val::Str(part.to_owned()))
            .ok_or_else(out),
        Val::List(items) => items
            .get(from..to)
            .map(|part| Val::List(part.to_vec()))
            .ok_or_else(out),
        _ => Err(out()),
    }
}

fn print(name: &str, arguments: &[Val]) -> Result<Val, String> {
    let spaced = |separator: &str| {
        let words: Vec<String> = arguments.iter().map(Val::print).collect();
        words.join(separator)
    };
    Ok(Val::Str(match name {
        "printf" => match arguments {
            [Val::Str(format), rest @ ..] => sprintf(format, rest),
            [other, ..] => return Err(string(other).err().unwrap_or_default()),
            [] => return Err("wrong number of args: want at least 1 got 0".to_owned()),
        },
        // Go puts a space between operands when neither is a string.
        "print" => {
            let mut out = String::new();
            for (at, value) in arguments.iter().enumerate() {
                let is_string = |value: &Val| matches!(value, Val::Str(_));
                if at > 0 && !is_string(value) && !is_string(&arguments[at - 1]) {
                    out.push(' ');
                }
                out.push_str(&value.print());
            }
            out
        }
        "println" => spaced(" ") + "\n",
        "html" => escape(&spaced(""), |c| match c {
            '<' => Some("&lt;"),
            '>' => Some("&gt;"),
            '&' => Some("&amp;"),
            '\'' => Some("&#39;"),
            '"' => Some("&#34;"),
            _ => None,
        }),
        "js" => escape(&spaced(""), |c| match c {
            '\\' => Some("\\\\"),
            '\'' => Some("\\'"),
            '"' => Some("\\\""),
            '<' => Some("\\u003C"),
            '>' => Some("\\u003E"),
            '&' => Some("\\u0026"),
            '=' => Some("\\u003D"),
            '\n' => Some("\\u000A"),
            _ => None,
        }),
        _ => url_escape(&spaced("")),
    }))
}

fn escape(text: &str, replacement: impl Fn(char) -> Option<&'static str>) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match replacement(c) {
            Some(escaped) => out.push_str(escaped),
            None => out.push(c),
        }
    }
    out
}

pub(super) fn url_escape(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

fn samples(name: &str, arguments: Vec<Val>, data: &TemplateData<'_>) -> Result<Val, String> {
    match name {
        "query" => {
            let [expr] = exactly(arguments)?;
            let found = (data.query)(string(&expr)?)?;
            let sample = |(labels, value): (promql::Labels, f64)| {
                let fields = [
                    ("Labels", Val::Map(labels_map(&labels))),
                    ("Value", Val::Float(value)),
                ];
                Val::Struct(
                    "*template.sample",
                    fields.map(|(name, value)| (name.to_owned(), value)).into(),
                )
            };
            Ok(Val::List(found.into_iter().map(sample).collect()))
        }
        "first" => {
            let [list] = exactly(arguments)?;
            match list {
                Val::List(items) => items
                    .into_iter()
                    .next()
                    .ok_or_else(|| "first() called on vector with no elements".to_owned()),
                other => Err(wrong_type("template.queryResult", &other)),
            }
        }
        "value" => {
            let [sample] = exactly(arguments)?;
            Ok(fields_of(&sample)?
                .get("Value")
                .cloned()
                .unwrap_or(Val::Nil))
        }
        "strvalue" => {
            let [sample] = exactly(arguments)?;
            label_of(&sample, "__value__")
        }
        "label" => {
            let [label, sample] = exactly(arguments)?;
            label_of(&sample, string(&label)?)
        }
        _ => {
            let [label, list] = exactly(arguments)?;
            let label = string(&label)?;
            let Val::List(mut items) = list else {
                return Err(wrong_type("template.queryResult", &list));
            };
            items.sort_by_key(|item| {
                label_of(item, label)
                    .map(|value| value.print())
                    .unwrap_or_default()
            });
            Ok(Val::List(items))
        }
    }
}

fn wrong_type(expected: &str, got: &Val) -> String {
    format!(
        "wrong type for value; expected {expected}; got {}",
        got.type_name()
    )
}

fn fields_of(sample: &Val) -> Result<&BTreeMap<String, Val>, String> {
    match sample {
        Val::Struct(_, fields) => Ok(fields),
        other => Err(wrong_type("*template.sample", other)),
    }
}

fn label_of(sample: &Val, label: &str) -> Result<Val, String> {
    let empty = Val::Str(String::new());
    Ok(match fields_of(sample)?.get("Labels") {
        Some(Val::Map(labels)) => labels.get(label).cloned().unwrap_or(empty),
        _ => empty,
    })
}

fn human(name: &str, arguments: &[Val]) -> Result<Val, String> {
    let [value] = arguments else {
        return Err(format!(
            "wrong number of args: want 1 got {}",
            arguments.len()
        ));
    };
    let value = number(value)?;
    Ok(Val::Str(match name {
        "humanize" => humanize(value),
        "humanize1024" => humanize_1024(value),
        "humanizeDuration" => humanize_duration(value),
        "humanizePercentage" => humanize_percentage(value),
        _ => humanize_timestamp(value)?,
    }))
}

fn time(name: &str, arguments: &[Val]) -> Result<Val, String> {
    let [value] = arguments else {
        let got = arguments.len();
        return Err(format!("wrong number of args: want 1 got {got}"));
    };
    let seconds = number(value)?;
    match name {
        "toTime" => to_time(seconds),
        _ => Ok(to_duration(seconds)),
    }
}

fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("", |at| &rest[at..])
}
