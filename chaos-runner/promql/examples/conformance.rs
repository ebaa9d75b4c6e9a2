//! Runs a file of PromQL evaluation cases (Prometheus' `promqltest` scripts as JSON) and reports where the answers differ:
//! `cargo run --release -p promql --example conformance -- FILE.json [--results FILE] [--only TEXT] [--try-all]`.
//!
//! Cases that need an experimental feature listed in [`UNSUPPORTED`] are counted as skipped; their data is loaded all the
//! same. `--try-all` runs them too. `--results` writes every computed answer.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, bail};
use promql::{
    EvalError, Labels, Options, ParseError, Query, RangeSeries, STALE_NAN, SeriesStore, Value,
};
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// Features of the cases' `needs` that are not supported; none is at present.
const UNSUPPORTED: &[&str] = &[];

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    file: String,
    line: usize,
    clear: bool,
    load: Vec<Load>,
    needs: Vec<String>,
    eval: Eval,
}

#[derive(Deserialize)]
struct Load {
    labels: BTreeMap<String, String>,
    samples: Vec<(i64, Json)>,
    /// Start times of samples, where there are any; 0 is none.
    #[serde(default)]
    st: Vec<(i64, i64)>,
}

#[derive(Deserialize)]
struct Eval {
    kind: String,
    expr: String,
    at: Option<i64>,
    start: Option<i64>,
    end: Option<i64>,
    step: Option<i64>,
    #[serde(default)]
    also_range: bool,
    expect: Expect,
}

#[derive(Deserialize)]
struct Expect {
    ordered: bool,
    fail: Option<Condition>,
    warn: Option<Json>,
    info: Option<Json>,
    scalar: Option<Json>,
    string: Option<String>,
    #[serde(default)]
    range_vector: Json,
    results: Vec<ExpectedSeries>,
}

#[derive(Deserialize)]
struct Condition {
    msg: Option<String>,
    regex: Option<String>,
}

#[derive(Deserialize)]
struct ExpectedSeries {
    metric: BTreeMap<String, String>,
    values: Vec<(i64, Json)>,
}

/// What an evaluation came to.
struct Outcome {
    value: Result<Value, String>,
    warnings: Vec<String>,
    infos: Vec<String>,
}

struct Arguments {
    cases: String,
    results: Option<String>,
    only: Option<String>,
    try_all: bool,
}

fn main() -> ExitCode {
    match run() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn arguments() -> anyhow::Result<Arguments> {
    let mut parsed = Arguments {
        cases: String::new(),
        results: None,
        only: None,
        try_all: false,
    };
    let mut rest = std::env::args().skip(1);
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--results" => parsed.results = Some(rest.next().context("--results needs a file")?),
            "--only" => parsed.only = Some(rest.next().context("--only needs a text")?),
            "--try-all" => parsed.try_all = true,
            _ if parsed.cases.is_empty() => parsed.cases = argument,
            _ => bail!("unexpected argument {argument:?}"),
        }
    }
    if parsed.cases.is_empty() {
        bail!("usage: conformance FILE.json [--results FILE] [--only TEXT] [--try-all]");
    }
    Ok(parsed)
}

fn run() -> anyhow::Result<usize> {
    let arguments = arguments()?;
    let text = std::fs::read_to_string(&arguments.cases)
        .with_context(|| format!("read {}", arguments.cases))?;
    let file: File = serde_json::from_str(&text).context("parse the cases")?;
    let mut store = SeriesStore::new();
    let mut results = Vec::new();
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for case in &file.cases {
        load(&mut store, case)?;
        let unsupported = case.needs.iter().any(|n| UNSUPPORTED.contains(&n.as_str()));
        let named = format!("{}:{} {}", case.file, case.line, case.eval.expr);
        if arguments.only.as_ref().is_some_and(|o| !named.contains(o)) {
            continue;
        }
        if unsupported && !arguments.try_all {
            skipped += 1;
            continue;
        }
        let outcome = evaluate(&store, &case.eval)?;
        let verdict = check(&store, case, &outcome);
        results.push(written(case, &outcome));
        match verdict {
            Ok(()) => passed += 1,
            Err(why) => {
                failed += 1;
                println!("FAIL {named}\n     {why:#}");
            }
        }
    }
    if let Some(path) = &arguments.results {
        std::fs::write(path, serde_json::to_string_pretty(&results)?)
            .with_context(|| format!("write {path}"))?;
    }
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    Ok(failed)
}

fn load(store: &mut SeriesStore, case: &Case) -> anyhow::Result<()> {
    if case.clear {
        *store = SeriesStore::new();
    }
    for load in &case.load {
        let labels: Labels = load
            .labels
            .iter()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        let id = store.series_id(&labels)?;
        let starts: BTreeMap<i64, i64> = load.st.iter().copied().collect();
        for (time_ms, value) in &load.samples {
            if !value.is_null() {
                let start = starts.get(time_ms).copied().filter(|start| *start != 0);
                store
                    .append_started(id, *time_ms, start, number(value)?)
                    .with_context(|| format!("{}:{} {labels}", case.file, case.line))?;
            }
        }
    }
    Ok(())
}

