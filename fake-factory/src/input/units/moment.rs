//! A moment of a run: an offset from its start, a clock time, or a date and time.

use super::starts_at::date_and_time;
use super::{HumanDuration, StartsAt, UnitError, written_as_text};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

/// A moment of a run, as people write it. What an offset counts from is said where a moment is used; mostly the start of the run.
#[derive(Clone, Debug, PartialEq)]
pub enum Moment {
    /// `12m 40s`.
    Offset(Duration),
    /// `10:02:40`, read in the zone of `starts_at`; a time before that of `starts_at` is the next day's.
    Clock(Time),
    /// `2024-08-08T10:02:40-06:00`.
    Date(Timestamp),
}

/// A moment that lies before the run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{moment} lies before the start of the run, {starts_at}")]
pub struct MomentError {
    moment: String,
    starts_at: String,
}

impl Moment {
    /// How long after the start of the run it lies, where an offset counts from that start.
    ///
    /// # Errors
    /// When a date lies before the start.
    pub fn resolve(&self, starts_at: &StartsAt) -> Result<Duration, MomentError> {
        self.resolve_from(Duration::ZERO, starts_at)
    }

    /// How long after the start of the run it lies, where an offset counts from `base` after it.
    ///
    /// # Errors
    /// When a date lies before the start.
    pub fn resolve_from(
        &self,
        base: Duration,
        starts_at: &StartsAt,
    ) -> Result<Duration, MomentError> {
        match self {
            Moment::Offset(offset) => Ok(base.saturating_add(*offset)),
            Moment::Clock(time) => Ok(until_clock(*time, starts_at)),
            Moment::Date(timestamp) => timestamp
                .duration_since(starts_at.timestamp())
                .try_into()
                .map_err(|_| MomentError {
                    moment: self.to_string(),
                    starts_at: starts_at.to_string(),
                }),
        }
    }
}

/// From the start to the next time that the wall clock shows `time`. Where clocks go back it shows it twice, and the second may be
/// the next; where they go forward it never does, and the time as far after the change is meant.
fn until_clock(time: Time, starts_at: &StartsAt) -> Duration {
    let start = starts_at.zoned();
    let today = start.date();
    let tomorrow = today.tomorrow().unwrap_or(today);
    let shown = |day: Date| {
        let ambiguous = start.time_zone().to_ambiguous_zoned(day.to_datetime(time));
        [ambiguous.clone().compatible(), ambiguous.later()]
    };
    let mut times = shown(today).into_iter().chain(shown(tomorrow)).flatten();
    times
        .find_map(|then| Duration::try_from(start.duration_until(&then)).ok())
        .unwrap_or_default()
}

impl FromStr for Moment {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let trimmed = text.trim();
        let wrong = |why: &str| UnitError(format!("`{text}` is no moment: {why}"));
        if trimmed.as_bytes().get(4) == Some(&b'-') {
            return date_and_time(trimmed)
                .map(|then| Moment::Date(then.timestamp()))
                .map_err(|why| wrong(&format!("{why}, as in `2024-08-08T10:02:40-06:00`")));
        }
        if trimmed.contains(':') {
            return clock(trimmed)
                .map(Moment::Clock)
                .ok_or_else(|| wrong(EXPECTED));
        }
        match trimmed.parse::<HumanDuration>() {
            Ok(offset) => Ok(Moment::Offset(offset.0)),
            Err(error) if trimmed.starts_with(|c: char| c.is_ascii_digit()) => Err(error),
            Err(_) => Err(wrong(EXPECTED)),
        }
    }
}

const EXPECTED: &str = "expected an offset such as `12m 40s` or a clock time such as `10:02:40`";

/// `9:50`, `10:02:40`, `10:02:40.5`: nothing else that a date's time may look like, and no leap second.
fn clock(text: &str) -> Option<Time> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let number = |part: &str, lengths: RangeInclusive<usize>| {
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        let fits = digits && lengths.contains(&part.len());
        fits.then(|| part.parse::<i8>().ok()).flatten()
    };
    let mut parts = whole.split(':');
    let hour = number(parts.next()?, 1..=2)?;
    let minute = number(parts.next()?, 2..=2)?;
    let second = match (parts.next(), fraction) {
        (Some(second), _) => number(second, 2..=2)?,
        (None, None) => 0,
        (None, Some(_)) => return None,
    };
    let nanos = match fraction {
        Some(digits)
            if (1..=9).contains(&digits.len())
                && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            format!("{digits:0<9}").parse().ok()?
        }
        Some(_) => return None,
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, nanos).ok()
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Moment::Offset(offset) => HumanDuration(*offset).fmt(formatter),
            Moment::Clock(time) => time.fmt(formatter),
            Moment::Date(timestamp) => timestamp.fmt(formatter),
        }
    }
}

