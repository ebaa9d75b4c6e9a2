//! Resolves function calls: which computation a name stands for, with label names, templates and regular expressions
//! checked and prepared. The number of arguments and their types were checked before.

use crate::ast::{Call, Function, Kind, LabelJoin, LabelReplace, Node, OverTime, ValueType};
use crate::error::ParseError;
use crate::eval::{calendar, math};
use crate::matcher::anchored_regex;

/// Resolves a call, which begins at `at`.
pub(super) fn call(name: &'static str, at: usize, args: Vec<Node>) -> Result<Kind, ParseError> {
    let function = resolved(name, &args).map_err(|error| ParseError {
        offset: error.offset.or(Some(at)),
        ..error
    })?;
    Ok(Kind::Call(Box::new(Call {
        name,
        function,
        args,
    })))
}

fn resolved(name: &str, args: &[Node]) -> Result<Function, ParseError> {
    Ok(match name {
        "label_replace" => label_replace(args)?,
        "label_join" => label_join(args)?,
        "sort_by_label" => sort_by_label(args, false)?,
        "sort_by_label_desc" => sort_by_label(args, true)?,
        "histogram_quantiles" => Function::HistogramQuantiles {
            label: text(args, 1)?.to_owned(),
        },
        "info" => info(args)?,
        _ => date(name)
            .map(Function::Date)
            .or_else(|| math::by_name(name).map(Function::Map))
            .or_else(|| over_time(name).map(Function::OverTime))
            .or_else(|| other(name))
            .ok_or_else(|| ParseError::new(format!("unknown function with name {name:?}")))?,
    })
}

/// Refuses a node of another type.
pub(super) fn expect_type(node: &Node, wanted: ValueType, place: &str) -> Result<(), ParseError> {
    let got = node.value_type();
    if got == wanted {
        return Ok(());
    }
    let (wanted, got) = (wanted.name(), got.name());
    let message = format!("expected type {wanted} in {place}, got {got}");
    Err(ParseError::at(node.at, message))
}

fn date(name: &str) -> Option<fn(i64) -> f64> {
    Some(match name {
        "minute" => calendar::minute,
        "hour" => calendar::hour,
        "day_of_week" => calendar::day_of_week,
        "day_of_month" => calendar::day_of_month,
        "day_of_year" => calendar::day_of_year,
        "days_in_month" => calendar::days_in_month,
        "month" => calendar::month,
        "year" => calendar::year,
        _ => return None,
    })
}

fn over_time(name: &str) -> Option<OverTime> {
    Some(match name {
        "rate" => OverTime::Rate,
        "increase" => OverTime::Increase,
        "delta" => OverTime::Delta,
        "irate" => OverTime::Irate,
        "idelta" => OverTime::Idelta,
        "deriv" => OverTime::Deriv,
        "predict_linear" => OverTime::PredictLinear,
        "double_exponential_smoothing" => OverTime::DoubleExponentialSmoothing,
        "avg_over_time" => OverTime::Avg,
        "min_over_time" => OverTime::Min,
        "max_over_time" => OverTime::Max,
        "sum_over_time" => OverTime::Sum,
        "count_over_time" => OverTime::Count,
        "first_over_time" => OverTime::First,
        "last_over_time" => OverTime::Last,
        "present_over_time" => OverTime::Present,
        "quantile_over_time" => OverTime::Quantile,
        "stddev_over_time" => OverTime::Stddev,
        "stdvar_over_time" => OverTime::Stdvar,
        "mad_over_time" => OverTime::Mad,
        "ts_of_first_over_time" => OverTime::TsOfFirst,
        "ts_of_last_over_time" => OverTime::TsOfLast,
        "ts_of_min_over_time" => OverTime::TsOfMin,
        "ts_of_max_over_time" => OverTime::TsOfMax,
        "changes" => OverTime::Changes,
        "resets" => OverTime::Resets,
        _ => return None,
    })
}

fn other(name: &str) -> Option<Function> {
    Some(match name {
        "round" => Function::Round,
        "clamp" => Function::Clamp,
        "clamp_min" => Function::ClampMin,
        "clamp_max" => Function::ClampMax,
        "absent" => Function::Absent,
        "absent_over_time" => Function::AbsentOverTime,
        "scalar" => Function::Scalar,
        "vector" => Function::Vector,
        "time" => Function::Time,
        "pi" => Function::Pi,
        "start" => Function::Start,
        "end" => Function::End,
        "step" => Function::Step,
        "range" => Function::RangeLength,
        "min_of" => Function::MinOf,
        "max_of" => Function::MaxOf,
        "timestamp" => Function::Timestamp,
        "sort" => Function::Sort { descending: false },
        "sort_desc" => Function::Sort { descending: true },
        "histogram_quantile" => Function::HistogramQuantile,
        "histogram_fraction" => Function::HistogramFraction,
        "histogram_avg" | "histogram_count" | "histogram_sum" | "histogram_stddev"
        | "histogram_stdvar" => Function::NativeHistogram,
        _ => return None,
    })
}

fn text(args: &[Node], index: usize) -> Result<&str, ParseError> {
    match args.get(index).map(|arg| &arg.unwrapped().kind) {
        Some(Kind::Text(text)) => Ok(text),
        _ => Err(ParseError::new(format!(
            "argument {} must be a string",
            index + 1
        ))),
    }
}

fn texts(args: &[Node], from: usize) -> Result<Vec<String>, ParseError> {
    (from..args.len())
        .map(|index| text(args, index).map(str::to_owned))
        .collect()
}

fn label_name<'a>(name: &'a str, what: &str) -> Result<&'a str, ParseError> {
    if name.is_empty() {
        return Err(ParseError::new(format!("invalid {what}: {name}")));
    }
    Ok(name)
}

fn label_replace(args: &[Node]) -> Result<Function, ParseError> {
    let destination = label_name(text(args, 1)?, "destination label name in label_replace()")?;
    let pattern = text(args, 4)?;
    let regex = anchored_regex(pattern).map_err(|_| {
        ParseError::new(format!(
            "invalid regular expression in label_replace(): {pattern}"
        ))
    })?;
    Ok(Function::LabelReplace(LabelReplace {
        destination: destination.to_owned(),
        replacement: text(args, 2)?.to_owned(),
        source: text(args, 3)?.to_owned(),
        regex,
    }))
}

fn label_join(args: &[Node]) -> Result<Function, ParseError> {
    let destination = label_name(text(args, 1)?, "destination label name in label_join()")?;
    let sources = texts(args, 3)?;
    for source in &sources {
        label_name(source, "source label name in label_join()")?;
    }
    Ok(Function::LabelJoin(LabelJoin {
        destination: destination.to_owned(),
        separator: text(args, 2)?.to_owned(),
        sources,
    }))
}

/// Of `info`, the second argument is labels without a name.
fn info(args: &[Node]) -> Result<Function, ParseError> {
    let why = match args.get(1).map(|labels| &labels.kind) {
        None => return Ok(Function::Info),
        Some(Kind::Selector(selector)) if selector.name.is_none() => return Ok(Function::Info),
        Some(Kind::Selector(_)) => ", got vector selector instead",
        Some(_) => "",
    };
    let message = format!("expected label selectors only{why}");
    Err(ParseError::at(args[1].at, message))
}

fn sort_by_label(args: &[Node], descending: bool) -> Result<Function, ParseError> {
    Ok(Function::SortByLabel {
        labels: texts(args, 1)?,
        descending,
    })
}
