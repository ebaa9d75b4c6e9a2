//! Random series: counters that reset, counters with gaps that go stale, gauges, shares of up and down, numbers that are none, and the
//! buckets of a histogram.

use crate::case::Series;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// A metric: its name and the labels of its series.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) labels: &'static [&'static str],
    pub(crate) is_counter: bool,
    /// About how large its values are, or its rate per second.
    pub(crate) scale: f64,
}

/// Every metric there may be.
pub(crate) const METRICS: [Metric; 10] = [
    Metric {
        name: "orders_total",
        labels: &["job", "inst", "code"],
        is_counter: true,
        scale: 0.3,
    },
    Metric {
        name: "sparse_total",
        labels: &["job", "inst"],
        is_counter: true,
        scale: 0.3,
    },
    Metric {
        name: "temp",
        labels: &["job", "inst"],
        is_counter: false,
        scale: 30.0,
    },
    Metric {
        name: "queue",
        labels: &["inst"],
        is_counter: false,
        scale: 5.0,
    },
    Metric {
        name: "weird",
        labels: &["job", "inst"],
        is_counter: false,
        scale: 2.0,
    },
    Metric {
        name: "extremes",
        labels: &["job", "inst"],
        is_counter: false,
        scale: 2.0,
    },
    Metric {
        name: "up",
        labels: &["job", "inst"],
        is_counter: false,
        scale: 1.0,
    },
    Metric {
        name: "edge_total",
        labels: &["job", "inst"],
        is_counter: true,
        scale: 0.3,
    },
    Metric {
        name: "young_total",
        labels: &["job", "inst"],
        is_counter: true,
        scale: 0.3,
    },
    Metric {
        name: "lat_bucket",
        labels: &["le", "job"],
        is_counter: true,
        scale: 0.3,
    },
];

const JOBS: [&str; 2] = ["api", "web"];
const INSTANCES: [&str; 3] = ["a", "b", "ç"];
const CODES: [&str; 2] = ["200", "500"];
const BOUNDS: [&str; 4] = ["0.1", "0.5", "2.5", "+Inf"];

/// Series of the metrics that `names` says, `count` samples each. The first moment is left out: windows end on it.
pub(crate) fn series(rng: &mut ChaCha8Rng, metrics: &[Metric], count: usize) -> Vec<Series> {
    let mut all = Vec::new();
    for metric in metrics {
        if metric.name == "lat_bucket" {
            buckets(rng, count, &mut all);
            continue;
        }
        for job in JOBS {
            for inst in INSTANCES {
                for code in CODES {
                    let skipped = (code != CODES[0] && !metric.labels.contains(&"code"))
                        || (job != JOBS[0] && !metric.labels.contains(&"job"));
                    if skipped || rng.random_bool(0.35) {
                        continue;
                    }
                    let labels: Vec<String> = metric
                        .labels
                        .iter()
                        .map(|label| match *label {
                            "job" => format!("job=\"{job}\""),
                            "inst" => format!("inst=\"{inst}\""),
                            _ => format!("code=\"{code}\""),
                        })
                        .collect();
                    all.push(Series {
                        name: format!("{}{{{}}}", metric.name, labels.join(", ")),
                        values: values(rng, metric.name, count),
                    });
                }
            }
        }
    }
    all
}

fn values(rng: &mut ChaCha8Rng, metric: &str, count: usize) -> Vec<String> {
    let mut values = vec!["_".to_owned()];
    match metric {
        "orders_total" => resetting(rng, count, &mut values),
        "sparse_total" => sparse(rng, count, 20_000.0, &mut values),
        "edge_total" => sparse(rng, count, 20_000.0, &mut values),
        "young_total" => sparse(rng, count, 0.0, &mut values),
        _ => gauge(rng, metric, count, &mut values),
    }
    if metric == "edge_total" {
        values[0] = "20000".to_owned();
    }
    values
}

/// Begins high and has no gaps: where it is zero never lies between a window's edge and its first sample.
fn resetting(rng: &mut ChaCha8Rng, count: usize, values: &mut Vec<String>) {
    let mut value = 20_000.0 + f64::from(rng.random_range(0..1000_u32));
    let steepness = rng.random_range(0..20_u32);
    while values.len() < count {
        if values.len() > 1 && rng.random_bool(0.02) {
            value = 0.0;
        }
        value += f64::from(rng.random_range(0..=steepness));
        values.push(value.to_string());
    }
}

/// Comes and goes; it never resets, but for a new beginning far above what it gains.
fn sparse(rng: &mut ChaCha8Rng, count: usize, start: f64, values: &mut Vec<String>) {
    let mut value = start;
    let steepness = rng.random_range(1..15_u32);
    let gap = rng.random_range(0.0..0.15);
    values.extend((0..rng.random_range(0..count / 3)).map(|_| "_".to_owned()));
    while values.len() < count {
        if rng.random_bool(gap) {
            if rng.random_bool(0.4) {
                values.push("stale".to_owned());
            }
            values.extend((0..rng.random_range(1..20_u32)).map(|_| "_".to_owned()));
        }
        value += f64::from(rng.random_range(0..=steepness));
        values.push(value.to_string());
    }
    values.truncate(count);
}

fn gauge(rng: &mut ChaCha8Rng, metric: &str, count: usize, values: &mut Vec<String>) {
    let mut walk = rng.random_range(-10.0..40.0_f64);
    let gap = rng.random_range(0.0..0.06);
    let down = rng.random_range(0.0..0.3);
    while values.len() < count {
        if rng.random_bool(gap) {
            let word = if rng.random_bool(0.5) { "stale" } else { "_" };
            values.push(word.to_owned());
            values.extend((0..rng.random_range(0..25_u32)).map(|_| "_".to_owned()));
        }
        values.push(match metric {
            "up" => u8::from(!rng.random_bool(down)).to_string(),
            "queue" => rng.random_range(0..10_u8).to_string(),
            "weird" => match rng.random_range(0..12_u8) {
                0 => "NaN".to_owned(),
                1 => "Inf".to_owned(),
                _ => format!("{:.3}", rng.random_range(-3.0..3.0_f64)),
            },
            "extremes" => match rng.random_range(0..9_u8) {
                0 => "NaN".to_owned(),
                1 | 2 => "Inf".to_owned(),
                3 | 4 => "-Inf".to_owned(),
                _ => format!("{:.3}", rng.random_range(-3.0..3.0_f64)),
            },
            _ => {
                walk += rng.random_range(-3.0..3.0);
                // As many digits as no template shows: a half would be rounded either way.
                format!("{walk:.6}")
            }
        });
    }
    values.truncate(count);
}

fn buckets(rng: &mut ChaCha8Rng, count: usize, all: &mut Vec<Series>) {
    for job in JOBS {
        let mut counts: [f64; BOUNDS.len()] =
            std::array::from_fn(|at| 20_000.0 + 100.0 * at as f64);
        let mut values = vec![vec!["_".to_owned()]; BOUNDS.len()];
        for _ in 1..count {
            let mut gained = 0.0;
            for (at, value) in counts.iter_mut().enumerate() {
                gained += f64::from(rng.random_range(0..4_u8));
                *value += gained;
                values[at].push(value.to_string());
            }
        }
        for (bound, values) in BOUNDS.iter().zip(values) {
            let name = format!("lat_bucket{{le=\"{bound}\", job=\"{job}\"}}");
            all.push(Series { name, values });
        }
    }
}
