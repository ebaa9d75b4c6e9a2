//! One scenario on both clocks: what passes in simulated time passes over TCP on the real clock. Nothing here looks at the wall's
//! time: a run itself says when its machine was too busy to tell.

use chaos_runner::scenario::load::load;
use end_to_end::{Ended, chaos_runner, play};
use std::path::Path;

const FILE: &str = "live/smoke.yaml";
/// How often a run may find its machine too busy.
const TRIES_MAX: usize = 3;

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_smoke_scenario_passes_simulated_for_any_seed() {
    let loaded = load(&folder().join(FILE)).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    for seed in 1..=20 {
        assert_eq!(play(&loaded, seed).trouble(), None);
    }
}

#[test]
fn the_smoke_scenario_passes_over_tcp_on_the_real_clock() {
    let run = || chaos_runner(folder(), &["run", FILE, "--live", "--format", "json"]);
    // Traffic that fell behind its schedule makes a run inconclusive, and rightly so.
    let is_conclusive = |ended: &Ended| ended.code != Some(4);
    let mut ended = run();
    for _ in 1..TRIES_MAX {
        if is_conclusive(&ended) {
            break;
        }
        ended = run();
    }
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let document = ended.json();
    let scenario = &document["scenarios"][0];
    assert_eq!(scenario["verdict"], "passed");
    assert_eq!(scenario["orders"]["placed"], 100);
    assert!(scenario["alerts"][0]["resolved_at"].is_f64(), "{scenario}");
}
