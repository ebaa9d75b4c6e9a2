//! Compiled queries beyond their answers: ranges, limits, what they read, how they are written.

mod common;

use common::{MINUTE, answer, orders, shown, store};
use promql::{EvalError, Limits, Options, Query, SeriesStore};

#[test]
fn range_queries_step_through_time() -> anyhow::Result<()> {
    let store = orders()?;
    let query = Query::parse("sum(orders_total) > 25")?;
    let answer = query.range(&store, 0, 6 * MINUTE, 2 * MINUTE, &Options::default())?;
    let values: Vec<_> = answer.series[0].points.iter().map(|p| p.value).collect();
    assert_eq!(values, [54.0, 86.0]);
    assert!(query.range(&store, 0, 1, 0, &Options::default()).is_err());
    Ok(())
}

#[test]
fn notes_say_what_may_be_wrong() -> anyhow::Result<()> {
    let store = orders()?;
    let infos = answer(&store, "rate(capacity[5m])", 6)?.infos;
    assert_eq!(infos.len(), 1, "{infos:?}");
    assert!(infos[0].contains("might not be a counter"), "{infos:?}");
    assert!(
        answer(&store, "rate(orders_total[5m])", 6)?
            .infos
            .is_empty()
    );
    let warnings = answer(&store, "quantile(1.5, capacity)", 6)?.warnings;
    assert_eq!(
        warnings,
        ["PromQL warning: quantile value should be between 0 and 1, got 1.5"]
    );
    Ok(())
}

#[test]
fn limits_stop_an_evaluation() -> anyhow::Result<()> {
    let store = orders()?;
    let limited = |samples, series| Options {
        limits: Limits { samples, series },
        ..Options::default()
    };
    let query = Query::parse("max_over_time(vector(1)[1y:1s])")?;
    assert_eq!(
        query.instant(&store, 0, &limited(1000, 1000)),
        Err(EvalError::TooManySamples { limit: 1000 })
    );
    let query = Query::parse("orders_total")?;
    assert_eq!(
        query.instant(&store, 0, &limited(1000, 2)),
        Err(EvalError::TooManySeries { limit: 2 })
    );
    Ok(())
}

#[test]
fn a_compiled_query_notices_new_series_and_other_stores() -> anyhow::Result<()> {
    let mut first = store(&["up{i=\"1\"} 1"])?;
    let query = Query::parse("sum(up)")?;
    let sum = |store: &SeriesStore| -> anyhow::Result<f64> {
        Ok(query
            .instant(store, 0, &Options::default())?
            .value
            .samples()[0]
            .value)
    };
    assert_eq!(sum(&first)?, 1.0);
    let labels = [("__name__", "up"), ("i", "2")].into_iter().collect();
    let id = first.series_id(&labels)?;
    first.append(id, 0, 5.0)?;
    assert_eq!(sum(&first)?, 6.0);
    assert_eq!(sum(&store(&["up 7", "other 1"])?)?, 7.0);
    Ok(())
}

#[test]
fn an_alerts_comparison_can_be_taken_apart() -> anyhow::Result<()> {
    for (text, value, op, threshold) in [
        ("sum(up) > 0.05", "sum(up)", ">", 0.05),
        ("(0.05 >= (sum(up)))", "sum(up)", "<=", 0.05),
        ("up == -1", "up", "==", -1.0),
        ("rate(a[5m]) / b < 5 * 60", "rate(a[5m]) / b", "<", 300.0),
    ] {
        let comparison = Query::parse(text)?
            .comparison()
            .ok_or_else(|| anyhow::anyhow!("no comparison in {text}"))?;
        assert_eq!(comparison.value.to_string(), value);
        assert_eq!((comparison.op, comparison.threshold), (op, threshold));
    }
    for text in ["up", "up > bool 1", "up > down", "up > 1 and down > 1"] {
        assert!(Query::parse(text)?.comparison().is_none(), "{text}");
    }
    Ok(())
}

