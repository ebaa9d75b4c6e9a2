//! The tree that alerts are routed by: receivers that exist, matchers that can be read.

use super::facts::Facts;
use super::moments::check_some;
use crate::scenario::matcher::{self, is_label};
use crate::scenario::monitoring::Route;
use fake_factory::input::{Findings, Located, Span};

/// The word of `group_by` that stands for every label.
const ALL_LABELS: &str = "...";

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
    for label in route.group_by.iter().flatten() {
        if label != ALL_LABELS && !is_label(label) {
            let span = facts.places.below(place, &["group_by"]);
            found.error(
                span,
                format!(
                    "`{label}` is no label name: expected letters, digits and `_`, or `...` for all"
                ),
            );
        }
    }
    for matcher in &route.matchers {
        if let Err(message) = matcher::parse(matcher) {
            found.error_with_help(
                matcher.span,
                format!("`{}` is no matcher: {message}", matcher.value),
                r#"expected a label, one of `=`, `!=`, `=~`, `!~`, and a value, as in `severity="page"`"#,
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
