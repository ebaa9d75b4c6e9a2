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

#[test]
fn a_contact_point_that_reaches_no_channel_is_a_warning_of_the_run() {
    let loaded =
        load(Path::new("valid/grafana-answers.yaml")).unwrap_or_else(|told| panic!("{told}"));
    let record = play(&loaded, 1).record;
    let warnings: Vec<&str> = record
        .warnings
        .iter()
        .map(|one| one.message.as_str())
        .collect();
    assert_eq!(
        warnings,
        [
            "no channel of this scenario stands for these contact points of Grafana's: grafana-default-email"
        ]
    );
}
