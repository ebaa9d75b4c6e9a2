//! The room as its users see it: files with mistakes, and what a person is shown.

mod amounts;
mod any;
mod bounds;
mod form;
mod json;
mod types;
mod yaml;

use super::{Diagnostics, Located, Reading, Source, read};
use crate::faults::plan::FactoryPlan;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

type Plans = BTreeMap<Located<String>, FactoryPlan>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Menu {
    name: String,
    #[serde(default)]
    seed: Option<u64>,
    #[serde(default)]
    diners: Vec<Diner>,
    #[serde(default)]
    kitchens: BTreeMap<Located<String>, Kitchen>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Diner {
    name: Located<String>,
    patience: u32,
    #[serde(default)]
    share: f64,
    #[serde(default)]
    canary: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kitchen {
    inject: Inject,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "read, not used")]
enum Inject {
    Hang,
    Delay(u32),
    Status(Status),
    Range(u8, u8),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read, not used")]
struct Status {
    code: u16,
    #[serde(default)]
    message: String,
}

fn reading<T: DeserializeOwned>(text: &str) -> Reading<T> {
    read(&Source::new("f.yaml", text))
}

fn errors_in<T: DeserializeOwned>(text: &str) -> String {
    let mut diagnostics = Diagnostics::new();
    diagnostics.extend(reading::<T>(text).diagnostics);
    diagnostics.to_string()
}

fn errors(text: &str) -> String {
    errors_in::<Menu>(text)
}

fn right(text: &str) -> Menu {
    let reading = reading(text);
    assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
    reading.value.expect("a value")
}
