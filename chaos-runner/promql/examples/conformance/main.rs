//! Runs a file of PromQL evaluation cases (Prometheus' `promqltest` scripts as JSON) and reports where the answers differ:
//! `cargo run --release -p promql --example conformance -- FILE.json [--results FILE] [--only TEXT]`.
//!
//! Cases that need an experimental feature listed in [`UNSUPPORTED`] are counted as skipped; their data is loaded all the
//! same. `--results` writes every computed answer, `--only` runs the cases whose place or expression contains a text.

mod cases;
mod check;
mod results;

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, bail};
use promql::{Labels, Options, ParseError, Query, SeriesStore, Value};

use cases::{Case, Eval, File, Outcome, number};
use check::check;
use results::written;

/// Features of the cases' `needs` that are not supported; none is at present.
const UNSUPPORTED: &[&str] = &[];

struct Arguments {
    cases: String,
    results: Option<String>,
    only: Option<String>,
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
    };
    let mut rest = std::env::args().skip(1);
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--results" => parsed.results = Some(rest.next().context("--results needs a file")?),
            "--only" => parsed.only = Some(rest.next().context("--only needs a text")?),
            _ if parsed.cases.is_empty() => parsed.cases = argument,
            _ => bail!("unexpected argument {argument:?}"),
        }
    }
    if parsed.cases.is_empty() {
        bail!("usage: conformance FILE.json [--results FILE] [--only TEXT]");
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
        if unsupported {
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

/// How Prometheus runs these cases.
pub(crate) fn options() -> Options {
    Options {
        delayed_name_removal: true,
        ..Options::default()
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
    let options = options();
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
