//! Floating-point numbers as Go's `strconv` writes them, which Rust has no formats for.

/// `%g`: with `precision` significant digits, or as few as identify the number.
pub(super) fn general(value: f64, precision: Option<usize>) -> String {
    if let Some(special) = special(value) {
        return special;
    }
    let Some(precision) = precision else {
        return promql::go_general(value);
    };
    let precision = precision.max(1);
    let (negative, digits, exponent) = decompose(value, precision);
    let significant = digits.trim_end_matches('0');
    let significant = if significant.is_empty() {
        "0"
    } else {
        significant
    };
    // Go takes the exponent form from as many digits before the point as the precision has.
    let limit = i32::try_from(precision).unwrap_or(i32::MAX);
    let sign = if negative { "-" } else { "" };
    if exponent < -4 || exponent >= limit {
        return format!("{sign}{}", scientific(significant, exponent));
    }
    format!("{sign}{}", positional(significant, exponent))
}

/// `%e` with `precision` digits after the point, 6 unless given.
pub(super) fn exponent(value: f64, precision: Option<usize>) -> String {
    if let Some(special) = special(value) {
        return special;
    }
    let (negative, digits, exponent) = decompose(value, precision.unwrap_or(6) + 1);
    let sign = if negative { "-" } else { "" };
    format!("{sign}{}", scientific(&digits, exponent))
}

/// `%f` with `precision` digits after the point, 6 unless given.
pub(super) fn fixed(value: f64, precision: Option<usize>) -> String {
    special(value).unwrap_or_else(|| format!("{value:.*}", precision.unwrap_or(6)))
}

/// `%f` with as few digits as identify the number: never an exponent.
pub(super) fn shortest_fixed(value: f64) -> String {
    special(value).unwrap_or_else(|| format!("{value}"))
}

fn special(value: f64) -> Option<String> {
    if value.is_nan() {
        Some("NaN".to_owned())
    } else if value.is_infinite() {
        Some(if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned())
    } else {
        None
    }
}

/// Sign, digits (the first one before the point) and decimal exponent.
fn decompose(value: f64, digits: usize) -> (bool, String, i32) {
    let text = format!("{:.*e}", digits - 1, value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (
        value.is_sign_negative(),
        mantissa.replace('.', ""),
        exponent.parse().unwrap_or(0),
    )
}

fn scientific(digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}e{sign}{:02}", exponent.abs())
}

fn positional(digits: &str, exponent: i32) -> String {
    let Ok(before) = usize::try_from(exponent) else {
        let zeros = usize::try_from(-exponent - 1).unwrap_or(0);
        return format!("0.{}{digits}", "0".repeat(zeros));
    };
    if digits.len() <= before + 1 {
        return format!("{digits}{}", "0".repeat(before + 1 - digits.len()));
    }
    let (whole, rest) = digits.split_at(before + 1);
    format!("{whole}.{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_go_writes_them() {
        let shortest = [
            (0.0, "0"),
            (1.0, "1"),
            (0.05, "0.05"),
            (-2.5, "-2.5"),
            (123_456.0, "123456"),
            (123_456.5, "123456.5"),
            (1_000_000.0, "1e+06"),
            (1_234_567.0, "1.234567e+06"),
            (0.000_01, "1e-05"),
            (0.000_1, "0.0001"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
        ];
        for (value, text) in shortest {
            assert_eq!(general(value, None), text);
        }
        let four = [
            (1.0, "1"),
            (1234.5, "1234"),
            (12345.0, "1.234e+04"),
            (0.333_333, "0.3333"),
            (99.999_9, "100"),
            (0.0, "0"),
        ];
        for (value, text) in four {
            assert_eq!(general(value, Some(4)), text);
        }
        assert_eq!(exponent(1234.5, Some(2)), "1.23e+03");
        assert_eq!(fixed(0.125, Some(2)), "0.12");
        assert_eq!(fixed(3.0, None), "3.000000");
    }
}
