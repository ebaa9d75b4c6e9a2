//! Receivers: their names, their integrations, and whether each of these has what it cannot do without.

use super::checker::Checker;
use super::form::{Fields, FileForm, ReceiverForm};
use super::kinds::{GLOBAL, IntegrationKind, KINDS, is_file_of};
use super::{IntegrationConfig, ReceiverConfig};
use fake_factory::input::{Located, Span, suggest};
use std::collections::BTreeMap;

/// The fields that every integration has.
const COMMON: [&str; 2] = ["send_resolved", "http_config"];

/// Everything about receivers, in the order of the file.
pub(super) fn receivers(form: &FileForm, checker: &mut Checker<'_>) -> Vec<ReceiverConfig> {
    let no_global = Fields::new();
    let global = form.global.as_ref().unwrap_or(&no_global);
    check_global(global, checker);
    let mut first: BTreeMap<&str, &Located<String>> = BTreeMap::new();
    let mut receivers = Vec::new();
    for receiver in form.receivers.iter().flatten() {
        let name = &receiver.name;
        if name.is_empty() {
            checker.wrong(name.span, "a receiver's name may not be empty");
        } else if let Some(other) = first.insert(name, name) {
            checker.twice("receiver", name, other);
        }
        receivers.push(ReceiverConfig {
            name: name.value.clone(),
            line: checker.line(receiver.span),
            integrations: integrations(receiver, global, checker),
        });
    }
    receivers
}

fn check_global(global: &Fields, checker: &mut Checker<'_>) {
    for field in global.keys() {
        check_field(field, &GLOBAL, checker);
    }
    check_exclusive(global, checker);
    if let Some(timeout) = global.get("resolve_timeout")
        && let super::form::ValueForm::Text(text) = &timeout.value
    {
        let text = Located {
            value: text.clone(),
            span: timeout.span,
        };
        checker.duration(Some(&text));
    }
}

fn integrations(
    receiver: &ReceiverForm,
    global: &Fields,
    checker: &mut Checker<'_>,
) -> Vec<IntegrationConfig> {
    let mut integrations = Vec::new();
    for (word, fields) in receiver.integrations() {
        let Some(kind) = KINDS.iter().find(|kind| kind.word == word) else {
            continue;
        };
        check_integration(kind, fields, global, checker);
        let send_resolved = match fields.get("send_resolved") {
            None => kind.send_resolved,
            Some(written) => written.switch().unwrap_or_else(|| {
                checker.wrong(written.span, "expected `true` or `false`");
                kind.send_resolved
            }),
        };
        integrations.push(IntegrationConfig {
            kind: kind.word,
            send_resolved,
        });
    }
    integrations
}

fn check_integration(
    kind: &IntegrationKind,
    fields: &Located<Fields>,
    global: &Fields,
    checker: &mut Checker<'_>,
) {
    let known: Vec<&str> = kind.fields.iter().chain(&COMMON).copied().collect();
    for field in fields.keys() {
        check_field(field, &known, checker);
    }
    check_exclusive(fields, checker);
    for need in kind.needs {
        let given = |fields: &Fields, names: &[&str]| names.iter().any(|name| is_set(fields, name));
        if given(fields, need.one_of) || given(global, need.or_global) {
            continue;
        }
        let message = format!(
            "this {} integration has no {}",
            kind.word,
            either(need.one_of)
        );
        match need.or_global {
            [] => checker.wrong(place(fields), &message),
            [first, ..] => {
                let help = format!("give it here, or `{first}` in `global`");
                checker.wrong_with_help(place(fields), &message, &help);
            }
        }
    }
}

/// What of a mapping is pointed at when something is missing from it: its first word, lest the whole be shown.
fn place(fields: &Located<Fields>) -> Option<Span> {
    let first = fields.keys().filter_map(|field| field.span).min();
    first.or(fields.span)
}

fn check_field(field: &Located<String>, known: &[&str], checker: &mut Checker<'_>) {
    if known.contains(&field.as_str()) {
        return;
    }
    let message = format!("unknown field `{field}`");
    match suggest(field, known.iter().copied()) {
        Some(meant) => {
            let help = format!("did you mean `{meant}`?");
            checker.wrong_with_help(field.span, &message, &help);
        }
        None => checker.wrong(field.span, &message),
    }
}

/// A secret stands in the file, or in a file of its own: not in both.
fn check_exclusive(fields: &Fields, checker: &mut Checker<'_>) {
    for (file, value) in fields {
        let mut others = fields.keys();
        if let Some(other) = others.find(|other| is_file_of(file, other))
            && value.is_set()
            && is_set(fields, other)
        {
            let message = format!("at most one of `{other}` and `{file}` can be given");
            checker.wrong(file.span, &message);
        }
    }
}

fn is_set(fields: &Fields, name: &str) -> bool {
    fields.get(name).is_some_and(|value| value.is_set())
}

fn either(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(" or ")
}
