//! Properties that hold for any data: a range query is its instant queries, rates of counters are not negative, and what
//! a compiled query remembers never changes its answers.

use promql::{Labels, Options, Query, SeriesStore};
use proptest::prelude::*;

const QUERIES: &[&str] = &[
    "m",
    "-m",
    "sum by (a) (m)",
    "rate(m[3m])",
    "increase(m[2m]) > 1",
    "m / ignoring(b) group_left n",
    "m and on(a) n",
    "m or n",
    "m unless on(a) n",
    "topk by (a) (1, m)",
    "quantile(0.4, m)",
    "max_over_time(sum(m)[4m:1m])",
    "absent(m)",
    "count_values(\"v\", m)",
    "avg_over_time(m[5m] offset 1m)",
    "histogram_quantile(0.9, label_replace(m, \"le\", \"$1\", \"b\", \"(.*)\"))",
    "m @ end() - m @ start()",
];

#[derive(Clone, Debug)]
struct Sample {
    series: usize,
    gap_ms: i64,
    /// `None` is a staleness marker.
    value: Option<f64>,
}

fn sample() -> impl Strategy<Value = Sample> {
    let value = prop_oneof![
        8 => (0.0..100.0_f64).prop_map(Some),
        1 => Just(Some(f64::NAN)),
        1 => Just(None),
    ];
    (0..6_usize, 0..90_000_i64, value).prop_map(|(series, gap_ms, value)| Sample {
        series,
        gap_ms,
        value,
    })
}

fn labels(series: usize) -> Labels {
    let name = if series < 4 { "m" } else { "n" };
    let a = (series % 2).to_string();
    let b = if series < 4 {
        (series / 2).to_string()
    } else {
        String::new()
    };
    [("__name__", name), ("a", &a), ("b", &b)]
        .into_iter()
        .collect()
}

fn filled(samples: &[Sample]) -> anyhow::Result<(SeriesStore, i64)> {
    let mut store = SeriesStore::new();
    let mut now = 0;
    for sample in samples {
        now += sample.gap_ms + 1;
        let id = store.series_id(&labels(sample.series))?;
        match sample.value {
            Some(value) => store.append(id, now, value)?,
            None => store.append_stale(id, now)?,
        }
    }
    Ok((store, now))
}

/// A sample whose sums are exact, whatever their order.
fn whole() -> impl Strategy<Value = Sample> {
    sample().prop_map(|sample| Sample {
        value: sample
            .value
            .filter(|value| value.is_finite())
            .map(f64::trunc),
        ..sample
    })
}

/// What a query answers at a moment, or what it fails with.
fn answered(
    store: &SeriesStore,
    text: &str,
    at: i64,
) -> Result<Result<Vec<(Labels, u64)>, String>, TestCaseError> {
    let query = Query::parse(text).map_err(|e| TestCaseError::fail(e.to_string()))?;
    let answer = query.instant(store, at, &Options::default());
    Ok(answer
        .map(|answer| {
            let samples = answer.value.samples().iter();
            bits(samples.map(|sample| (sample.labels.clone(), sample.value)))
        })
        .map_err(|error| error.to_string()))
}

