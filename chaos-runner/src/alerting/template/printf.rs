//! Go's `fmt.Sprintf` for what templates hold: numbers, strings, truths. Wrong verbs stand in the text as Go puts them there.

use super::bounds::TEXT_BYTES_MAX;
use super::go_format::{exponent, fixed, general};
use super::value::Val;
use std::fmt::Write as _;

/// The widest field and the longest precision that are heeded, as in Go.
const WIDTH_MAX: usize = 1_000;

#[derive(Default)]
struct Spec {
    minus: bool,
    plus: bool,
    zero: bool,
    space: bool,
    sharp: bool,
    width: usize,
    precision: Option<usize>,
}

/// A format with its arguments, which are taken one after the other unless the format names one by its number.
struct Reader<'a> {
    rest: &'a str,
    all: &'a [Val],
    next: usize,
    /// Whether any argument was named.
    reordered: bool,
    /// Whether the numbers in this directive are those of arguments, and stand where they may.
    good: bool,
    /// Whether a number stands right before.
    after_number: bool,
}

impl<'a> Reader<'a> {
    fn eat(&mut self, c: char) -> bool {
        let behind = self.rest.strip_prefix(c);
        self.rest = behind.unwrap_or(self.rest);
        behind.is_some()
    }

    fn take(&mut self) -> Option<&'a Val> {
        let value = self.all.get(self.next)?;
        self.next += 1;
        Some(value)
    }

    /// Reads `[2]`, which the second argument comes next for.
    fn number(&mut self) {
        self.after_number = false;
        if !self.eat('[') {
            return;
        }
        self.reordered = true;
        // Without its end, the bracket alone is skipped.
        let Some((inside, behind)) = self.rest.split_once(']') else {
            self.good = false;
            return;
        };
        self.rest = behind;
        let is_number = inside.bytes().all(|byte| byte.is_ascii_digit());
        let number = inside.parse::<usize>().ok().filter(|_| is_number);
        self.after_number = number.is_some();
        match number.and_then(|number| number.checked_sub(1)) {
            Some(at) if at < self.all.len() => self.next = at,
            _ => self.good = false,
        }
    }

    /// The number of an argument, for `*`.
    fn starred(&mut self) -> Option<i64> {
        self.after_number = false;
        match self.take() {
            Some(Val::Int(size)) => Some(*size).filter(|size| size.unsigned_abs() <= 1_000_000),
            _ => None,
        }
    }

    fn digits(&mut self) -> Option<usize> {
        let mut number = None;
        while let Some(digit) = self.rest.chars().next().and_then(|c| c.to_digit(10)) {
            self.rest = &self.rest[1..];
            number = Some((number.unwrap_or(0) * 10 + digit as usize).min(WIDTH_MAX));
        }
        number
    }

    /// Flags, width and precision; what is wrong with them goes to `out`.
    fn spec(&mut self, out: &mut String) -> Spec {
        let mut spec = Spec::default();
        while let Some(flag) = self.rest.chars().next() {
            match flag {
                '-' => spec.minus = true,
                '+' => spec.plus = true,
                '0' => spec.zero = true,
                ' ' => spec.space = true,
                '#' => spec.sharp = true,
                _ => break,
            }
            self.rest = &self.rest[1..];
        }
        self.number();
        if self.eat('*') {
            match self.starred() {
                Some(width) => {
                    spec.width = usize::try_from(width.unsigned_abs())
                        .map_or(WIDTH_MAX, |width| width.min(WIDTH_MAX));
                    // As the flag does.
                    spec.minus |= width < 0;
                }
                None => out.push_str("%!(BADWIDTH)"),
            }
        } else if let Some(width) = self.digits() {
            spec.width = width;
            self.good &= !self.after_number;
        }
        if self.eat('.') {
            self.good &= !self.after_number;
            self.number();
            if self.eat('*') {
                let precision = self.starred().and_then(|size| usize::try_from(size).ok());
                spec.precision = precision.map(|size| size.min(WIDTH_MAX));
                if precision.is_none() {
                    out.push_str("%!(BADPREC)");
                }
            } else {
                spec.precision = Some(self.digits().unwrap_or(0));
            }
        }
        if !self.after_number {
            self.number();
        }
        spec
    }

    fn directive(&mut self, out: &mut String) {
        self.good = true;
        let spec = self.spec(out);
        let Some(verb) = self.rest.chars().next() else {
            out.push_str("%!(NOVERB)");
            return;
        };
        self.rest = &self.rest[verb.len_utf8()..];
        if verb == '%' {
            out.push('%');
        } else if !self.good {
            let _ = write!(out, "%!{verb}(BADINDEX)");
        } else if let Some(value) = self.take() {
            out.push_str(&padded(one(verb, &spec, value), &spec, value));
        } else {
            let _ = write!(out, "%!{verb}(MISSING)");
        }
    }
}

