//! Holds the expectations of a scenario against the record of a run: a pure function, so that a saved run can be judged again.
//! It knows the scenario and the record and nothing else; above all not how the run was made nor how a verdict is drawn.

mod alerts;
mod budget;
mod detection;
mod happening;
mod inconclusive;
mod latency;
mod moments;
mod orders;
mod others;
mod promql;
mod queue;
#[cfg(test)]
pub(crate) mod sample;
mod served;
mod story;
#[cfg(test)]
mod tests;
mod why;
mod window;
mod words;

use crate::record::{Record, WarningRecord};
use crate::scenario::{Expectation, Scenario};
pub use detection::{Detection, OverPhases};
use fake_factory::clock::Elapsed;
use serde::{Deserialize, Serialize};
use story::Story;
pub(crate) use words::counted;

/// What a run comes to.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The name of the scenario.
    pub scenario: String,
    /// What it comes to. A failed expectation outranks whatever makes the run inconclusive.
    pub outcome: Outcome,
    /// Whether all was well before the first fault.
    pub steady_state: Finding,
    /// What became of each expectation, in the order of the file; an `alert` gives one for each of its times.
    pub expectations: Vec<Finding>,
    /// How long each alert took to fire that an expectation gives a time to.
    #[serde(default)]
    pub detections: Vec<Detection>,
    /// Why the run says nothing about its faults; empty when it does.
    pub inconclusive: Vec<String>,
    /// What went amiss beside, and decides nothing: whoever relies on the outcome should know of it.
    #[serde(default)]
    pub warnings: Vec<WarningRecord>,
}

/// What a run comes to.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every expectation held.
    Passed,
    /// One did not.
    Failed,
    /// Every expectation held, but the run does not show what it was made to show.
    Inconclusive,
}

/// One expectation and what became of it.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The expectation, as a person would say it.
    pub expectation: String,
    /// Whether it held.
    pub passed: bool,
    /// What was seen instead, or in accordance.
    pub observed: String,
    /// Why it did not hold; none where it did.
    pub explanation: Option<String>,
}

impl Finding {
    /// An expectation that held.
    fn held(expectation: String, observed: String) -> Self {
        Finding {
            expectation,
            passed: true,
            observed,
            explanation: None,
        }
    }

    /// An expectation that did not hold, and why.
    fn broken(expectation: String, observed: String, explanation: String) -> Self {
        Finding {
            expectation,
            passed: false,
            observed,
            explanation: Some(explanation),
        }
    }

    /// An expectation that could not be measured, and why.
    fn unmeasured(expectation: String, reason: String) -> Self {
        Finding::broken(expectation, "nothing to measure".to_owned(), reason)
    }
}

/// Holds the expectations of `scenario` against `record`, which must be of a run of it.
///
/// The count and the order of the findings follow from the scenario alone. A time limit is kept when it is missed by no more than
/// the 1 ms that timers round up by.
#[must_use]
pub fn judge(scenario: &Scenario, record: &Record) -> Verdict {
    let story = Story::new(scenario, record);
    let mut watched = promql::Watched::default();
    let expectations: Vec<Finding> = scenario
        .expect
        .iter()
        .flat_map(|expected| findings(&story, &expected.value, &mut watched))
        .collect();
    let steady_state = inconclusive::steady_state(&story);
    let inconclusive = inconclusive::reasons(&story, &steady_state);
    let outcome = if expectations.iter().any(|finding| !finding.passed) {
        Outcome::Failed
    } else if inconclusive.is_empty() {
        Outcome::Passed
    } else {
        Outcome::Inconclusive
    };
    Verdict {
        scenario: scenario.name.value.clone(),
        outcome,
        steady_state,
        expectations,
        detections: detection::detections(&story),
        inconclusive,
        warnings: record.warnings.clone(),
    }
}

/// Why an alert did not fire in the whole run, in a sentence.
#[must_use]
pub fn why_not_firing(scenario: &Scenario, record: &Record, alert: &str) -> String {
    let story = Story::new(scenario, record);
    why::not_firing(&story, alert, Elapsed::ZERO, record.ended_at)
}

fn findings<'a>(
    story: &Story<'a>,
    expected: &'a Expectation,
    watched: &mut promql::Watched<'a>,
) -> Vec<Finding> {
    let finding = match expected {
        Expectation::Alert(alert) => return alerts::alert(story, alert),
        Expectation::Silent(silent) => others::silent(story, &silent.alert.value),
        Expectation::NoAlerts => others::no_alerts(story),
        Expectation::NoOtherAlerts => others::no_other_alerts(story),
        Expectation::At(at) => moments::at(story, at),
        Expectation::Before(before) => moments::before(story, before),
        Expectation::Orders(orders) => orders::orders(story, orders),
        Expectation::Served(served) => served::served(story, served),
        Expectation::Recovery(recovery) => served::recovery(story, recovery),
        Expectation::QueueDrained(within) => queue::drained(story, within),
        Expectation::Latency(latency) => latency::latency(story, latency),
        Expectation::Revenue(revenue) => budget::revenue(story, revenue),
        Expectation::Slo(slo) => budget::slo(story, slo),
        Expectation::Promql(promql) => watched.promql(story, promql),
    };
    vec![finding]
}
