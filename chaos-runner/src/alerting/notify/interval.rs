//! Time intervals: which moments of the week, the month and the year belong to one. It knows dates and zones, nothing of routes.

mod words;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A set of moments: those that every condition accepts. A condition that is left out accepts all.
#[derive(Clone, Debug)]
pub struct TimeInterval {
    /// Minutes of the day, the end excluded: 540 to 1,020 is from 9:00 to 17:00.
    pub times: Option<Vec<Span<u16>>>,
    /// Days of the week from 0, Sunday, both ends included.
    pub weekdays: Option<Vec<Span<i8>>>,
    /// Days of the month from 1, negative ones from its end (-1 is the last), both ends included.
    pub days_of_month: Option<Vec<Span<i8>>>,
    /// Months from 1, both ends included.
    pub months: Option<Vec<Span<i8>>>,
    /// Years, both ends included.
    pub years: Option<Vec<Span<i32>>>,
    /// The zone of whose clocks all this is said.
    pub zone: TimeZone,
}

impl Default for TimeInterval {
    fn default() -> Self {
        TimeInterval {
            times: None,
            weekdays: None,
            days_of_month: None,
            months: None,
            years: None,
            zone: TimeZone::UTC,
        }
    }
}

/// From one value to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<T> {
    /// The first.
    pub from: T,
    /// The last, or the one after it: as the field says that has it.
    pub to: T,
}

impl<T: PartialOrd> Span<T> {
    fn includes(&self, value: &T) -> bool {
        (&self.from..=&self.to).contains(&value)
    }
}

impl TimeInterval {
    /// Whether a moment is in it.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        let local = at.to_zoned(self.zone.clone());
        let minute =
            u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        let weekday = local.weekday().to_sunday_zero_offset();
        let (day, days) = (local.day(), local.days_in_month());
        any(self.times.as_deref(), |span| {
            span.from <= minute && minute < span.to
        }) && any(self.days_of_month.as_deref(), |span| {
            in_month(*span, day, days)
        }) && any(self.months.as_deref(), |span| span.includes(&local.month()))
            && any(self.weekdays.as_deref(), |span| span.includes(&weekday))
            && any(self.years.as_deref(), |span| {
                span.includes(&i32::from(local.year()))
            })
    }
}

/// Whether one of `spans` accepts; where none are given, all is accepted.
fn any<T>(spans: Option<&[Span<T>]>, accepts: impl Fn(&Span<T>) -> bool) -> bool {
    spans.is_none_or(|spans| spans.iter().any(accepts))
}

/// Days that count from the end are told from the start, and none cross into another month.
fn in_month(span: Span<i8>, day: i8, days: i8) -> bool {
    let from_start = |number: i8| {
        if number < 0 {
            number.saturating_add(days).saturating_add(1)
        } else {
            number
        }
    };
    let (from, to) = (from_start(span.from), from_start(span.to));
    from <= days && from <= day && day <= to
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn span<T>(from: T, to: T) -> Option<Vec<Span<T>>> {
        Some(vec![Span { from, to }])
    }

    #[test]
    fn a_moment_is_in_an_interval_when_every_condition_accepts_it() {
        let office = TimeInterval {
            times: span(9 * 60, 17 * 60),
            weekdays: span(1, 5),
            ..TimeInterval::default()
        };
        let last_days = TimeInterval {
            days_of_month: span(-3, -1),
            ..TimeInterval::default()
        };
        let long_month = TimeInterval {
            days_of_month: span(31, 31),
            ..TimeInterval::default()
        };
        let summers = TimeInterval {
            months: span(6, 8),
            years: span(2024, 2025),
            ..TimeInterval::default()
        };
        let nothing = TimeInterval {
            times: Some(Vec::new()),
            ..TimeInterval::default()
        };
        for (what, interval, at, expected) in [
            ("the start", &office, "2024-08-08T09:00:00Z", true),
            ("before it", &office, "2024-08-08T08:59:59Z", false),
            ("the last minute", &office, "2024-08-08T16:59:59Z", true),
            ("the end", &office, "2024-08-08T17:00:00Z", false),
            ("a Sunday", &office, "2024-08-11T12:00:00Z", false),
            ("a leap day", &last_days, "2024-02-29T12:00:00Z", true),
            (
                "three from the end",
                &last_days,
                "2024-02-27T00:00:00Z",
                true,
            ),
            (
                "four from the end",
                &last_days,
                "2024-02-26T23:59:00Z",
                false,
            ),
            ("no 31st", &long_month, "2024-04-30T12:00:00Z", false),
            ("a 31st", &long_month, "2024-05-31T12:00:00Z", true),
            ("July", &summers, "2025-07-01T00:00:00Z", true),
            ("another year", &summers, "2026-07-01T00:00:00Z", false),
            ("September", &summers, "2025-09-01T00:00:00Z", false),
            ("no times at all", &nothing, "2025-09-01T00:00:00Z", false),
            (
                "anything",
                &TimeInterval::default(),
                "2025-09-01T00:00:00Z",
                true,
            ),
        ] {
            assert_eq!(interval.contains(moment(at)), expected, "{what}");
        }
    }

    #[test]
    fn clocks_are_those_of_the_zone() {
        let night = TimeInterval {
            times: span(22 * 60, 24 * 60),
            weekdays: span(4, 4),
            zone: TimeZone::get("America/Denver").expect("a zone"),
            ..TimeInterval::default()
        };
        // Thursday 22:30 in Denver, when it is Friday in Greenwich.
        assert!(night.contains(moment("2024-08-09T04:30:00Z")));
        assert!(!night.contains(moment("2024-08-08T22:30:00Z")));
    }
}
