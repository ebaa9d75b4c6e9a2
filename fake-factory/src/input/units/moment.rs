//! A moment of a run: an offset from its start, a clock time, or a date and time.

use super::{HumanDuration, StartsAt, UnitError, written_as_text};
use jiff::Timestamp;
use jiff::civil::Time;
use std::fmt;
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

/// From the start to the next time that the wall clock shows `time`.
fn until_clock(time: Time, starts_at: &StartsAt) -> Duration {
    let start = starts_at.zoned();
    let today = start.datetime().date().to_datetime(time);
    let day = if time < start.time() {
        today.tomorrow().unwrap_or(today)
    } else {
        today
    };
    // Through the zone, so that a run over a change of clocks keeps to the wall.
    day.to_zoned(start.time_zone().clone())
        .ok()
        .and_then(|then| {
            Duration::try_from(then.timestamp().duration_since(start.timestamp())).ok()
        })
        .unwrap_or_default()
}

impl FromStr for Moment {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let trimmed = text.trim();
        let wrong = || {
            UnitError(format!(
                "`{text}` is no moment: expected an offset such as `12m 40s` or a clock time such as `10:02:40`"
            ))
        };
        if trimmed.len() > 10 && trimmed.as_bytes().get(4) == Some(&b'-') {
            return trimmed.parse().map(Moment::Date).map_err(|_| wrong());
        }
        if trimmed.contains(':') {
            let two_digits = trimmed.find(':') == Some(1);
            let padded = if two_digits {
                format!("0{trimmed}")
            } else {
                trimmed.to_owned()
            };
            return padded.parse().map(Moment::Clock).map_err(|_| wrong());
        }
        match trimmed.parse::<HumanDuration>() {
            Ok(offset) => Ok(Moment::Offset(offset.0)),
            Err(error) if trimmed.starts_with(|c: char| c.is_ascii_digit()) => Err(error),
            Err(_) => Err(wrong()),
        }
    }
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
    fn says_what_is_wrong() {
        for text in ["25:00", "noon", "12", "10:61"] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
