//! Go's `fmt.Sprintf` for what templates hold: numbers, strings, truths. Wrong verbs stand in the text as Go puts them there.

use super::go_format::{exponent, fixed, general};
use super::value::Val;

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

/// The arguments, taken one after the other unless the format names one by its number.
struct Arguments<'a> {
    all: &'a [Val],
    next: usize,
    named: bool,
}

impl<'a> Arguments<'a> {
    fn take(&mut self) -> Option<&'a Val> {
        let value = self.all.get(self.next);
        self.next += 1;
        value
    }

    /// Reads `[2]`, which the second argument comes next for.
    fn name(&mut self, chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
        if chars.next_if_eq(&'[').is_none() {
            return;
        }
        let number = digits(chars).unwrap_or(0);
        while chars.next().is_some_and(|c| c != ']') {}
        self.named = true;
        self.next = number.wrapping_sub(1);
    }

    /// A width or precision: a number, or `*` for that of an argument.
    fn size(&mut self, chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<usize> {
        self.name(chars);
        if chars.next_if_eq(&'*').is_none() {
            return digits(chars);
        }
        match self.take() {
            Some(Val::Int(size)) => usize::try_from(*size).ok().map(|n| n.min(WIDTH_MAX)),
            _ => None,
        }
    }
}

/// Formats `arguments` as `format` says.
pub(super) fn sprintf(format: &str, arguments: &[Val]) -> String {
    let mut out = String::new();
    let mut arguments = Arguments {
        all: arguments,
        next: 0,
        named: false,
    };
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut spec = Spec::default();
        while let Some(flag) = chars.next_if(|c| "-+0 #".contains(*c)) {
            match flag {
                '-' => spec.minus = true,
                '+' => spec.plus = true,
                '0' => spec.zero = true,
                ' ' => spec.space = true,
                _ => spec.sharp = true,
            }
        }
        spec.width = arguments.size(&mut chars).unwrap_or(0);
        if chars.next_if_eq(&'.').is_some() {
            spec.precision = Some(arguments.size(&mut chars).unwrap_or(0));
        }
        arguments.name(&mut chars);
        let Some(verb) = chars.next() else {
            out.push_str("%!(NOVERB)");
            break;
        };
        if verb == '%' {
            out.push('%');
            continue;
        }
        match arguments.take() {
            Some(value) => out.push_str(&padded(one(verb, &spec, value), &spec, value)),
            None if arguments.named => out.push_str(&format!("%!{verb}(BADINDEX)")),
            None => out.push_str(&format!("%!{verb}(MISSING)")),
        }
    }
    let rest = arguments.all.get(arguments.next..).unwrap_or_default();
    let extra: Vec<String> = rest
        .iter()
        .map(|value| format!("{}={}", value.type_name(), value.print()))
        .collect();
    if !extra.is_empty() && !arguments.named {
        out.push_str(&format!("%!(EXTRA {})", extra.join(", ")));
    }
    out
}

fn digits(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<usize> {
    let mut number = None;
    while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
        chars.next();
        let next = number.unwrap_or(0) * 10 + digit as usize;
        number = Some(next.min(WIDTH_MAX));
    }
    number
}

fn one(verb: char, spec: &Spec, value: &Val) -> String {
    let text = match (verb, value) {
        ('v', Val::Float(number)) => general(*number, spec.precision),
        ('e', Val::Float(number)) => exponent(*number, spec.precision),
        ('E', Val::Float(number)) => exponent(*number, spec.precision).to_uppercase(),
        ('f' | 'F', Val::Float(number)) => fixed(*number, spec.precision),
        ('g', Val::Float(number)) => general(*number, spec.precision),
        ('G', Val::Float(number)) => general(*number, spec.precision).to_uppercase(),
        ('d' | 'v', Val::Int(number)) => number.to_string(),
        ('x', Val::Int(number)) if spec.sharp => format!("{number:#x}"),
        ('X', Val::Int(number)) if spec.sharp => format!("0X{number:X}"),
        ('o', Val::Int(number)) if spec.sharp => format!("0{number:o}"),
        ('x', Val::Int(number)) => format!("{number:x}"),
        ('X', Val::Int(number)) => format!("{number:X}"),
        ('o', Val::Int(number)) => format!("{number:o}"),
        ('U', Val::Int(number)) => format!("U+{number:04X}"),
        ('b', Val::Int(number)) => format!("{number:b}"),
        ('c', Val::Int(number)) => character(*number).to_string(),
        ('q', Val::Int(number)) => format!("{:?}", character(*number)),
        ('s' | 'v', Val::Str(text)) => cut(text, spec.precision),
        ('q', Val::Str(text)) => format!("{:?}", cut(text, spec.precision)),
        ('x', Val::Str(text)) => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
        ('X', Val::Str(text)) => text.bytes().map(|byte| format!("{byte:02X}")).collect(),
        ('t' | 'v', Val::Bool(value)) => value.to_string(),
        ('T', value) => value.type_name().to_owned(),
        ('v' | 's', Val::Labels(_))
        | ('v' | 's' | 'd', Val::List(_) | Val::Map(_) | Val::Struct(..))
        | ('v', Val::Nil) => value.print(),
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
            ("%5s|%-3s|", vec![text("ab"), text("c")], "   ab|c  |"),
        ];
        for (format, arguments, expected) in table {
            assert_eq!(sprintf(format, &arguments), expected, "{format}");
        }
    }
}
