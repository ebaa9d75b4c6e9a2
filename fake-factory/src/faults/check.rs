//! Whether what a file says of a factory makes sense: what the types alone cannot hold. It judges a factory by itself; who would
//! mend a fault, or how long the run is, is for those to judge who know the rest of the file.

mod requests;

use super::kind::Sense;
use super::plan::{End, FactoryPlan, FaultPlan};
pub use super::roster::FAULTS_MAX;
use super::schedule::Schedule;
use crate::clock::Elapsed;
use crate::input::units::StartsAt;
use crate::input::{Diagnostics, Findings, Places, Source};
use std::collections::BTreeSet;

/// The longest name of a fault, in bytes.
const NAME_BYTES_MAX: usize = 200;

/// Everything about `plan` that makes no sense, for a factory that is on its own.
#[must_use]
pub fn check(plan: &FactoryPlan, starts_at: &StartsAt, source: &Source) -> Diagnostics {
    let mut found = Findings::new(source);
    let places = Places::of(source);
    let mut names = BTreeSet::new();
    for fault in &plan.faults {
        if !names.insert(fault.name.as_str()) {
            found.error_with_help(
                fault.name.span,
                format!("a second fault is called `{}`", fault.name.value),
                "give each fault a name of its own",
            );
        }
        check_times(fault, starts_at, &mut found);
        check_fault(fault, &places, &mut found);
    }
    check_list(plan, &mut found);
    found.into_diagnostics()
}

/// Everything about one fault that makes no sense, whichever list it is put on; whether it fits there is for the list to say.
#[must_use]
pub fn check_added(fault: &FaultPlan, starts_at: &StartsAt, source: &Source) -> Diagnostics {
    let mut found = Findings::new(source);
    check_times(fault, starts_at, &mut found);
    check_fault(fault, &Places::of(source), &mut found);
    found.into_diagnostics()
}

/// What makes no sense in the list of a factory's faults as a whole.
pub fn check_list(plan: &FactoryPlan, found: &mut Findings<'_>) {
    let mut before = BTreeSet::new();
    for fault in &plan.faults {
        if let Some(leader) = &fault.follows
            && !before.contains(leader.as_str())
        {
            found.error_with_help(
                leader.span,
                format!("there is no fault `{}` before this one", leader.value),
                "name one that is listed before it in the same factory",
            );
        }
        before.insert(fault.name.as_str());
    }
    if let Some(fault) = plan.faults.get(FAULTS_MAX) {
        let help = format!("a factory has at most {FAULTS_MAX}");
        found.error_with_help(fault.name.span, "too many faults", help);
    }
}

/// What makes no sense in one fault, whatever else is in the file: which requests it touches, when, and what it does to them.
pub fn check_fault(fault: &FaultPlan, places: &Places, found: &mut Findings<'_>) {
    if fault.name.is_empty() || fault.name.len() > NAME_BYTES_MAX {
        found.error(
            fault.name.span,
            format!("the name of a fault has from 1 to {NAME_BYTES_MAX} bytes"),
        );
    }
    requests::check(fault, places, found);
    check_end(fault, places, found);
    check_repeat(fault, found);
    fault.inject.of_kind().check(&mut Sense {
        fault: fault.inject.span,
        places,
        found,
    });
}

fn check_end(fault: &FaultPlan, places: &Places, found: &mut Findings<'_>) {
    let name = &fault.name.value;
    let within = |word| places.below(fault.ends.span, &[word]);
    match &fault.ends.value {
        End::OnReport if fault.inject.is_wire() => found.error_with_help(
            fault.ends.span,
            format!(
                "`{name}` cuts the wire, and with it the support route: nobody could reach the report URL"
            ),
            "expected `mended`, by a responder or an event, or `{ after: … }`, `{ at: … }` or `never`",
        ),
        End::AfterRequests(0) => found.error(
            within("after_requests"),
            format!("`{name}` would touch no request: expected 1 or more"),
        ),
        End::AfterRequests(_) if fault.inject.is_wire() => found.error_with_help(
            fault.ends.span,
            format!("`{name}` cuts the wire: what a closed port refuses cannot be counted"),
            "expected `mended`, `never`, `{ after: … }` or `{ at: … }`, or inject `reset` or `hang`, which touch requests",
        ),
        End::OnReport
        | End::Mended
        | End::Never
        | End::After(_)
        | End::At(_)
        | End::AfterRequests(_) => {}
    }
    if let Some(leader) = &fault.follows
        && fault.starts.span.is_some()
    {
        found.error_beside(
            fault.starts.span,
            format!("`{name}` starts when another fault is over: expected `starts` or `follows`"),
            leader.span,
            "`follows` is said",
        );
    }
}

