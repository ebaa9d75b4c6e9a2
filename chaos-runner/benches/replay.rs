//! How fast incidents are replayed, in simulated seconds per wall second: a whole incident with its traffic, alerts and verdict, and
//! the calm week, which is mostly scrapes and rules. Nothing is judged against a limit: timings depend on the machine.

use chaos_runner::scenario::load::{Loaded, load};
use chaos_runner::stage::simulate;
use chaos_runner::verdict::judge;
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

/// What is measured: its name in the report, its scenario, and for how long it is measured.
const REPLAYS: [(&str, &str, Duration); 2] = [
    (
        "incident",
        "incidents/2025-04-08-vanished-revenue/hardened.yaml",
        Duration::from_secs(10),
    ),
    (
        "calm-week",
        "baselines/calm-week.yaml",
        Duration::from_secs(40),
    ),
];

fn shipped(path: &str) -> Loaded {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    load(&folder.join(path)).expect("a shipped scenario is valid")
}

fn replay(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("replay");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(500));
    for (name, path, measured_for) in REPLAYS {
        let loaded = shipped(path);
        let seed = loaded.scenario.seed;
        group
            .measurement_time(measured_for)
            .throughput(Throughput::Elements(loaded.scenario.duration.0.as_secs()))
            .bench_function(name, |bencher| {
                bencher.iter(|| {
                    let record = simulate(&loaded, seed).expect("the stage stands");
                    black_box(judge(&loaded.scenario, &record))
                });
            });
    }
    group.finish();
}

criterion_group!(benches, replay);
criterion_main!(benches);
