//! Which requests a fault touches: shares, methods, paths, and the rest of `match`.

use crate::faults::kind::OwnRoutes;
use crate::faults::matching::{HeaderMatch, Items, Match, ORDER_PATH};
use crate::faults::plan::FaultPlan;
use crate::input::{Findings, Located, Places};
use http::{HeaderName, Method};

/// The path of the route that report URLs call.
const SUPPORT_PATH: &str = "/api/support/";

/// The methods that a request may have.
const METHODS: [&str; 8] = [
    "*", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
];

pub(super) fn check(fault: &FaultPlan, places: &Places, found: &mut Findings<'_>) {
    check_share(fault, found);
    if fault.inject.is_wire() && fault.matches != Match::default() {
        found.error_with_help(
            places.beside(fault.name.span, &["match"]),
            format!(
                "`{}` cuts the wire before a request is read: there is nothing to match",
                fault.name.value
            ),
            "leave `match` out, or inject `reset` or `hang`, which touch requests",
        );
        return;
    }
    let kind = fault.inject.of_kind();
    if kind.own_routes() != OwnRoutes::Matched {
        if !fault.matches.fits_route(&Method::POST, ORDER_PATH) {
            found.error_with_help(
                fault.matches.path.span.or(fault.matches.method.span),
                format!(
                    "`{}` says itself which routes it touches",
                    fault.inject.kind()
                ),
                "leave `method` and `path` out",
            );
        }
    } else if kind.needs_pizza() && !fault.matches.fits_route(&Method::POST, ORDER_PATH) {
        found.error_with_help(
            fault.matches.path.span.or(fault.matches.method.span),
            format!(
                "`{}` touches pizzas, which are baked for POST {ORDER_PATH} alone",
                fault.name.value
            ),
            "leave `method` and `path` out",
        );
    }
    check_route(fault, found);
    if let Some(header) = &fault.matches.header {
        check_header(header, found);
    }
    if let Some(items) = &fault.matches.items {
        check_items(items, found);
    }
}

fn check_share(fault: &FaultPlan, found: &mut Findings<'_>) {
    let name = &fault.name.value;
    if fault.requests.0 <= 0.0 {
        found.error(
            fault.requests.span,
            format!("`{name}` touches no request: expected a share above 0%"),
        );
    }
    let Some(every) = &fault.every else {
        return;
    };
    if every.value == 0 {
        found.error(
            every.span,
            format!("`{name}` touches no request: expected 1 or more"),
        );
    }
    if fault.requests.span.is_some() {
        found.error_beside(
            every.span,
            format!(
                "`{name}` touches a share of the requests or every n-th: expected one of the two"
            ),
            fault.requests.span,
            "`requests` is said",
        );
    }
}

fn check_route(fault: &FaultPlan, found: &mut Findings<'_>) {
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
    } else if path.starts_with(SUPPORT_PATH) {
        found.error_with_help(
            path.span,
            "the support route, which the report URL calls, is touched by wire faults alone",
            "expected another path, or `inject: { outage: … }`",
        );
    }
}

fn check_header(header: &HeaderMatch, found: &mut Findings<'_>) {
    if HeaderName::from_bytes(header.name.as_bytes()).is_err() {
        found.error(
            header.name.span,
            format!(
                "`{}` is no name of a header",
                header.name.value.escape_debug()
            ),
        );
    }
}

fn check_items(items: &Located<Items>, found: &mut Findings<'_>) {
    match (items.at_least, items.at_most) {
        (None, None) => found.error(
            items.span,
            "this matches an order of any size: expected `at_least`, `at_most` or both",
        ),
        (Some(least), Some(most)) if least > most => found.error(
            items.span,
            format!("no order has at least {least} pizzas and at most {most}"),
        ),
        _ => {}
    }
}
