//! The expectations that alerts stay silent: `silent`, `no_alerts`, `no_other_alerts`. An alert that is only pending is silent.

use super::Finding;
use super::story::Story;
use super::why;
use super::words::{counted, number};
use crate::record::alerts::AlertRecord;
use crate::scenario::Expectation;
use crate::scenario::expect::Happening;
use fake_factory::clock::Elapsed;
use std::collections::BTreeSet;

/// How many alerts an explanation names.
const ALERTS_NAMED_MAX: usize = 3;

/// This alert never fires.
pub(super) fn silent(story: &Story<'_>, name: &str) -> Finding {
    none_fires(story, format!("alert {name} stays silent"), |alert| {
        alert.name == name
    })
}

/// No alert fires.
pub(super) fn no_alerts(story: &Story<'_>) -> Finding {
    none_fires(story, "no alert fires".to_owned(), |_| true)
}

/// No alert fires but those that another expectation names.
pub(super) fn no_other_alerts(story: &Story<'_>) -> Finding {
    let named = named(story);
    none_fires(story, "no other alert fires".to_owned(), |alert| {
        !named.contains(alert.name.as_str())
    })
}

/// The alerts that an expectation of the scenario names.
pub(super) fn named<'a>(story: &Story<'a>) -> BTreeSet<&'a str> {
    let happening = |what: &'a Happening| match what {
        Happening::Pending(name) | Happening::Firing(name) | Happening::Resolved(name) => {
            Some(name.value.as_str())
        }
        _ => None,
    };
    story
        .scenario
        .expect
        .iter()
        .flat_map(|expected| match &expected.value {
            Expectation::Alert(alert) => [Some(alert.name.value.as_str()), None],
            Expectation::Silent(silent) => [Some(silent.alert.value.as_str()), None],
            Expectation::At(at) => [happening(&at.what.value), None],
            Expectation::Before(before) => [
                happening(&before.first.value),
                happening(&before.then.value),
            ],
            _ => [None, None],
        })
        .flatten()
        .collect()
}

fn none_fires(story: &Story<'_>, text: String, counts: impl Fn(&AlertRecord) -> bool) -> Finding {
    let mut fired: Vec<(Elapsed, &AlertRecord)> = story
        .record
        .alerts
        .iter()
        .filter(|alert| counts(alert))
        .filter_map(|alert| Some((alert.firing_at?, alert)))
        .collect();
    fired.sort_by_key(|(firing, _)| *firing);
    if fired.is_empty() {
        let pending = story
            .record
            .alerts
            .iter()
            .filter(|alert| counts(alert))
            .count();
        return Finding::held(
            text,
            match pending {
                0 => "none pending".to_owned(),
                _ => format!("{} pending, none fired", counted(pending, "alert")),
            },
        );
    }
    let mut sentences: Vec<String> = fired
        .iter()
        .take(ALERTS_NAMED_MAX)
        .map(|(firing, alert)| sentence(story, *firing, alert))
        .collect();
    if fired.len() > ALERTS_NAMED_MAX {
        sentences.push(format!("and {} more", fired.len() - ALERTS_NAMED_MAX));
    }
    let names: BTreeSet<String> = fired.iter().map(|(_, alert)| name(alert)).collect();
    let names: Vec<String> = names.into_iter().collect();
    Finding::broken(
        text,
        format!("fired: {}", names.join(", ")),
        sentences.join("; "),
    )
}

/// The alert's name, and the rule that it is about where that has another.
fn name(alert: &AlertRecord) -> String {
    match alert.subject() {
        None => alert.name.clone(),
        Some(rule) => format!("{} of {rule}", alert.name),
    }
}

fn sentence(story: &Story<'_>, firing: Elapsed, alert: &AlertRecord) -> String {
    let mut text = format!(
        "{} fired at {}, pending since {}",
        name(alert),
        story.clock(firing),
        story.clock(alert.pending_at)
    );
    if let Some(value) = alert.value {
        text.push_str(&format!(" with value {}", number(value)));
    }
    if let Some(rule) = why::rule_of(story, alert.subject().unwrap_or(&alert.name))
        && let (Some(operator), Some(threshold)) = (&rule.operator, rule.threshold)
    {
        text.push_str(&format!(", threshold {operator} {}", number(threshold)));
    }
    text
}
