//! What the crate's tests share: stores written as short text, and answers as short text.

#![allow(dead_code, reason = "each test file uses a part of it")]

use promql::{Answer, Labels, Options, Query, SeriesStore, Value};

/// A minute, in milliseconds.
pub(crate) const MINUTE: i64 = 60_000;

/// A store of series written as `name{a="b"} v v v`, one sample a minute from 0; `_` is no sample, `stale` ends a series.
pub(crate) fn store(series: &[&str]) -> anyhow::Result<SeriesStore> {
    let mut store = SeriesStore::new();
    for line in series {
        let (selector, values) = match line.split_once("} ") {
            Some((selector, values)) => (format!("{selector}}}"), values),
            None => {
                let (name, values) = line
                    .split_once(' ')
                    .ok_or_else(|| anyhow::anyhow!("no values in {line:?}"))?;
                (name.to_owned(), values)
            }
        };
        let id = store.series_id(&labels(&selector)?)?;
        for (minute, value) in (0..).zip(values.split_whitespace()) {
            match value {
                "_" => {}
                "stale" => store.append_stale(id, minute * MINUTE)?,
                value => store.append(id, minute * MINUTE, value.parse()?)?,
            }
        }
    }
    Ok(store)
}

fn labels(selector: &str) -> anyhow::Result<Labels> {
    let query = Query::parse(selector)?;
    let selectors = query.selectors(&Options::default());
    let matchers = selectors.iter().flat_map(|s| &s.matchers);
    Ok(matchers.map(|m| (m.name(), m.value())).collect())
}

/// Evaluates at a minute.
pub(crate) fn answer(store: &SeriesStore, query: &str, minute: i64) -> anyhow::Result<Answer> {
    Ok(Query::parse(query)?.instant(store, minute * MINUTE, &Options::default())?)
}

/// The answer as text: `{a="b"} 1; {a="c"} 2`, or the number or string.
pub(crate) fn shown(store: &SeriesStore, query: &str, minute: i64) -> anyhow::Result<String> {
    Ok(match answer(store, query, minute)?.value {
        Value::Scalar(value) => value.to_string(),
        Value::String(text) => text,
        Value::Vector(samples) => {
            let each = samples
                .iter()
                .map(|s| format!("{} {}", s.labels, rounded(s.value)));
            each.collect::<Vec<_>>().join("; ")
        }
        Value::Matrix(series) => {
            let each = series.iter().map(|series| {
                let points = series.points.iter();
                let points: Vec<_> = points
                    .map(|p| format!("{}@{}", p.value, p.time_ms / MINUTE))
                    .collect();
                format!("{} {}", series.labels, points.join(" "))
            });
            each.collect::<Vec<_>>().join("; ")
        }
    })
}

/// Nine decimals: what is left of rounding errors is not shown.
fn rounded(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

/// A shop's metrics over seven minutes: counters, gauges, a histogram, a series that ended and one with gaps.
pub(crate) fn orders() -> anyhow::Result<SeriesStore> {
    store(&[
        r#"orders_total{status="200",zone="a"} 0 10 20 30 40 50 60"#,
        r#"orders_total{status="500",zone="a"} 0 0 0 5 10 15 20"#,
        r#"orders_total{status="200",zone="b"} 0 1 2 3 4 5 6"#,
        r#"capacity{zone="a"} 100 100 100 100 100 100 100"#,
        r#"capacity{zone="b"} 10 10 10 10 10 10 10"#,
        r#"latency_bucket{le="0.1"} 0 5 10 15 20 25 30"#,
        r#"latency_bucket{le="1"} 0 9 18 27 36 45 54"#,
        r#"latency_bucket{le="+Inf"} 0 10 20 30 40 50 60"#,
        "gone 1 2 stale",
        "flapping 1 0 1 _ _ 0 1",
    ])
}

/// Checks `query => answer` lines at minute 6.
pub(crate) fn check(cases: &[(&str, &str)]) -> anyhow::Result<()> {
    let store = orders()?;
    for (query, wanted) in cases {
        assert_eq!(shown(&store, query, 6)?, *wanted, "{query}");
    }
    Ok(())
}
