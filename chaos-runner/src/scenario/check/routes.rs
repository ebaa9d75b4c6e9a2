//! The tree that alerts are routed by: receivers that exist, matchers that can be read.

use super::facts::Facts;
use super::moments::check_some;
use crate::alerting::alertmanager::matchers::{MATCHER_HELP, is_label, parse_matchers};
use crate::alerting::notify::written::ALL_LABELS;
use crate::scenario::monitoring::Route;
use fake_factory::input::{Findings, Located, Span};

pub(super) fn check(root: &Located<Route>, facts: &Facts<'_>, found: &mut Findings<'_>) {
    if root.receiver.is_none() && facts.is_whole("monitoring") {
        found.error_with_help(
            facts.places.at(&["monitoring", "route"]),
            "the root route has no `receiver`: an alert that matches none below it would go nowhere",
            "add `receiver: CHANNEL`",
        );
    }
    if let Some(matcher) = root.matchers.first() {
        found.error(
            matcher.span,
            "the root route takes every alert: expected no matchers",
        );
    }
    check_route(root, root.span, facts, found);
}

fn check_route(route: &Route, place: Option<Span>, facts: &Facts<'_>, found: &mut Findings<'_>) {
    if let Some(receiver) = &route.receiver {
        facts.channels.check(receiver, found);
    }
    check_group_by(route, facts.places.below(place, &["group_by"]), found);
    for matcher in &route.matchers {
        if let Err(message) = parse_matchers(matcher) {
            found.error_with_help(
                matcher.span,
                format!("`{}` is no matcher: {message}", matcher.value),
                MATCHER_HELP,
            );
        }
    }
    for (field, duration) in [
        ("group_interval", route.group_interval),
        ("repeat_interval", route.repeat_interval),
    ] {
        if let Some(duration) = duration {
            let span = facts.places.below(place, &[field]);
            check_some(&format!("`{field}`"), duration, span, found);
        }
    }
    for child in &route.routes {
        let anchor = child.receiver.as_ref().and_then(|receiver| receiver.span);
        let matcher = child.matchers.first().and_then(|matcher| matcher.span);
        check_route(child, anchor.or(matcher).or(place), facts, found);
    }
}

fn check_group_by(route: &Route, place: Option<Span>, found: &mut Findings<'_>) {
    let labels = route.group_by.as_deref().unwrap_or_default();
    for (number, label) in labels.iter().enumerate() {
        if label != ALL_LABELS && !is_label(label) {
            found.error(
                place,
                format!(
                    "`{label}` is no label name: expected letters, digits and `_`, or `...` for all"
                ),
            );
        } else if labels[..number].contains(label) {
            found.error(place, format!("`{label}` is in the list twice"));
        }
    }
    if labels.len() > 1 && labels.iter().any(|label| label == ALL_LABELS) {
        found.error(
            place,
            "`...` stands for all labels: expected no other one beside it",
        );
    }
}
