//! A length of time: `90s`, `2h 46m`, `250ms`.

use super::{UnitError, written_as_text};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A length of time as people write it: numbers with units, `ms`, `s`, `m`, `h`, `d`, `w`. Ten years at the most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct HumanDuration(pub Duration);

/// Units, the longest first, in milliseconds.
const UNITS: [(&str, u64); 6] = [
    ("w", 604_800_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];
const MILLIS_MAX: f64 = 10.0 * 365.25 * 86_400_000.0;

impl FromStr for HumanDuration {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let trimmed = text.trim();
        if trimmed == "0" {
            return Ok(HumanDuration::default());
        }
        let wrong = |why: &str| {
            UnitError(format!(
                "`{text}` is no duration: {why}, as in `90s` or `2h 46m`"
            ))
        };
        let mut rest = trimmed;
        let mut millis = 0.0_f64;
        let mut last = f64::INFINITY;
        if rest.is_empty() {
            return Err(wrong("expected numbers with units"));
        }
        if rest.starts_with('-') {
            return Err(wrong("it cannot be negative"));
        }
        while !rest.is_empty() {
            let digits = rest
                .find(|c: char| !c.is_ascii_digit() && c != '.')
                .unwrap_or(rest.len());
            let (number, after) = rest.split_at(digits);
            let number: f64 = number
                .parse()
                .map_err(|_| wrong("expected a number and its unit"))?;
            let after = after.trim_start();
            let letters = after
                .find(|c: char| !c.is_alphabetic())
                .unwrap_or(after.len());
            let (unit, after) = after.split_at(letters);
            if unit.is_empty() {
                return Err(wrong("a duration needs a unit"));
            }
            let scale =
                millis_of(unit).ok_or_else(|| wrong("the units are ms, s, m, h, d and w"))?;
            // `3m 2h` and `1s 1s` are more likely slips than sums.
            if scale >= last {
                return Err(wrong("write the largest unit first, and each once"));
            }
            last = scale;
            millis += number * scale;
            rest = after.trim_start();
        }
        if millis > MILLIS_MAX {
            return Err(wrong("at most ten years"));
        }
        // In range and never negative; sub-millisecond parts are kept to the microsecond.
        Ok(HumanDuration(Duration::from_micros(
            (millis * 1_000.0).round() as u64,
        )))
    }
}

fn millis_of(unit: &str) -> Option<f64> {
    let short = match unit {
        "sec" | "secs" | "second" | "seconds" => "s",
        "min" | "mins" | "minute" | "minutes" => "m",
        "hour" | "hours" => "h",
        "day" | "days" => "d",
        "week" | "weeks" => "w",
        other => other,
    };
    UNITS
        .iter()
        .find(|(name, _)| *name == short)
        .map(|(_, millis)| *millis as f64)
}

impl fmt::Display for HumanDuration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut micros = u64::try_from(self.0.as_micros()).unwrap_or(u64::MAX);
        if micros == 0 {
            return formatter.write_str("0s");
        }
        let mut separator = "";
        for (unit, millis) in UNITS {
            let whole = micros / (millis * 1_000);
            micros %= millis * 1_000;
            let fraction = unit == "ms" && micros > 0;
            if fraction {
                write!(
                    formatter,
                    "{separator}{}ms",
                    (whole * 1_000 + micros) as f64 / 1_000.0
                )?;
            } else if whole > 0 {
                write!(formatter, "{separator}{whole}{unit}")?;
            }
            if whole > 0 {
                separator = " ";
            }
        }
        Ok(())
    }
}

written_as_text!(HumanDuration, "a duration such as `90s` or `2h 46m`", {
    "type": ["string", "integer"],
    "pattern": "^\\s*(0|([0-9]+(\\.[0-9]+)?\\s*[a-z]+\\s*)+)$",
    "description": "A duration, as in `90s`, `2h 46m` or `250ms`."
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, millis) in [
            ("90s", 90_000),
            ("2h 46m", 9_960_000),
            ("250ms", 250),
            ("1.5s", 1_500),
            ("0", 0),
            ("0s", 0),
            ("1w", 604_800_000),
            ("9m36s", 576_000),
        ] {
            assert_eq!(
                text.parse(),
                Ok(HumanDuration(Duration::from_millis(millis))),
                "{text}"
            );
        }
    }

    #[test]
    fn writes_back_what_it_reads() {
        for text in [
            "1m 30s", "2h 46m", "250ms", "0s", "1w 1d", "1s 500ms", "0.5ms",
        ] {
            let duration: HumanDuration = text.parse().expect("a duration");
            assert_eq!(duration.to_string(), text);
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, why) in [
            ("90", "needs a unit"),
            ("", "expected numbers"),
            ("-3s", "cannot be negative"),
            ("1s 1s", "each once"),
            ("3m 2h", "the largest unit first"),
            ("1min 1m", "each once"),
            ("1e3s", "the units are"),
            ("1.2.3s", "expected a number"),
            (".s", "expected a number"),
            ("s", "expected a number"),
            ("1s,", "expected a number"),
            ("3M", "the units are"),
            ("3 parsecs", "the units are"),
            ("99999w", "ten years"),
            (&format!("{}w", "9".repeat(400)), "ten years"),
        ] {
            let error = text.parse::<HumanDuration>().expect_err(text).to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_duration_is_written_so_that_it_is_read_back(micros in 0..315_576_000_000_000_u64) {
            let duration = HumanDuration(Duration::from_micros(micros));
            proptest::prop_assert_eq!(duration.to_string().parse(), Ok(duration));
        }
    }
}
