//! The time to detect: how long each alert that an expectation gives a time to took to fire, as it was observed and, where the phase
//! was drawn, at its best and worst over all phases that were watched at. It judges nothing: expectations are about what was observed.

use super::alerts::{Wait, first_firing, wait};
use super::story::Story;
use super::words::rough_length;
use crate::record::shadows::ShadowRecord;
use crate::scenario::Expectation;
use crate::scenario::expect::AlertExpectation;
use fake_factory::clock::Elapsed;
use fake_factory::input::units::HumanDuration;
use serde::{Deserialize, Serialize};

/// How long an alert took to fire. Seconds are below zero where it fired before what they are counted from.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Detection {
    /// The alert's name.
    pub alert: String,
    /// What is counted from, as in "`ordering-bug` started".
    pub counted_from: String,
    /// As it was observed; none where it never fired.
    pub observed_seconds: Option<f64>,
    /// Over phases; none where only one was watched at.
    pub over_phases: Option<OverPhases>,
    /// All of this in words.
    pub summary: String,
    /// Where the observed time is within what is expected and that of another phase is not: what the run was lucky with.
    pub warning: Option<String>,
}

/// The time to detect over phases, the observed one among them.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct OverPhases {
    /// How many phases there were.
    pub phases: usize,
    /// At how many of them it did not fire.
    pub missed: usize,
    /// The shortest time; none where it fired at none.
    pub best_seconds: Option<f64>,
    /// The longest time; none where it did not fire at all of them.
    pub worst_seconds: Option<f64>,
}

/// A time to detect for each `alert` expectation that limits it, in the order of the file. One whose fault never started has none.
pub(super) fn detections(story: &Story<'_>) -> Vec<Detection> {
    let expected = story.scenario.expect.iter();
    let timed = expected.filter_map(|expected| match &expected.value {
        Expectation::Alert(alert)
            if alert.fires_within.is_some() || alert.pages_within.is_some() =>
        {
            Some(alert)
        }
        _ => None,
    });
    timed
        .filter_map(|alert| Some(detection(story, alert, &wait(story, alert).ok()?)))
        .collect()
}

fn detection(story: &Story<'_>, expected: &AlertExpectation, wait: &Wait) -> Detection {
    let name = &expected.name.value;
    let observed = first_firing(story, name, wait.since).map(|(_, firing)| firing);
    let shadows = &story.record.shadows;
    let elsewhere = shadows
        .iter()
        .map(|shadow| firing_of(shadow, name, wait.since));
    let all: Vec<Option<Elapsed>> = std::iter::once(observed).chain(elsewhere).collect();
    let over_phases = (!shadows.is_empty()).then(|| Range::of(&all));
    let fixed = &story.scenario.monitoring.phase;
    let range = match &over_phases {
        Some(range) => range.words(wait),
        None if fixed.scrape.is_some() && fixed.evaluation.is_some() => {
            "the scenario fixes the phase".to_owned()
        }
        None => "at one phase".to_owned(),
    };
    let seconds = |at: Elapsed| at.as_secs_f64() - wait.anchor.at.as_secs_f64();
    Detection {
        alert: name.clone(),
        counted_from: wait.anchor.what.clone(),
        observed_seconds: observed.map(seconds),
        summary: match observed {
            Some(firing) => format!("detected {} ({range})", waited("in ", firing, wait)),
            None => format!("not detected ({range})"),
        },
        warning: expected.fires_within.as_ref().and_then(|within| {
            let observed = observed.filter(|firing| *firing <= wait.anchor.limit(within.0))?;
            luck(name, observed, &all, wait, within)
        }),
        over_phases: over_phases.map(|range| OverPhases {
            phases: range.phases,
            missed: range.missed,
            best_seconds: range.best.map(seconds),
            worst_seconds: range.worst.map(seconds),
        }),
    }
}

/// When the alert fired at another phase, of those that were not over before `since`.
fn firing_of(shadow: &ShadowRecord, name: &str, since: Elapsed) -> Option<Elapsed> {
    let firings = shadow.firings.iter();
    firings
        .filter(|firing| firing.alert == name)
        .filter(|firing| firing.resolved_at.is_none_or(|resolved| resolved > since))
        .map(|firing| firing.firing_at)
        .min()
}

struct Range {
    phases: usize,
    missed: usize,
    best: Option<Elapsed>,
    worst: Option<Elapsed>,
}

impl Range {
    fn of(all: &[Option<Elapsed>]) -> Self {
        let missed = all.iter().filter(|firing| firing.is_none()).count();
        let fired = || all.iter().copied().flatten();
        Range {
            phases: all.len(),
            missed,
            best: fired().min(),
            worst: fired().max().filter(|_| missed == 0),
        }
    }

    fn words(&self, wait: &Wait) -> String {
        let Range { phases, missed, .. } = self;
        match (self.best, self.worst) {
            (Some(best), Some(worst)) => format!(
                "{} to {} over {phases} phases",
                waited("", best, wait),
                waited("", worst, wait)
            ),
            (Some(best), None) => format!(
                "{} at best, not at all at {missed} of {phases} phases",
                waited("", best, wait)
            ),
            (None, _) => format!("at none of {phases} phases"),
        }
    }
}

/// How long it took, as in "in 41s"; or how long before it fired.
fn waited(preposition: &str, firing: Elapsed, wait: &Wait) -> String {
    let anchor = wait.anchor.at;
    if firing >= anchor {
        format!("{preposition}{}", rough_length(firing.since(anchor)))
    } else {
        format!("{} before", rough_length(anchor.since(firing)))
    }
}

/// What would have broken the limit at another phase.
fn luck(
    name: &str,
    observed: Elapsed,
    all: &[Option<Elapsed>],
    wait: &Wait,
    within: &HumanDuration,
) -> Option<String> {
    let limit = wait.anchor.limit(within.0);
    let is_late = |firing: &&Option<Elapsed>| firing.is_none_or(|firing| firing > limit);
    let late = all.iter().filter(is_late).count();
    if late == 0 {
        return None;
    }
    let latest = all.iter().flatten().max().copied().unwrap_or(observed);
    let would = match all.iter().any(Option::is_none) {
        true => "not have fired".to_owned(),
        false => format!(
            "have fired only after {}, later than {within}",
            rough_length(latest.since(wait.anchor.at))
        ),
    };
    Some(format!(
        "with other ticks {name} would {would} (at {late} of {} phases)",
        all.len()
    ))
}
