//! The language as rules use it, case by case: what each construct answers over a small store.

mod common;

use common::{answer, check, orders, shown, store};

#[test]
fn selectors_take_the_latest_sample_within_the_lookback() -> anyhow::Result<()> {
    let store = orders()?;
    assert_eq!(shown(&store, "flapping", 4)?, r#"{__name__="flapping"} 1"#);
    assert_eq!(shown(&store, "flapping", 10)?, r#"{__name__="flapping"} 1"#);
    assert_eq!(
        shown(&store, "flapping", 11)?,
        "",
        "the window is open on the left"
    );
    assert_eq!(shown(&store, "gone", 1)?, r#"{__name__="gone"} 2"#);
    assert_eq!(
        shown(&store, "gone", 2)?,
        "",
        "a staleness marker ends a series"
    );
    assert_eq!(
        shown(&store, "gone offset 1m", 2)?,
        r#"{__name__="gone"} 2"#
    );
    assert_eq!(
        shown(&store, "gone[5m]", 3)?,
        r#"{__name__="gone"} 1@0 2@1"#
    );
    Ok(())
}

#[test]
fn arithmetic_drops_names_and_comparisons_filter() -> anyhow::Result<()> {
    check(&[
        ("1 + 2 * 3 ^ 2 % 4", "3"),
        ("-capacity", r#"{zone="a"} -100; {zone="b"} -10"#),
        ("capacity > 50", r#"{__name__="capacity", zone="a"} 100"#),
        ("50 < capacity", r#"{__name__="capacity", zone="a"} 100"#),
        ("capacity > bool 50", r#"{zone="a"} 1; {zone="b"} 0"#),
        ("capacity / 10", r#"{zone="a"} 10; {zone="b"} 1"#),
        ("1 > bool 2", "0"),
        ("\"text\"", "text"),
        ("time()", "360"),
    ])
}

#[test]
fn operands_are_matched_by_their_labels() -> anyhow::Result<()> {
    check(&[
        (
            r#"orders_total{status="500"} / ignoring(status) orders_total{status="200"}"#,
            r#"{zone="a"} 0.333333333"#,
        ),
        (
            "orders_total / on(zone) group_left capacity",
            r#"{status="200", zone="a"} 0.6; {status="200", zone="b"} 0.6; {status="500", zone="a"} 0.2"#,
        ),
        (
            r#"capacity and on(zone) orders_total{status="500"}"#,
            r#"{__name__="capacity", zone="a"} 100"#,
        ),
        (
            r#"capacity unless on(zone) orders_total{status="500"}"#,
            r#"{__name__="capacity", zone="b"} 10"#,
        ),
        ("nothing or vector(0)", "{} 0"),
        (
            r#"capacity + on(zone) fill_right(0) orders_total{status="500"}"#,
            r#"{zone="a"} 120; {zone="b"} 10"#,
        ),
    ])
}

#[test]
fn ambiguous_matches_are_errors() -> anyhow::Result<()> {
    let store = orders()?;
    for (query, why) in [
        ("capacity / on(zone) orders_total", "found duplicate series"),
        (
            "orders_total / on(zone) capacity",
            "multiple matches for labels",
        ),
        (
            r#"label_replace(capacity, "zone", "", "", "")"#,
            "same labelset",
        ),
        (r#"abs({__name__=~"capacity|orders_total"}) + 0"#, ""),
    ] {
        match answer(&store, query, 6) {
            Ok(_) => assert_eq!(why, "", "{query}"),
            Err(error) => assert!(error.to_string().contains(why), "{query}: {error}"),
        }
    }
    Ok(())
}

#[test]
fn aggregations_group_and_choose() -> anyhow::Result<()> {
    check(&[
        ("sum(capacity)", "{} 110"),
        (
            "sum by (zone) (orders_total)",
            r#"{zone="a"} 80; {zone="b"} 6"#,
        ),
        (
            "max without (zone) (orders_total)",
            r#"{status="200"} 60; {status="500"} 20"#,
        ),
        ("count(orders_total) + group(orders_total)", "{} 4"),
        ("avg(capacity)", "{} 55"),
        ("stddev(capacity)", "{} 45"),
        ("quantile(0.5, capacity)", "{} 55"),
        (
            "topk(1, capacity)",
            r#"{__name__="capacity", zone="a"} 100"#,
        ),
        (
            "bottomk(1, capacity)",
            r#"{__name__="capacity", zone="b"} 10"#,
        ),
        (
            r#"count_values("n", capacity)"#,
            r#"{n="10"} 1; {n="100"} 1"#,
        ),
        ("sum(nothing)", ""),
    ])
}

#[test]
fn rates_extrapolate_to_the_window_and_survive_resets() -> anyhow::Result<()> {
    check(&[
        (
            r#"rate(orders_total{zone="b"}[4m])"#,
            r#"{status="200", zone="b"} 0.016666667"#,
        ),
        (
            r#"increase(orders_total{zone="b"}[4m])"#,
            r#"{status="200", zone="b"} 4"#,
        ),
        ("resets(flapping[6m])", "{} 1"),
        ("changes(flapping[6m])", "{} 3"),
        ("irate(gone[7m])", "{} 0.016666667"),
        ("rate(flapping[1m])", ""),
    ])?;
    let reset = store(&["jobs_total 10 20 30 5 10"])?;
    assert_eq!(
        shown(&reset, "increase(jobs_total[4m])", 4)?,
        "{} 26.666666667"
    );
    Ok(())
}

#[test]
fn functions_over_time_see_the_window() -> anyhow::Result<()> {
    check(&[
        ("avg_over_time(flapping[6m])", "{} 0.5"),
        ("max_over_time(flapping[2m])", "{} 1"),
        ("count_over_time(flapping[10m])", "{} 5"),
        ("last_over_time(gone[10m])", r#"{__name__="gone"} 2"#),
        ("quantile_over_time(0.5, flapping[10m])", "{} 1"),
        (
            r#"deriv(orders_total{zone="b"}[5m])"#,
            r#"{status="200", zone="b"} 0.016666667"#,
        ),
        (
            r#"predict_linear(orders_total{zone="b"}[5m], 60)"#,
            r#"{status="200", zone="b"} 7"#,
        ),
        ("ts_of_last_over_time(gone[10m])", "{} 60"),
        ("max_over_time(sum(capacity)[3m:1m])", "{} 110"),
        ("count_over_time(vector(1)[10m:])", "{} 10"),
        ("sum_over_time(vector(time())[2m:1m] offset 1m)", "{} 540"),
    ])
}

#[test]
fn absence_is_a_sample_with_the_labels_asked_for() -> anyhow::Result<()> {
    check(&[
        ("absent(capacity)", ""),
        (r#"absent(nothing{job="x",zone=~"y"})"#, r#"{job="x"} 1"#),
        ("absent_over_time(gone[6m])", ""),
        ("absent(gone)", "{} 1"),
        (
            r#"absent_over_time(nothing{job="x"}[5m])"#,
            r#"{job="x"} 1"#,
        ),
    ])
}

#[test]
fn histograms_give_quantiles_and_fractions() -> anyhow::Result<()> {
    check(&[
        (
            "histogram_quantile(0.5, rate(latency_bucket[5m]))",
            "{} 0.1",
        ),
        ("histogram_quantile(0.95, rate(latency_bucket[5m]))", "{} 1"),
        (
            "histogram_quantile(0.7, sum by (le) (latency_bucket))",
            "{} 0.55",
        ),
        ("histogram_fraction(0, 0.1, latency_bucket)", "{} 0.5"),
    ])?;
    let bad = answer(&orders()?, "histogram_quantile(2, capacity)", 6)?;
    assert_eq!(bad.warnings.len(), 2, "{:?}", bad.warnings);
    Ok(())
}

#[test]
fn labels_can_be_rewritten() -> anyhow::Result<()> {
    check(&[
        (
            r#"label_replace(capacity, "name", "$1-zone", "zone", "(b)")"#,
            r#"{__name__="capacity", name="b-zone", zone="b"} 10; {__name__="capacity", zone="a"} 100"#,
        ),
        (
            r#"label_join(gone offset 5m, "both", "/", "a", "__name__")"#,
            r#"{__name__="gone", both="/gone"} 2"#,
        ),
        (
            r#"label_replace(irate(gone[7m]), "__name__", "back", "", "")"#,
            r#"{__name__="back"} 0.016666667"#,
        ),
    ])
}

#[test]
fn sorting_decides_the_order() -> anyhow::Result<()> {
    check(&[
        ("sort(capacity * 1)", r#"{zone="b"} 10; {zone="a"} 100"#),
        (
            "sort_desc(capacity) > 1",
            r#"{__name__="capacity", zone="a"} 100; {__name__="capacity", zone="b"} 10"#,
        ),
        (
            r#"sort_by_label_desc(capacity * 1, "zone")"#,
            r#"{zone="b"} 10; {zone="a"} 100"#,
        ),
    ])
}

#[test]
fn dates_are_parts_of_utc() -> anyhow::Result<()> {
    check(&[
        ("hour(vector(1723110180))", "{} 9"),
        ("day_of_week(vector(1723110180))", "{} 4"),
        ("days_in_month(vector(1709164800))", "{} 29"),
        ("minute()", "{} 6"),
    ])
}

#[test]
fn the_at_modifier_pins_time() -> anyhow::Result<()> {
    check(&[
        (
            r#"orders_total{zone="b"} @ 120"#,
            r#"{__name__="orders_total", status="200", zone="b"} 2"#,
        ),
        (
            r#"orders_total{zone="b"} @ end() offset 1m"#,
            r#"{__name__="orders_total", status="200", zone="b"} 5"#,
        ),
        (
            r#"orders_total{zone="b"} offset -1m @ 0"#,
            r#"{__name__="orders_total", status="200", zone="b"} 1"#,
        ),
    ])
}
