//! What the clock on the wall shows at the start of a run, with its zone.

use super::{UnitError, written_as_text};
use jiff::fmt::temporal::{DateTimeParser, DateTimePrinter};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The start of a run: a date, a time and an offset from UTC, as in `2024-08-08T09:50:00-06:00`.
#[derive(Clone, Debug, PartialEq)]
pub struct StartsAt {
    zoned: Zoned,
}

impl StartsAt {
    /// The moment itself.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        self.zoned.timestamp()
    }

    /// The moment with its zone.
    #[must_use]
    pub fn zoned(&self) -> &Zoned {
        &self.zoned
    }

    /// What the clock on the wall shows `offset` after the start: `10:02:40`, or `10:02:40.500` between seconds; with the number
    /// of days that have passed where there are any, `10:02:40 +1d`.
    #[must_use]
    pub fn clock_at(&self, offset: Duration) -> String {
        let Ok(then) = self.zoned.checked_add(offset) else {
            return format!("+{}s", offset.as_secs());
        };
        let time = then.time();
        let millis = time.millisecond();
        let days = self
            .zoned
            .date()
            .until(then.date())
            .map_or(0, |span| span.get_days());
        let fraction = if millis == 0 {
            String::new()
        } else {
            format!(".{millis:03}")
        };
        let later = if days == 0 {
            String::new()
        } else {
            format!(" +{days}d")
        };
        format!(
            "{:02}:{:02}:{:02}{fraction}{later}",
            time.hour(),
            time.minute(),
            time.second()
        )
    }
}

impl From<Timestamp> for StartsAt {
    /// The start at `timestamp`, on clocks that show UTC.
    fn from(timestamp: Timestamp) -> Self {
        StartsAt {
            zoned: timestamp.to_zoned(TimeZone::UTC),
        }
    }
}

impl FromStr for StartsAt {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        static PARSER: DateTimeParser = DateTimeParser::new();
        let trimmed = text.trim();
        if let Ok(zoned) = PARSER.parse_zoned(trimmed) {
            return Ok(StartsAt { zoned });
        }
        let wrong = || {
            UnitError(format!(
                "`{text}` is no start: expected a date, a time and an offset, as in `2024-08-08T09:50:00-06:00`"
            ))
        };
        let timestamp = PARSER.parse_timestamp(trimmed).map_err(|_| wrong())?;
        let pieces = jiff::fmt::temporal::Pieces::parse(trimmed).map_err(|_| wrong())?;
        let offset = pieces.to_numeric_offset().ok_or_else(wrong)?;
        Ok(StartsAt {
            zoned: timestamp.to_zoned(TimeZone::fixed(offset)),
        })
    }
}

impl fmt::Display for StartsAt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.zoned.time_zone();
        if zone.iana_name().is_some() {
            return self.zoned.fmt(formatter);
        }
        let text = DateTimePrinter::new()
            .timestamp_with_offset_to_string(&self.timestamp(), self.zoned.offset());
        formatter.write_str(&text)
    }
}

written_as_text!(StartsAt, "a date, a time and an offset, as in `2024-08-08T09:50:00-06:00`", {
    "type": "string",
    "pattern": "^\\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].*$",
    "description": "A date, a time and an offset from UTC, as in `2024-08-08T09:50:00-06:00`."
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_time_on_the_wall() {
        let start: StartsAt = "2024-08-08T09:50:00-06:00".parse().expect("a start");
        assert_eq!(start.clock_at(Duration::from_secs(760)), "10:02:40");
        assert_eq!(start.clock_at(Duration::from_millis(1_500)), "09:50:01.500");
        assert_eq!(start.clock_at(Duration::from_secs(86_400)), "09:50:00 +1d");
        assert_eq!(start.to_string(), "2024-08-08T09:50:00-06:00");
        assert_eq!(start.timestamp().to_string(), "2024-08-08T15:50:00Z");
    }

    #[test]
    fn needs_an_offset() {
        assert!("2024-08-08T09:50:00".parse::<StartsAt>().is_err());
        assert!("yesterday".parse::<StartsAt>().is_err());
        assert!("2024-12-04T19:24:00Z".parse::<StartsAt>().is_ok());
    }
}
