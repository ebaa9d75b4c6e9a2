//! Where an alert would go, for a reader.

use super::Answer;
use crate::alerting::notify::destinations::{Destination, Inhibiting, Named, Step};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

/// How the labels begin by which Grafana's alerts pass its policies by.
const GRAFANAS_OWN: &str = "__grafana_";

/// Adds a line; writing to a text cannot fail.
macro_rules! line {
    ($text:expr, $($words:tt)*) => {
        let _ = writeln!($text, $($words)*);
    };
}

/// The whole of it.
pub(super) fn text(answer: &Answer<'_>) -> String {
    let (path, found) = (answer.file, answer.found);
    let mut text = format!("{}\n", labels(&found.labels));
    for note in answer.notes {
        line!(text, "note: {note}");
    }
    match answer.every_channel {
        None => {}
        Some([]) => {
            line!(
                text,
                "\n-> nobody: the scenario has neither routes nor channels"
            );
        }
        Some(channels) => {
            line!(
                text,
                "\n-> every channel: there is neither `route` nor `alertmanager`"
            );
            line!(text, "   tells     {}", channels.join(", "));
            line!(text, "   when      every change at once, by itself");
        }
    }
    for destination in &found.routes {
        text.push('\n');
        route(path, destination, &mut text);
    }
    for rule in &found.inhibited_by {
        text.push('\n');
        inhibiting(path, rule, &mut text);
    }
    text
}

fn route(path: &str, found: &Destination, text: &mut String) {
    line!(text, "-> {}", found.receiver);
    for step in &found.path {
        line!(text, "   route     {}", taken(path, step));
    }
    line!(text, "   tells     {}", ways(found));
    let by = match found.group_by.as_slice() {
        [] => "all alerts of the route together".to_owned(),
        [all] if all == "..." => "every alert by itself".to_owned(),
        names => format!("by {}", names.join(", ")),
    };
    line!(text, "   group     {} ({by})", labels(&found.group));
    line!(
        text,
        "   when      {} after a new group began, changes every {}, again after {}",
        seconds(found.group_wait_seconds),
        seconds(found.group_interval_seconds),
        seconds(found.repeat_interval_seconds)
    );
    intervals("muted", &found.mute_time_intervals, text);
    intervals("only", &found.active_time_intervals, text);
    if let Some(then) = &found.at {
        let sends = if then.sends { "sent" } else { "not sent" };
        let until = then.until.map(|until| format!(", until {until}"));
        let until = until.unwrap_or_default();
        line!(text, "   at        {}: {sends}{until}", then.time);
    }
}

fn taken(path: &str, step: &Step) -> String {
    // Grafana makes routes of what a rule says itself; they stand in no tree.
    let is_of_rule = |matcher: &String| matcher.starts_with(GRAFANAS_OWN);
    let place = match step.line {
        Some(line) => format!("{path}:{line}"),
        None if step.matchers.iter().any(is_of_rule) => "notification_settings".to_owned(),
        None => path.to_owned(),
    };
    let matchers = match step.matchers.as_slice() {
        [] => String::new(),
        matchers => format!(" {{{}}}", matchers.join(", ")),
    };
    let goes_on = if step.continues {
        ", and on to the next"
    } else {
        ""
    };
    format!("{place}{matchers}{goes_on}")
}

fn ways(found: &Destination) -> String {
    let ways = found.integrations.iter().map(|way| {
        let resolved = if way.send_resolved {
            ""
        } else {
            " (not of what is resolved)"
        };
        format!("{}{resolved}", way.by)
    });
    let ways: Vec<String> = ways.collect();
    match ways.as_slice() {
        [] => "nobody".to_owned(),
        ways => ways.join(", "),
    }
}

fn intervals(word: &str, named: &[Named], text: &mut String) {
    for interval in named {
        line!(
            text,
            "   {word:<9} {}: {}",
            interval.name,
            interval.parts.join("; or ")
        );
    }
}

fn inhibiting(path: &str, rule: &Inhibiting, text: &mut String) {
    let place = rule
        .line
        .map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"));
    line!(
        text,
        "kept quiet while an alert fires with {{{}}}",
        rule.source.join(", ")
    );
    if !rule.equal.is_empty() {
        line!(text, "   and       {}", labels(&rule.equal));
    }
    line!(text, "   rule      {place}");
}

fn labels(labels: &BTreeMap<String, String>) -> String {
    let pairs = labels.iter();
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{name}={value:?}"))
        .collect();
    format!("{{{}}}", pairs.join(", "))
}

fn seconds(seconds: f64) -> String {
    let duration = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    fake_factory::input::units::HumanDuration(duration).to_string()
}
