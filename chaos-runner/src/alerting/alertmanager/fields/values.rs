//! Single values held against their forms.

use crate::alerting::alertmanager::checker::Checker;
use crate::alerting::alertmanager::kinds::Value;
use crate::alerting::json::Json;
use fake_factory::input::{Located, Span, one_of};
use std::collections::BTreeSet;

/// What stands for a secret in a configuration that an Alertmanager shows.
const HIDDEN: &str = "<secret>";
/// The units of Go's durations.
const GO_UNITS: [&str; 7] = ["ns", "us", "µs", "ms", "s", "m", "h"];

/// Tells that a value is of another form than it should be.
pub(super) fn expected(what: &str, found: &Json, span: Option<Span>, checker: &mut Checker<'_>) {
    let message = format!("expected {what}, found {}", found.kind());
    checker.wrong(span, &message);
}

/// Checks a value that is no settings of its own.
pub(super) fn check(form: Value, value: &Located<Json>, checker: &mut Checker<'_>) {
    let span = value.span;
    match form {
        Value::Switch if value.switch().is_none() => {
            checker.wrong(span, "expected `true` or `false`");
        }
        Value::Count => check_number(value, 0.0, "a number from 0", checker),
        Value::Integer => check_number(value, f64::NEG_INFINITY, "a whole number", checker),
        Value::Timeout if matches!(value.value, Json::Number(_)) => {}
        Value::Texts => match &value.value {
            Json::List(items) => items
                .iter()
                .for_each(|item| check(Value::Text, item, checker)),
            other => expected("a list of texts", other, span, checker),
        },
        Value::PairsBut(taken) => check_pairs(value, taken, checker),
        Value::Headers => check_headers(value, checker),
        Value::Switch
        | Value::Any
        | Value::Section(_)
        | Value::Sections(_)
        | Value::TextOr(_)
        | Value::TextsOr(_) => {}
        _ => check_word(form, value, checker),
    }
}

/// Checks what is written as one text.
fn check_word(form: Value, value: &Located<Json>, checker: &mut Checker<'_>) {
    let span = value.span;
    let text = match &value.value {
        Json::Null => return,
        Json::List(_) | Json::Map(_) => return expected("a text", value, span, checker),
        Json::Bool(on) => on.to_string(),
        Json::Number(number) => number.to_string(),
        Json::Text(text) => text.clone(),
    };
    match form {
        Value::Url => {
            if let Some(fault) = url_fault(&text) {
                let message = format!("`{text}` is no address: {fault}");
                checker.wrong(span, &message);
            }
        }
        Value::HostPort if !text.is_empty() && !is_host_and_port(&text) => {
            let message = format!("`{text}` is no address of a mail server");
            let help = "expected a host and a port, as in `mail.example.org:587`";
            checker.wrong_with_help(span, &message, help);
        }
        Value::Duration => {
            let text = Located { value: text, span };
            checker.duration(Some(&text));
        }
        Value::GoDuration | Value::Timeout if !is_go_duration(&text) => {
            let message = format!(
                "`{text}` is no duration: expected one such as `90s` or `1h30m`, in the units h, m, s, ms"
            );
            checker.wrong(span, &message);
        }
        Value::OneOf(words) if !text.is_empty() && !words.contains(&text.as_str()) => {
            check_choice(&text, words, span, checker);
        }
        Value::OneOfOrTemplate(words) => {
            let lower = text.to_lowercase();
            if !text.is_empty() && !text.contains("{{") && !words.contains(&lower.as_str()) {
                check_choice(&text, words, span, checker);
            }
        }
        Value::Authorization if text.trim().eq_ignore_ascii_case("basic") => {
            let help = "use `basic_auth` instead";
            checker.wrong_with_help(span, "the type of `authorization` cannot be `Basic`", help);
        }
        _ => {}
    }
}

