//! Named time intervals: their ranges, as an Alertmanager reads them.

use super::checker::Checker;
use super::form::{FileForm, IntervalForm, PartForm, TimesForm};
use crate::alerting::notify::interval::{Span, TimeInterval};
use fake_factory::input::{Located, suggest};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

const DAYS: [&str; 7] = [
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// The shortest month: what is backwards in it for certain is backwards everywhere.
const MONTH_DAYS_MIN: i32 = 28;

/// All intervals of a file, by name.
pub(super) fn intervals(
    form: &FileForm,
    checker: &mut Checker<'_>,
) -> BTreeMap<String, Vec<TimeInterval>> {
    let mut named = BTreeMap::new();
    let mut first: BTreeMap<&str, &Located<String>> = BTreeMap::new();
    let deprecated = form.mute_time_intervals.iter().flatten();
    for interval in deprecated.chain(form.time_intervals.iter().flatten()) {
        let name = &interval.name;
        if name.is_empty() {
            checker.wrong(name.span, "a time interval's name may not be empty");
        } else if let Some(other) = first.insert(name, name) {
            checker.twice("time interval", name, other);
        }
        let parts = one(interval, checker);
        named.insert(name.value.clone(), parts);
    }
    named
}

fn one(interval: &IntervalForm, checker: &mut Checker<'_>) -> Vec<TimeInterval> {
    let parts = interval.time_intervals.iter().flatten();
    parts.map(|part| part_of(part, checker)).collect()
}

/// One of the parts that an interval consists of.
pub(in crate::alerting) fn part_of(part: &PartForm, checker: &mut Checker<'_>) -> TimeInterval {
    TimeInterval {
        times: part.times.as_ref().map(|times| {
            let times = times.iter();
            times.filter_map(|times| minutes(times, checker)).collect()
        }),
        weekdays: ranges(part.weekdays.as_deref(), checker, |range| {
            ordered(range.map(weekday)?, "day")
        }),
        days_of_month: ranges(part.days_of_month.as_deref(), checker, days_of_month),
        months: ranges(part.months.as_deref(), checker, |range| {
            ordered(range.map(month)?, "month")
        }),
        years: ranges(part.years.as_deref(), checker, |range| {
            ordered(range.map(number)?, "year")
        }),
        zone: part
            .location
            .as_ref()
            .map_or(TimeZone::UTC, |name| zone(name, checker)),
    }
}

fn minutes(times: &Located<TimesForm>, checker: &mut Checker<'_>) -> Option<Span<u16>> {
    let (Some(start), Some(end)) = (&times.start_time, &times.end_time) else {
        checker.wrong(
            times.span,
            "a range of times needs `start_time` and `end_time`",
        );
        return None;
    };
    let mut minute = |text: &Located<String>| {
        let minute = minute_of(text);
        if minute.is_none() {
            let message =
                format!("`{text}` is no time of day: expected one from `00:00` to `24:00`");
            checker.wrong(text.span, &message);
        }
        minute
    };
    let (from, to) = (minute(start), minute(end));
    let (from, to) = (from?, to?);
    if from >= to {
        let message = format!("`{end}` is not after `{start}`, and no range may cross midnight");
        let help = format!("make two of it: one to `24:00`, and one from `00:00` to `{end}`");
        checker.wrong_with_help(end.span, &message, &help);
    }
    Some(Span { from, to })
}

/// `17:30` as the minutes since midnight.
fn minute_of(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |text: &str| {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    let fits = hour < 24 && minute < 60 || (hour, minute) == (24, 0);
    fits.then_some(hour * 60 + minute)
}

/// A range as it was written, `from:to` or one value for both.
struct Written<'t> {
    from: &'t str,
    to: &'t str,
}

impl<'t> Written<'t> {
    fn map<T>(&self, value: impl Fn(&'t str) -> Result<T, String>) -> Result<Span<T>, String> {
        Ok(Span {
            from: value(self.from)?,
            to: value(self.to)?,
        })
    }
}

/// Reads a list of ranges; those that are wrong are told of and left out.
fn ranges<T: TryFrom<i32>>(
    list: Option<&[Located<String>]>,
    checker: &mut Checker<'_>,
    read: impl Fn(&Written<'_>) -> Result<Span<i32>, String>,
) -> Option<Vec<Span<T>>> {
    let mut spans = Vec::new();
    for text in list? {
        let lower = text.to_lowercase();
        let (from, to) = lower.split_once(':').unwrap_or((&lower, &lower));
        match read(&Written { from, to }) {
            Ok(span) => {
                // Numbers that do not fit are beyond all calendars.
                if let (Ok(from), Ok(to)) = (T::try_from(span.from), T::try_from(span.to)) {
                    spans.push(Span { from, to });
                }
            }
            Err(message) => checker.wrong(text.span, &message),
        }
    }
    Some(spans)
}

fn ordered(span: Span<i32>, what: &str) -> Result<Span<i32>, String> {
    if span.from > span.to {
        Err(format!("the last {what} of the range is before the first"))
    } else {
        Ok(span)
    }
}

fn number(text: &str) -> Result<i32, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no number: expected one, or a range as in `1:5`"))
}

fn weekday(text: &str) -> Result<i32, String> {
    let number = (0..).zip(DAYS).find(|(_, day)| *day == text);
    number.map(|(number, _)| number).ok_or_else(|| {
        let meant = suggest(text, DAYS);
        let help = meant.map_or_else(
            || "expected one such as `monday`, or a range as in `monday:friday`".to_owned(),
            |meant| format!("did you mean `{meant}`?"),
        );
        format!("`{text}` is no day of the week: {help}")
    })
}

fn month(text: &str) -> Result<i32, String> {
    let named = (1..).zip(MONTHS).find(|(_, month)| *month == text);
    let number = named
        .map(|(number, _)| number)
        .or_else(|| text.parse().ok());
    number.ok_or_else(|| {
        let meant = suggest(text, MONTHS);
        let help = meant.map_or_else(
            || "expected one such as `may` or `5`, or a range as in `may:august`".to_owned(),
            |meant| format!("did you mean `{meant}`?"),
        );
        format!("`{text}` is no month: {help}")
    })
}

fn days_of_month(written: &Written<'_>) -> Result<Span<i32>, String> {
    let span = written.map(number)?;
    for day in [span.from, span.to] {
        if day == 0 || !(-31..=31).contains(&day) {
            return Err(format!(
                "{day} is no day of a month: expected 1 to 31, or -1 to -31 from its end"
            ));
        }
    }
    if span.from < 0 && span.to > 0 {
        return Err("a range that begins from the end of the month must end there".to_owned());
    }
    let in_shortest = |day: i32| if day < 0 { MONTH_DAYS_MIN + day } else { day };
    if in_shortest(span.from) > in_shortest(span.to) {
        return Err(format!(
            "day {} is always before day {}",
            span.to, span.from
        ));
    }
    Ok(span)
}

fn zone(name: &Located<String>, checker: &mut Checker<'_>) -> TimeZone {
    if name.is_empty() {
        return TimeZone::UTC;
    }
    TimeZone::get(name).unwrap_or_else(|_| {
        let message = format!("`{name}` is no time zone");
        let help = "expected a name of the IANA database, as in `Europe/Berlin`";
        checker.wrong_with_help(name.span, &message, help);
        TimeZone::UTC
    })
}
