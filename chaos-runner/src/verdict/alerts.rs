//! The `alert` expectation: an alert fires, is delivered and resolves in time. One finding for each time that is given, so that a
//! reader sees which of them was missed.

use super::Finding;
use super::happening::alerts_named;
use super::story::{Anchor, Story, Unnamed, end_words};
use super::why;
use super::words::length;
use crate::record::alerts::{AlertRecord, PageRecord, PageStatus};
use crate::scenario::expect::{AlertExpectation, Since};
use fake_factory::clock::Elapsed;
use std::time::Duration;

/// What `fires_within` and `pages_within` are measured against.
pub(super) struct Wait {
    /// From when on an alert counts: one that was over before then told of something else.
    pub(super) since: Elapsed,
    /// What the time is counted from.
    pub(super) anchor: Anchor,
}

/// One finding for each time that the expectation gives.
pub(super) fn alert(story: &Story<'_>, expected: &AlertExpectation) -> Vec<Finding> {
    let name = &expected.name.value;
    let from = match (&expected.since, &expected.of) {
        (Some(Since::FirstFailure), _) => " of the first failure".to_owned(),
        (None, Some(fault)) => format!(" of the start of {}", fault.value),
        (None, None) => String::new(),
    };
    let wait = wait(story, expected);
    let mut findings = Vec::new();
    if let Some(within) = &expected.fires_within {
        let text = format!("alert {name} fires within {within}{from}");
        findings.push(match &wait {
            Ok(wait) => fires(story, name, wait, within.0, text),
            Err(reason) => Finding::unmeasured(text, reason.clone()),
        });
    }
    if let Some(within) = &expected.pages_within {
        let text = format!("alert {name} pages within {within}{from}");
        findings.push(match &wait {
            Ok(wait) => pages(story, name, wait, within.0, text),
            Err(reason) => Finding::unmeasured(text, reason.clone()),
        });
    }
    if let Some(within) = &expected.resolves_within {
        findings.push(resolves(story, expected, within.0));
    }
    findings
}

/// What the times of an expectation are measured against.
pub(super) fn wait(story: &Story<'_>, expected: &AlertExpectation) -> Result<Wait, String> {
    let of = expected.of.as_ref();
    Ok(Wait {
        since: story.start_of(of)?.at,
        anchor: story.anchor(of, expected.since)?,
    })
}

/// The alerts of this name that were not over before `since`.
fn relevant<'a>(
    story: &Story<'a>,
    name: &'a str,
    since: Elapsed,
) -> impl Iterator<Item = (usize, &'a AlertRecord)> {
    alerts_named(story, name)
        .filter(move |(_, alert)| alert.resolved_at.is_none_or(|resolved| resolved > since))
}

/// The alert of this name that fired first, of those that were not over before `since`, and when.
pub(super) fn first_firing<'a>(
    story: &Story<'a>,
    name: &'a str,
    since: Elapsed,
) -> Option<(&'a AlertRecord, Elapsed)> {
    relevant(story, name, since)
        .filter_map(|(_, alert)| Some((alert, alert.firing_at?)))
        .min_by_key(|(_, firing)| *firing)
}

fn fires(story: &Story<'_>, name: &str, wait: &Wait, within: Duration, text: String) -> Finding {
    let Some((alert, firing)) = first_firing(story, name, wait.since) else {
        return Finding::broken(
            text,
            "never fired".to_owned(),
            why::not_firing(story, name, wait.since, story.record.ended_at),
        );
    };
    let observed = format!(
        "fired at {}, {}",
        story.clock(firing),
        story.relative(firing, &wait.anchor)
    );
    if firing <= wait.anchor.limit(within) {
        return Finding::held(text, observed);
    }
    let limit = wait.anchor.at.plus(within);
    let explanation = format!(
        "{name} fired at {}, {} late: it went pending at {}{}",
        story.clock(firing),
        length(firing.since(limit)),
        story.clock(alert.pending_at),
        why::rule_of(story, name).map_or_else(String::new, |rule| format!(
            ", its `for` is {} and it is evaluated every {}",
            length(Duration::from_secs_f64(rule.for_seconds.max(0.0))),
            length(Duration::from_secs_f64(rule.interval_seconds.max(0.0)))
        )),
    );
    Finding::broken(text, observed, explanation)
}

