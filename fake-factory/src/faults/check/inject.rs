//! What a fault does to a request: codes, delays, bodies.

use crate::faults::plan::{FaultPlan, Inject, Latency, Pareto, Status, Uniform};
use crate::input::units::HumanDuration;
use crate::input::{Findings, Places, Span};
use http::HeaderValue;

pub(super) fn check(fault: &FaultPlan, places: &Places, found: &mut Findings<'_>) {
    let at = |path: &[&str]| places.below(fault.inject.span, path);
    match &fault.inject.value {
        Inject::Status(status) => check_status(status, &at, found),
        Inject::Latency(latency) => check_latency(latency, &at, found),
        Inject::Outage(_)
        | Inject::BadJwt(_)
        | Inject::MalformedBody(_)
        | Inject::MadeButNotTold(_) => {}
    }
}

fn check_status(status: &Status, at: &dyn Fn(&[&str]) -> Option<Span>, found: &mut Findings<'_>) {
    if !(200..=599).contains(&status.code.value) {
        found.error(
            status.code.span,
            format!(
                "{} is no status that an answer has: expected 200 to 599",
                status.code.value
            ),
        );
    }
    if let Some(content_type) = &status.content_type
        && HeaderValue::from_str(content_type).is_err()
    {
        found.error(
            content_type.span,
            format!("`{}` is no content type", content_type.value.escape_debug()),
        );
    }
    if status.body.is_some() {
        if status.message.is_some() {
            let span = at(&["status", "message"]);
            found.error(
                span,
                "`body` stands in place of the JSON that has `message`: expected one of the two",
            );
        }
        if status.report_url {
            let span = at(&["status", "report_url"]);
            found.error(span, "`body` stands in place of the JSON that has the report URL: expected one of the two");
        }
    } else if let Some(content_type) = &status.content_type {
        found.error_with_help(
            content_type.span,
            "there is no `body` that this is the content type of",
            "give a `body`, or leave it out: what is sent without one is JSON",
        );
    }
}

fn check_latency(
    latency: &Latency,
    at: &dyn Fn(&[&str]) -> Option<Span>,
    found: &mut Findings<'_>,
) {
    let given = [
        latency.fixed.is_some(),
        latency.uniform.is_some(),
        latency.normal.is_some(),
        latency.pareto.is_some(),
    ];
    if given.into_iter().filter(|given| *given).count() != 1 {
        let many = if given.contains(&true) {
            "more than one distribution"
        } else {
            "no distribution"
        };
        found.error_with_help(
            at(&["latency"]),
            format!("this latency has {many}"),
            "expected exactly one of: `fixed`, `uniform`, `normal`, `pareto`",
        );
    }
    let no_delay = |delay: HumanDuration| delay.0.is_zero();
    let nothing = "this latency delays nothing: expected more than 0";
    if latency.fixed.is_some_and(no_delay) {
        found.error(at(&["latency", "fixed"]), nothing);
    }
    if let Some(normal) = &latency.normal
        && no_delay(normal.mean)
        && no_delay(normal.deviation)
    {
        found.error(at(&["latency", "normal", "mean"]), nothing);
    }
    if let Some(uniform) = &latency.uniform {
        check_uniform(uniform, nothing, found);
    }
    if let Some(pareto) = &latency.pareto {
        check_pareto(pareto, at, found);
    }
}

fn check_uniform(uniform: &Uniform, nothing: &str, found: &mut Findings<'_>) {
    if uniform.min.0 > uniform.max.0 {
        found.error_beside(
            uniform.min.span,
            format!(
                "the least delay, {}, is above the greatest, {}",
                uniform.min.value, uniform.max.value
            ),
            uniform.max.span,
            "the greatest is given",
        );
    } else if uniform.max.0.is_zero() {
        found.error(uniform.max.span, nothing);
    }
}

fn check_pareto(pareto: &Pareto, at: &dyn Fn(&[&str]) -> Option<Span>, found: &mut Findings<'_>) {
    if !(pareto.shape.value > 0.0 && pareto.shape.value.is_finite()) {
        found.error(
            pareto.shape.span,
            format!(
                "a shape of {} has no tail: expected a number above 0",
                pareto.shape.value
            ),
        );
    }
    if pareto.scale.0.is_zero() {
        found.error(
            pareto.scale.span,
            "the scale of a Pareto latency is 0: expected more than that",
        );
    }
    if pareto.at_most.is_some_and(|most| most.0 < pareto.scale.0) {
        let span = at(&["latency", "pareto", "at_most"]);
        found.error_beside(
            span,
            "the greatest delay is below the least one",
            pareto.scale.span,
            "the least is given",
        );
    }
}
