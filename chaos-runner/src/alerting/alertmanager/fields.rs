//! Settings held against what they may be: no field that is not known, each value of its form, and what cannot be done without.

mod values;

use super::checker::Checker;
use super::form::Fields;
use super::kinds::{GLOBAL, Need, Section, Value, is_file_of};
use crate::alerting::json::Json;
use fake_factory::input::{Located, Span, suggest};

/// What settings are held against.
pub(super) struct Held<'g> {
    /// What messages call them, as in `this webhook integration`.
    pub(super) called: &'g str,
    /// The global section, where they may fall back on it.
    pub(super) global: &'g Fields,
}

impl Held<'_> {
    /// Checks one mapping of settings; `span` is where it stands.
    pub(super) fn check(
        &self,
        section: &Section,
        fields: &Fields,
        span: Option<Span>,
        checker: &mut Checker<'_>,
    ) {
        for (field, value) in fields {
            match section.value_of(field) {
                Some(form) => self.check_value(form, field, value, checker),
                None => unknown(field, section, checker),
            }
        }
        check_files(section, fields, checker);
        check_one_at_most(section, fields, checker);
        for need in section.needs {
            self.check_need(section, need, fields, span, checker);
        }
    }

    fn check_value(
        &self,
        form: Value,
        field: &str,
        value: &Located<Json>,
        checker: &mut Checker<'_>,
    ) {
        match (form, &value.value) {
            (_, Json::Null) => {}
            (Value::Section(section), Json::Map(fields)) => {
                within(field).check(section, fields, value.span, checker);
            }
            (Value::Sections(section), Json::List(items)) => {
                // `this item of fields`: the word is in the plural.
                let called = format!("item of {field}");
                let held = within(&called);
                for item in items {
                    match &item.value {
                        Json::Map(fields) => held.check(section, fields, item.span, checker),
                        other => values::expected("a mapping", other, item.span, checker),
                    }
                }
            }
            (Value::TextOr(section) | Value::TextsOr(section), Json::Map(fields)) => {
                within(field).check(section, fields, value.span, checker);
            }
            (Value::TextOr(_), _) => values::check(Value::Text, value, checker),
            (Value::TextsOr(_), _) => values::check(Value::Texts, value, checker),
            (Value::Section(_), other) => {
                values::expected("a mapping", other, value.span, checker);
            }
            (Value::Sections(_), other) => {
                values::expected("a list of mappings", other, value.span, checker);
            }
            (form, _) => values::check(form, value, checker),
        }
    }

    fn check_need(
        &self,
        section: &Section,
        need: &Need,
        fields: &Fields,
        span: Option<Span>,
        checker: &mut Checker<'_>,
    ) {
        let given = |section: &Section, fields: &Fields, names: &[&str]| {
            names.iter().any(|name| is_set(section, fields, name))
        };
        if given(section, fields, need.one_of) || given(&GLOBAL, self.global, need.or_global) {
            return;
        }
        let message = format!("this {} has no {}", self.called, either(need.one_of));
        // Its first word is pointed at, lest the whole be shown.
        let first = fields.keys().filter_map(|field| field.span).min();
        let place = first.or(span);
        match need.or_global {
            [] => checker.wrong(place, &message),
            [first, ..] => {
                let help = format!("give it here, or `{first}` in `global`");
                checker.wrong_with_help(place, &message, &help);
            }
        }
    }
}

/// What settings within settings are held against: they fall back on nothing.
fn within(called: &str) -> Held<'_> {
    const NO_GLOBAL: &Fields = &Fields::new();
    Held {
        called,
        global: NO_GLOBAL,
    }
}

fn unknown(field: &Located<String>, section: &Section, checker: &mut Checker<'_>) {
    let message = format!("unknown field `{field}`");
    match suggest(field, section.names()) {
        Some(meant) => {
            let help = format!("did you mean `{meant}`?");
            checker.wrong_with_help(field.span, &message, &help);
        }
        None => checker.wrong(field.span, &message),
    }
}

/// A secret stands in the file, or in a file of its own: not in both.
fn check_files(section: &Section, fields: &Fields, checker: &mut Checker<'_>) {
    for (file, value) in fields {
        let mut others = fields.keys();
        if let Some(other) = others.find(|other| is_file_of(file, other))
            && says(section.value_of(file), value)
            && is_set(section, fields, other)
        {
            tell_both(other, file, checker);
        }
    }
}

fn check_one_at_most(section: &Section, fields: &Fields, checker: &mut Checker<'_>) {
    let names = section.one_at_most;
    let given = fields.iter().filter(|(field, value)| {
        let is_off = value.switch() == Some(false);
        names.contains(&field.as_str()) && says(section.value_of(field), value) && !is_off
    });
    let given: Vec<&Located<String>> = given.map(|(field, _)| field).collect();
    // A secret and its file have been told of.
    if let [first, .., last] = given.as_slice()
        && !(given.len() == 2 && is_file_of(last, first))
    {
        tell_both(first, last, checker);
    }
}

fn tell_both(one: &str, other: &Located<String>, checker: &mut Checker<'_>) {
    let message = format!("at most one of `{one}` and `{other}` can be given");
    checker.wrong(other.span, &message);
}

fn is_set(section: &Section, fields: &Fields, name: &str) -> bool {
    let value = fields.get(name);
    value.is_some_and(|value| says(section.value_of(name), value))
}

/// Whether a value says anything: an Alertmanager takes an empty text for nothing, and a zero where it wants a number.
fn says(form: Option<Value>, value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Text(text) => !text.is_empty(),
        Json::Number(number) => {
            let is_number = matches!(form, Some(Value::Integer | Value::Count | Value::Timeout));
            *number != 0.0 || !is_number
        }
        Json::Bool(_) | Json::List(_) | Json::Map(_) => true,
    }
}

fn either(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(" or ")
}

#[cfg(test)]
mod tests;