fn check_repeat(fault: &FaultPlan, found: &mut Findings<'_>) {
    let Some(repeat) = &fault.repeat else {
        return;
    };
    for (word, length) in [("on", &repeat.on), ("off", &repeat.off)] {
        if length.0.is_zero() {
            found.error(
                length.span,
                format!(
                    "`{}` is {word} for no time at all: expected more than 0",
                    fault.name.value
                ),
            );
        }
    }
}

fn check_times(fault: &FaultPlan, starts_at: &StartsAt, found: &mut Findings<'_>) {
    match Schedule::of(fault, starts_at, Elapsed::ZERO) {
        Err(error) => found.error(fault.starts.span, error.to_string()),
        Ok(schedule) => {
            if fault.follows.is_none() && schedule.timed_end() == Some(schedule.starts) {
                found.error_with_help(
                    fault.ends.span,
                    format!("`{}` would end before it starts", fault.name.value),
                    "expected a moment after its start",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Diagnostic, read};

    /// The messages about a factory with this fault, beside a name and where they point.
    fn messages(fault: &str) -> Vec<String> {
        let text = format!("faults:\n  - {{ name: a, {fault} }}\n");
        let source = Source::new("f.yaml", &text);
        let reading = read::<FactoryPlan>(&source);
        assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
        let plan = reading.value.expect("readable");
        let starts_at: StartsAt = "2024-08-08T09:50:00-06:00".parse().expect("a start");
        let found = check(&plan, &starts_at, &source);
        found
            .iter()
            .map(|found| found.message().to_owned())
            .collect()
    }

    #[test]
    fn what_makes_sense_is_left_alone() {
        for fault in [
            "inject: { status: { code: 500, report_url: true } }, ends: on_report, starts: 10:00",
            "inject: { outage: refused }, ends: { at: 10:15 }, requests: 30%",
            "inject: { latency: { pareto: { scale: 50ms, shape: 1.5 } } }, match: { method: '*', path: '*' }",
        ] {
            assert_eq!(messages(fault), Vec::<String>::new(), "{fault}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        for (fault, message) in [
            (
                "inject: { outage: hang }, ends: on_report",
                "`a` cuts the wire, and with it the support route: nobody could reach the report URL",
            ),
            (
                "inject: { status: { code: 700 } }",
                "700 is no status that an answer has: expected 200 to 599",
            ),
            (
                "inject: { status: { code: 500, content_type: a } }",
                "there is no `body` that this is the content type of",
            ),
            (
                "inject: { latency: {} }",
                "this latency has no distribution",
            ),
            (
                "inject: { latency: { uniform: { min: 2s, max: 1s } } }",
                "the least delay, 2s, is above the greatest, 1s",
            ),
            (
                "inject: { latency: { pareto: { scale: 1s, shape: 0 } } }",
                "a shape of 0 has no tail: expected a number above 0",
            ),
            (
                "inject: { latency: { pareto: { scale: 0s, shape: 1 } } }",
                "the scale of a Pareto latency is 0: expected more than that",
            ),
            (
                "inject: { bad_jwt: {} }, requests: 0%",
                "`a` touches no request: expected a share above 0%",
            ),
            (
                "inject: { bad_jwt: {} }, match: { method: post }",
                "`post` is no method",
            ),
            (
                "inject: { bad_jwt: {} }, match: { path: api }",
                "the path `api` does not begin with `/`",
            ),
            (
                "inject: { bad_jwt: {} }, starts: 10:00, ends: { at: 9:55 }",
                "`a` would end before it starts",
            ),
        ] {
            assert_eq!(messages(fault), [message], "{fault}");
        }
    }

    #[test]
    fn two_faults_of_one_name_are_one_too_many() {
        let text =
            "faults: [{ name: a, inject: { bad_jwt: {} } }, { name: a, inject: { bad_jwt: {} } }]";
        let source = Source::new("f.yaml", text);
        let plan = read::<FactoryPlan>(&source).value.expect("readable");
        let starts_at: StartsAt = "2024-08-08T09:50:00Z".parse().expect("a start");
        let found = check(&plan, &starts_at, &source);
        let messages: Vec<&str> = found.iter().map(Diagnostic::message).collect();
        assert_eq!(messages, ["a second fault is called `a`"]);
    }
}
