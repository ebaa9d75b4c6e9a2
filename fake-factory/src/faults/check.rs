//! Whether what a file says of a factory makes sense: what the types alone cannot hold. It judges a factory by itself; who would
//! mend a fault, or how long the run is, is for those to judge who know the rest of the file.

use super::plan::{End, FactoryPlan, FaultPlan, Inject, Latency, Outage, Status};
use super::schedule::{Ends, Schedule};
use crate::input::units::{Moment, StartsAt};
use crate::input::{Diagnostic, Located, Source};
use http::{HeaderValue, Method};
use std::collections::BTreeMap;

/// The most faults of one factory.
pub const FAULTS_MAX: usize = 1_000;

/// Everything about `plan` that makes no sense.
#[must_use]
pub fn check(plan: &FactoryPlan, starts_at: &StartsAt, source: &Source) -> Vec<Diagnostic> {
    let mut checked = Check {
        source,
        found: Vec::new(),
    };
    let mut names: BTreeMap<&str, &Located<String>> = BTreeMap::new();
    for fault in &plan.faults {
        if names.insert(&fault.name, &fault.name).is_some() {
            let message = format!("a second fault is called `{}`", fault.name.value);
            checked.wrong(&fault.name, &message, "give each fault a name of its own");
        }
        checked.fault(fault, starts_at);
    }
    if let Some(fault) = plan.faults.get(FAULTS_MAX) {
        let help = format!("a factory has at most {FAULTS_MAX}");
        checked.wrong(&fault.name, "too many faults", &help);
    }
    checked.found
}

struct Check<'s> {
    source: &'s Source,
    found: Vec<Diagnostic>,
}

impl Check<'_> {
    fn wrong<T>(&mut self, place: &Located<T>, message: &str, help: &str) {
        let diagnostic = Diagnostic::at(self.source, place.span, message).with_help(help);
        self.found.push(diagnostic);
    }

    fn fault(&mut self, fault: &FaultPlan, starts_at: &StartsAt) {
        if fault.name.is_empty() {
            self.wrong(&fault.name, "a fault without a name", "give it one");
        }
        let share = fault.requests.0;
        if !(share > 0.0 && share <= 1.0) {
            let help = "expected a share above 0% and of 100% at the most";
            self.wrong(&fault.requests, "the fault would touch no request", help);
        }
        self.times(fault, starts_at);
        self.matches(fault);
        match &fault.inject.value {
            Inject::Status(status) => self.status(status),
            Inject::Latency(latency) => self.latency(latency, &fault.inject),
            Inject::Outage(Outage::Refused | Outage::Reset | Outage::Hang)
            | Inject::BadJwt(_)
            | Inject::MalformedBody(_)
            | Inject::MadeButNotTold(_) => {}
        }
    }

    fn times(&mut self, fault: &FaultPlan, starts_at: &StartsAt) {
        if fault.inject.is_wire() && fault.ends.value == End::OnReport {
            self.wrong(
                &fault.ends,
                "a fault that cuts the wire cuts the report URL too: nobody could report it",
                "expected `mended`, `never`, `{after: …}` or `{at: …}`",
            );
        }
        if let Err(error) = fault.starts.resolve(starts_at) {
            self.wrong(
                &fault.starts,
                &error.to_string(),
                "expected a moment of the run",
            );
        }
        if let End::At(end) = &fault.ends.value {
            self.end(fault, end, starts_at);
        }
    }

    fn end(&mut self, fault: &FaultPlan, end: &Moment, starts_at: &StartsAt) {
        if let Err(error) = end.resolve(starts_at) {
            self.wrong(
                &fault.ends,
                &error.to_string(),
                "expected a moment of the run",
            );
        } else if let Ok(schedule) = Schedule::of(fault, starts_at)
            && schedule.ends == Ends::At(schedule.starts)
        {
            self.wrong(
                &fault.ends,
                "the fault would end before it starts",
                "expected a moment after its start",
            );
        }
    }

    fn matches(&mut self, fault: &FaultPlan) {
        let (method, path) = (&fault.matches.method, &fault.matches.path);
        let known = Method::from_bytes(method.as_bytes()).is_ok();
        if method.value != "*" && (!known || method.chars().any(char::is_lowercase)) {
            let message = format!("`{}` is no method", method.value);
            self.wrong(
                method,
                &message,
                "expected a method in capitals, or `*` for any",
            );
        }
        if path.value != "*" && !path.starts_with('/') {
            let message = format!("`{}` is no path", path.value);
            self.wrong(
                path,
                &message,
                "a path begins with `/`; one that ends in `*` stands for all that begin so",
            );
        }
    }

    fn status(&mut self, status: &Status) {
        if !(200..=599).contains(&status.code.value) {
            let message = format!("{} is no status code", status.code.value);
            self.wrong(&status.code, &message, "expected 200 to 599");
        }
        if let Some(content_type) = &status.content_type
            && (HeaderValue::from_str(content_type).is_err() || status.body.is_none())
        {
            let help = "expected one such as `text/html`, with a `body` that it is the type of";
            self.wrong(content_type, "a content type that fits nothing", help);
        }
    }

    fn latency(&mut self, latency: &Latency, place: &Located<Inject>) {
        let given = [
            latency.fixed.is_some(),
            latency.uniform.is_some(),
            latency.normal.is_some(),
            latency.pareto.is_some(),
        ];
        if given.into_iter().filter(|given| *given).count() != 1 {
            let help = "expected exactly one of `fixed`, `uniform`, `normal` and `pareto`";
            self.wrong(place, "a latency has one distribution", help);
        }
        if let Some(uniform) = &latency.uniform
            && uniform.min.value > uniform.max.value
        {
            let help = format!("expected at least the `min`, {}", uniform.min.value);
            self.wrong(
                &uniform.max,
                "the greatest delay is less than the least",
                &help,
            );
        }
        let Some(pareto) = &latency.pareto else {
            return;
        };
        if !(pareto.shape.value > 0.0 && pareto.shape.is_finite()) {
            self.wrong(
                &pareto.shape,
                "a shape is above 0",
                "expected a number such as 2.5",
            );
        }
        if pareto.scale.0.is_zero() {
            self.wrong(
                &pareto.scale,
                "a scale is above 0",
                "expected the least delay, such as `50ms`",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::read;

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
                "a fault that cuts the wire cuts the report URL too: nobody could report it",
            ),
            ("inject: { status: { code: 700 } }", "700 is no status code"),
            (
                "inject: { status: { code: 500, content_type: a } }",
                "a content type that fits nothing",
            ),
            ("inject: { latency: {} }", "a latency has one distribution"),
            (
                "inject: { latency: { uniform: { min: 2s, max: 1s } } }",
                "the greatest delay is less than the least",
            ),
            (
                "inject: { latency: { pareto: { scale: 1s, shape: 0 } } }",
                "a shape is above 0",
            ),
            (
                "inject: { latency: { pareto: { scale: 0s, shape: 1 } } }",
                "a scale is above 0",
            ),
            (
                "inject: { bad_jwt: {} }, requests: 0%",
                "the fault would touch no request",
            ),
            (
                "inject: { bad_jwt: {} }, match: { method: post }",
                "`post` is no method",
            ),
            (
                "inject: { bad_jwt: {} }, match: { path: api }",
                "`api` is no path",
            ),
            (
                "inject: { bad_jwt: {} }, starts: 10:00, ends: { at: 9:55 }",
                "the fault would end before it starts",
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
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].message(), "a second fault is called `a`");
    }
}
