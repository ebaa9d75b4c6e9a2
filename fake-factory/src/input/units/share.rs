//! A part of a whole: `30%`, `0.3`.

use super::{UnitError, written_as_text};
use std::fmt;
use std::str::FromStr;

/// A part of a whole, from 0 to 1, written as a percentage or as a fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Share(pub f64);

impl FromStr for Share {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let trimmed = text.trim();
        let (digits, scale) = match trimmed.strip_suffix('%') {
            Some(digits) => (digits.trim_end(), 100.0),
            None => (trimmed, 1.0),
        };
        let number: f64 = digits.parse().map_err(|_| {
            UnitError(format!(
                "`{text}` is no share: expected `30%` or a fraction such as `0.3`"
            ))
        })?;
        let share = number / scale;
        if (0.0..=1.0).contains(&share) {
            // Of `-0%` only the share is kept.
            Ok(Share(share.abs()))
        } else {
            Err(UnitError(format!(
                "`{text}` is no share: it lies between 0% and 100%"
            )))
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rounded where binary fractions would show: 0.07 is 7%, not 7.000000000000001%.
        write!(formatter, "{}%", (self.0 * 1e11).round() / 1e9)
    }
}

written_as_text!(Share, "a share such as `30%` or `0.3`", {
    "type": ["string", "number"],
    "pattern": "^\\s*[0-9.]+\\s*%?\\s*$",
    "minimum": 0, "maximum": 1,
    "description": "A share, as in `30%` or `0.3`."
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_percentages_and_fractions() {
        assert_eq!("30%".parse(), Ok(Share(0.3)));
        assert_eq!("0.3".parse(), Ok(Share(0.3)));
        assert_eq!("100 %".parse(), Ok(Share(1.0)));
        assert_eq!(Share(0.07).to_string(), "7%");
        assert_eq!(Share(0.999).to_string(), "99.9%");
    }

    #[test]
    fn refuses_more_than_the_whole() {
        for text in [
            "101%", "1.5", "-1%", "NaN", "inf", "1e999%", "%", "", "many",
        ] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }
}
