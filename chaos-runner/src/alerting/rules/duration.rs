//! Durations as Prometheus writes them: `5m`, `1h30m`, `250ms`, units from long to short.

use std::time::Duration;

/// The units from long to short, with their lengths in milliseconds.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// What fits into Go's signed 64-bit nanoseconds.
const MILLISECONDS_MAX: u64 = 9_223_372_036_854;

/// A text that is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no duration: expected one such as `5m` or `1h30m`, in the units y, w, d, h, m, s, ms"
)]
pub struct DurationError(String);

/// Reads a Prometheus duration. `0` needs no unit.
///
/// # Errors
/// When it is none, or longer than a Prometheus duration can be (292 years).
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let wrong = || DurationError(text.to_owned());
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    if text.is_empty() {
        return Err(wrong());
    }
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut total_ms: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, after) = rest.split_at(digits);
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let end = after.find(|c: char| c.is_ascii_digit());
        let unit = &after[..end.unwrap_or(after.len())];
        // Going on in the same iterator keeps the order and forbids a unit twice.
        let (_, length_ms) = units.find(|(name, _)| *name == unit).ok_or_else(wrong)?;
        total_ms = number
            .checked_mul(*length_ms)
            .and_then(|part| total_ms.checked_add(part))
            .filter(|total| *total <= MILLISECONDS_MAX)
            .ok_or_else(wrong)?;
        rest = &after[unit.len()..];
    }
    Ok(Duration::from_millis(total_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_prometheus_reads_them() {
        let table = [
            ("0", 0),
            ("0s", 0),
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("250ms", 250),
            ("1d2h3m4s5ms", 93_784_005),
            ("1w", 604_800_000),
            ("1y", 31_536_000_000),
        ];
        for (text, ms) in table {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_millis(ms)),
                "{text}"
            );
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "1",
            "m",
            "5 m",
            "1.5h",
            "30m1h",
            "1m1m",
            "-5m",
            "1x",
            "300y",
            "99999999999999999999s",
        ] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