fn number(value: &Json) -> anyhow::Result<f64> {
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

fn evaluate(store: &SeriesStore, eval: &Eval) -> anyhow::Result<Outcome> {
    let failed = |message: String| Outcome {
        value: Err(message),
        warnings: Vec::new(),
        infos: Vec::new(),
    };
    let query = match Query::parse(&eval.expr) {
        Ok(query) => query,
        Err(ParseError { message, .. }) => return Ok(failed(message)),
    };
    let options = Options::default();
    let answer = if eval.kind == "instant" {
        let at = eval.at.context("an instant case without a time")?;
        query
            .instant(store, at, &options)
            .map(|answer| (answer.value, answer.warnings, answer.infos))
    } else {
        let (start, end, step) = (eval.start, eval.end, eval.step);
        let start = start.context("a range case without a start")?;
        let end = end.context("a range case without an end")?;
        let step = step.context("a range case without a step")?;
        query
            .range(store, start, end, step, &options)
            .map(|answer| (Value::Matrix(answer.series), answer.warnings, answer.infos))
    };
    Ok(match answer {
        Ok((value, warnings, infos)) => Outcome {
            value: Ok(value),
            warnings,
            infos,
        },
        Err(error) => failed(error.to_string()),
    })
}

fn check(store: &SeriesStore, case: &Case, outcome: &Outcome) -> anyhow::Result<()> {
    let expect = &case.eval.expect;
    let value = match (&outcome.value, &expect.fail) {
        (Ok(_), Some(_)) => bail!("expected an error"),
        (Err(message), None) => bail!("failed: {message}"),
        (Err(message), Some(condition)) => return check_message(message, condition),
        (Ok(value), None) => value,
    };
    check_notes("warning", expect.warn.as_ref(), &outcome.warnings)?;
    check_notes("info", expect.info.as_ref(), &outcome.infos)?;
    check_value(value, &case.eval)?;
    if case.eval.also_range {
        check_as_range(store, &case.eval).context("as a range query")?;
    }
    Ok(())
}

fn without_position(message: &str) -> &str {
    match message.rsplit_once(" (") {
        Some((head, tail)) if tail.ends_with(')') && tail.contains(':') && !tail.contains(' ') => {
            head
        }
        _ => message,
    }
}

fn check_message(message: &str, condition: &Condition) -> anyhow::Result<()> {
    if let Some(wanted) = &condition.msg
        && without_position(wanted) != message
    {
        bail!("expected the error {wanted:?}, got {message:?}");
    }
    if let Some(pattern) = &condition.regex
        && !regex::Regex::new(pattern)?.is_match(message)
    {
        bail!("expected an error like {pattern:?}, got {message:?}");
    }
    Ok(())
}

fn check_notes(what: &str, wanted: Option<&Json>, notes: &[String]) -> anyhow::Result<()> {
    match wanted {
        None | Some(Json::Null) => Ok(()),
        Some(Json::Bool(_)) if notes.is_empty() => Ok(()),
        Some(Json::Bool(_)) => bail!("expected no {what}, got {notes:?}"),
        Some(Json::Array(conditions)) => {
            if notes.is_empty() {
                bail!("expected a {what}");
            }
            for condition in conditions {
                let condition: Condition = Condition::deserialize(condition)?;
                // A position cannot be given, so one that is wanted is cut from the pattern too.
                let pattern = condition.regex.map(|p| match p.find(" \\(") {
                    Some(at) => p[..at].trim_end_matches(" .*").to_owned(),
                    None => p,
                });
                let condition = Condition {
                    regex: pattern,
                    ..condition
                };
                if !notes.iter().any(|n| check_message(n, &condition).is_ok()) {
                    let wanted = condition.msg.or(condition.regex);
                    bail!("expected the {what} {wanted:?}, got {notes:?}");
                }
            }
            Ok(())
        }
        Some(other) => bail!("unexpected condition {other}"),
    }
}

fn check_value(value: &Value, eval: &Eval) -> anyhow::Result<()> {
    let expect = &eval.expect;
    match value {
        Value::Scalar(got) => {
            let wanted = expect.scalar.as_ref().context("got a scalar")?;
            check_number(number(wanted)?, *got)
        }
        Value::String(got) => {
            let wanted = expect.string.as_ref().context("got a string")?;
            if wanted != got {
                bail!("expected {wanted:?}, got {got:?}");
            }
            Ok(())
        }
        Value::Vector(samples) => {
            let at = eval.at.unwrap_or_default();
            let series: Vec<RangeSeries> = samples
                .iter()
                .map(|sample| RangeSeries {
                    labels: sample.labels.clone(),
                    points: vec![promql::Point {
                        time_ms: at,
                        value: sample.value,
                    }],
                })
                .collect();
            check_series(&series, expect)
        }
        Value::Matrix(series) => {
            if !expect.range_vector.is_null() && expect.range_vector != json!(false) {
                return check_series(series, expect);
            }
            check_series(series, expect)
        }
    }
}

fn check_series(got: &[RangeSeries], expect: &Expect) -> anyhow::Result<()> {
    if got.len() != expect.results.len() {
        bail!(
            "expected {} series, got {}: {}",
            expect.results.len(),
            got.len(),
            shown(got)
        );
    }
    for (index, wanted) in expect.results.iter().enumerate() {
        let labels: Labels = wanted
            .metric
            .iter()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        let found = if expect.ordered {
            got.get(index).filter(|series| series.labels == labels)
        } else {
            got.iter().find(|series| series.labels == labels)
        };
        let found = found.with_context(|| format!("{labels} is missing: {}", shown(got)))?;
        let points = wanted.values.iter().filter(|(_, value)| !value.is_null());
        let points: Vec<_> = points.collect();
        if points.len() != found.points.len() {
            bail!("{labels} has the wrong points: {}", shown(got));
        }
        for ((time_ms, value), point) in points.into_iter().zip(&found.points) {
            if *time_ms != point.time_ms {
                bail!("{labels} has the wrong times: {}", shown(got));
            }
            check_number(number(value)?, point.value)
                .with_context(|| format!("{labels} at {time_ms}"))?;
        }
    }
    Ok(())
}

fn check_as_range(store: &SeriesStore, eval: &Eval) -> anyhow::Result<()> {
    let at = eval.at.context("an instant case without a time")?;
    let query = Query::parse(&eval.expr).map_err(|error| anyhow::anyhow!(error))?;
    let answer = query.range(store, at - 60_000, at + 60_000, 60_000, &Options::default());
    let answer = match answer {
        Ok(answer) => answer,
        // A range vector has no range form.
        Err(EvalError::Type { .. }) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let middle = answer.series.into_iter().filter_map(|mut series| {
        series.points.retain(|point| point.time_ms == at);
        (!series.points.is_empty()).then_some(series)
    });
    let middle: Vec<_> = middle.collect();
    if let Some(scalar) = &eval.expect.scalar {
        let point = middle.first().and_then(|series| series.points.first());
        return check_number(number(scalar)?, point.context("no point")?.value);
    }
    let unordered = Expect {
        ordered: false,
        fail: None,
        warn: None,
        info: None,
        scalar: None,
        string: None,
        range_vector: Json::Null,
        results: eval
            .expect
            .results
            .iter()
            .map(|series| ExpectedSeries {
                metric: series.metric.clone(),
                values: series.values.clone(),
            })
            .collect(),
    };
    check_series(&middle, &unordered)
}

fn check_number(wanted: f64, got: f64) -> anyhow::Result<()> {
    let close = wanted == got
        || (wanted.is_nan() && got.is_nan())
        || (wanted - got).abs() <= 1e-6 * wanted.abs().max(got.abs());
    if !close {
        bail!("expected {wanted}, got {got}");
    }
    Ok(())
}

fn shown(series: &[RangeSeries]) -> String {
    let each = series.iter().take(6).map(|series| {
        let points = series.points.iter().take(8);
        let points: Vec<_> = points
            .map(|p| format!("{}@{}", p.value, p.time_ms))
            .collect();
        format!("{} {}", series.labels, points.join(" "))
    });
    each.collect::<Vec<_>>().join("; ")
}

fn written(case: &Case, outcome: &Outcome) -> Json {
    let mut out = json!({
        "file": case.file,
        "line": case.line,
        "warnings": outcome.warnings,
        "infos": outcome.infos,
    });
    match &outcome.value {
        Err(message) => out["error"] = json!(message),
        Ok(Value::Scalar(value)) => out["scalar"] = number_json(*value),
        Ok(Value::String(text)) => out["string"] = json!(text),
        Ok(Value::Vector(samples)) => {
            let at = case.eval.at;
            let each = samples.iter().map(|sample| {
                json!({"metric": metric_json(&sample.labels), "values": [[at, number_json(sample.value)]]})
            });
            out["results"] = each.collect();
        }
        Ok(Value::Matrix(series)) => {
            let each = series.iter().map(|series| {
                let points = series.points.iter();
                let points: Vec<_> = points
                    .map(|p| json!([p.time_ms, number_json(p.value)]))
                    .collect();
                json!({"metric": metric_json(&series.labels), "values": points})
            });
            out["results"] = each.collect();
        }
    }
    out
}

fn metric_json(labels: &Labels) -> Json {
    let pairs = labels
        .iter()
        .map(|(name, value)| (name.to_owned(), json!(value)));
    Json::Object(pairs.collect())
}

fn number_json(value: f64) -> Json {
    if value.is_nan() {
        json!("NaN")
    } else if value.is_infinite() {
        json!(if value > 0.0 { "+Inf" } else { "-Inf" })
    } else {
        json!(value)
    }
}
