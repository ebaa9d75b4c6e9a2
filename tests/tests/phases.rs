//! How much of the time to detect is chance: watching at other phases changes nothing of the run, and a hardened incident is noticed
//! in time at each of them, whatever its seed.

use chaos_runner::scenario::Expectation;
use chaos_runner::scenario::discover::discover;
use chaos_runner::scenario::load::{Loaded, load};
use end_to_end::{each, play, scenarios};

/// The scenarios that draw their phase and give an alert a time, of all that are shipped.
fn timed() -> Vec<Loaded> {
    let loaded = discover(&[scenarios()]).expect("scenarios are shipped");
    let loaded = loaded
        .iter()
        .map(|path| load(path).unwrap_or_else(|diagnostics| panic!("{diagnostics}")));
    let is_timed = |loaded: &Loaded| {
        let phase = &loaded.scenario.monitoring.phase;
        let gives_a_time = loaded.scenario.expect.iter().any(|expected| {
            matches!(&expected.value, Expectation::Alert(alert) if alert.fires_within.is_some())
        });
        phase.scrape.is_none() && gives_a_time
    };
    loaded.filter(is_timed).collect()
}

#[test]
fn what_ought_to_be_noticed_is_noticed_at_each_of_sixteen_phases() {
    let timed = timed();
    assert!(timed.len() >= 37, "{} scenarios", timed.len());
    let seeds = |loaded: &Loaded| match loaded.path.to_string_lossy().contains("incidents") {
        true => vec![loaded.scenario.seed, 1_001, 1_002],
        false => vec![loaded.scenario.seed],
    };
    let runs: Vec<(&Loaded, u64)> = timed
        .iter()
        .flat_map(|loaded| seeds(loaded).into_iter().map(move |seed| (loaded, seed)))
        .collect();
    let wrong = each(&runs, |(loaded, seed)| {
        let detections = play(loaded, *seed).verdict.detections;
        assert!(!detections.is_empty());
        let lucky = detections.into_iter().filter_map(|found| {
            let over = found
                .over_phases
                .as_ref()
                .map(|over| (over.phases, over.missed));
            let is_sound = over == Some((16, 0)) && found.warning.is_none();
            (!is_sound).then(|| format!("{} {seed}: {found:?}", loaded.scenario.name.value))
        });
        lucky.collect::<Vec<String>>()
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn watching_at_other_phases_changes_nothing_of_the_run() {
    let mut timed = timed();
    timed.retain(|loaded| loaded.path.to_string_lossy().contains("hardened"));
    assert!(timed.len() >= 6, "{} scenarios", timed.len());
    each(&timed, |loaded| {
        let mut watched = play(loaded, loaded.scenario.seed).record;
        assert_eq!(watched.shadows.len(), 15);
        let mut unwatched = load(&loaded.path).unwrap_or_else(|wrong| panic!("{wrong}"));
        unwatched
            .scenario
            .expect
            .retain(|expected| !matches!(expected.value, Expectation::Alert(_)));
        let unwatched = play(&unwatched, loaded.scenario.seed);
        assert!(unwatched.record.shadows.is_empty());
        watched.shadows.clear();
        let watched = serde_json::to_string(&watched).expect("it is plain data");
        let unwatched = serde_json::to_string(&unwatched.record).expect("it is plain data");
        assert!(watched == unwatched, "{}", loaded.scenario.name.value);
    });
}