fn check_choice(text: &str, words: &[&'static str], span: Option<Span>, checker: &mut Checker<'_>) {
    let message = format!("unknown word `{text}`");
    match one_of(text, words.iter().copied()) {
        Some(help) => checker.wrong_with_help(span, &message, &help),
        None => checker.wrong(span, &message),
    }
}

fn check_number(value: &Located<Json>, min: f64, what: &str, checker: &mut Checker<'_>) {
    let number = match &value.value {
        Json::Number(number) => Some(*number),
        // In the forms that YAML 1.1 has beside the plain one, as `0x10` and `1_000`.
        Json::Text(text) => promql::go_integer(&text.replace('_', "")).map(|number| number as f64),
        _ => None,
    };
    if !number.is_some_and(|number| number.fract() == 0.0 && number >= min) {
        expected(what, value, value.span, checker);
    }
}

fn check_pairs(value: &Located<Json>, taken: &[&str], checker: &mut Checker<'_>) {
    let Json::Map(pairs) = &value.value else {
        return expected("a mapping", value, value.span, checker);
    };
    for (name, text) in pairs {
        check(Value::Text, text, checker);
        if taken.contains(&name.as_str()) {
            let message = format!(
                "`{name}` is a field of its own: expected it beside this mapping, not in it"
            );
            checker.wrong(name.span, &message);
        }
    }
}

fn check_headers(value: &Located<Json>, checker: &mut Checker<'_>) {
    check_pairs(value, &[], checker);
    let Json::Map(pairs) = &value.value else {
        return;
    };
    let mut known = BTreeSet::new();
    for name in pairs.keys() {
        if !known.insert(name.to_lowercase()) {
            let message =
                format!("the header `{name}` is given twice: upper and lower case are one");
            checker.wrong(name.span, &message);
        }
    }
}

/// What keeps a text from being an address of the web, as Go's `net/url` and an Alertmanager see it. One with a template in it is
/// known only when it is sent.
fn url_fault(text: &str) -> Option<&'static str> {
    if text == HIDDEN || text.contains("{{") {
        return None;
    }
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    if !["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
    {
        return Some("expected one that begins with `http://` or `https://`");
    }
    let (authority, behind) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    if host.is_empty() {
        return Some("it has no host");
    }
    if host.contains(|char: char| char.is_ascii_control() || " {}|\\^`".contains(char)) {
        return Some("its host has a character that no host has");
    }
    let port = host
        .rsplit_once(']')
        .map_or(host, |(_, port)| port)
        .rsplit_once(':');
    if port.is_some_and(|(_, port)| !port.bytes().all(|byte| byte.is_ascii_digit())) {
        return Some("its port is no number");
    }
    // What a query holds is looked at by whoever is asked.
    let (before, fragment) = behind.split_once('#').unwrap_or((behind, ""));
    let path = before.split('?').next().unwrap_or_default();
    let mut escapes = [path, fragment]
        .into_iter()
        .flat_map(|part| part.split('%').skip(1));
    let is_escape = |part: &str| {
        part.as_bytes()
            .get(..2)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    (!escapes.all(is_escape)).then_some("a `%` in it has no two hexadecimal digits behind it")
}

fn is_host_and_port(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else {
        return false;
    };
    let in_brackets = host.starts_with('[') && host.ends_with(']');
    !port.is_empty() && (in_brackets || !host.contains([':', '[', ']']))
}

/// Whether Go's `time.ParseDuration` reads a text.
fn is_go_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let mut parts = 0;
    while !rest.is_empty() {
        let is_number = |char: char| char.is_ascii_digit() || char == '.';
        let (number, after) =
            rest.split_at(rest.find(|char| !is_number(char)).unwrap_or(rest.len()));
        let (unit, next) = after.split_at(after.find(is_number).unwrap_or(after.len()));
        if number.parse::<f64>().is_err() || !GO_UNITS.contains(&unit) {
            return false;
        }
        rest = next;
        parts += 1;
    }
    parts > 0
}
