//! The shape of a case file.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use promql::{STALE_NAN, Value};
use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Deserialize)]
pub(crate) struct File {
    pub(crate) cases: Vec<Case>,
}

#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) clear: bool,
    pub(crate) load: Vec<Load>,
    pub(crate) needs: Vec<String>,
    pub(crate) eval: Eval,
}

#[derive(Deserialize)]
pub(crate) struct Load {
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) samples: Vec<(i64, Json)>,
    /// Start times of samples, where there are any; 0 is none.
    #[serde(default)]
    pub(crate) st: Vec<(i64, i64)>,
}

#[derive(Deserialize)]
pub(crate) struct Eval {
    pub(crate) kind: String,
    pub(crate) expr: String,
    pub(crate) at: Option<i64>,
    pub(crate) start: Option<i64>,
    pub(crate) end: Option<i64>,
    pub(crate) step: Option<i64>,
    #[serde(default)]
    pub(crate) also_range: bool,
    pub(crate) expect: Expect,
}

#[derive(Deserialize)]
pub(crate) struct Expect {
    pub(crate) ordered: bool,
    pub(crate) fail: Option<Condition>,
    pub(crate) warn: Option<Json>,
    pub(crate) info: Option<Json>,
    pub(crate) scalar: Option<Json>,
    pub(crate) string: Option<String>,
    pub(crate) results: Vec<ExpectedSeries>,
}

#[derive(Deserialize)]
pub(crate) struct Condition {
    pub(crate) msg: Option<String>,
    pub(crate) regex: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct ExpectedSeries {
    pub(crate) metric: BTreeMap<String, String>,
    pub(crate) values: Vec<(i64, Json)>,
}

/// What an evaluation came to.
pub(crate) struct Outcome {
    pub(crate) value: Result<Value, String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) infos: Vec<String>,
}

/// Reads a value: a number, or one of the words for what JSON has no number for.
pub(crate) fn number(value: &Json) -> anyhow::Result<f64> {
    match value {
        Json::Number(number) => number.as_f64().context("number out of range"),
        Json::String(text) => match text.as_str() {
            "NaN" => Ok(f64::NAN),
            "+Inf" => Ok(f64::INFINITY),
            "-Inf" => Ok(f64::NEG_INFINITY),
            "stale" => Ok(STALE_NAN),
            other => bail!("unexpected value {other:?}"),
        },
        other => bail!("unexpected value {other}"),
    }
}