/// Formats `arguments` as `format` says. It stops where the text gets too long, which the caller refuses.
pub(super) fn sprintf(format: &str, arguments: &[Val]) -> String {
    let mut out = String::new();
    let mut reader = Reader {
        rest: format,
        all: arguments,
        next: 0,
        reordered: false,
        good: true,
        after_number: false,
    };
    while let Some((text, directive)) = reader.rest.split_once('%') {
        out.push_str(text);
        reader.rest = directive;
        reader.directive(&mut out);
        if out.len() > TEXT_BYTES_MAX {
            return out;
        }
    }
    out.push_str(reader.rest);
    let rest = arguments.get(reader.next..).unwrap_or_default();
    let extra: Vec<String> = rest
        .iter()
        .map(|value| format!("{}={}", value.type_name(), value.print()))
        .collect();
    if !extra.is_empty() && !reader.reordered {
        let _ = write!(out, "%!(EXTRA {})", extra.join(", "));
    }
    out
}

fn one(verb: char, spec: &Spec, value: &Val) -> String {
    // What prints itself is a text for the verbs of texts.
    if let ('s' | 'v' | 'q' | 'x' | 'X', Val::Time(_) | Val::Duration(_) | Val::Labels(_)) =
        (verb, value)
    {
        return one(verb, spec, &Val::Str(value.print()));
    }
    let text = match (verb, value) {
        ('v', Val::Float(number)) => general(*number, spec.precision),
        ('e', Val::Float(number)) => exponent(*number, spec.precision),
        ('E', Val::Float(number)) => exponent(*number, spec.precision).to_uppercase(),
        ('f' | 'F', Val::Float(number)) => fixed(*number, spec.precision),
        ('g', Val::Float(number)) => general(*number, spec.precision),
        ('G', Val::Float(number)) => general(*number, spec.precision).to_uppercase(),
        ('d' | 'v', Val::Int(number)) => number.to_string(),
        ('x' | 'X' | 'o' | 'O' | 'b', Val::Int(number)) => in_base(verb, spec.sharp, *number),
        ('U', Val::Int(number)) => format!("U+{number:04X}"),
        ('c', Val::Int(number)) => character(*number).to_string(),
        ('q', Val::Int(number)) => format!("{:?}", character(*number)),
        ('s' | 'v', Val::Str(text)) => cut(text, spec.precision),
        ('q', Val::Str(text)) => format!("{:?}", cut(text, spec.precision)),
        ('x', Val::Str(text)) => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
        ('X', Val::Str(text)) => text.bytes().map(|byte| format!("{byte:02X}")).collect(),
        ('t' | 'v', Val::Bool(value)) => value.to_string(),
        ('T', value) => value.type_name().to_owned(),
        ('v' | 's' | 'd', Val::List(_) | Val::Map(_) | Val::Struct(..)) | ('v', Val::Nil) => {
            value.print()
        }
        (verb, Val::Nil) => format!("%!{verb}(<nil>)"),
        (verb, value) => format!("%!{verb}({}={})", value.type_name(), value.print()),
    };
    let numeric = matches!(value, Val::Int(_) | Val::Float(_));
    if numeric && !text.starts_with(['-', '+', '%']) {
        if spec.plus {
            return format!("+{text}");
        }
        if spec.space {
            return format!(" {text}");
        }
    }
    if numeric && text.starts_with('+') && !spec.plus && text != "+Inf" {
        return text[1..].to_owned();
    }
    text
}

/// A whole number in the base of a verb; the sign comes before what tells the base.
fn in_base(verb: char, sharp: bool, number: i64) -> String {
    let size = number.unsigned_abs();
    let (base, digits) = match verb {
        'x' => ("0x", format!("{size:x}")),
        'X' => ("0X", format!("{size:X}")),
        'b' => ("0b", format!("{size:b}")),
        _ => ("0", format!("{size:o}")),
    };
    let base = match (verb, sharp) {
        ('O', _) => "0o",
        (_, true) => base,
        (_, false) => "",
    };
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{base}{digits}")
}

