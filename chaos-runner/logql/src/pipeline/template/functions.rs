//! The functions of templates: those on texts and whole numbers that people use on labels, as Loki has them. All values are texts.

/// How long a text may get, in bytes: each function could double that of the one before.
pub(super) const TEXT_BYTES_MAX: usize = 1 << 20;

/// What a function makes of its arguments, the piped one last; or why it makes nothing.
pub(super) type Apply = fn(&[String]) -> Result<String, &'static str>;

/// A function, and how many arguments it takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Function {
    pub(super) takes: usize,
    pub(super) apply: Apply,
}

const TOO_LONG: &str = "a text gets too long";

/// The function of a name.
pub(super) fn named(name: &str) -> Option<Function> {
    let (takes, apply): (usize, Apply) = match name {
        "ToLower" | "lower" => (1, |given| Ok(given[0].to_lowercase())),
        "ToUpper" | "upper" => (1, |given| Ok(given[0].to_uppercase())),
        "TrimSpace" | "trim" => (1, |given| Ok(given[0].trim().to_owned())),
        "Title" | "title" => (1, |given| Ok(title(&given[0]))),
        "Trim" => (2, |given| Ok(trimmed(&given[0], &given[1]))),
        "trimAll" => (2, |given| Ok(trimmed(&given[1], &given[0]))),
        "TrimPrefix" => (2, |given| Ok(without_prefix(&given[0], &given[1]))),
        "trimPrefix" => (2, |given| Ok(without_prefix(&given[1], &given[0]))),
        "TrimSuffix" => (2, |given| Ok(without_suffix(&given[0], &given[1]))),
        "trimSuffix" => (2, |given| Ok(without_suffix(&given[1], &given[0]))),
        "Replace" => (4, |given| {
            replaced(&given[0], &given[1], &given[2], whole(&given[3]))
        }),
        "replace" => (3, |given| replaced(&given[2], &given[0], &given[1], -1)),
        "default" => (2, |given| {
            Ok(given[usize::from(!given[1].is_empty())].clone())
        }),
        "trunc" => (2, |given| Ok(truncated(whole(&given[0]), &given[1]))),
        "substr" => (3, |given| {
            Ok(part(whole(&given[0]), whole(&given[1]), &given[2]))
        }),
        "repeat" => (2, |given| repeated(whole(&given[0]), &given[1])),
        "add" => (2, |given| {
            number(whole(&given[0]).checked_add(whole(&given[1])))
        }),
        "sub" => (2, |given| {
            number(whole(&given[0]).checked_sub(whole(&given[1])))
        }),
        "mul" => (2, |given| {
            number(whole(&given[0]).checked_mul(whole(&given[1])))
        }),
        "div" => (2, |given| {
            number(whole(&given[0]).checked_div(whole(&given[1])))
        }),
        "mod" => (2, |given| {
            number(whole(&given[0]).checked_rem(whole(&given[1])))
        }),
        _ => return None,
    };
    Some(Function { takes, apply })
}

/// A text as a whole number: 0 where it is none.
fn whole(text: &str) -> i64 {
    text.parse().unwrap_or(0)
}

fn number(number: Option<i64>) -> Result<String, &'static str> {
    let number = number.ok_or("a number is divided by 0, or gets too large")?;
    Ok(number.to_string())
}

/// The first letter of each word in upper case.
fn title(text: &str) -> String {
    let mut starts_word = true;
    let mut titled = String::with_capacity(text.len());
    for char in text.chars() {
        match starts_word {
            true => titled.extend(char.to_uppercase()),
            false => titled.push(char),
        }
        starts_word = !(char.is_alphanumeric() || matches!(char, '_' | '\''));
    }
    titled
}

fn trimmed(text: &str, chars: &str) -> String {
    text.trim_matches(|char| chars.contains(char)).to_owned()
}

fn without_prefix(text: &str, prefix: &str) -> String {
    text.strip_prefix(prefix).unwrap_or(text).to_owned()
}

fn without_suffix(text: &str, suffix: &str) -> String {
    text.strip_suffix(suffix).unwrap_or(text).to_owned()
}

/// The first `times` places replaced, or all where that is negative.
fn replaced(text: &str, old: &str, new: &str, times: i64) -> Result<String, &'static str> {
    let times = usize::try_from(times).unwrap_or(usize::MAX);
    let places = text.matches(old).count().min(times);
    if text.len() + places.saturating_mul(new.len()) > TEXT_BYTES_MAX {
        return Err(TOO_LONG);
    }
    Ok(text.replacen(old, new, times))
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

fn repeated(times: i64, text: &str) -> Result<String, &'static str> {
    let times = usize::try_from(times).map_err(|_| "a text is repeated less than 0 times")?;
    if text.len().saturating_mul(times) > TEXT_BYTES_MAX {
        return Err(TOO_LONG);
    }
    Ok(text.repeat(times))
}
