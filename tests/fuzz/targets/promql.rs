//! A query over a few series, at one moment and over a range: it is answered within its limits, or it is told why not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use promql::{Labels, Limits, Options, Query, STALE_NAN, SeriesStore};

const STEP_MS: i64 = 15_000;

fn store() -> SeriesStore {
    let mut store = SeriesStore::new();
    for (number, name) in ["a", "b", "orders_total", "lat_bucket"].into_iter().enumerate() {
        for le in ["0.1", "1", "+Inf"] {
            let labels: Labels = [("__name__", name), ("le", le), ("job", "api")].into_iter().collect();
            let id = store.series_id(&labels).expect("few series");
            for step in 0..40_i32 {
                let value = match (step + number as i32) % 13 {
                    5 => STALE_NAN,
                    7 => f64::NAN,
                    9 => f64::NEG_INFINITY,
                    other => f64::from(other * step),
                };
                store.append(id, i64::from(step) * STEP_MS, value).expect("in order");
            }
        }
    }
    store
}

fuzz_target!(|text: &str| {
    let Ok(query) = Query::parse(text) else {
        return;
    };
    let options = Options {
        limits: Limits { samples: 20_000, series: 200 },
        ..Options::default()
    };
    let store = store();
    let _ = query.instant(&store, 300_000, &options);
    if let Ok(answer) = query.range(&store, 0, 600_000, 60_000, &options) {
        assert!(answer.series.len() <= options.limits.series, "more series than allowed");
    }
    let canonical = query.to_string();
    assert!(Query::parse(&canonical).is_ok(), "{canonical} is what it is called, and cannot be read");
});
