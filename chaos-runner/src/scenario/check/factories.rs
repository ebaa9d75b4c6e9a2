//! The `factories:` section: names, when faults go on, and which requests they may touch. What each injects is `inject`'s
//! business, who ends it that of `ends`.

use super::facts::Facts;
use super::findings::Findings;
use super::inject;
use super::moments::{check_some, check_within_run};
use super::names::{check_own, check_shape};
use crate::scenario::during::WORDS;
use fake_factory::faults::plan::{End, FaultPlan};
use fake_factory::input::units::Moment;

/// The path of the route that report URLs call.
const SUPPORT_PATH: &str = "/api/support/";

/// The methods that a request may have.
const METHODS: [&str; 8] = [
    "*", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
];

pub(super) fn check(facts: &Facts<'_>, found: &mut Findings<'_>) {
    for name in facts.scenario.factories.keys() {
        check_shape("factory", name, found);
    }
    check_own(
        "fault",
        facts.faults().map(|fault| &fault.name),
        &WORDS,
        found,
    );
    for fault in facts.faults() {
        check_times(fault, facts, found);
        check_requests(fault, found);
        inject::check(fault, facts, found);
    }
}

fn check_times(fault: &FaultPlan, facts: &Facts<'_>, found: &mut Findings<'_>) {
    let starts = facts.offset(&fault.starts);
    if starts == facts.duration && !facts.duration.is_zero() {
        found.error(
            fault.starts.span,
            format!("`{}` starts at the end of the run", fault.name.value),
        );
    }
    check_within_run(
        &format!("`{}` starts", fault.name.value),
        &fault.starts,
        facts,
        found,
    );
    let span = facts.places.below(fault.ends.span, &["after"]);
    match &fault.ends.value {
        End::After(after) => check_some("the time after which the fault ends", *after, span, found),
        End::At(moment) => check_end(fault, moment, starts, facts, found),
        End::Never if !fault.lingers.0.is_zero() => found.error_with_help(
            facts.places.beside(fault.name.span, &["lingers"]),
            format!(
                "`{}` never ends, so that nothing lingers after its end",
                fault.name.value
            ),
            "leave `lingers` out, or say what ends it",
        ),
        End::OnReport | End::Mended | End::Never => {}
    }
}

fn check_end(
    fault: &FaultPlan,
    moment: &Moment,
    starts: std::time::Duration,
    facts: &Facts<'_>,
    found: &mut Findings<'_>,
) {
    let span = facts.places.below(fault.ends.span, &["at"]);
    if facts.offset(moment) <= starts {
        found.error_beside(
            span,
            format!(
                "`{}` ends at {moment}, which is not after its start",
                fault.name.value
            ),
            fault.starts.span,
            "its start is given",
        );
    } else if facts.offset(moment) > facts.duration {
        found.error_with_help(
            span,
            format!(
                "`{}` ends at {moment}, after the end of the run",
                fault.name.value
            ),
            "say `ends: never` for a fault that goes on to the end, or make `duration` longer",
        );
    }
}

fn check_requests(fault: &FaultPlan, found: &mut Findings<'_>) {
    if fault.requests.0 <= 0.0 {
        found.error(
            fault.requests.span,
            format!(
                "`{}` touches no request: expected a share above 0%",
                fault.name.value
            ),
        );
    }
    let method = &fault.matches.method;
    if !METHODS.contains(&method.as_str()) {
        found.error_with_help(
            method.span,
            format!("`{}` is no method", method.value),
            format!(
                "expected one of: {}",
                METHODS.map(|method| format!("`{method}`")).join(", ")
            ),
        );
    }
    let path = &fault.matches.path;
    if !path.starts_with('/') && path.as_str() != "*" {
        found.error(
            path.span,
            format!("the path `{}` does not begin with `/`", path.value),
        );
    } else if path.starts_with(SUPPORT_PATH) && !fault.inject.is_wire() {
        found.error_with_help(
            path.span,
            "the support route, which the report URL calls, is touched by wire faults alone",
            "expected another path, or `inject: { outage: … }`",
        );
    }
}
