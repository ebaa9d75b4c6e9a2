//! Numbers as people and programs write them: durations, sizes in bytes, floats. Each reader gives nothing for what it cannot read.

/// Nanoseconds of the units of a duration.
const DURATION_UNITS: [(&str, f64); 11] = [
    ("ns", 1.0),
    ("us", 1e3),
    ("µs", 1e3),
    ("μs", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 60e9),
    ("h", 3_600e9),
    ("d", 86_400e9),
    ("w", 7.0 * 86_400e9),
    ("y", 365.0 * 86_400e9),
];

/// Units that Go's durations do not have, and Prometheus' do.
const LONG_UNITS: [&str; 3] = ["d", "w", "y"];

/// Bytes of the units of a size, in lower case.
const BYTE_UNITS: [(&str, f64); 25] = [
    ("", 1.0),
    ("b", 1.0),
    ("k", 1e3),
    ("kb", 1e3),
    ("m", 1e6),
    ("mb", 1e6),
    ("g", 1e9),
    ("gb", 1e9),
    ("t", 1e12),
    ("tb", 1e12),
    ("p", 1e15),
    ("pb", 1e15),
    ("e", 1e18),
    ("eb", 1e18),
    ("ki", 1024.0),
    ("kib", 1024.0),
    ("mi", 1_048_576.0),
    ("mib", 1_048_576.0),
    ("gi", 1_073_741_824.0),
    ("gib", 1_073_741_824.0),
    ("ti", 1_099_511_627_776.0),
    ("tib", 1_099_511_627_776.0),
    ("pi", 1_125_899_906_842_624.0),
    ("pib", 1_125_899_906_842_624.0),
    ("eib", 1_152_921_504_606_846_976.0),
];

/// A duration of a query, in nanoseconds: `5m`, `1h30m`, `1.5h`, `1d`.
pub(crate) fn duration_ns(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(digits);
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.');
        let unit = &after[..end.unwrap_or(after.len())];
        let (_, length) = DURATION_UNITS.iter().find(|(name, _)| *name == unit)?;
        total += number.parse::<f64>().ok()? * length;
        rest = &after[unit.len()..];
    }
    // Beyond this, Go's durations overflow.
    (!text.is_empty() && total < 9.2e18).then_some(total.round() as i64)
}

/// A duration in a label, in seconds, as Go reads it: `250ms`, `-1.5h`, `0`.
pub(crate) fn go_duration_seconds(text: &str) -> Option<f64> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0.0);
    }
    if LONG_UNITS.iter().any(|unit| rest.contains(unit)) {
        return None;
    }
    duration_ns(rest).map(|ns| sign * ns as f64 / 1e9)
}

/// A size in bytes: `512`, `1.5KB`, `20 MiB`.
pub(crate) fn bytes(text: &str) -> Option<f64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',');
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    let unit = unit.trim().to_lowercase();
    let (_, size) = BYTE_UNITS.iter().find(|(name, _)| *name == unit)?;
    let number: f64 = number.replace(',', "").parse().ok()?;
    Some((number * size).trunc())
}

/// A float as Go reads it.
pub(crate) fn float(text: &str) -> Option<f64> {
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    match hex {
        Some(digits) => u64::from_str_radix(digits, 16).ok().map(|n| n as f64),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_prometheus_and_go_write_them() {
        assert_eq!(duration_ns("1h30m"), Some(5_400_000_000_000));
        assert_eq!(duration_ns("1.5h"), Some(5_400_000_000_000));
        assert_eq!(duration_ns("2w"), Some(14 * 86_400 * 1_000_000_000));
        assert_eq!(duration_ns("5"), None);
        assert_eq!(duration_ns(""), None);
        assert_eq!(duration_ns("999999y"), None);
        assert_eq!(go_duration_seconds("-250ms"), Some(-0.25));
        assert_eq!(go_duration_seconds("0"), Some(0.0));
        assert_eq!(go_duration_seconds("1d"), None);
    }

    #[test]
    fn sizes_have_decimal_and_binary_units() {
        assert_eq!(bytes("42 MB"), Some(42e6));
        assert_eq!(bytes("1.5KiB"), Some(1536.0));
        assert_eq!(bytes("1,024"), Some(1024.0));
        assert_eq!(bytes("pizza"), None);
    }
}
