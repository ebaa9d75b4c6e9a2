//! Who ends a fault: somebody must be able to call its report URL, or to mend it.

use super::facts::Facts;
use fake_factory::faults::plan::{End, FaultPlan};
use fake_factory::input::{Findings, Located};

pub(super) fn check(facts: &Facts<'_>, found: &mut Findings<'_>) {
    for fault in facts.faults() {
        match fault.ends.value {
            End::OnReport => check_report(fault, facts, found),
            End::Mended => check_mender(fault, facts, found),
            End::Never | End::After(_) | End::At(_) | End::AfterRequests(_) => {}
        }
    }
    check_reporters(facts, found);
}

fn check_report(fault: &FaultPlan, facts: &Facts<'_>, found: &mut Findings<'_>) {
    let name = &fault.name.value;
    if fault.inject.is_wire() {
        // No responder could help: the factory's own check says so.
        return;
    }
    let somebody = facts
        .scenario
        .responders
        .iter()
        .any(|person| person.reports.is_some());
    let service = facts.scenario.order_service.auto_report.is_some();
    if somebody || !facts.is_whole("responders") || !facts.is_whole("order_service") {
        return;
    }
    // Where it is told and yet nobody calls it, the fault goes on to the end of the run: what a scenario shows whose `auto_report`
    // was taken away.
    if fault.inject.tells_report_url() {
        return;
    }
    let (nobody, help) = if service {
        (
            "is told",
            "say `report_url: true` below `inject`, for a kind that has it, or give a responder `reports`",
        )
    } else {
        (
            "calls",
            "give a responder `reports`, or the order service `auto_report` and the fault `report_url: true`",
        )
    };
    found.error_with_help(
        fault.ends.span,
        format!("nobody {nobody} the report URL of `{name}`, so that it never ends"),
        help,
    );
}

fn check_mender(fault: &FaultPlan, facts: &Facts<'_>, found: &mut Findings<'_>) {
    let mut menders = menders(facts);
    let mended = menders.any(|name| name.value == fault.name.value);
    if !mended && facts.is_whole("responders") && facts.is_whole("events") {
        found.error_with_help(
            fault.ends.span,
            format!("nobody mends `{}`, so that it never ends", fault.name.value),
            "give a responder `mends`, or add an event `{ at: …, mend: … }`",
        );
    }
}

fn menders<'s>(facts: &Facts<'s>) -> impl Iterator<Item = &'s Located<String>> {
    let people = facts.scenario.responders.iter();
    let events = facts.scenario.events.iter();
    people
        .filter_map(|person| person.mends.as_ref().map(|mends| &mends.fault))
        .chain(events.filter_map(|event| event.mend.as_ref()))
}

/// A fault that somebody mends must be there, and end so.
pub(super) fn check_mended(name: &Located<String>, facts: &Facts<'_>, found: &mut Findings<'_>) {
    if !facts.faults.check(name, found) {
        return;
    }
    if let Some(fault) = facts.fault(name)
        && fault.ends.value != End::Mended
    {
        found.error_beside(
            name.span,
            format!(
                "`{}` cannot be mended: it does not end `mended`",
                name.value
            ),
            fault.ends.span.or(fault.name.span),
            "what ends it is said",
        );
    }
}

/// Somebody who reports must have something to report.
fn check_reporters(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let reportable = facts
        .faults()
        .any(|fault| fault.ends.value == End::OnReport);
    if reportable || !facts.is_whole("factories") {
        return;
    }
    for person in &facts.scenario.responders {
        if let Some(reports) = &person.reports {
            found.error_with_help(
                reports.span,
                format!(
                    "`{}` has nothing to report: no fault ends `on_report`",
                    person.name.value
                ),
                "leave `reports` out, or say `ends: on_report` at a fault",
            );
        }
    }
}
