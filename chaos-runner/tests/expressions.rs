//! Expressions that people wrote for their dashboards: each is PromQL or LogQL once its variables have values, or is refused with a
//! reason that its author understands.

#[path = "expressions/variables.rs"]
mod variables;

use std::fmt::Write;
use std::fs;
use variables::substitute;

const VALUES: [(&str, &str); 7] = [
    ("__interval", "1m"),
    ("__rate_interval", "1m"),
    ("__range", "1h"),
    ("__auto", "1m"),
    ("source", "jwt-pizza-service"),
    ("component", "jwt-pizza-service"),
    ("environment", "production"),
];

/// Which language the expression is in; else why it is in neither.
fn language(text: &str) -> Result<&'static str, String> {
    let promql = promql::Query::parse(text).map(|_| "PromQL");
    let logql = logql::Query::parse(text).map(|query| match query.is_metric() {
        true => "LogQL",
        false => "LogQL lines",
    });
    match (promql, logql) {
        // A selector of streams is one of series as well; what it was meant for, its author knows.
        (Ok(_), Ok("LogQL lines")) => Ok("PromQL and LogQL lines"),
        (Ok(language), _) | (_, Ok(language)) => Ok(language),
        (Err(promql), Err(logql)) => Err(
            match text.contains("_over_time({") || text.starts_with('{') {
                true => format!("{logql} (at {:?})", logql.offset),
                false => promql.to_string(),
            },
        ),
    }
}

#[test]
fn every_expression_is_understood_or_refused_with_a_reason() {
    let text = fs::read_to_string("tests/expressions/dashboards.txt").expect("the expressions");
    let mut languages = std::collections::BTreeMap::<&str, usize>::new();
    let mut refused = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match language(&substitute(line, &VALUES)) {
            Ok(language) => *languages.entry(language).or_default() += 1,
            Err(reason) => writeln!(refused, "{line}\n    {reason}").expect("a string grows"),
        }
    }
    insta::assert_snapshot!(format!("{languages:#?}\n\n{refused}"));
}
