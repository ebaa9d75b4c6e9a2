//! Asks a data source: at the end of the query's time range, or at every step of it.

use super::GrafanaEvaluation;
use crate::alerting::grafana::expressions::value::Value;
use crate::alerting::grafana::model::{DataQuery, Moments};
use promql::{Labels, RangeSeries, Sample};

/// What the query gives: numbers, series, or that there is nothing.
pub(super) fn ask(
    evaluation: &GrafanaEvaluation<'_>,
    query: &DataQuery,
    warnings: &mut Vec<String>,
) -> Result<Vec<Value>, String> {
    let (from, to) = (
        evaluation.at_ms - query.from_ms,
        evaluation.at_ms - query.to_ms,
    );
    let (sources, options) = (evaluation.sources, evaluation.options);
    let (values, own) = match query.moments {
        Moments::End => {
            let answer = query.expr.query.instant(sources, to, options)?;
            (values(answer.value)?, answer.warnings)
        }
        Moments::Every { step_ms, aligned } => {
            let align = |at: i64| match aligned {
                true => at.div_euclid(step_ms) * step_ms,
                false => at,
            };
            let answer =
                query
                    .expr
                    .query
                    .range(sources, (align(from), align(to)), step_ms, options)?;
            let series = answer.series.into_iter().map(series);
            (series.collect(), answer.warnings)
        }
    };
    warnings.extend(own);
    Ok(match values.is_empty() {
        true => vec![Value::NoData],
        false => values,
    })
}

fn values(answer: promql::Value) -> Result<Vec<Value>, String> {
    Ok(match answer {
        promql::Value::Vector(samples) => samples
            .into_iter()
            .map(|Sample { labels, value }| Value::Number(labels, Some(value)))
            .collect(),
        promql::Value::Scalar(value) => vec![Value::Number(Labels::empty(), Some(value))],
        promql::Value::Matrix(all) => all.into_iter().map(series).collect(),
        promql::Value::String(_) => {
            return Err("the query gives a text where numbers are needed".to_owned());
        }
    })
}

fn series(series: RangeSeries) -> Value {
    let points = series.points.into_iter();
    let points = points.map(|point| (point.time_ms, Some(point.value)));
    Value::Series(series.labels, points.collect())
}
