//! Why an alert did not fire, in a sentence made of what the record holds of its rule: how long it was pending, how far its value
//! got, whether its series were there at all.

use super::happening::alerts_named;
use super::story::Story;
use super::words::{length, number};
use crate::record::alerts::{AlertRecord, ERROR_ALERT, NO_DATA_ALERT, RuleRecord, RuleValue};
use fake_factory::clock::Elapsed;
use std::time::Duration;

/// The rule of an alert; the first one where several share the name. What Grafana raises about a rule is of the rule that it is about.
pub(super) fn rule_of<'a>(story: &Story<'a>, name: &str) -> Option<&'a RuleRecord> {
    let named = |name: &str| story.record.rules.iter().find(|rule| rule.alert == name);
    let about = |(_, alert): (usize, &'a AlertRecord)| named(alert.subject()?);
    named(name).or_else(|| alerts_named(story, name).find_map(about))
}

/// Why the alert did not fire between two moments.
pub(super) fn not_firing(story: &Story<'_>, name: &str, from: Elapsed, until: Elapsed) -> String {
    let Some(rule) = rule_of(story, name) else {
        return match name {
            NO_DATA_ALERT => format!(
                "{name} was never pending: no rule of Grafana's with `noDataState: NoData` was without data"
            ),
            ERROR_ALERT => format!(
                "{name} was never pending: no rule of Grafana's with `execErrState: Error` failed"
            ),
            _ => format!("{name} is defined by no rule that was evaluated"),
        };
    };
    let pending = alerts_named(story, name)
        .map(|(_, alert)| alert)
        .filter(|alert| alert.pending_at <= until)
        .filter(|alert| alert.resolved_at.is_none_or(|resolved| resolved > from))
        .max_by_key(|alert| {
            let cleared = alert
                .resolved_at
                .map_or(until, |resolved| resolved.min(until));
            cleared.since(alert.pending_at)
        });
    match pending {
        Some(alert) => only_pending(story, rule, (name, alert), until),
        None => never_pending(story, rule, from, until),
    }
}

fn only_pending(
    story: &Story<'_>,
    rule: &RuleRecord,
    (name, alert): (&str, &AlertRecord),
    until: Elapsed,
) -> String {
    if let Some(firing) = alert.firing_at {
        return format!("{name} fired only at {}", story.clock(firing));
    }
    let cleared = alert.resolved_at.filter(|resolved| *resolved <= until);
    let last = cleared.unwrap_or(until);
    let needed = Duration::from_secs_f64(rule.for_seconds.max(0.0))
        .saturating_sub(last.since(alert.pending_at));
    let mut text = format!(
        "{name} went pending at {} and needed {} more",
        story.clock(alert.pending_at),
        length(needed)
    );
    match cleared {
        Some(at) => text.push_str(&format!(" when it cleared at {}", story.clock(at))),
        None => text.push_str(&format!(" at {}", story.clock(until))),
    }
    text + &last_value(story, name, last)
}

/// "; last value 0.03, threshold 0.05", as far as the record has them.
pub(super) fn last_value(story: &Story<'_>, name: &str, at: Elapsed) -> String {
    let Some(rule) = rule_of(story, name) else {
        return String::new();
    };
    let last = rule.values.iter().rev().find(|value| value.at <= at);
    let value = match last {
        None => return String::new(),
        Some(RuleValue {
            value: Some(value), ..
        }) => format!("; last value {}", number(*value)),
        Some(RuleValue { series: 0, .. }) => "; its expression last returned no series".to_owned(),
        Some(_) => "; its last value was no number".to_owned(),
    };
    match rule.threshold {
        Some(threshold) => format!("{value}, threshold {}", number(threshold)),
        None => value,
    }
}

fn never_pending(story: &Story<'_>, rule: &RuleRecord, from: Elapsed, until: Elapsed) -> String {
    let name = &rule.alert;
    if rule.evaluations == 0 {
        return format!("{name} was never evaluated");
    }
    if rule.failures == rule.evaluations {
        return format!(
            "{name} was never pending: each of its {} evaluations failed",
            rule.evaluations
        );
    }
    let values = in_effect(rule, from, until);
    let stretch = format!("from {} to {}", story.clock(from), story.clock(until));
    let furthest = furthest(rule, &values);
    let Some((at, value)) = furthest else {
        return if values.iter().all(|value| value.series == 0) {
            format!("{name} was never pending: its expression returned no series {stretch}")
        } else {
            format!("{name} was never pending: its expression gave no number {stretch}")
        };
    };
    let mut text = format!(
        "{name} was never pending: {stretch} its value got to {} at {}",
        number(value),
        story.clock(at.max(from))
    );
    if let (Some(operator), Some(threshold)) = (&rule.operator, rule.threshold) {
        text.push_str(&format!(", and must be {operator} {}", number(threshold)));
    }
    if let Some(vanished) = values
        .last()
        .filter(|value| value.series == 0)
        .map(|value| value.at.max(from))
    {
        text.push_str(&format!(
            "; its expression returned no series from {} on",
            story.clock(vanished)
        ));
    }
    text
}

/// The values that held at some moment of a stretch: the last one before it and all in it.
fn in_effect(rule: &RuleRecord, from: Elapsed, until: Elapsed) -> Vec<RuleValue> {
    let first = rule.values.iter().rposition(|value| value.at <= from);
    rule.values
        .iter()
        .skip(first.unwrap_or(0))
        .take_while(|value| value.at <= until)
        .copied()
        .collect()
}

/// The value that came closest to passing the comparison, and when; the last one where there is no order to tell by.
fn furthest(rule: &RuleRecord, values: &[RuleValue]) -> Option<(Elapsed, f64)> {
    let mut known = values
        .iter()
        .filter_map(|value| Some((value.at, value.value?)));
    match rule.operator.as_deref() {
        Some(">" | ">=") => known.reduce(|best, next| if next.1 > best.1 { next } else { best }),
        Some("<" | "<=") => known.reduce(|best, next| if next.1 < best.1 { next } else { best }),
        _ => known.next_back(),
    }
}
