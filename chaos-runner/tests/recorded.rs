//! Recording is asking: what a rule records at an evaluation is what its expression answers at that moment, over any series, gaps and
//! ends included, and rules behind it that read the record see the same.

use chaos_runner::alerting::evaluate::{Engine, EngineOptions};
use chaos_runner::alerting::rules::prometheus::parse_rule_file;
use chaos_runner::alerting::sources::Sources;
use fake_factory::input::Source;
use logql::LogStore;
use promql::{Labels, METRIC_NAME, Options, Query, SeriesStore, Value};
use proptest::prelude::*;
use std::collections::BTreeMap;

const STEP_MS: i64 = 30_000;

const EXPRESSIONS: [&str; 14] = [
    "m",
    "-m",
    "rate(m[2m])",
    "increase(m[90s]) > 5",
    "sum by (a) (m)",
    "m / on (a, b) (m + 1)",
    "m > bool 50",
    "m unless on (a) (m > 80)",
    "max_over_time(m[1m]) or vector(1)",
    "quantile_over_time(0.5, m[3m:20s])",
    "topk(2, m)",
    "absent(m{a=\"0\"})",
    "count_values(\"value\", round(m, 25))",
    "scalar(sum(m))",
];

/// A sample of one of four series; without a value the series ends.
fn sample() -> impl Strategy<Value = (usize, i64, Option<f64>)> {
    let value = prop_oneof![8 => (0.0..100.0_f64).prop_map(Some), 1 => Just(None)];
    (0..4_usize, 1..40_000_i64, value)
}

fn labels(series: usize) -> Labels {
    let (a, b) = ((series % 2).to_string(), (series / 2).to_string());
    [(METRIC_NAME, "m"), ("a", &a), ("b", &b)]
        .into_iter()
        .collect()
}

/// A rule for each expression, and one behind each that reads its record.
fn rules(offset_s: i64) -> String {
    let each = EXPRESSIONS.iter().enumerate().map(|(number, expr)| {
        format!(
            "  - {{ record: 'rec:{number}', expr: '{expr}' }}\n  - {{ record: 'sum:{number}', expr: 'count(rec:{number})' }}\n"
        )
    });
    let rules: String = each.collect();
    format!("groups:\n- name: g\n  query_offset: {offset_s}s\n  rules:\n{rules}")
}

/// What an answer holds, by its labels without the name. Values by their bits, so that NaN equals itself.
fn held(value: &Value) -> BTreeMap<Labels, u64> {
    match value {
        Value::Scalar(value) => [(Labels::empty(), value.to_bits())].into(),
        value => value
            .samples()
            .iter()
            .map(|sample| (sample.labels.without(METRIC_NAME), sample.value.to_bits()))
            .collect(),
    }
}

fn asked(
    store: &SeriesStore,
    text: &str,
    at_ms: i64,
) -> Result<BTreeMap<Labels, u64>, TestCaseError> {
    let fail = |error: String| TestCaseError::fail(format!("{text}: {error}"));
    let query = Query::parse(text).map_err(|error| fail(error.to_string()))?;
    let answer = query.instant(store, at_ms, &Options::default());
    let answer = answer.map_err(|error| fail(error.to_string()))?;
    Ok(held(&answer.value))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn what_is_recorded_is_what_the_expression_answers(
        samples in prop::collection::vec(sample(), 0..60),
        offset_s in prop::sample::select(vec![0_i64, 0, 7, 60]),
    ) {
        let source = Source::new("rules.yml", &rules(offset_s));
        let groups = parse_rule_file(&source).map_err(|e| TestCaseError::fail(e.render(false)))?;
        let mut engine = Engine::new(groups, EngineOptions::default());
        let (mut store, lines) = (SeriesStore::new(), LogStore::new());
        let fail = |error: &dyn std::fmt::Display| TestCaseError::fail(error.to_string());
        let (mut now_ms, mut evaluated_ms) = (0, 0);
        for (series, gap_ms, value) in samples {
            now_ms += gap_ms;
            while evaluated_ms < now_ms {
                evaluate(&mut engine, &mut store, &lines, evaluated_ms, offset_s * 1_000)?;
                evaluated_ms += STEP_MS;
            }
            let id = store.series_id(&labels(series)).map_err(|e| fail(&e))?;
            let value = value.unwrap_or(promql::STALE_NAN);
            store.append(id, now_ms, value).map_err(|e| fail(&e))?;
        }
        evaluate(&mut engine, &mut store, &lines, evaluated_ms, offset_s * 1_000)?;
    }
}

/// Evaluates every rule once, and holds each record against its expression.
fn evaluate(
    engine: &mut Engine,
    store: &mut SeriesStore,
    lines: &LogStore,
    at_ms: i64,
    offset_ms: i64,
) -> Result<(), TestCaseError> {
    let mut sources = Sources {
        series: store,
        lines,
    };
    for outcome in engine.evaluate(0, &mut sources, at_ms) {
        prop_assert_eq!(outcome.error, None);
    }
    let moment_ms = at_ms - offset_ms;
    for (number, expr) in EXPRESSIONS.iter().enumerate() {
        let answered = asked(store, expr, moment_ms)?;
        let recorded = asked(store, &format!("rec:{number}"), moment_ms)?;
        prop_assert_eq!(&recorded, &answered, "{} at {} ms", expr, moment_ms);
        let behind = asked(store, &format!("sum:{number}"), moment_ms)?;
        let counted = match answered.len() {
            0 => BTreeMap::new(),
            count => [(Labels::empty(), (count as f64).to_bits())].into(),
        };
        prop_assert_eq!(behind, counted, "count of {} at {} ms", expr, moment_ms);
    }
    Ok(())
}