fn character(number: i64) -> char {
    let code = u32::try_from(number).ok().and_then(char::from_u32);
    code.unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn cut(text: &str, precision: Option<usize>) -> String {
    match precision {
        Some(length) => text.chars().take(length).collect(),
        None => text.to_owned(),
    }
}

fn padded(text: String, spec: &Spec, value: &Val) -> String {
    let missing = spec.width.saturating_sub(text.chars().count());
    if missing == 0 {
        return text;
    }
    let finite = !matches!(value, Val::Float(number) if !number.is_finite());
    if spec.minus {
        return text + &" ".repeat(missing);
    }
    if spec.zero && finite && matches!(value, Val::Int(_) | Val::Float(_)) {
        let sign = usize::from(text.starts_with(['-', '+', ' ']));
        let (sign, number) = text.split_at(sign);
        return format!("{sign}{}{number}", "0".repeat(missing));
    }
    " ".repeat(missing) + &text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_print_as_go_prints_them() {
        let float = Val::Float;
        let text = |text: &str| Val::Str(text.to_owned());
        let table = [
            ("%.2f", vec![float(1.005)], "1.00"),
            ("%5.1f|", vec![float(2.25)], "  2.2|"),
            ("%-6.1f|", vec![float(2.5)], "2.5   |"),
            ("%06.2f", vec![float(-1.5)], "-01.50"),
            ("%+d", vec![Val::Int(3)], "+3"),
            ("%d", vec![float(3.0)], "%!d(float64=3)"),
            ("%s and %q", vec![text("a"), text("b")], "a and \"b\""),
            (
                "%v %v %v",
                vec![float(1e6), Val::Int(7), Val::Bool(true)],
                "1e+06 7 true",
            ),
            (
                "%.3g %e",
                vec![float(1234.0), float(12.0)],
                "1.23e+03 1.200000e+01",
            ),
            ("100%%", vec![], "100%"),
            ("%s", vec![], "%!s(MISSING)"),
            ("a", vec![Val::Int(1)], "a%!(EXTRA int=1)"),
            ("%f", vec![float(f64::INFINITY)], "+Inf"),
            ("%x", vec![Val::Int(255)], "ff"),
            ("%X %q", vec![text("hi"), Val::Int(120)], "6869 'x'"),
            ("%[2]s %[1]s", vec![text("a"), text("b")], "b a"),
            ("%[3]s", vec![text("a")], "%!s(BADINDEX)"),
            (
                "%*d|%.*f",
                vec![Val::Int(5), Val::Int(42), Val::Int(1), float(2.25)],
                "   42|2.2",
            ),
            ("%[0]d", vec![Val::Int(1)], "%!d(BADINDEX)"),
            (
                "%[]d %[x]d",
                vec![Val::Int(1)],
                "%!d(BADINDEX) %!d(BADINDEX)",
            ),
            (
                "%[-1]d %[é]d",
                vec![Val::Int(1)],
                "%!d(BADINDEX) %!d(BADINDEX)",
            ),
            ("%[1", vec![Val::Int(1)], "%!(NOVERB)"),
            ("%[d", vec![Val::Int(1)], "%!d(BADINDEX)"),
            ("%[1]2d %.[1]d", vec![Val::Int(7)], "%!d(BADINDEX) 7"),
            (
                "%[99999999999999999999]d",
                vec![Val::Int(7)],
                "%!d(BADINDEX)",
            ),
            (
                "%[5]d %[2]d %d",
                vec![Val::Int(1), Val::Int(2), Val::Int(3)],
                "%!d(BADINDEX) 2 3",
            ),
            ("%[1]d %d", vec![Val::Int(7)], "7 %!d(MISSING)"),
            ("%*d|", vec![Val::Int(-5), Val::Int(42)], "42   |"),
            (
                "%*d %.*d",
                vec![text("a"), Val::Int(1), Val::Int(-1), Val::Int(2)],
                "%!(BADWIDTH)1 %!(BADPREC)2",
            ),
            (
                "%*d",
                vec![Val::Int(i64::MIN), Val::Int(1)],
                "%!(BADWIDTH)1",
            ),
            (
                "%x %o %b %#x",
                vec![Val::Int(-1), Val::Int(-8), Val::Int(-2), Val::Int(-255)],
                "-1 -10 -10 -0xff",
            ),
            (
                "%v %s %6s|",
                vec![
                    Val::Duration(5_400_000_000_000),
                    Val::Time(0),
                    Val::Duration(0),
                ],
                "1h30m0s 1970-01-01 00:00:00 +0000 UTC     0s|",
            ),
            ("%5s|%-3s|", vec![text("ab"), text("c")], "   ab|c  |"),
        ];
        for (format, arguments, expected) in table {
            assert_eq!(sprintf(format, &arguments), expected, "{format}");
        }
    }
}
