//! Times and durations in templates, as Go's `time` package prints them, and the methods of theirs that templates call. Times are in
//! UTC, as Prometheus hands them out.

use super::humanize::nanoseconds;
use super::value::Val;
use jiff::Timestamp;
use jiff::tz::TimeZone;

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// The parts of Go's reference time, longest first where one begins another, and what `strftime` calls them.
const LAYOUT: [(&str, &str); 34] = [
    ("January", "%B"),
    ("Jan", "%b"),
    ("Monday", "%A"),
    ("Mon", "%a"),
    ("MST", "UTC"),
    ("_2006", "_%Y"),
    ("2006", "%Y"),
    ("-07:00:00", "+00:00:00"),
    ("-070000", "+000000"),
    ("-07:00", "+00:00"),
    ("-0700", "+0000"),
    ("-07", "+00"),
    ("Z07:00:00", "Z"),
    ("Z070000", "Z"),
    ("Z07:00", "Z"),
    ("Z0700", "Z"),
    ("Z07", "Z"),
    ("002", "%j"),
    ("01", "%m"),
    ("02", "%d"),
    ("03", "%I"),
    ("04", "%M"),
    ("05", "%S"),
    ("06", "%y"),
    ("15", "%H"),
    ("PM", "%p"),
    ("pm", "%P"),
    ("__2", "%_j"),
    ("_2", "%e"),
    ("1", "%-m"),
    ("2", "%-d"),
    ("3", "%-I"),
    ("4", "%-M"),
    ("5", "%-S"),
];

/// The moment of so many seconds since 1970, to the millisecond.
pub(super) fn to_time(seconds: f64) -> Result<Val, String> {
    if !seconds.is_finite() {
        return Err("value is NaN or Inf".to_owned());
    }
    let millis = nanoseconds(seconds)? / 1_000_000;
    Ok(Val::Time(millis * 1_000_000))
}

/// A duration of so many seconds.
pub(super) fn to_duration(seconds: f64) -> Val {
    Val::Duration((seconds * 1e9) as i64)
}

/// A moment as Go prints it.
pub(super) fn print_time(nanos: i64) -> String {
    strftime(nanos, "%Y-%m-%d %H:%M:%S%.f +0000 UTC")
}

