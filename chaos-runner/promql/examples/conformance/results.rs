//! Writes computed answers in the shape of a case's expected results.

use std::collections::BTreeMap;

use promql::{Labels, RangeSeries, Value};
use serde_json::{Value as Json, json};

use crate::cases::{Case, Eval, Outcome};

/// One case's answer.
pub(crate) fn written(case: &Case, outcome: &Outcome) -> Json {
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
                json!({
                    "metric": metric_json(&series.labels),
                    "values": points_json(&case.eval, series),
                })
            });
            out["results"] = each.collect();
        }
    }
    out
}

/// The points of a series; of a range query every step, null where there is no point.
fn points_json(eval: &Eval, series: &RangeSeries) -> Vec<Json> {
    let points = series
        .points
        .iter()
        .map(|p| (p.time_ms, number_json(p.value)));
    let mut by_time: BTreeMap<i64, Json> = match (eval.start, eval.end, eval.step) {
        (Some(start), Some(end), Some(step)) => {
            std::iter::successors(Some(start), |t| Some(t + step.max(1)))
                .take_while(|t| *t <= end)
                .map(|t| (t, Json::Null))
                .collect()
        }
        _ => BTreeMap::new(),
    };
    by_time.extend(points);
    by_time
        .into_iter()
        .map(|(t, value)| json!([t, value]))
        .collect()
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
