//! Shipped incidents pass for any seed: one that passes by the luck of its own is a defect. `SCENARIO_SEEDS=200` asks for more seeds
//! than the usual 50.

use chaos_runner::scenario::discover::discover;
use chaos_runner::scenario::load::{Loaded, load};
use end_to_end::{each, play, scenarios};
use std::env;

const SEEDS: u64 = 50;

#[test]
fn every_incident_passes_for_any_seed() {
    let seeds = env::var("SCENARIO_SEEDS").map_or(SEEDS, |seeds| {
        seeds.parse().expect("SCENARIO_SEEDS is a number")
    });
    let incidents: Vec<Loaded> = discover(&[scenarios().join("incidents")])
        .expect("incidents are shipped")
        .iter()
        .map(|path| load(path).unwrap_or_else(|diagnostics| panic!("{diagnostics}")))
        .collect();
    assert_eq!(incidents.len(), 14);
    // The seeds of a user are of any size.
    let runs: Vec<(&Loaded, u64)> = (1..=seeds)
        .flat_map(|number| {
            let seed = if number % 2 == 0 {
                u64::MAX / number
            } else {
                number
            };
            incidents.iter().map(move |incident| (incident, seed))
        })
        .collect();
    let troubles: Vec<String> = each(&runs, |(incident, seed)| play(incident, *seed).trouble())
        .into_iter()
        .flatten()
        .collect();
    assert!(
        troubles.is_empty(),
        "{} of {} runs: {troubles:#?}",
        troubles.len(),
        runs.len()
    );
}
