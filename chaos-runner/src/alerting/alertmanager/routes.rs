//! The tree of routes and the inhibition rules: what they name exists, what they match can be read, what they wait for is some time.

use super::checker::Checker;
use super::form::{FileForm, InhibitForm, Pairs, RouteForm};
use super::matchers::{MATCHER_HELP, is_label, parse_matchers};
use crate::alerting::notify::routing::{GroupBy, Inhibition, Route};
use crate::alerting::notify::written::{ALL_LABELS, group_by};
use fake_factory::input::{Located, Span};
use promql::{MatchOp, Matcher};
use std::collections::BTreeSet;
use std::time::Duration;

/// What routes may name.
pub(super) struct Names<'f> {
    /// The receivers.
    pub(super) receivers: Vec<&'f str>,
    /// The time intervals.
    pub(super) intervals: Vec<&'f str>,
}

/// The tree; a root that takes nothing where the file has none.
pub(super) fn root(form: &FileForm, names: &Names<'_>, checker: &mut Checker<'_>) -> Route {
    let Some(root) = &form.route else {
        let help =
            "add a `route` with a `receiver`, which takes every alert that no route below it takes";
        checker.wrong_with_help(None, "this file has no `route`", help);
        return Route::default();
    };
    if root.receiver.as_ref().is_none_or(|name| name.is_empty()) {
        checker.wrong_with_help(
            heading(root),
            "the root route has no `receiver`: an alert that matches none below it would go nowhere",
            "add `receiver: NAME`",
        );
    }
    let pairs = |pairs: &Option<Located<Pairs>>| {
        pairs
            .as_ref()
            .filter(|pairs| !pairs.is_empty())
            .and_then(|pairs| pairs.span)
    };
    let list = |list: &Option<Located<Vec<Located<String>>>>| {
        list.as_ref()
            .filter(|list| !list.is_empty())
            .and_then(|list| list.span)
    };
    for (word, span) in [
        ("match", pairs(&root.equal)),
        ("match_re", pairs(&root.match_re)),
        ("matchers", list(&root.matchers)),
    ] {
        if span.is_some() {
            let message = format!("the root route takes every alert: expected no `{word}`");
            checker.wrong(span, &message);
        }
    }
    for (word, span) in [
        ("mute_time_intervals", list(&root.mute_time_intervals)),
        ("active_time_intervals", list(&root.active_time_intervals)),
    ] {
        if span.is_some() {
            let message = format!("the root route is never muted: expected no `{word}`");
            let help = "put it into a route below the root that takes the same alerts";
            checker.wrong_with_help(span, &message, help);
        }
    }
    if let Some(continues) = &root.continues
        && continues.switch() == Some(true)
    {
        checker.wrong(
            continues.span,
            "the root route has no sibling: expected no `continue`",
        );
    }
    route(root, names, checker)
}

fn route(form: &Located<RouteForm>, names: &Names<'_>, checker: &mut Checker<'_>) -> Route {
    let receiver = form.receiver.as_ref().filter(|name| !name.is_empty());
    if let Some(name) = receiver
        && !names.receivers.contains(&name.as_str())
    {
        checker.unknown("receiver", name, names.receivers.iter().copied());
    }
    let mut matchers = pairs_of(form.equal.as_deref(), MatchOp::Equal, checker);
    matchers.extend(pairs_of(
        form.match_re.as_deref(),
        MatchOp::Matches,
        checker,
    ));
    matchers.extend(list_of(
        form.matchers.as_deref().map(Vec::as_slice),
        checker,
    ));
    let continues = form.continues.as_ref().is_some_and(|written| {
        written.switch().unwrap_or_else(|| {
            checker.wrong(written.span, "expected `true` or `false`");
            false
        })
    });
    let children = form.routes.iter().flatten();
    Route {
        receiver: receiver.map(|name| name.value.clone()),
        group_by: grouping(form.group_by.as_ref(), checker),
        matchers,
        continues,
        group_wait: checker.duration(form.group_wait.as_ref()),
        group_interval: some_time("group_interval", form.group_interval.as_ref(), checker),
        repeat_interval: some_time("repeat_interval", form.repeat_interval.as_ref(), checker),
        mute_time_intervals: intervals(form.mute_time_intervals.as_ref(), names, checker),
        active_time_intervals: intervals(form.active_time_intervals.as_ref(), names, checker),
        routes: children.map(|child| route(child, names, checker)).collect(),
        line: checker.line(form.span),
    }
}

/// What of a route is pointed at when something is missing from it.
fn heading(form: &Located<RouteForm>) -> Option<Span> {
    let receiver = form.receiver.as_ref().and_then(|name| name.span);
    // The first line of the mapping will do.
    receiver.or_else(|| form.span.map(|span| span.part(0, 1)))
}

