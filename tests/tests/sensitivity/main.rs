//! A verdict can fail: whatever is taken from a scenario that passes, exactly the expectations that depend on it break, and all others
//! hold. And every expectation of every incident is broken by one of the changes below, so that none stands there for show.

mod chaos_test;
mod headquarters;
mod incorrect_factory;
mod lost_connection;
mod no_data;
mod revenue;

use end_to_end::{Script, each};
use std::collections::BTreeSet;

/// What is changed, how, and the expectations that break.
type Change = (&'static str, fn(Script) -> Script, &'static [&'static str]);

/// Makes each change to a shipped scenario, alone, and plays it with the scenario's own seed.
fn check(name: &str, changes: &[Change]) {
    let script = Script::shipped(name);
    let seed = script.load().scenario.seed;
    let unchanged = script.play(seed);
    assert_eq!(unchanged.trouble(), None);

    let mut wrong = Vec::new();
    let mut never_broken: BTreeSet<&str> = unchanged
        .verdict
        .expectations
        .iter()
        .map(|finding| finding.expectation.as_str())
        .collect();
    let runs = each(changes, |(_, change, _)| change(script.clone()).play(seed));
    for ((what, _, expected), played) in changes.iter().zip(&runs) {
        if played.broken() != *expected {
            wrong.push(format!("{what}: {:#?}", played.broken()));
        }
        for expectation in played.broken() {
            never_broken.remove(expectation);
        }
    }
    assert!(wrong.is_empty(), "{name}, what broke: {wrong:#?}");
    assert!(
        never_broken.is_empty(),
        "{name}: nothing breaks {never_broken:#?}"
    );
}

/// A rule whose alert no scenario expects. It fires late, so that nobody who is paged by it mends anything sooner.
fn with_another_alert(script: Script) -> Script {
    script.replace_in_rules(
        "    rules:\n",
        "    rules:\n      - { alert: Other, expr: vector(1), for: 20m }\n",
    )
}

fn without_queue(script: Script) -> Script {
    script.afterwards(|loaded| loaded.scenario.order_service.queue = None)
}

fn without_auto_report(script: Script) -> Script {
    script.afterwards(|loaded| loaded.scenario.order_service.auto_report = None)
}

fn without_rules(script: Script) -> Script {
    script.afterwards(|loaded| loaded.rules.clear())
}

fn without_fallback(script: Script) -> Script {
    script.replace("  fallback: backup\n", "")
}

/// With one more fault, listed first.
fn with_fault(script: Script, first: &str, fault: &str) -> Script {
    script.replace(first, &format!("      - {fault}\n{first}"))
}
