//! What is watched for at other phases: the alerts that an expectation gives a time to, from when on. It reads the scenario; who
//! watches is the monitor's business.

use super::monitor::Wanted;
use super::planned::start_of;
use crate::scenario::Scenario;
use crate::scenario::expect::{AlertExpectation, Expectation};
use fake_factory::clock::Elapsed;

/// The alerts whose time to detect is asked for, in the order of the file.
pub(super) fn wanted(scenario: &Scenario) -> Vec<Wanted> {
    let expected = scenario.expect.iter();
    let alerts = expected.filter_map(|expected| match &expected.value {
        Expectation::Alert(alert) if is_timed(alert) => Some(alert),
        _ => None,
    });
    alerts
        .map(|alert| {
            let (after, is_start) = start_of(scenario, alert.of.as_ref());
            Wanted {
                alert: alert.name.value.clone(),
                after: Elapsed::from_duration(after),
                is_start,
            }
        })
        .collect()
}

fn is_timed(alert: &AlertExpectation) -> bool {
    alert.fires_within.is_some() || alert.pages_within.is_some()
}