/// Values by their bits, so that NaN equals itself.
fn bits(samples: impl Iterator<Item = (Labels, f64)>) -> Vec<(Labels, u64)> {
    let mut all: Vec<_> = samples
        .map(|(labels, value)| (labels, value.to_bits()))
        .collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_range_query_is_its_instant_queries(samples in prop::collection::vec(sample(), 0..60)) {
        let (store, end) = filled(&samples).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let options = Options::default();
        for text in QUERIES.iter().filter(|text| !text.contains('@')) {
            let query = Query::parse(text).map_err(|e| TestCaseError::fail(e.to_string()))?;
            let step = 60_000;
            let range = query.range(&store, 0, end, step, &options);
            for at in (0..=end).step_by(60_000) {
                // A fresh query remembers nothing, so this checks the plans too.
                let fresh = query.clone().instant(&store, at, &options);
                let (Ok(range), Ok(fresh)) = (&range, &fresh) else {
                    continue;
                };
                let at_step = range.series.iter().flat_map(|series| {
                    let points = series.points.iter().filter(|p| p.time_ms == at);
                    points.map(|p| (series.labels.clone(), p.value))
                });
                let instant = fresh.value.samples().iter();
                let instant = instant.map(|s| (s.labels.clone(), s.value));
                prop_assert_eq!(bits(at_step), bits(instant), "{} at {}", text, at);
            }
        }
    }

    #[test]
    fn a_compiled_query_answers_as_a_new_one(samples in prop::collection::vec(sample(), 1..60)) {
        let mut store = SeriesStore::new();
        let mut now = 0;
        let options = Options::default();
        let queries: Result<Vec<_>, _> = QUERIES.iter().map(|text| Query::parse(text)).collect();
        let queries = queries.map_err(|e| TestCaseError::fail(e.to_string()))?;
        for sample in &samples {
            now += sample.gap_ms + 1;
            let fail = |e: &dyn std::fmt::Display| TestCaseError::fail(e.to_string());
            let id = store.series_id(&labels(sample.series)).map_err(|e| fail(&e))?;
            let value = sample.value.unwrap_or(promql::STALE_NAN);
            store.append(id, now, value).map_err(|e| fail(&e))?;
            for query in &queries {
                let kept = query.instant(&store, now, &options);
                let fresh = query.clone().instant(&store, now, &options);
                prop_assert_eq!(format!("{kept:?}"), format!("{fresh:?}"), "{}", query);
            }
        }
    }

    #[test]
    fn rates_of_counters_are_never_negative(
        samples in prop::collection::vec((1..90_000_i64, 0.0..1000.0_f64), 2..40),
        window_ms in 1_000..600_000_i64,
    ) {
        let mut store = SeriesStore::new();
        let id = store.series_id(&labels(0)).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let mut now = 0;
        for (gap_ms, value) in samples {
            now += gap_ms;
            store.append(id, now, value).map_err(|e| TestCaseError::fail(e.to_string()))?;
        }
        for function in ["rate", "increase", "irate", "resets", "changes"] {
            let query = Query::parse(&format!("{function}(m[{window_ms}ms])"))
                .map_err(|e| TestCaseError::fail(e.to_string()))?;
            let answer = query.instant(&store, now, &Options::default());
            let answer = answer.map_err(|e| TestCaseError::fail(e.to_string()))?;
            for sample in answer.value.samples() {
                prop_assert!(sample.value >= 0.0, "{} gave {}", query, sample.value);
            }
        }
    }

    #[test]
    fn an_offset_is_an_earlier_evaluation(
        samples in prop::collection::vec(sample(), 0..60),
        back_ms in 0..400_000_i64,
    ) {
        let (store, end) = filled(&samples).map_err(|e| TestCaseError::fail(e.to_string()))?;
        for selector in ["m", "n", "m{a=\"1\"}"] {
            let moved = answered(&store, &format!("{selector} offset {back_ms}ms"), end)?;
            prop_assert_eq!(moved, answered(&store, selector, end - back_ms)?, "{}", selector);
            let moved = answered(&store, &format!("sum_over_time({selector}[3m] offset {back_ms}ms)"), end)?;
            let earlier = answered(&store, &format!("sum_over_time({selector}[3m])"), end - back_ms)?;
            prop_assert_eq!(moved, earlier, "{}", selector);
        }
    }

    #[test]
    fn a_sum_is_the_sum_of_its_parts(samples in prop::collection::vec(whole(), 0..60)) {
        let (store, end) = filled(&samples).map_err(|e| TestCaseError::fail(e.to_string()))?;
        for parts in ["sum by (a) (m)", "sum without (b) (m)", "sum by (a, b) (m)"] {
            let summed = answered(&store, &format!("sum({parts})"), end)?;
            prop_assert_eq!(summed, answered(&store, "sum(m)", end)?, "{}", parts);
        }
        let each = answered(&store, "count(m)", end)?;
        prop_assert_eq!(each, answered(&store, "sum(count by (b) (m))", end)?);
    }

    #[test]
    fn the_canonical_text_answers_the_same(samples in prop::collection::vec(sample(), 0..60)) {
        let (store, end) = filled(&samples).map_err(|e| TestCaseError::fail(e.to_string()))?;
        for text in QUERIES.iter().filter(|text| !text.contains("()")) {
            let query = Query::parse(text).map_err(|e| TestCaseError::fail(e.to_string()))?;
            let canonical = query.to_string();
            prop_assert_eq!(answered(&store, &canonical, end)?, answered(&store, text, end)?, "{}", text);
            let again = Query::parse(&canonical).map_err(|e| TestCaseError::fail(e.to_string()))?;
            prop_assert_eq!(again.to_string(), canonical);
        }
    }

    #[test]
    fn parsing_any_text_never_panics(text in "[-a-z0-9_{}()\\[\\]\"=~!<>+*/%^,:@. #\\\\]{0,60}") {
        if let Ok(query) = Query::parse(&text) {
            let again = Query::parse(&query.to_string());
            prop_assert!(again.is_ok(), "{} became {}", text, query);
        }
    }
}
