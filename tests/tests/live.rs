//! One scenario on both clocks: what passes in simulated time passes over TCP on the real clock. Nothing here looks at the wall's
//! time: a run itself says when its machine was too busy to keep the schedule, and that is no fault of what is tested.

use chaos_runner::scenario::load::load;
use chaos_runner::verdict::Verdict;
use end_to_end::{chaos_runner, folder, play};
use std::fs;
use std::path::Path;

const FILE: &str = "live/smoke.yaml";

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_smoke_scenario_passes_simulated_for_any_seed() {
    let loaded = load(&here().join(FILE)).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
    for seed in 1..=20 {
        assert_eq!(play(&loaded, seed).trouble(), None);
    }
}

#[test]
fn the_smoke_scenario_passes_over_tcp_on_the_real_clock() {
    let report = folder("live").display().to_string();
    let ended = chaos_runner(
        here(),
        &[
            "run", FILE, "--live", "--format", "json", "--report", &report,
        ],
    );
    let verdict = fs::read_to_string(Path::new(&report).join("smoke/verdict.json"))
        .expect("the verdict was written");
    let verdict: Verdict = serde_json::from_str(&verdict).expect("it can be read");
    assert!(
        verdict.expectations.iter().all(|finding| finding.passed),
        "{verdict:#?}"
    );
    let is_about_the_machine = |reason: &String| reason.contains("behind its schedule");
    assert!(
        verdict.inconclusive.iter().all(is_about_the_machine),
        "{verdict:#?}"
    );
    let code = if verdict.inconclusive.is_empty() {
        0
    } else {
        4
    };
    assert_eq!(ended.code, Some(code), "{}", ended.err);
    let scenario = &ended.json()["scenarios"][0];
    assert_eq!(scenario["orders"]["placed"], 100);
    assert!(scenario["alerts"][0]["resolved_at"].is_f64(), "{scenario}");
}
