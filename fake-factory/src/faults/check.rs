//! Whether what a file says of a factory makes sense: what the types alone cannot hold. It judges a factory by itself; who would
//! mend a fault, or how long the run is, is for those to judge who know the rest of the file.

mod inject;

use super::plan::{End, FactoryPlan, FaultPlan};
use super::schedule::{Ends, Schedule};
use crate::input::units::StartsAt;
use crate::input::{Diagnostics, Findings, Places, Source};
use std::collections::BTreeSet;

/// The most faults of one factory.
pub const FAULTS_MAX: usize = 1_000;

/// The path of the route that report URLs call.
const SUPPORT_PATH: &str = "/api/support/";

/// The methods that a request may have.
const METHODS: [&str; 8] = [
    "*", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
];

/// Everything about `plan` that makes no sense, for a factory that is on its own.
#[must_use]
pub fn check(plan: &FactoryPlan, starts_at: &StartsAt, source: &Source) -> Diagnostics {
    let mut found = Findings::new(source);
    let places = Places::of(source);
    let mut names = BTreeSet::new();
    for fault in &plan.faults {
        if !names.insert(&fault.name.value) {
            found.error_with_help(
                fault.name.span,
                format!("a second fault is called `{}`", fault.name.value),
                "give each fault a name of its own",
            );
        }
        check_times(fault, starts_at, &mut found);
        check_fault(fault, &places, &mut found);
    }
    if let Some(fault) = plan.faults.get(FAULTS_MAX) {
        let help = format!("a factory has at most {FAULTS_MAX}");
        found.error_with_help(fault.name.span, "too many faults", help);
    }
    found.into_diagnostics()
}

/// What makes no sense in one fault, whatever else is in the file: which requests it touches and what it does to them.
pub fn check_fault(fault: &FaultPlan, places: &Places, found: &mut Findings<'_>) {
    check_requests(fault, found);
    inject::check(fault, places, found);
    if fault.inject.is_wire() && fault.ends.value == End::OnReport {
        found.error_with_help(
            fault.ends.span,
            format!(
                "`{}` cuts the wire, and with it the support route: nobody could reach the report URL",
                fault.name.value
            ),
            "expected `mended`, by a responder or an event, or `{ after: … }`, `{ at: … }` or `never`",
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

fn check_times(fault: &FaultPlan, starts_at: &StartsAt, found: &mut Findings<'_>) {
    match Schedule::of(fault, starts_at) {
        Err(error) => found.error(fault.starts.span, error.to_string()),
        Ok(schedule) if schedule.ends == Ends::At(schedule.starts) => found.error_with_help(
            fault.ends.span,
            format!("`{}` would end before it starts", fault.name.value),
            "expected a moment after its start",
        ),
        Ok(_) => {}
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