fn pages(story: &Story<'_>, name: &str, wait: &Wait, within: Duration, text: String) -> Finding {
    let first = relevant(story, name, wait.since)
        .filter_map(|(index, alert)| Some((index, alert, alert.paged_at?)))
        .min_by_key(|(_, _, paged)| *paged);
    let Some((index, alert, paged)) = first else {
        let explanation = first_firing(story, name, wait.since).map_or_else(
            || why::not_firing(story, name, wait.since, story.record.ended_at),
            |(_, firing)| {
                format!(
                    "{name} fired at {}, but no page of it reached a channel before the run ended at {}",
                    story.clock(firing),
                    story.clock(story.record.ended_at)
                )
            },
        );
        return Finding::broken(text, "never paged".to_owned(), explanation);
    };
    let observed = format!(
        "paged at {}, {}",
        story.clock(paged),
        story.relative(paged, &wait.anchor)
    );
    if paged <= wait.anchor.limit(within) {
        return Finding::held(text, observed);
    }
    let limit = wait.anchor.at.plus(within);
    let mut explanation = format!(
        "the page of {name} arrived at {}, {} late",
        story.clock(paged),
        length(paged.since(limit))
    );
    if let Some(firing) = alert.firing_at {
        explanation.push_str(&format!(": it fired at {}", story.clock(firing)));
    }
    if let Some(page) = page_of(story, index, paged) {
        explanation.push_str(&format!(
            ", was sent at {} and took {} on {}",
            story.clock(page.sent_at),
            length(page.at.since(page.sent_at)),
            page.channel
        ));
    }
    Finding::broken(text, observed, explanation)
}

fn page_of<'a>(story: &Story<'a>, alert: usize, at: Elapsed) -> Option<&'a PageRecord> {
    story.record.pages.iter().find(|page| {
        page.at == at && page.status == PageStatus::Firing && page.alerts.contains(&alert)
    })
}

fn resolves(story: &Story<'_>, expected: &AlertExpectation, within: Duration) -> Finding {
    let name = &expected.name.value;
    let text = format!(
        "alert {name} resolves within {} of {}",
        length(within),
        end_words(expected.of.as_ref())
    );
    let of = expected.of.as_ref();
    let ends = story
        .start_of(of)
        .and_then(|start| Ok((start, story.end_of(of, Unnamed::First)?)));
    let (start, end) = match ends {
        Ok(ends) => ends,
        Err(reason) => return Finding::unmeasured(text, reason),
    };
    let limit = end.limit(within);
    let fired: Vec<&AlertRecord> = relevant(story, name, start.at)
        .map(|(_, alert)| alert)
        .filter(|alert| alert.firing_at.is_some_and(|firing| firing <= limit))
        .collect();
    if fired.is_empty() {
        return Finding::broken(
            text,
            "never fired".to_owned(),
            format!(
                "there was nothing to resolve: {}",
                why::not_firing(story, name, start.at, limit)
            ),
        );
    }
    // One that never resolved comes after all that did.
    let last = fired
        .into_iter()
        .max_by_key(|alert| (alert.resolved_at.is_none(), alert.resolved_at))
        .expect("one fired");
    let Some(resolved) = last.resolved_at else {
        return Finding::broken(
            text,
            "never resolved".to_owned(),
            format!(
                "{name} still fired when the run ended at {}, {}{}",
                story.clock(story.record.ended_at),
                story.relative(story.record.ended_at, &end),
                why::last_value(story, name, story.record.ended_at)
            ),
        );
    };
    let observed = format!(
        "resolved at {}, {}",
        story.clock(resolved),
        story.relative(resolved, &end)
    );
    if resolved <= limit {
        return Finding::held(text, observed);
    }
    let explanation = format!(
        "{name} resolved at {}, {} late{}",
        story.clock(resolved),
        length(resolved.since(end.at.plus(within))),
        why::last_value(story, name, limit)
    );
    Finding::broken(text, observed, explanation)
}