/// A duration as Go prints it: `1h1m1s`, `1.5s`, `100ms`.
pub(super) fn print_duration(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let whole = nanos.unsigned_abs();
    let decimal = |value: u64, unit: u64| {
        let fraction = format!("{:0width$}", value % unit, width = unit.ilog10() as usize);
        match fraction.trim_end_matches('0') {
            "" => (value / unit).to_string(),
            fraction => format!("{}.{fraction}", value / unit),
        }
    };
    let second = NANOS_PER_SECOND.unsigned_abs();
    match whole {
        0 => "0s".to_owned(),
        1..1_000 => format!("{sign}{whole}ns"),
        1_000..1_000_000 => format!("{sign}{}µs", decimal(whole, 1_000)),
        1_000_000..1_000_000_000 => format!("{sign}{}ms", decimal(whole, 1_000_000)),
        _ => {
            let (hours, minutes) = (whole / second / 3_600, whole / second / 60 % 60);
            let seconds = decimal(whole % (60 * second), second);
            match (hours, minutes) {
                (0, 0) => format!("{sign}{seconds}s"),
                (0, _) => format!("{sign}{minutes}m{seconds}s"),
                _ => format!("{sign}{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

/// Whether `receiver` is a thing with methods.
pub(super) fn has_methods(receiver: &Val) -> bool {
    matches!(receiver, Val::Time(_) | Val::Duration(_))
}

/// Calls a method of a time or a duration.
pub(super) fn method(receiver: &Val, name: &str, arguments: &[Val]) -> Result<Val, String> {
    let found = match receiver {
        Val::Time(nanos) => of_time(*nanos, name, arguments),
        Val::Duration(nanos) => of_duration(*nanos, name, arguments),
        _ => None,
    };
    let kind = receiver.type_name();
    found.ok_or_else(|| format!("can't evaluate field {name} in type {kind}"))
}

fn of_time(nanos: i64, name: &str, arguments: &[Val]) -> Option<Val> {
    let part = |format: &str| strftime(nanos, format).parse().ok().map(Val::Int);
    match (name, arguments) {
        ("Format", [Val::Str(layout)]) => Some(Val::Str(format(nanos, layout))),
        ("Add", [Val::Duration(by)]) => Some(Val::Time(nanos.saturating_add(*by))),
        ("Sub", [Val::Time(other)]) => Some(Val::Duration(nanos.saturating_sub(*other))),
        ("After", [Val::Time(other)]) => Some(Val::Bool(nanos > *other)),
        ("Before", [Val::Time(other)]) => Some(Val::Bool(nanos < *other)),
        ("Equal", [Val::Time(other)]) => Some(Val::Bool(nanos == *other)),
        ("UTC", []) => Some(Val::Time(nanos)),
        ("String", []) => Some(Val::Str(print_time(nanos))),
        ("Unix", []) => Some(Val::Int(nanos.div_euclid(NANOS_PER_SECOND))),
        ("UnixMilli", []) => Some(Val::Int(nanos.div_euclid(1_000_000))),
        ("UnixNano", []) => Some(Val::Int(nanos)),
        ("Nanosecond", []) => Some(Val::Int(nanos.rem_euclid(NANOS_PER_SECOND))),
        ("Year", []) => part("%Y"),
        ("YearDay", []) => part("%-j"),
        ("Day", []) => part("%-d"),
        ("Hour", []) => part("%-H"),
        ("Minute", []) => part("%-M"),
        ("Second", []) => part("%-S"),
        ("Month", []) => Some(Val::Str(strftime(nanos, "%B"))),
        ("Weekday", []) => Some(Val::Str(strftime(nanos, "%A"))),
        _ => None,
    }
}

fn of_duration(nanos: i64, name: &str, arguments: &[Val]) -> Option<Val> {
    let seconds = nanos as f64 / 1e9;
    match (name, arguments) {
        ("String", []) => Some(Val::Str(print_duration(nanos))),
        ("Hours", []) => Some(Val::Float(seconds / 3_600.0)),
        ("Minutes", []) => Some(Val::Float(seconds / 60.0)),
        ("Seconds", []) => Some(Val::Float(seconds)),
        ("Milliseconds", []) => Some(Val::Int(nanos / 1_000_000)),
        ("Microseconds", []) => Some(Val::Int(nanos / 1_000)),
        ("Nanoseconds", []) => Some(Val::Int(nanos)),
        ("Abs", []) => Some(Val::Duration(nanos.saturating_abs())),
        _ => None,
    }
}

fn strftime(nanos: i64, format: &str) -> String {
    let timestamp = Timestamp::from_nanosecond(i128::from(nanos)).unwrap_or_default();
    timestamp
        .to_zoned(TimeZone::UTC)
        .strftime(format)
        .to_string()
}

/// A moment in a layout of Go's, which is how it writes 15:04:05 on January 2, 2006.
fn format(nanos: i64, layout: &str) -> String {
    let mut out = String::new();
    let mut rest = layout;
    while let Some(first) = rest.chars().next() {
        if let Some((fraction, behind)) = fraction(nanos, rest) {
            out.push_str(&fraction);
            rest = behind;
            continue;
        }
        let part = LAYOUT.iter().find(|(part, _)| is_next(part, rest));
        match part {
            Some((part, meaning)) => {
                out.push_str(&strftime(nanos, meaning));
                rest = &rest[part.len()..];
            }
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// Whether a layout begins with this part: `Month` is a word that only begins like a weekday's.
fn is_next(part: &str, layout: &str) -> bool {
    let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_ascii_lowercase());
    layout
        .strip_prefix(part)
        .is_some_and(|rest| !(matches!(part, "Jan" | "Mon") && goes_on(rest)))
}

/// The fraction of the second, if a layout begins with one, such as `.000` or, without what ends in zeros, `.999`; and what follows.
fn fraction(nanos: i64, layout: &str) -> Option<(String, &str)> {
    let figures = layout.strip_prefix(['.', ','])?;
    let figure = figures.chars().next().filter(|c| matches!(c, '0' | '9'))?;
    let behind = figures.trim_start_matches(figure);
    if behind.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let wanted = figures.len() - behind.len();
    let digits = format!("{:09}", nanos.rem_euclid(NANOS_PER_SECOND));
    let digits = &digits[..wanted.min(digits.len())];
    let digits = match figure {
        '0' => digits,
        _ => digits.trim_end_matches('0'),
    };
    let point = match digits {
        "" => "",
        _ => &layout[..1],
    };
    Some((format!("{point}{digits}"), behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_printed_as_go_prints_them() {
        let table = [
            (0.0, "0s"),
            (3_661.0, "1h1m1s"),
            (60.0, "1m0s"),
            (1.5, "1.5s"),
            (-0.1, "-100ms"),
            (0.000_001_5, "1.5µs"),
        ];
        for (seconds, text) in table {
            assert_eq!(to_duration(seconds).print(), text);
        }
    }

    #[test]
    fn times_are_printed_in_the_layouts_of_go() {
        let nanos = 1_723_132_800_250_000_000;
        assert_eq!(print_time(nanos), "2024-08-08 16:00:00.25 +0000 UTC");
        let table = [
            ("2006-01-02T15:04:05Z07:00", "2024-08-08T16:00:00Z"),
            ("Mon Jan _2 3:04PM 2006", "Thu Aug  8 4:00PM 2024"),
            ("15:04:05.000 MST", "16:00:00.250 UTC"),
            ("02/01/06", "08/08/24"),
            ("3:4:5 -07 Z07 _2006 __2", "4:0:0 +00 Z _2024 221"),
            ("Month Janu", "Month Janu"),
            ("15:04:05.999 05,9", "16:00:00.25 00,2"),
            ("2006年01月02日 é.x", "2024年08月08日 é.x"),
        ];
        for (layout, text) in table {
            assert_eq!(format(nanos, layout), text, "{layout}");
        }
    }
}
