//! The functions of templates: those on texts and whole numbers that people use on labels, as Loki has them.

use super::value::Parameter::{self, Any, Int, Text};
use super::value::Value;
use promql::{go_lower, go_title, go_upper};

/// How long a text may get, in bytes: each function could double that of the one before.
pub(super) const TEXT_BYTES_MAX: usize = 1 << 20;

/// What a function makes of its arguments, the piped one last; or why it makes nothing.
type Apply = fn(&[Value]) -> Result<Value, &'static str>;

/// A function, and what it takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Function {
    pub(super) takes: &'static [Parameter],
    apply: Apply,
}

impl Function {
    /// What it makes of as many arguments as it takes.
    pub(super) fn apply(&self, given: &[Value]) -> Result<Value, String> {
        for (parameter, value) in self.takes.iter().zip(given) {
            parameter.check(value)?;
        }
        (self.apply)(given).map_err(str::to_owned)
    }
}

const TOO_LONG: &str = "a text gets too long";

/// The function of a name.
pub(super) fn named(name: &str) -> Option<Function> {
    let (takes, apply): (&[Parameter], Apply) = match name {
        "ToLower" | "lower" => (&[Text], |given| text(go_lower(given[0].text()))),
        "ToUpper" | "upper" => (&[Text], |given| text(go_upper(given[0].text()))),
        "TrimSpace" | "trim" => (&[Text], |given| text(given[0].text().trim())),
        "Title" | "title" => (&[Text], |given| text(go_title(given[0].text()))),
        "Trim" => (&[Text, Text], |given| trimmed(&given[0], &given[1])),
        "trimAll" => (&[Text, Text], |given| trimmed(&given[1], &given[0])),
        "TrimPrefix" => (&[Text, Text], |given| without_prefix(&given[0], &given[1])),
        "trimPrefix" => (&[Text, Text], |given| without_prefix(&given[1], &given[0])),
        "TrimSuffix" => (&[Text, Text], |given| without_suffix(&given[0], &given[1])),
        "trimSuffix" => (&[Text, Text], |given| without_suffix(&given[1], &given[0])),
        "Replace" => (&[Text, Text, Text, Int], |given| {
            replaced(&given[0], &given[1], &given[2], given[3].whole())
        }),
        "replace" => (&[Text, Text, Text], |given| {
            replaced(&given[2], &given[0], &given[1], -1)
        }),
        "default" => (&[Any, Any], |given| {
            Ok(given[usize::from(!given[1].is_empty())].clone())
        }),
        "trunc" => (&[Int, Text], |given| {
            text(truncated(given[0].whole(), given[1].text()))
        }),
        "substr" => (&[Int, Int, Text], |given| {
            text(part(given[0].whole(), given[1].whole(), given[2].text()))
        }),
        "repeat" => (&[Int, Text], |given| {
            repeated(given[0].whole(), given[1].text())
        }),
        "add" => (&[Any, Any], |given| calculated(given, i64::checked_add)),
        "sub" => (&[Any, Any], |given| calculated(given, i64::checked_sub)),
        "mul" => (&[Any, Any], |given| calculated(given, i64::checked_mul)),
        "div" => (&[Any, Any], |given| calculated(given, i64::checked_div)),
        "mod" => (&[Any, Any], |given| calculated(given, i64::checked_rem)),
        _ => return None,
    };
    Some(Function { takes, apply })
}

#[expect(clippy::unnecessary_wraps, reason = "what a function gives")]
fn text(text: impl Into<String>) -> Result<Value, &'static str> {
    Ok(Value::Text(text.into()))
}

/// Arithmetic takes what it gets as numbers.
fn calculated(
    given: &[Value],
    operator: fn(i64, i64) -> Option<i64>,
) -> Result<Value, &'static str> {
    operator(given[0].whole(), given[1].whole())
        .map(Value::Int64)
        .ok_or("a number is divided by 0, or gets too large")
}

fn trimmed(value: &Value, chars: &Value) -> Result<Value, &'static str> {
    let is_trimmed = |char| chars.text().contains(char);
    text(value.text().trim_matches(is_trimmed))
}

fn without_prefix(value: &Value, prefix: &Value) -> Result<Value, &'static str> {
    let whole = value.text();
    text(whole.strip_prefix(prefix.text()).unwrap_or(whole))
}

fn without_suffix(value: &Value, suffix: &Value) -> Result<Value, &'static str> {
    let whole = value.text();
    text(whole.strip_suffix(suffix.text()).unwrap_or(whole))
}

/// The first `times` places replaced, or all where that is negative.
fn replaced(value: &Value, old: &Value, new: &Value, times: i64) -> Result<Value, &'static str> {
    let (whole, old, new) = (value.text(), old.text(), new.text());
    let times = usize::try_from(times).unwrap_or(usize::MAX);
    let places = whole.matches(old).count().min(times);
    if whole.len() + places.saturating_mul(new.len()) > TEXT_BYTES_MAX {
        return Err(TOO_LONG);
    }
    text(whole.replacen(old, new, times))
}

/// So many characters from the start, or from the end where the number is negative.
fn truncated(chars: i64, text: &str) -> String {
    let wanted = usize::try_from(chars.unsigned_abs()).unwrap_or(usize::MAX);
    match chars < 0 {
        true => text
            .chars()
            .skip(text.chars().count().saturating_sub(wanted))
            .collect(),
        false => text.chars().take(wanted).collect(),
    }
}

/// The characters from `start` to before `end`; a negative bound is that of the text.
fn part(start: i64, end: i64, text: &str) -> String {
    let start = usize::try_from(start).unwrap_or(0);
    let end = usize::try_from(end).unwrap_or(usize::MAX);
    text.chars()
        .skip(start)
        .take(end.saturating_sub(start))
        .collect()
}

fn repeated(times: i64, part: &str) -> Result<Value, &'static str> {
    let times = usize::try_from(times).map_err(|_| "a text is repeated less than 0 times")?;
    if part.len().saturating_mul(times) > TEXT_BYTES_MAX {
        return Err(TOO_LONG);
    }
    text(part.repeat(times))
}
