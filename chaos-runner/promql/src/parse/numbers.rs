//! Numbers and durations as PromQL writes them: how far one reaches in a text, and what it is worth. Every odd form is Prometheus' own:
//! `0755` is octal, `1_000` has a thousand, `0x_FF` is hexadecimal.

use super::lex::Kind;

/// The units of durations from long to short, with their lengths in milliseconds.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// What fits into Go's signed 64-bit nanoseconds, in milliseconds.
const DURATION_MS_MAX: u64 = 9_223_372_036_854;

const DECIMAL: &str = "0123456789";
const HEXADECIMAL: &str = "0123456789abcdefABCDEF";

/// The length of the number or duration that the text begins with, and which of them it is.
pub(super) fn scan(text: &str) -> Result<(usize, Kind), String> {
    let mut scanner = Scanner {
        bytes: text.as_bytes(),
        at: 0,
    };
    if scanner.number() {
        Ok((scanner.at, Kind::Number))
    } else if scanner.duration() {
        Ok((scanner.at, Kind::Duration))
    } else {
        let read = &text[..scanner.at.min(text.len())];
        Err(format!("bad number or duration syntax: {read:?}"))
    }
}

struct Scanner<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Scanner<'_> {
    fn is(&self, set: &str) -> bool {
        let next = self.bytes.get(self.at);
        next.is_some_and(|byte| set.as_bytes().contains(byte))
    }

    fn accept(&mut self, set: &str) -> bool {
        let found = self.is(set);
        self.at += usize::from(found);
        found
    }

    fn at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn at_alphanumeric(&self) -> bool {
        let next = self.bytes.get(self.at);
        next.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    }

    fn number(&mut self) -> bool {
        let mut digits = DECIMAL;
        if self.accept("0") && self.accept("xX") {
            self.accept("_");
            digits = HEXADECIMAL;
        }
        self.accept(".");
        self.accept(digits);
        let (mut dots, mut exponents) = (0, 0);
        loop {
            if self.accept(".") {
                dots += 1;
                // A dot stands once, next to no underscore, and not in a hexadecimal number.
                if dots > 1 || self.accept("_.") || digits == HEXADECIMAL {
                    return false;
                }
            } else if digits == DECIMAL && self.accept("eE") {
                exponents += 1;
                if exponents > 1 {
                    return false;
                }
                self.accept("+-");
                if self.accept("._eE") || self.at_end() {
                    return false;
                }
            } else if self.accept("_") {
                if self.accept("._eE") || self.at_end() {
                    return false;
                }
            } else if !self.accept(digits) {
                return self.at > 0 && !self.at_alphanumeric();
            }
        }
    }

    /// Goes on where a number stopped being one.
    fn duration(&mut self) -> bool {
        let mut units = "smhdwy";
        loop {
            if !self.accept(units) {
                return false;
            }
            // Of milliseconds; that there are no `hs` is found when the duration is read.
            self.accept("s");
            units = "smhdw";
            if !self.accept(DECIMAL) {
                break;
            }
            while self.accept(DECIMAL) {}
        }
        let ends = !self.at_alphanumeric();
        self.at += usize::from(!ends);
        ends
    }
}

/// What a number is worth.
pub(super) fn number(text: &str) -> Result<f64, String> {
    let plain = text.replace('_', "");
    if let Some(value) = go_integer(&plain) {
        return Ok(value as f64);
    }
    let failed = |why| {
        Err(format!(
            "error parsing number: strconv.ParseFloat: parsing {text:?}: {why}"
        ))
    };
    match plain.parse::<f64>() {
        Ok(value)
            if value.is_infinite()
                && plain.starts_with(|c: char| c.is_ascii_digit() || c == '.') =>
        {
            failed("value out of range")
        }
        Ok(value) => Ok(value),
        Err(_) => failed("invalid syntax"),
    }
}

