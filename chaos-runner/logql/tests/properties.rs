//! What holds for any lines: an instant query at a moment says what a range query says of that moment, and sums over streams are
//! sums over lines.

use logql::{LogStore, Options, Query};
use promql::{Labels, Sample, Value};
use proptest::prelude::*;

const QUERIES: [&str; 8] = [
    r#"count_over_time({app="a"}[10s])"#,
    r#"sum by (level) (rate({app="a"} |= "x" [7s])) > 0.2"#,
    r#"sum by (n) (count_over_time({app="a"} | logfmt [10s]))"#,
    r#"max_over_time({app="a"} | logfmt | unwrap n [10s] offset 3s) by (level)"#,
    r#"absent_over_time({app="a", level="error"} |= "y" [5s])"#,
    r#"topk(1, sum by (level) (bytes_over_time({app="a"}[10s])))"#,
    r#"sum(count_over_time({app="a"}[10s])) - sum(count_over_time({app="a"} != "x" [10s])) or vector(0)"#,
    r#"quantile_over_time(0.9, {app="a"} | logfmt | unwrap n | __error__="" [10s]) by (app)"#,
];

fn store_of(lines: &[(bool, i64, u8, bool)]) -> LogStore {
    let mut store = LogStore::new();
    for (number, (is_error, at_ms, value, has_x)) in lines.iter().enumerate() {
        let level = if *is_error { "error" } else { "info" };
        let labels: Labels = [("app", "a"), ("level", level)].into_iter().collect();
        let id = store.stream_id(&labels).expect("room");
        let text = format!(
            "n={value} word={} line={number}",
            if *has_x { "x" } else { "y" }
        );
        store.append(id, at_ms * 1_000_000, &text).expect("room");
    }
    store
}

proptest! {
    #[test]
    fn an_instant_is_a_moment_of_a_range(
        lines in prop::collection::vec((any::<bool>(), 0..60_000_i64, 0..5_u8, any::<bool>()), 0..60),
        query in prop::sample::select(QUERIES.to_vec()),
        step in 500..5_000_i64,
    ) {
        let store = store_of(&lines);
        let query = Query::parse(query).expect("LogQL");
        let options = Options::default();
        let range = query.range(&store, 0, 60_000, step, &options).expect("an answer");
        let mut at_ms = 0;
        while at_ms <= 60_000 {
            let of_range = range.series.iter().filter_map(|series| {
                let point = series.points.iter().find(|point| point.time_ms == at_ms)?;
                Some(Sample { labels: series.labels.clone(), value: point.value })
            });
            let of_range: Vec<Sample> = of_range.collect();
            let instant = query.instant(&store, at_ms, &options).expect("an answer");
            prop_assert_eq!(instant.value, Value::Vector(of_range), "at {} ms", at_ms);
            at_ms += step;
        }
    }

    #[test]
    fn every_line_is_counted_once(
        lines in prop::collection::vec((any::<bool>(), 1..60_000_i64, 0..5_u8, any::<bool>()), 1..60),
    ) {
        let store = store_of(&lines);
        let count = |text: &str| {
            let query = Query::parse(text).expect("LogQL");
            let answer = query.instant(&store, 60_000, &Options::default()).expect("an answer");
            answer.value.samples().iter().map(|sample| sample.value).sum::<f64>()
        };
        let all = lines.len() as f64;
        prop_assert_eq!(count(r#"count_over_time({app="a"}[1m])"#), all);
        prop_assert_eq!(count(r#"sum by (n) (count_over_time({app="a"} | logfmt [1m]))"#), all);
        let (with, without) = (r#"count_over_time({app="a"} |= "x" [1m])"#, r#"count_over_time({app="a"} != "x" [1m])"#);
        prop_assert_eq!(count(with) + count(without), all);
    }

    #[test]
    fn no_text_panics(text in r#"[a-z_{}()\[\]|="`~!<>,.0-9 #\\é-]{0,60}"#) {
        if let Err(error) = Query::parse(&text) {
            prop_assert!(!error.message.is_empty());
            prop_assert!(error.offset.is_none_or(|at| text.is_char_boundary(at)), "{:?} of {:?}", error.offset, text);
        }
    }
}
