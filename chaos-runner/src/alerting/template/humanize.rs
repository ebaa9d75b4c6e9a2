//! Numbers for people: Prometheus' `humanize` family, digit for digit.

use super::go_format::general;
use jiff::Timestamp;

const LARGE: [&str; 8] = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
const SMALL: [&str; 8] = ["m", "u", "n", "p", "f", "a", "z", "y"];
const BINARY: [&str; 8] = ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];

fn four(value: f64) -> String {
    general(value, Some(4))
}

fn plain(value: f64) -> bool {
    value == 0.0 || !value.is_finite()
}

/// `1234` as `1.234k`, `0.001` as `1m`.
pub(super) fn humanize(value: f64) -> String {
    if plain(value) {
        return four(value);
    }
    if value.abs() >= 1.0 {
        return scaled(value, &LARGE, 1000.0);
    }
    small(value, "")
}

/// `2048` as `2ki`.
pub(super) fn humanize_1024(value: f64) -> String {
    if value.abs() <= 1.0 || !value.is_finite() {
        return four(value);
    }
    scaled(value, &BINARY, 1024.0)
}

fn scaled(mut value: f64, prefixes: &[&'static str], base: f64) -> String {
    let mut prefix = "";
    for next in prefixes {
        if value.abs() < base {
            break;
        }
        prefix = next;
        value /= base;
    }
    format!("{}{prefix}", four(value))
}

fn small(mut value: f64, unit: &str) -> String {
    let mut prefix = "";
    for next in SMALL {
        if value.abs() >= 1.0 {
            break;
        }
        prefix = next;
        value *= 1000.0;
    }
    format!("{}{prefix}{unit}", four(value))
}

/// `3661` as `1h 1m 1s`.
pub(super) fn humanize_duration(value: f64) -> String {
    if !value.is_finite() {
        return four(value);
    }
    if value == 0.0 {
        return "0s".to_owned();
    }
    if value.abs() < 1.0 {
        return small(value, "s");
    }
    let sign = if value < 0.0 { "-" } else { "" };
    // The cast saturates, as a number of seconds that large has no better reading.
    let whole = value.abs() as u64;
    let (days, hours) = (whole / 86_400, whole / 3_600 % 24);
    let (minutes, seconds) = (whole / 60 % 60, whole % 60);
    if days != 0 {
        format!("{sign}{days}d {hours}h {minutes}m {seconds}s")
    } else if hours != 0 {
        format!("{sign}{hours}h {minutes}m {seconds}s")
    } else if minutes != 0 {
        format!("{sign}{minutes}m {seconds}s")
    } else {
        format!("{sign}{}s", four(value.abs()))
    }
}

/// `0.123` as `12.3%`.
pub(super) fn humanize_percentage(value: f64) -> String {
    format!("{}%", four(value * 100.0))
}

/// Seconds since 1970 in nanoseconds, which Go counts in 64 bits.
pub(super) fn nanoseconds(seconds: f64) -> Result<i64, String> {
    let nanos = seconds * 1e9;
    if nanos > i64::MAX as f64 || nanos < i64::MIN as f64 {
        let value = general(seconds, None);
        return Err(format!(
            "{value} cannot be represented as a nanoseconds timestamp since it overflows int64"
        ));
    }
    Ok(nanos as i64)
}

/// Seconds since 1970 as `2024-08-08 16:00:00 +0000 UTC`.
pub(super) fn humanize_timestamp(value: f64) -> Result<String, String> {
    if !value.is_finite() {
        return Ok(four(value));
    }
    let nanos = nanoseconds(value)?;
    // Prometheus keeps milliseconds of it, cut towards 1970.
    let timestamp = Timestamp::from_millisecond(nanos / 1_000_000).unwrap_or_default();
    let text = timestamp.strftime("%Y-%m-%d %H:%M:%S%.f").to_string();
    Ok(format!("{text} +0000 UTC"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        type Humanize = fn(f64) -> String;
        let table: [(Humanize, f64, &str); 22] = [
            (humanize, 0.0, "0"),
            (humanize, 1.0, "1"),
            (humanize, 1_234_567.0, "1.235M"),
            (humanize, 0.22, "220m"),
            (humanize, -0.000_001, "-1u"),
            (humanize, f64::NAN, "NaN"),
            (humanize, f64::INFINITY, "+Inf"),
            (humanize_1024, 0.0, "0"),
            (humanize_1024, 1_048_576.0, "1Mi"),
            (humanize_1024, 0.22, "0.22"),
            (humanize_duration, 0.0, "0s"),
            (humanize_duration, 60.0, "1m 0s"),
            (humanize_duration, 3_600.0, "1h 0m 0s"),
            (humanize_duration, 86_400.0, "1d 0h 0m 0s"),
            (humanize_duration, -86_461.0, "-1d 0h 1m 1s"),
            (humanize_duration, 0.1, "100ms"),
            (humanize_duration, 0.000_1, "100us"),
            (humanize_duration, 59.999, "60s"),
            (humanize_duration, 1.5, "1.5s"),
            (humanize_percentage, 0.123_456, "12.35%"),
            (humanize_percentage, 1.0, "100%"),
            (humanize_percentage, f64::NAN, "NaN%"),
        ];
        for (function, value, text) in table {
            assert_eq!(function(value), text, "{value}");
        }
    }

    #[test]
    fn timestamps_are_written_in_utc() {
        let table = [
            (0.0, "1970-01-01 00:00:00 +0000 UTC"),
            (1_435_065_584.128, "2015-06-23 13:19:44.128 +0000 UTC"),
        ];
        for (value, text) in table {
            assert_eq!(humanize_timestamp(value).as_deref(), Ok(text));
        }
        assert!(humanize_timestamp(1e300).is_err());
    }
}