#[test]
fn selectors_say_what_a_query_reads() -> anyhow::Result<()> {
    let options = Options::default();
    let reach =
        |text: &str| -> anyhow::Result<i64> { Ok(Query::parse(text)?.reach_ms(&options) / MINUTE) };
    assert_eq!(reach("up")?, 5);
    assert_eq!(reach("rate(up[10m] offset 2m)")?, 12);
    assert_eq!(reach("max_over_time(rate(up[10m])[1h:1m] offset 1h)")?, 130);
    assert_eq!(reach("1 + 1")?, 0);
    assert_eq!(Query::parse("up @ 0")?.reach_ms(&options), i64::MAX);
    let selectors = Query::parse(r#"a{b="c"} / {__name__=~"d.*"}"#)?.selectors(&options);
    let names: Vec<_> = selectors.iter().map(|s| s.metric.as_deref()).collect();
    assert_eq!(names, [Some("a"), None]);
    Ok(())
}

#[test]
fn the_canonical_text_parses_back_to_itself() -> anyhow::Result<()> {
    for text in [
        r#"sum by (a, "b.c") (rate(x{y=~"z\\d+"}[1h30m] offset -5m)) > bool on (a) group_left (d) e"#,
        r#"{"http.requests", le!="1"} @ -1.500"#,
        "max_over_time((a + b)[1d:30s] @ end() offset 1m)",
        "topk without (x) (3, a ^ -b)",
        "rate(x[1m] anchored)",
        "x[step() * 2] offset (1 - range())",
        "a + fill_left (0) fill_right (1) b",
    ] {
        let once = Query::parse(text)?.to_string();
        assert_eq!(Query::parse(&once)?.to_string(), once, "{text}");
    }
    Ok(())
}

#[test]
fn times_at_the_ends_of_the_scale_do_not_overflow() -> anyhow::Result<()> {
    let store = orders()?;
    for text in [
        "up",
        "rate(up[5m] anchored)",
        "up smoothed",
        "max_over_time(up[1h:1m])",
    ] {
        let query = Query::parse(text)?;
        for at in [i64::MIN, i64::MAX] {
            let answer = query.instant(&store, at, &Options::default())?;
            assert!(answer.value.samples().is_empty(), "{text}");
        }
        query.range(&store, i64::MAX - 1, i64::MAX, 10, &Options::default())?;
    }
    Ok(())
}

#[test]
fn the_deepest_queries_allowed_fit_on_the_stack() -> anyhow::Result<()> {
    let store = orders()?;
    let chain = format!("capacity{}", " + 1".repeat(256));
    let nested = format!("{}capacity{}", "sum(-(".repeat(32), "))".repeat(32));
    let unary = format!("{}capacity", "-".repeat(256));
    let mixed = format!("{}{nested}", "1 + ".repeat(224));
    for text in [chain, nested, unary, mixed] {
        let query = Query::parse(&text)?;
        let answer = query.instant(&store, 6 * MINUTE, &Options::default())?;
        assert!(!answer.value.samples().is_empty());
        assert_eq!(query.clone().to_string(), query.to_string());
        assert_eq!(query.selectors(&Options::default()).len(), 1);
    }
    Ok(())
}

/// The label sets of an answer in which names are dropped at the end.
fn late(store: &SeriesStore, query: &str) -> anyhow::Result<Result<Vec<String>, EvalError>> {
    let options = Options {
        delayed_name_removal: true,
        ..Options::default()
    };
    let answer = Query::parse(query)?.instant(store, 4 * MINUTE, &options);
    Ok(answer.map(|answer| {
        let samples = answer.value.samples().iter();
        samples.map(|sample| sample.labels.to_string()).collect()
    }))
}

#[test]
fn names_are_dropped_at_once_unless_asked_for_late() -> anyhow::Result<()> {
    let store = store(&[
        "a_total 0 1 2 3 4",
        "b_total 0 2 4 6 8",
        "early 1 1",
        "late_one _ _ 1 1 1",
    ])?;
    // What only names tell apart: an error where they are dropped at once, whatever is done to the series afterwards.
    let both = r#"{__name__=~"._total"}"#;
    for query in [
        format!("sum(rate({both}[4m]))"),
        format!("count(-{both})"),
        format!("sum({both} * 2)"),
        format!("sum(floor({both}))"),
        format!(r#"label_replace(rate({both}[4m]), "of", "$1", "__name__", "(.*)")"#),
        format!("sum_over_time((-{both})[2m:1m])"),
    ] {
        assert_eq!(
            Query::parse(&query)?.instant(&store, 4 * MINUTE, &Options::default()),
            Err(EvalError::DuplicateLabels),
            "{query}"
        );
    }
    // Two that never meet become one.
    let met = r#"count_over_time(max_over_time({__name__=~"early|late_one"}[30s])[5m:1m])"#;
    assert_eq!(shown(&store, met, 4)?, "{} 5");
    let moved = format!(r#"label_replace(rate({both}[4m]), "of", "$1", "__name__", "(.)_total")"#);
    assert_eq!(late(&store, &moved)??, [r#"{of="a"}"#, r#"{of="b"}"#]);
    let summed = format!("sum(rate({both}[4m]))");
    assert_eq!(late(&store, &summed)??, ["{}"]);
    let clashing = format!("rate({both}[4m])");
    assert_eq!(late(&store, &clashing)?, Err(EvalError::DuplicateLabels));
    // Names that are kept do not clash.
    for query in [
        format!("last_over_time({both}[4m])"),
        format!("{both} > 1"),
        format!("sum by (__name__) ({both})"),
    ] {
        let kept = answer(&store, &query, 4)?;
        assert_eq!(kept.value.samples().len(), 2, "{query}");
    }
    Ok(())
}