written_as_text!(Moment, "an offset such as `12m 40s` or a clock time such as `10:02:40`", {
    "type": ["string", "integer"],
    "description": "A moment: an offset as in `12m 40s`, or a clock time as in `10:02:40`."
});

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str) -> Result<Duration, MomentError> {
        let start: StartsAt = "2024-08-08T09:50:00-06:00".parse().expect("a start");
        text.parse::<Moment>().expect(text).resolve(&start)
    }

    #[test]
    fn reads_offsets_clock_times_and_dates() {
        assert_eq!(resolved("12m 40s"), Ok(Duration::from_secs(760)));
        assert_eq!(resolved("10:02:40"), Ok(Duration::from_secs(760)));
        assert_eq!(resolved("10:02"), Ok(Duration::from_secs(720)));
        assert_eq!(
            resolved("2024-08-08T10:02:40-06:00"),
            Ok(Duration::from_secs(760))
        );
    }

    #[test]
    fn an_earlier_clock_time_is_the_next_day() {
        assert_eq!(resolved("09:49"), Ok(Duration::from_secs(86_400 - 60)));
    }

    #[test]
    fn a_date_before_the_start_is_an_error() {
        assert!(resolved("2024-08-08T09:00:00-06:00").is_err());
    }

    #[test]
    fn a_clock_time_keeps_to_the_wall_where_clocks_change() {
        for (start, time, minutes) in [
            // Back, at 02:00: 01:50 is shown twice.
            ("2024-11-03T01:40:00-06:00", "01:50", 10),
            ("2024-11-03T01:40:00-07:00", "01:50", 10),
            ("2024-11-03T01:55:00-06:00", "01:50", 55),
            ("2024-11-03T01:55:00-07:00", "01:50", 24 * 60 - 5),
            ("2024-11-03T01:00:00-06:00", "03:00", 180),
            ("2024-11-02T12:00:00-06:00", "11:59", 25 * 60 - 1),
            // Forward, at 02:00: 02:30 is never shown.
            ("2024-03-10T01:30:00-07:00", "02:30", 60),
            ("2024-03-10T01:30:00-07:00", "03:30", 60),
            ("2024-03-10T01:30:00-07:00", "01:30", 0),
        ] {
            let starts_at = format!("{start}[America/Denver]").parse().expect(start);
            let moment: Moment = time.parse().expect(time);
            let expected = Ok(Duration::from_secs(minutes * 60));
            assert_eq!(moment.resolve(&starts_at), expected, "{time} from {start}");
        }
    }

    #[test]
    fn clock_times_are_as_clocks_show_them() {
        for (text, shown) in [
            ("9:50", "09:50:00"),
            ("10:02:40.5", "10:02:40.5"),
            ("00:00", "00:00:00"),
        ] {
            let moment: Moment = text.parse().expect(text);
            assert_eq!(moment.to_string(), shown);
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, why) in [
            ("25:00", "a clock time such as"),
            ("24:00", "a clock time such as"),
            ("10:61", "a clock time such as"),
            ("10:02:60", "a clock time such as"),
            ("1:2", "a clock time such as"),
            ("10:02.5", "a clock time such as"),
            ("10:02:40.", "a clock time such as"),
            ("10:02:40:1", "a clock time such as"),
            ("+1:00", "a clock time such as"),
            ("é:00", "a clock time such as"),
            ("10:00Z", "a clock time such as"),
            ("10:00-06:00", "a clock time such as"),
            ("noon", "a clock time such as"),
            ("éééé-", "a clock time such as"),
            ("", "a clock time such as"),
            ("12", "needs a unit"),
            ("2024-08-08", "expected a date, a time and an offset"),
            ("2024-08-08T09:50", "expected a date, a time and an offset"),
            ("2023-02-29T09:50Z", "expected a date, a time and an offset"),
        ] {
            let error = text.parse::<Moment>().expect_err(text).to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
