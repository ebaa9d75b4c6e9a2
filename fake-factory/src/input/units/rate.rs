//! How often something happens: `1.4/min`, `20/s`.

use super::{UnitError, written_as_text};
use std::fmt;
use std::str::FromStr;

/// How often something happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    count: f64,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
}

impl Unit {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "s" | "sec" | "second" => Some(Unit::Second),
            "m" | "min" | "minute" => Some(Unit::Minute),
            "h" | "hour" => Some(Unit::Hour),
            "d" | "day" => Some(Unit::Day),
            _ => None,
        }
    }

    const fn seconds(self) -> f64 {
        match self {
            Unit::Second => 1.0,
            Unit::Minute => 60.0,
            Unit::Hour => 3_600.0,
            Unit::Day => 86_400.0,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Unit::Second => "s",
            Unit::Minute => "min",
            Unit::Hour => "h",
            Unit::Day => "day",
        }
    }
}

impl Rate {
    /// How often in a second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.count / self.unit.seconds()
    }
}

impl FromStr for Rate {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let wrong = || {
            UnitError(format!(
                "`{text}` is no rate: expected how many in how long, as in `1.4/min` or `20/s`"
            ))
        };
        let (count, unit) = text.split_once('/').ok_or_else(wrong)?;
        let count: f64 = count.trim().parse().map_err(|_| wrong())?;
        let unit = Unit::from_name(unit.trim()).ok_or_else(wrong)?;
        if count.is_finite() && count >= 0.0 {
            Ok(Rate {
                count: count.abs(),
                unit,
            })
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.count, self.unit.name())
    }
}

written_as_text!(Rate, "a rate such as `1.4/min` or `20/s`", {
    "type": "string",
    "pattern": "^\\s*[0-9.eE+]+\\s*/\\s*(s|sec|second|m|min|minute|h|hour|d|day)\\s*$",
    "description": "A rate, as in `1.4/min` or `20/s`."
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_counts_per_time() {
        let rate: Rate = "6/min".parse().expect("a rate");
        assert!((rate.per_second() - 0.1).abs() < 1e-12);
        assert_eq!(rate.to_string(), "6/min");
        assert!("6".parse::<Rate>().is_err());
        assert!("-6/s".parse::<Rate>().is_err());
        assert!("6/fortnight".parse::<Rate>().is_err());
        for text in ["inf/s", "NaN/s", "1e999/s", "/s", "6/", "6/s/s"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }
}
