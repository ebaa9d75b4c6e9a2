//! The head of a scenario: version, name, duration.

use super::facts::Facts;
use super::moments::check_some;
use super::names::check_shape;
use fake_factory::input::Findings;
use std::time::Duration;

/// The version of the format that is read.
const VERSION: u32 = 1;

/// The longest run: two months.
const DURATION_MAX: Duration = Duration::from_secs(60 * 24 * 60 * 60);

pub(super) fn check(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let scenario = facts.scenario;
    if scenario.version.value != VERSION {
        let message = format!(
            "version {} of the format is not known: expected {VERSION}",
            scenario.version.value
        );
        found.error(scenario.version.span, message);
    }
    check_shape("scenario", &scenario.name, found);
    let duration = &scenario.duration;
    check_some(
        "the duration of the run",
        duration.value,
        duration.span,
        found,
    );
    if facts.duration > DURATION_MAX {
        found.error(
            scenario.duration.span,
            format!(
                "a run of {} is too long: expected at most 60d",
                scenario.duration.value
            ),
        );
    }
}
