//! The `monitoring:` section: intervals that a run can keep, and channels with names of their own.

use super::facts::Facts;
use super::moments::check_interval;
use super::names::check_shape;
use super::routes;
use fake_factory::input::units::HumanDuration;
use fake_factory::input::{Findings, Located};

pub(super) fn check(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let monitoring = &facts.scenario.monitoring;
    let (scrape, evaluation) = (&monitoring.scrape_interval, &monitoring.evaluation_interval);
    // Defaults are nobody's mistake: a run shorter than them is one without a tick.
    if scrape.span.is_some() {
        check_interval("`scrape_interval`", scrape, facts, found);
    }
    if evaluation.span.is_some() {
        check_interval("`evaluation_interval`", evaluation, facts, found);
    }
    check_phase(monitoring.phase.scrape.as_ref(), scrape, found);
    check_phase(monitoring.phase.evaluation.as_ref(), evaluation, found);
    for name in monitoring.channels.keys() {
        check_shape("channel", name, found);
    }
    if let Some(route) = &monitoring.route {
        routes::check(route, facts, found);
    }
}

fn check_phase(
    phase: Option<&Located<HumanDuration>>,
    interval: &Located<HumanDuration>,
    found: &mut Findings<'_>,
) {
    if let Some(phase) = phase
        && phase.0 >= interval.0
        && !interval.0.is_zero()
    {
        found.error_beside(
            phase.span,
            format!(
                "the first tick after {} comes later than one interval: expected less than {}",
                phase.value, interval.value
            ),
            interval.span,
            "the interval is given",
        );
    }
}
