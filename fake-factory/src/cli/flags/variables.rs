//! The variables that flags are taken from where they are not given: what clap does not say of them.

use super::Flags;
use crate::cli::Failure;
use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use fake_factory::input::suggest;
use std::ffi::OsString;

/// What an error of clap's does not say: that it is about the value of a variable.
pub(in crate::cli) fn notes(error: &clap::Error) -> Vec<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let command = Flags::command();
    let variables = command.get_arguments().filter_map(|flag| {
        let name = flag.get_env()?.to_str()?;
        Some((flag.get_long()?, name, std::env::var_os(name)?))
    });
    if error.kind() == ErrorKind::InvalidUtf8 {
        let wrong = variables.filter(|(_, _, value)| value.to_str().is_none());
        return wrong
            .map(|(_, name, _)| format!("the variable {name} is not UTF-8"))
            .collect();
    }
    let (Some(flag), Some(wrong)) = (
        text(ContextKind::InvalidArg),
        text(ContextKind::InvalidValue),
    ) else {
        return Vec::new();
    };
    let is_it = |(long, _, value): &(&str, &str, OsString)| {
        let value = value.to_str().unwrap_or_default();
        flag.split([' ', '[']).next() == Some(&format!("--{long}"))
            && (value == wrong || value.split(',').any(|part| part == wrong))
    };
    variables
        .filter(is_it)
        .map(|(_, name, _)| format!("this is the value of the variable {name}"))
        .collect()
}

/// Refuses variables that look like ours and are not: a misspelt one would be a flag that nobody set.
pub(in crate::cli) fn check_variables() -> Result<(), Failure> {
    let command = Flags::command();
    let ours: Vec<&str> = command
        .get_arguments()
        .filter_map(|flag| flag.get_env()?.to_str())
        .collect();
    let set = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in set.filter(|name| name.starts_with("FAKE_FACTORY_")) {
        if ours.contains(&name.as_str()) {
            continue;
        }
        let help = match suggest(&name, ours.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None => "--help lists them".to_owned(),
        };
        return Err(Failure::input(format!(
            "no flag has the variable {name}; {help}"
        )));
    }
    Ok(())
}
