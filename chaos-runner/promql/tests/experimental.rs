//! Constructs that Prometheus has behind feature flags.

mod common;

use common::{MINUTE, answer, check, orders, shown, store};
use promql::{Options, Query, SeriesStore};

#[test]
fn values_are_filled_in_only_between_vectors() -> anyhow::Result<()> {
    check(&[(
        "capacity * ignoring(status) group_right fill_left (1) orders_total",
        r#"{status="200", zone="a"} 6000; {status="200", zone="b"} 60; {status="500", zone="a"} 2000"#,
    )])?;
    assert!(Query::parse("capacity and fill (0) orders_total").is_err());
    assert!(Query::parse("capacity + fill (0) 1").is_err());
    Ok(())
}

#[test]
fn start_times_reveal_restarts_that_values_hide() -> anyhow::Result<()> {
    let mut store = SeriesStore::new();
    let labels = [("__name__", "jobs_total")].into_iter().collect();
    let id = store.series_id(&labels)?;
    for (minute, started, value) in [(1, 0, 10.0), (2, 0, 20.0), (3, 2, 30.0), (4, 2, 40.0)] {
        let started_ms = started * MINUTE + 30_000;
        store.append_started(id, minute * MINUTE, Some(started_ms), value)?;
    }
    assert_eq!(shown(&store, "resets(jobs_total[5m])", 4)?, "{} 1");
    // 10 up to the first sample, 10 to the second, and 30 and 10 since the restart.
    assert_eq!(shown(&store, "increase(jobs_total[5m])", 4)?, "{} 60");
    Ok(())
}

#[test]
fn anchored_and_smoothed_windows_take_their_edges_into_account() -> anyhow::Result<()> {
    let store = store(&["jobs_total 0 10 20 30 40 50"])?;
    let at = |query: &str| -> anyhow::Result<String> {
        let answer =
            Query::parse(query)?.instant(&store, 4 * MINUTE + 30_000, &Options::default())?;
        Ok(answer.value.samples()[0].value.to_string())
    };
    assert_eq!(at("increase(jobs_total[2m] anchored)")?, "20");
    assert_eq!(at("increase(jobs_total[2m] smoothed)")?, "20");
    assert_eq!(at("jobs_total smoothed")?, "45");
    Ok(())
}

#[test]
fn info_adds_the_labels_of_a_target() -> anyhow::Result<()> {
    let store = store(&[
        r#"up{job="a",instance="1"} 1"#,
        r#"up{job="a",instance="2"} 0"#,
        r#"target_info{job="a",instance="1",version="7"} 1"#,
    ])?;
    assert_eq!(
        shown(&store, "info(up)", 0)?,
        r#"{__name__="up", instance="1", job="a", version="7"} 1; {__name__="up", instance="2", job="a"} 0"#
    );
    assert_eq!(
        shown(&store, r#"info(up, {version=~".+"})"#, 0)?,
        r#"{__name__="up", instance="1", job="a", version="7"} 1"#
    );
    Ok(())
}

#[test]
fn durations_may_be_computed() -> anyhow::Result<()> {
    check(&[
        (
            "count_over_time(capacity[2m + 60])",
            r#"{zone="a"} 3; {zone="b"} 3"#,
        ),
        ("gone offset (2m * 2.5)", r#"{__name__="gone"} 2"#),
    ])?;
    assert!(Query::parse("capacity[1m - 1m]").is_err());
    let stepped = Query::parse("count_over_time(capacity[step()])")?;
    assert!(stepped.instant(&orders()?, 0, &Options::default()).is_err());
    Ok(())
}

#[test]
fn functions_of_native_histograms_say_why_they_are_empty() -> anyhow::Result<()> {
    let answer = answer(&orders()?, "histogram_count(capacity)", 6)?;
    assert!(answer.value.samples().is_empty());
    assert!(
        answer.infos[0].contains("native histograms"),
        "{:?}",
        answer.infos
    );
    Ok(())
}

#[test]
fn modifiers_of_edges_belong_to_selectors() -> anyhow::Result<()> {
    for text in [
        "sum(capacity) smoothed",
        "(capacity) anchored",
        "capacity[5m:1m] smoothed",
        "capacity + 1 smoothed",
        "capacity and 1 smoothed",
        "info(capacity, target_info)",
        "capacity[time()]",
        "capacity offset (capacity)",
        "capacity > 1e400",
    ] {
        assert!(Query::parse(text).is_err(), "{text}");
    }
    for text in [
        "capacity @ end() smoothed",
        "capacity offset -1m smoothed",
        "rate(capacity[5m] anchored) + 1",
        "sum(capacity smoothed)",
        "capacity[Max(1m, STEP())] offset MIN(5s, 8)",
    ] {
        let query = Query::parse(text).map_err(|e| anyhow::anyhow!("{text}: {e}"))?;
        assert_eq!(
            Query::parse(&query.to_string())?.to_string(),
            query.to_string()
        );
    }
    Ok(())
}
