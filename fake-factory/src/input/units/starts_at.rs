//! What the clock on the wall shows at the start of a run, with its zone.

use super::{UnitError, written_as_text};
use jiff::fmt::temporal::{DateTimePrinter, Pieces, PiecesOffset};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Years that a run may start in: Unix time counts from the first, and the last leaves room.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2999;
const YEARS_TOLD: &str = "expected a year from 1970 to 2999";

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
        let zoned = date_and_time(text).map_err(|why| {
            UnitError(format!(
                "`{text}` is no start: {why}, as in `2024-08-08T09:50:00-06:00`"
            ))
        })?;
        Ok(StartsAt { zoned })
    }
}

/// A date, a time and an offset from UTC or a zone: RFC 3339, with the annotations of RFC 9557. The error says what was expected.
pub(super) fn date_and_time(text: &str) -> Result<Zoned, &'static str> {
    let expected = "expected a date, a time and an offset";
    let text = text.trim();
    let pieces = Pieces::parse(text).map_err(|_| expected)?;
    let offset = pieces.to_numeric_offset();
    let zone = match (offset, pieces.time_zone_annotation()) {
        _ if pieces.time().is_none() => return Err(expected),
        (None, None) => return Err(expected),
        (Some(offset), None) => TimeZone::fixed(offset),
        (_, Some(named)) => named
            .to_time_zone()
            .map_err(|_| "no zone is called so: expected one such as `America/Denver`")?,
    };
    let time = pieces.date().to_datetime(pieces.time().unwrap_or_default());
    let zoned = match offset {
        None => zone.to_ambiguous_zoned(time).unambiguous().map_err(
            |_| "the clocks of its zone show this time twice or never: expected an offset as well",
        )?,
        // `Z` says when it is and nothing of the clocks there.
        Some(offset) => {
            let then = offset
                .to_timestamp(time)
                .map_err(|_| YEARS_TOLD)?
                .to_zoned(zone);
            let is_utc = matches!(pieces.offset(), Some(PiecesOffset::Zulu));
            if !is_utc && then.offset() != offset {
                return Err("its zone has another offset then: expected both to agree");
            }
            then
        }
    };
    if YEARS.contains(&zoned.timestamp().to_zoned(TimeZone::UTC).year()) {
        Ok(zoned)
    } else {
        Err(YEARS_TOLD)
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
    fn a_named_zone_knows_when_its_clocks_change() {
        let start = |text: &str| text.parse::<StartsAt>().map_err(|error| error.to_string());
        let night = start("2024-11-03T00:50:00-06:00[America/Denver]").expect("a start");
        assert_eq!(night.clock_at(Duration::from_secs(7_200)), "01:50:00");
        assert_eq!(
            night.to_string(),
            "2024-11-03T00:50:00-06:00[America/Denver]"
        );
        for (text, utc) in [
            ("2024-11-03T01:30:00-06:00[America/Denver]", "07:30"),
            ("2024-11-03T01:30:00-07:00[America/Denver]", "08:30"),
            ("2024-11-03T07:30:00Z[America/Denver]", "07:30"),
            ("2024-08-08T09:50:00[America/Denver]", "15:50"),
        ] {
            let start = start(text).expect(text);
            assert_eq!(&start.timestamp().to_string()[11..16], utc, "{text}");
        }
        for (text, why) in [
            ("2024-11-03T01:30:00[America/Denver]", "twice or never"),
            ("2024-03-10T02:30:00[America/Denver]", "twice or never"),
            ("2024-08-08T09:50:00-05:00[America/Denver]", "both to agree"),
            ("2024-08-08T09:50:00[Nowhere/Town]", "no zone is called so"),
        ] {
            let told = start(text).expect_err(text);
            assert!(told.contains(why), "{text}: {told}");
        }
    }

    #[test]
    fn reads_what_the_standards_allow_and_no_impossible_date() {
        for text in [
            "2024-08-08t09:50:00z",
            "2024-08-08 09:50:00-06:00",
            "2024-08-08T09:50-06:00",
            "2024-08-08T09:50:00.250-06:00[u-ca=iso8601]",
            "2024-02-29T00:00:00Z",
        ] {
            assert!(text.parse::<StartsAt>().is_ok(), "{text}");
        }
        for text in [
            "",
            "noon",
            "2023-02-29T00:00:00Z",
            "2024-13-08T09:50:00Z",
            "2024-08-08T25:00:00Z",
            "2024-08-08T09:50:00+99:00",
            "2024-08-08",
            "2024-08-08Z",
            "1969-12-31T23:59:59Z",
            "9999-12-31T23:59:59Z",
            "-000001-01-01T00:00:00Z",
        ] {
            assert!(text.parse::<StartsAt>().is_err(), "{text}");
        }
    }

    #[test]
    fn needs_an_offset() {
        assert!("2024-08-08T09:50:00".parse::<StartsAt>().is_err());
        assert!("yesterday".parse::<StartsAt>().is_err());
        assert!("2024-12-04T19:24:00Z".parse::<StartsAt>().is_ok());
    }
}