/// A whole number as Go writes one, of the base that its beginning tells: `0x`, `0b`, `0o` or just `0`. Underscores are none of it.
#[must_use]
pub fn go_integer(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sign = if text.starts_with('-') { "-" } else { "" };
    let lower = unsigned.to_ascii_lowercase();
    let (base, digits) = match lower.strip_prefix('0') {
        None | Some("") => (10, lower.as_str()),
        Some(rest) => match rest.chars().next() {
            Some('x') => (16, &rest[1..]),
            Some('b') => (2, &rest[1..]),
            Some('o') => (8, &rest[1..]),
            _ => (8, rest),
        },
    };
    // A second sign is none of a number's.
    if digits.starts_with(['+', '-']) {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{digits}"), base).ok()
}

/// The milliseconds of a duration as Prometheus writes one: `5m`, `1h30m`, `250ms`, units from long to short.
///
/// # Errors
/// When it is none, or longer than a Prometheus duration can be (292 years); in Prometheus' words.
pub fn duration_ms(text: &str) -> Result<u64, String> {
    let wrong = || format!("not a valid duration string: {text:?}");
    let mut rest = text;
    let mut shortest = 0;
    let mut total_ms: u64 = 0;
    if text.is_empty() {
        return Err("empty duration string".to_owned());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (count, after) = rest.split_at(digits);
        let count: u64 = count.parse().map_err(|_| wrong())?;
        let end = after.find(|c: char| c.is_ascii_digit());
        let (unit, others) = after.split_at(end.unwrap_or(after.len()));
        let place = UNITS
            .iter()
            .position(|(name, _)| *name == unit)
            .ok_or_else(|| format!("unknown unit {unit:?} in duration {text:?}"))?;
        // From long to short, and none twice.
        if place < shortest {
            return Err(wrong());
        }
        shortest = place + 1;
        total_ms = count
            .checked_mul(UNITS[place].1)
            .and_then(|part| total_ms.checked_add(part))
            .filter(|total| *total <= DURATION_MS_MAX)
            .ok_or("duration out of range")?;
        rest = others;
    }
    Ok(total_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_go_reads_them() {
        for (text, value) in [
            (".5", 0.5),
            ("5.", 5.0),
            ("5e-3", 0.005),
            ("0x_fF", 255.0),
            ("0755", 493.0),
            ("089", 89.0),
            ("1_000", 1000.0),
            ("1_0.5", 10.5),
            ("iNf", f64::INFINITY),
        ] {
            assert_eq!(number(text), Ok(value), "{text}");
        }
        let (length, kind) = scan("1_0.5e3+2").unwrap_or((0, Kind::End));
        assert_eq!((length, kind), (7, Kind::Number));
    }

    #[test]
    fn what_is_read_until_it_is_wrong_is_told() {
        for (text, read) in [
            ("2.5.", "2.5."),
            ("100..4", "100.."),
            ("0deadbeef", "0de"),
            ("5m1]", "5m1"),
            ("1mm", "1mm"),
            ("1e", "1e"),
            ("1_", "1_"),
            ("0x1.5", "0x1."),
            ("1a", "1"),
        ] {
            let message = format!("bad number or duration syntax: {read:?}");
            assert_eq!(scan(text), Err(message), "{text}");
        }
    }

    #[test]
    fn durations_go_from_long_to_short() {
        for (text, ms) in [
            ("1h30m", 5_400_000),
            ("1001ms", 1001),
            ("0s", 0),
            ("1y2w", 32_745_600_000),
        ] {
            assert_eq!(scan(text), Ok((text.len(), Kind::Duration)), "{text}");
            assert_eq!(duration_ms(text), Ok(ms), "{text}");
        }
        for (text, message) in [
            ("", "empty duration string"),
            ("5m1h", "not a valid duration string: \"5m1h\""),
            ("5m1m", "not a valid duration string: \"5m1m\""),
            ("5y1hs", "unknown unit \"hs\" in duration \"5y1hs\""),
            ("300y", "duration out of range"),
        ] {
            assert_eq!(duration_ms(text), Err(message.to_owned()), "{text}");
        }
    }
}
