//! What the parser says when it refuses a text, in Prometheus' words, with the place that it means and, of a function that there is
//! not, the one that was meant perhaps.

use super::complaint::complaint;
use super::tokens::{Token, tokens};
use crate::error::ParseError;
use std::cmp::Reverse;

/// Every function and aggregation, for those who mistype one.
const FUNCTIONS: [&str; 103] = [
    "abs",
    "absent",
    "absent_over_time",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "avg_over_time",
    "ceil",
    "changes",
    "clamp",
    "clamp_max",
    "clamp_min",
    "cos",
    "cosh",
    "count_over_time",
    "day_of_month",
    "day_of_week",
    "day_of_year",
    "days_in_month",
    "deg",
    "delta",
    "deriv",
    "double_exponential_smoothing",
    "end",
    "exp",
    "first_over_time",
    "floor",
    "histogram_avg",
    "histogram_count",
    "histogram_fraction",
    "histogram_quantile",
    "histogram_quantiles",
    "histogram_stddev",
    "histogram_stdvar",
    "histogram_sum",
    "hour",
    "idelta",
    "increase",
    "info",
    "irate",
    "label_join",
    "label_replace",
    "last_over_time",
    "ln",
    "log10",
    "log2",
    "mad_over_time",
    "max_of",
    "max_over_time",
    "min_of",
    "min_over_time",
    "minute",
    "month",
    "pi",
    "predict_linear",
    "present_over_time",
    "quantile_over_time",
    "rad",
    "range",
    "rate",
    "resets",
    "round",
    "scalar",
    "sgn",
    "sin",
    "sinh",
    "sort",
    "sort_by_label",
    "sort_by_label_desc",
    "sort_desc",
    "sqrt",
    "start",
    "stddev_over_time",
    "stdvar_over_time",
    "step",
    "sum_over_time",
    "tan",
    "tanh",
    "time",
    "timestamp",
    "ts_of_first_over_time",
    "ts_of_last_over_time",
    "ts_of_max_over_time",
    "ts_of_min_over_time",
    "vector",
    "year",
    "count",
    "sum",
    "avg",
    "topk",
    "bottomk",
    "count_values",
    "group",
    "limit_ratio",
    "limitk",
    "max",
    "min",
    "quantile",
    "stddev",
    "stdvar",
];

/// What is wrong with a text that the parser refuses with this message.
pub(super) fn refusal(text: &str, message: &str) -> ParseError {
    if message == "invalid promql query"
        && let Some(error) = complaint(text)
    {
        return error;
    }
    let mut words = message.replace('\'', "\"");
    for (theirs, prometheus) in [
        ("type vector in", "type instant vector in"),
        ("type matrix in", "type range vector in"),
        (", got vector", ", got instant vector"),
        (", got matrix", ", got range vector"),
        ("scalar or vector, got: ", "scalar or instant vector, got "),
        ("got matrix", "got range vector"),
    ] {
        words = words.replace(theirs, prometheus);
    }
    let named = quoted(&words);
    let offset = named.and_then(|name| only_place(text, name));
    if let Some(meant) = named
        .filter(|_| words.starts_with("unknown function"))
        .and_then(nearest)
    {
        words.push_str(&format!(": did you mean {meant:?}?"));
    }
    ParseError {
        message: words,
        offset,
    }
}

/// The word that a message quotes, as in `unknown function with name "rat"`.
fn quoted(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once('"')?;
    let (name, _) = rest.split_once('"')?;
    Some(name)
}

/// Where a word stands, if it stands in one place only.
fn only_place(text: &str, name: &str) -> Option<usize> {
    let mut places = tokens(text).filter(|(token, _, word)| *token == Token::Word && *word == name);
    let (_, at, _) = places.next()?;
    places.next().is_none().then_some(at)
}

fn nearest(name: &str) -> Option<&'static str> {
    let distance = |known: &str| strsim::osa_distance(known, name);
    // Of those as near, the one that begins alike for longest: most mistakes are at the end.
    let shared = |known: &str| {
        let pairs = known.bytes().zip(name.bytes());
        pairs.take_while(|(known, typed)| known == typed).count()
    };
    let nearest = FUNCTIONS.into_iter().min_by_key(|known| {
        let (shared, length) = (shared(known), known.len());
        (distance(known), Reverse(shared), Reverse(length))
    })?;
    (distance(nearest) <= 1 + name.len() / 6).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse;

    fn refused(text: &str) -> (Option<usize>, String) {
        let error = parse(text).expect_err("must be refused");
        (error.offset, error.message)
    }

    #[test]
    fn messages_say_what_and_where_in_the_words_of_prometheus() {
        for (text, at, message) in [
            (
                "1 + rate(x)",
                Some(4),
                "expected type range vector in call to function \"rate\", got instant vector",
            ),
            (
                "sum(incrase(x[5m]))",
                Some(4),
                "unknown function with name \"incrase\": did you mean \"increase\"?",
            ),
            ("pizza(x)", Some(0), "unknown function with name \"pizza\""),
            (
                "x and 1",
                Some(2),
                "set operator \"and\" not allowed in binary scalar expression",
            ),
            ("rate(x[5m]) foo", Some(12), "unexpected identifier \"foo\""),
        ] {
            assert_eq!(refused(text), (at, message.to_owned()), "{text}");
        }
    }

    #[test]
    fn the_function_that_begins_alike_is_meant() {
        for (typed, meant) in [
            ("rat", Some("rate")),
            ("maxx", Some("max")),
            ("mn", Some("min")),
            ("quantil", Some("quantile")),
            ("bottom", Some("bottomk")),
            ("pizza", None),
        ] {
            assert_eq!(nearest(typed), meant, "{typed}");
        }
    }

    #[test]
    fn every_function_that_may_be_meant_is_there() {
        for name in FUNCTIONS {
            let called = parse(&format!("{name}(\"\", \"\", \"\", \"\", \"\", \"\", \"\")"));
            let message = called.err().map(|error| error.message).unwrap_or_default();
            assert!(
                !message.starts_with("unknown function"),
                "{name}: {message}"
            );
        }
    }
}
