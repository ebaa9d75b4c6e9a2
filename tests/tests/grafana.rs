//! Rules of Grafana's from file to page: a scenario whose rules come in each of the documents that Grafana gives away is run, and its
//! alerts fire, page and resolve as it expects, whatever the seed.

use chaos_runner::scenario::load::load;
use end_to_end::play;
use std::path::Path;

#[test]
fn rules_of_grafanas_page_and_resolve() {
    let loaded = load(Path::new("valid/grafana.yaml")).unwrap_or_else(|told| panic!("{told}"));
    assert_eq!(loaded.rules.len(), 4);
    for seed in [1, 2, 3] {
        assert_eq!(play(&loaded, seed).trouble(), None, "seed {seed}");
    }
}

#[test]
fn notification_policies_of_grafanas_say_whom_alerts_page_and_when() {
    for file in [
        "valid/grafana-notifications.yaml",
        "valid/grafana-answers.yaml",
    ] {
        let loaded = load(Path::new(file)).unwrap_or_else(|told| panic!("{told}"));
        for seed in [1, 2, 3] {
            assert_eq!(
                play(&loaded, seed).trouble(),
                None,
                "{file} with seed {seed}"
            );
        }
    }
}
