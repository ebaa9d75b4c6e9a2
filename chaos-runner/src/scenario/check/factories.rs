//! The `factories:` section: names, and when faults go on. What a fault does to which requests is the factory's own business to
//! check; who ends it, that of `ends`.

use super::facts::Facts;
use super::moments::{check_some, check_within_run};
use super::names::{check_own, check_shape};
use crate::scenario::during::WORDS;
use fake_factory::faults::check::{check_fault, check_list};
use fake_factory::faults::plan::{End, FaultPlan};
use fake_factory::input::Findings;
use fake_factory::input::units::Moment;

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
        check_fault(fault, &facts.places, found);
    }
    for plan in facts.scenario.factories.values() {
        check_list(plan, found);
    }
}

fn check_times(fault: &FaultPlan, facts: &Facts<'_>, found: &mut Findings<'_>) {
    let starts = facts.offset(&fault.starts);
    if starts == facts.duration && facts.has_times() {
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
        End::OnReport | End::Mended | End::Never | End::AfterRequests(_) => {}
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
    if !facts.has_times() {
        return;
    }
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
