//! Compares an answer with what a case expects.

use anyhow::{Context, bail};
use promql::{EvalError, Labels, Query, RangeSeries, SeriesStore, Value};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::cases::{Case, Condition, Eval, Expect, ExpectedSeries, Outcome, number};

/// Fails with the first difference.
pub(crate) fn check(store: &SeriesStore, case: &Case, outcome: &Outcome) -> anyhow::Result<()> {
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
        Value::Matrix(series) => check_series(series, expect),
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
    let answer = query.range(store, at - 60_000, at + 60_000, 60_000, &crate::options());
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
