//! Durations as Prometheus writes them: `5m`, `1h30m`, `250ms`, units from long to short.

use std::time::Duration;

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
    match text {
        "0" => Ok(Duration::ZERO),
        text => promql::duration_ms(text)
            .map(Duration::from_millis)
            .map_err(|_| DurationError(text.to_owned())),
    }
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