pub(in crate::alerting) fn grouping(
    labels: Option<&Located<Vec<Located<String>>>>,
    checker: &mut Checker<'_>,
) -> Option<GroupBy> {
    let labels = labels?;
    let mut known = BTreeSet::new();
    for label in &labels.value {
        if label.is_empty() {
            checker.wrong(label.span, "a label's name may not be empty");
        } else if !known.insert(label.as_str()) && label.value != ALL_LABELS {
            checker.wrong(label.span, &format!("`{label}` is in the list twice"));
        }
    }
    if known.len() > 1 && known.contains(ALL_LABELS) {
        checker.wrong(
            labels.span,
            "`...` stands for all labels: expected no other one beside it",
        );
    }
    let labels: Vec<String> = labels.iter().map(|label| label.value.clone()).collect();
    group_by(&labels)
}

pub(in crate::alerting) fn some_time(
    field: &str,
    text: Option<&Located<String>>,
    checker: &mut Checker<'_>,
) -> Option<Duration> {
    let duration = checker.duration(text)?;
    if duration.is_zero() {
        let span = text.and_then(|text| text.span);
        checker.wrong(span, &format!("`{field}` must be longer than 0"));
    }
    Some(duration)
}

fn intervals(
    list: Option<&Located<Vec<Located<String>>>>,
    names: &Names<'_>,
    checker: &mut Checker<'_>,
) -> Vec<String> {
    let mut named = Vec::new();
    for name in list.iter().flat_map(|list| &list.value) {
        if !names.intervals.contains(&name.as_str()) {
            checker.unknown("time interval", name, names.intervals.iter().copied());
        }
        named.push(name.value.clone());
    }
    named
}

/// The deprecated way to write matchers: a label and its value, or a regular expression.
fn pairs_of(pairs: Option<&Pairs>, operator: MatchOp, checker: &mut Checker<'_>) -> Vec<Matcher> {
    let mut matchers = Vec::new();
    for (label, value) in pairs.into_iter().flatten() {
        if !is_label(label) {
            checker.wrong(label.span, &format!("`{label}` is no label name"));
            continue;
        }
        let is_regex = operator == MatchOp::Matches;
        if is_regex && value.is_none() {
            let message = format!("`{label}` has no regular expression");
            checker.wrong(label.span, &message);
            continue;
        }
        let text = value.as_ref().map_or("", |value| value.as_str());
        match Matcher::new(label.as_str(), operator, text) {
            Ok(matcher) => matchers.push(matcher),
            Err(error) => {
                let span = value.as_ref().and_then(|value| value.span);
                checker.wrong(span, &error.message);
            }
        }
    }
    matchers
}

pub(in crate::alerting) fn list_of(
    texts: Option<&[Located<String>]>,
    checker: &mut Checker<'_>,
) -> Vec<Matcher> {
    let mut matchers = Vec::new();
    for text in texts.into_iter().flatten() {
        match parse_matchers(text) {
            Ok(read) => matchers.extend(read),
            Err(reason) => {
                let message = format!("`{text}` is no matcher: {reason}");
                checker.wrong_with_help(text.span, &message, MATCHER_HELP);
            }
        }
    }
    matchers
}

/// The inhibition rules.
pub(super) fn inhibitions(form: &FileForm, checker: &mut Checker<'_>) -> Vec<Inhibition> {
    let rules = form.inhibit_rules.iter().flatten();
    rules.map(|rule| inhibition(rule, checker)).collect()
}

pub(in crate::alerting) fn inhibition(
    form: &Located<InhibitForm>,
    checker: &mut Checker<'_>,
) -> Inhibition {
    let mut side =
        |equal: &Option<Pairs>, regex: &Option<Pairs>, list: &Option<Vec<Located<String>>>| {
            let mut matchers = pairs_of(equal.as_ref(), MatchOp::Equal, checker);
            matchers.extend(pairs_of(regex.as_ref(), MatchOp::Matches, checker));
            matchers.extend(list_of(list.as_deref(), checker));
            matchers
        };
    let source = side(
        &form.source_match,
        &form.source_match_re,
        &form.source_matchers,
    );
    let target = side(
        &form.target_match,
        &form.target_match_re,
        &form.target_matchers,
    );
    for label in form.equal.iter().flatten() {
        if label.is_empty() {
            checker.wrong(label.span, "a label's name may not be empty");
        }
    }
    let equal = form.equal.iter().flatten();
    Inhibition {
        source,
        target,
        equal: equal.map(|label| label.value.clone()).collect(),
        line: checker.line(form.span),
    }
}
