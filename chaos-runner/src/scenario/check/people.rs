//! The `responders:` and `events:` sections: people whom something brings to act, and events that do one thing each.

use super::ends::check_mended;
use super::facts::Facts;
use super::moments::check_within_run;
use super::names::check_own;
use crate::scenario::people::{Responder, ScheduledEvent};
use fake_factory::input::Findings;

/// By this name the service itself is meant, where it calls a report URL.
pub(super) const SERVICE: &str = "order_service";

/// The most scrapes that one event may skip.
const SKIPPED_SCRAPES_MAX: u32 = 1_000_000;

pub(super) fn check(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let people = &facts.scenario.responders;
    check_own(
        "responder",
        people.iter().map(|person| &person.name),
        &[SERVICE],
        found,
    );
    for person in people {
        check_responder(person, facts, found);
    }
    for event in &facts.scenario.events {
        check_event(event, facts, found);
    }
}

fn check_responder(person: &Responder, facts: &Facts<'_>, found: &mut Findings<'_>) {
    let name = &person.name.value;
    if person.paged_by.is_some() == person.notices.is_some() && facts.is_whole("responders") {
        let message = if person.notices.is_some() {
            format!("`{name}` is both paged and notices by themselves: expected one of the two")
        } else {
            format!("nothing brings `{name}` to act: expected `paged_by` or `notices`")
        };
        found.error(person.name.span, message);
    }
    if let Some(channel) = &person.paged_by {
        facts.channels.check(channel, found);
    }
    if let Some(moment) = &person.notices {
        check_within_run(&format!("`{name}` notices"), moment, facts, found);
    }
    let acts = person.acknowledges.is_some() || person.reports.is_some() || person.mends.is_some();
    // Somebody who is paged and does no more shows that pages arrive; somebody who looks by themselves and does nothing is no use.
    if !acts && person.notices.is_some() && facts.is_whole("responders") {
        found.error_with_help(
            person.name.span,
            format!("`{name}` notices and does nothing"),
            "expected at least one of: `acknowledges`, `reports`, `mends`",
        );
    }
    if let Some(mends) = &person.mends {
        check_mended(&mends.fault, facts, found);
    }
}

fn check_event(event: &ScheduledEvent, facts: &Facts<'_>, found: &mut Findings<'_>) {
    check_within_run("this happens", &event.at, facts, found);
    let things = [
        event.restart.is_some(),
        event.skip_scrapes.is_some(),
        event.mend.is_some(),
    ];
    let count = things.into_iter().filter(|thing| *thing).count();
    if count != 1 && facts.is_whole("events") {
        let message = if count == 0 {
            "nothing happens at this event"
        } else {
            "more than one thing happens at this event"
        };
        found.error_with_help(
            event.at.span,
            message,
            "expected exactly one of: `restart`, `skip_scrapes`, `mend`; events may share a moment",
        );
    }
    if let Some(skipped) = &event.skip_scrapes
        && !(1..=SKIPPED_SCRAPES_MAX).contains(&skipped.value)
    {
        found.error(
            skipped.span,
            format!(
                "{} scrapes cannot be skipped: expected 1 to {SKIPPED_SCRAPES_MAX}",
                skipped.value
            ),
        );
    }
    if let Some(fault) = &event.mend {
        check_mended(fault, facts, found);
        if let Some(plan) = facts.fault(fault)
            && facts.has_times()
            && facts.offset(&event.at) <= facts.offset(&plan.starts)
        {
            found.error_beside(
                event.at.span,
                format!(
                    "`{}` is mended at {}, which is not after its start",
                    fault.value, event.at.value
                ),
                plan.starts.span,
                "its start is given",
            );
        }
    }
}
