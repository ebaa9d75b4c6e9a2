//! Writes JSON as `JSON.stringify` does. serde_json differs from it in numbers alone: JavaScript knows one kind of them, so 1.0 is
//! 1, and integers of more than 53 bits are rounded.

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use std::io;

/// The largest integer up to which a double holds every one: 2^53.
const WHOLE_MAX: u64 = 1 << 53;
/// The sizes of fractions that serde_json writes as JavaScript does: without an exponent.
const PLAIN: std::ops::Range<f64> = 1e-4..1e15;
/// As many digits as an integer has at most that is written without an exponent.
const INTEGER_DIGITS: usize = 21;
/// As many zeros as follow the point at most in a fraction that is written without an exponent.
const LEADING_ZEROS: usize = 5;

/// The text of a JSON value.
pub(crate) fn text(value: &impl Serialize) -> String {
    let mut bytes = Vec::with_capacity(128);
    value
        .serialize(&mut Serializer::with_formatter(&mut bytes, JavaScript))
        .expect("a JSON value can be written");
    String::from_utf8(bytes).expect("JSON is written as UTF-8")
}

/// Adds a finite number to `bytes`.
pub(super) fn append_number(number: f64, bytes: &mut Vec<u8>) {
    JavaScript
        .write_f64(bytes, number)
        .expect("a list takes all that is written to it");
}

struct JavaScript;

impl Formatter for JavaScript {
    fn write_u64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: u64) -> io::Result<()> {
        if value <= WHOLE_MAX {
            CompactFormatter.write_u64(writer, value)
        } else {
            writer.write_all(number(value as f64).as_bytes())
        }
    }

    fn write_i64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: i64) -> io::Result<()> {
        if value.unsigned_abs() <= WHOLE_MAX {
            CompactFormatter.write_i64(writer, value)
        } else {
            writer.write_all(number(value as f64).as_bytes())
        }
    }

    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        if value.fract() == 0.0 && value.abs() <= WHOLE_MAX as f64 {
            CompactFormatter.write_i64(writer, value as i64)
        } else if PLAIN.contains(&value.abs()) {
            CompactFormatter.write_f64(writer, value)
        } else {
            writer.write_all(number(value).as_bytes())
        }
    }
}

/// A finite number, by the rules of `Number::toString` in ECMA-262.
fn number(value: f64) -> String {
    // The fewest digits that tell the number from every other one, as JavaScript has them: `d.ddde-7`.
    let text = format!("{value:e}");
    let (sign, text) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |text| ("-", text));
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().expect("an exponent of a double is short");
    let size = exponent.unsigned_abs() as usize;
    let fraction = exponent < 0;
    let plain = digits.replace('.', "");
    if !fraction && size < INTEGER_DIGITS {
        let before = size + 1;
        return match plain.split_at_checked(before) {
            Some((whole, part)) if !part.is_empty() => format!("{sign}{whole}.{part}"),
            _ => format!("{sign}{plain:0<before$}"),
        };
    }
    if fraction && size <= LEADING_ZEROS + 1 {
        let zeros = "0".repeat(size - 1);
        return format!("{sign}0.{zeros}{plain}");
    }
    let direction = if fraction { '-' } else { '+' };
    format!("{sign}{digits}e{direction}{size}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn again(sent: &str) -> String {
        let value: Value = serde_json::from_str(sent).expect("JSON");
        text(&value)
    }

    #[test]
    fn numbers_are_written_as_javascript_writes_them() {
        for (sent, expected) in [
            ("0", "0"),
            ("0.0", "0"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("-7", "-7"),
            ("1.0", "1"),
            ("1e3", "1000"),
            ("0.0038", "0.0038"),
            ("-0.5", "-0.5"),
            ("123.456", "123.456"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("0.0001", "0.0001"),
            ("0.00001", "0.00001"),
            ("0.00001234", "0.00001234"),
            ("1e-6", "0.000001"),
            ("-1.5e-6", "-0.0000015"),
            ("1e-7", "1e-7"),
            ("1.25e-7", "1.25e-7"),
            ("5e-324", "5e-324"),
            ("9007199254740991", "9007199254740991"),
            ("9007199254740993", "9007199254740992"),
            ("-9007199254740993", "-9007199254740992"),
            ("1000000000000000.5", "1000000000000000.5"),
            ("123456789012345678", "123456789012345680"),
            ("-123456789012345678", "-123456789012345680"),
            ("12345678901234567890", "12345678901234567000"),
            ("18446744073709551616", "18446744073709552000"),
            ("1e20", "100000000000000000000"),
            ("123456789012345678901", "123456789012345680000"),
            ("1e21", "1e+21"),
            ("-1.5e300", "-1.5e+300"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ] {
            assert_eq!(again(sent), expected, "{sent}");
        }
    }

    #[test]
    fn all_but_numbers_is_written_as_it_was_sent() {
        let sent = r#"{"b":[true,null,"é🍕\"\\\n\u0001"],"a":{}}"#;
        assert_eq!(again(sent), sent);
    }

    proptest! {
        #[test]
        fn every_number_is_the_same_again(value in any::<f64>()) {
            let found: f64 = text(&value).parse().expect("a number");
            prop_assert_eq!(found, value);
        }
    }
}
