//! Durations and moments: what is longer than nothing, what is within the run, and intervals that a run can keep.

use super::facts::Facts;
use fake_factory::input::units::{HumanDuration, Moment};
use fake_factory::input::{Findings, Located, Span};
use std::time::Duration;

/// The most ticks that one interval may make of a run.
const TICKS_MAX: u128 = 5_000_000;

/// The shortest interval: the simulated clock goes by milliseconds.
const INTERVAL_MIN: Duration = Duration::from_millis(1);

/// Reports a duration of nothing where there must be some.
pub(super) fn check_some(
    what: &str,
    duration: HumanDuration,
    at: Option<Span>,
    found: &mut Findings<'_>,
) {
    if duration.0.is_zero() {
        found.error(at, format!("{what} is 0: expected more than that"));
    }
}

/// Reports an interval of nothing, one that does not tick within the run, and one that ticks far too often.
pub(super) fn check_interval(
    what: &str,
    interval: &Located<HumanDuration>,
    facts: &Facts<'_>,
    found: &mut Findings<'_>,
) {
    let run = facts.scenario.duration.value;
    let message = if interval.0 < INTERVAL_MIN {
        format!("{what} is {}: expected 1ms or more", interval.value)
    } else if !facts.has_times() {
        return;
    } else if interval.0 > run.0 {
        format!("{what} is {}, longer than the run of {run}", interval.value)
    } else if run.0.as_nanos() / interval.0.as_nanos() > TICKS_MAX {
        format!(
            "{what} of {} is too short for a run of {run}: expected at most {TICKS_MAX} in it",
            interval.value
        )
    } else {
        return;
    };
    found.error(interval.span, message);
}

/// Reports a moment that is not within the run. `what` says what would happen at it, as in `the fault starts`.
pub(super) fn check_within_run(
    what: &str,
    moment: &Located<Moment>,
    facts: &Facts<'_>,
    found: &mut Findings<'_>,
) {
    check_from(
        Duration::ZERO,
        what,
        &moment.value,
        moment.span,
        facts,
        found,
    );
}

/// Reports a moment of an expectation that is not within the run. Offsets count from the start of the fault that `of` names, or
/// of the first one; from that of the run where nothing breaks.
pub(super) fn check_expected(
    what: &str,
    moment: &Moment,
    at: Option<Span>,
    of: Option<&Located<String>>,
    facts: &Facts<'_>,
    found: &mut Findings<'_>,
) {
    let fault = match of {
        Some(name) => facts.fault(name),
        None => facts.first_fault(),
    };
    let base = fault.map_or(Duration::ZERO, |fault| facts.offset(&fault.starts));
    check_from(base, what, moment, at, facts, found);
}

/// When a moment of an expectation is, counted from the start of the run.
pub(super) fn expected_offset(moment: &Moment, facts: &Facts<'_>) -> Option<Duration> {
    let fault = facts.first_fault();
    let base = fault.map_or(Duration::ZERO, |fault| facts.offset(&fault.starts));
    moment.resolve_from(base, &facts.scenario.starts_at).ok()
}

fn check_from(
    base: Duration,
    what: &str,
    moment: &Moment,
    at: Option<Span>,
    facts: &Facts<'_>,
    found: &mut Findings<'_>,
) {
    if !facts.has_times() {
        return;
    }
    let offset = match moment.resolve_from(base, &facts.scenario.starts_at) {
        Ok(offset) => offset,
        Err(error) => return found.error(at, error.to_string()),
    };
    if offset > facts.duration {
        let run = facts.scenario.duration.value;
        let late = HumanDuration(offset);
        let message = match moment {
            Moment::Offset(_) if base.is_zero() => {
                format!("{what} after {late}, but the run ends after {run}")
            }
            Moment::Offset(_) | Moment::Clock(_) | Moment::Date(_) => {
                format!("{what} at {moment}, {late} into the run, but it ends after {run}")
            }
        };
        found.error_with_help(
            at,
            message,
            "expected a moment within the run, or a longer `duration`",
        );
    }
}
