//! A hardened incident carries its rules twice, for Prometheus and for Grafana, and people act on the first page of either. That
//! none of the two leans on the other is held here: each is played alone, with its own rules and pages and what is expected of it.

use chaos_runner::alerting::rules::{Rule, RuleGroup};
use chaos_runner::scenario::Expectation;
use chaos_runner::scenario::discover::discover;
use chaos_runner::scenario::expect::Happening;
use chaos_runner::scenario::load::{Loaded, load};
use end_to_end::{each, play, scenarios};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Who evaluates rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    /// Prometheus, and Loki's ruler.
    Prometheus,
    Grafana,
}

impl Server {
    fn has(self, group: &RuleGroup) -> bool {
        let is_grafanas = group
            .rules
            .iter()
            .any(|rule| matches!(rule, Rule::Grafana(_)));
        is_grafanas == (self == Server::Grafana)
    }
}

/// The scenario with the rules of one server, and without what is expected of the other's.
fn alone(path: &Path, server: Server) -> Loaded {
    let mut loaded = load(path).unwrap_or_else(|wrong| panic!("{wrong}"));
    for rules in &mut loaded.rules {
        rules.groups.retain(|group| server.has(group));
    }
    loaded.rules.retain(|rules| !rules.groups.is_empty());
    let alerts: BTreeSet<String> = loaded
        .rules
        .iter()
        .flat_map(|rules| &rules.groups)
        .flat_map(|group| &group.rules)
        .flat_map(Rule::alerts)
        .map(str::to_owned)
        .collect();
    loaded
        .scenario
        .expect
        .retain(|expected| named(&expected.value).is_none_or(|alert| alerts.contains(alert)));
    loaded
}

/// The alert that something is expected of.
fn named(expected: &Expectation) -> Option<&str> {
    match expected {
        Expectation::Alert(alert) => Some(&alert.name.value),
        // The alert that a scenario holds to come first.
        Expectation::Before(before) => raised(&before.first.value).map(|(_, alert)| alert),
        Expectation::At(at) => raised(&at.what.value).map(|(_, alert)| alert),
        _ => None,
    }
}

/// What becomes of which alert, where it is one that something happens to.
fn raised(happening: &Happening) -> Option<(&'static str, &str)> {
    match happening {
        Happening::Pending(alert) => Some(("pending", &alert.value)),
        Happening::Firing(alert) => Some(("firing", &alert.value)),
        Happening::Resolved(alert) => Some(("resolved", &alert.value)),
        _ => None,
    }
}

/// The limits, without the names of the alerts, in which the servers differ.
fn timed(loaded: &Loaded) -> Vec<String> {
    let expected = loaded.scenario.expect.iter();
    expected
        .filter_map(|expected| match &expected.value {
            Expectation::Alert(alert) => {
                let limits = (
                    alert.of.as_ref().map(|of| &of.value),
                    &alert.since,
                    &alert.fires_within,
                    &alert.pages_within,
                    &alert.resolves_within,
                );
                Some(format!("{limits:?}"))
            }
            Expectation::Before(before) => {
                let (first, _) = raised(&before.first.value)?;
                let then = match raised(&before.then.value) {
                    Some((then, _)) => then.to_owned(),
                    None => serde_json::to_string(&before.then).expect("it is plain data"),
                };
                Some(format!("{first} before {then}"))
            }
            Expectation::At(at) => {
                let (what, _) = raised(&at.what.value)?;
                let of = at.of.as_ref().map(|of| &of.value);
                let limits = (&at.time.value, &at.within, of, &at.since);
                Some(format!("{what} at {limits:?}"))
            }
            _ => None,
        })
        .collect()
}

/// Those of the incidents that have rules of both.
fn hardened() -> Vec<PathBuf> {
    let paths = discover(&[scenarios().join("incidents")]).expect("incidents are shipped");
    let has_both = |path: &PathBuf| {
        let loaded = load(path).unwrap_or_else(|wrong| panic!("{wrong}"));
        let groups = || loaded.rules.iter().flat_map(|rules| &rules.groups);
        [Server::Prometheus, Server::Grafana].map(|server| groups().any(|group| server.has(group)))
            == [true, true]
    };
    paths.into_iter().filter(has_both).collect()
}

#[test]
fn both_servers_are_held_to_the_same_limits() {
    let hardened = hardened();
    let named = |name: &str| {
        let ends = |path: &&PathBuf| path.ends_with(name);
        hardened.iter().filter(ends).count()
    };
    assert_eq!(named("hardened.yaml"), 5, "each incident has one");
    for path in &hardened {
        let of = |server| {
            let mut limits = timed(&alone(path, server));
            limits.sort();
            limits
        };
        let (prometheus, grafana) = (of(Server::Prometheus), of(Server::Grafana));
        assert!(!prometheus.is_empty(), "{}", path.display());
        assert_eq!(prometheus, grafana, "{}", path.display());
    }
}

#[test]
fn each_server_holds_the_slo_without_the_other() {
    let hardened = hardened();
    let runs: Vec<(&PathBuf, Server, u64)> = hardened
        .iter()
        .flat_map(|path| [Server::Prometheus, Server::Grafana].map(|server| (path, server)))
        .flat_map(|(path, server)| [1_001, 1_002].map(|seed| (path, server, seed)))
        .collect();
    let wrong = each(&runs, |(path, server, seed)| {
        let played = play(&alone(path, *server), *seed);
        let lucky = played.verdict.detections.iter().filter_map(|found| {
            let over = found.over_phases.as_ref()?;
            (over.missed > 0 || found.warning.is_some()).then(|| format!("{found:?}"))
        });
        let lucky: Vec<String> = lucky.collect();
        let trouble = played.trouble().into_iter().chain(lucky);
        trouble
            .map(|trouble| format!("{server:?} alone: {trouble}"))
            .collect::<Vec<String>>()
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
