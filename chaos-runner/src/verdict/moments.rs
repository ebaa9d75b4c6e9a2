//! The `at` and `before` expectations: something happens at a moment, or ahead of something else. The first time counts.

use super::Finding;
use super::happening::{self, alerts_named};
use super::queue;
use super::story::{Story, TIMER_GRAIN, Unnamed, failed_at};
use super::why;
use super::words::{first_of, length};
use crate::record::orders::{Fate, OrderRecord};
use crate::scenario::expect::{At, Before, Happening, Since};
use fake_factory::clock::Elapsed;
use fake_factory::input::units::Moment;

/// It happens no further than `within` from the moment, either way.
pub(super) fn at(story: &Story<'_>, expected: &At) -> Finding {
    let what = &expected.what.value;
    let written = &expected.time.value;
    let after = match (written, expected.since, &expected.of) {
        (Moment::Offset(_), Some(Since::FirstFailure), _) => " after the first failure".to_owned(),
        (Moment::Offset(_), None, Some(fault)) => format!(" after {} starts", fault.value),
        (Moment::Offset(_), None, None) => " after the first fault starts".to_owned(),
        _ => String::new(),
    };
    let text = format!(
        "{} within {} of {written}{after}",
        happening::words(what),
        expected.within
    );
    let time = match story.moment(written, expected.of.as_ref(), expected.since) {
        Ok(time) => time,
        Err(reason) => return Finding::unmeasured(text, reason),
    };
    let Some(happened) = happening::first(story, what) else {
        return Finding::broken(text, "never".to_owned(), why_never(story, what));
    };
    let off = happened.since(time).max(time.since(happened));
    let (side, than) = if happened < time {
        ("early", "earlier")
    } else {
        ("late", "later")
    };
    let observed = if off.is_zero() {
        format!("at {}", story.clock(happened))
    } else {
        format!("at {}, {} {side}", story.clock(happened), length(off))
    };
    if off <= expected.within.0.saturating_add(TIMER_GRAIN) {
        return Finding::held(text, observed);
    }
    let explanation = format!(
        "{} at {}, {} {than} than {}, and may be off by {}{}",
        happening::words(what),
        story.clock(happened),
        length(off),
        story.clock(time),
        expected.within,
        context(story, what)
    );
    Finding::broken(text, observed, explanation)
}

/// The first happens, and the other only after it or never.
pub(super) fn before(story: &Story<'_>, expected: &Before) -> Finding {
    let (first, then) = (&expected.first.value, &expected.then.value);
    let text = format!(
        "{} before {}",
        happening::words(first),
        happening::words(then)
    );
    let first_at = happening::first(story, first);
    let then_at = happening::first(story, then);
    let shown = |at: Option<Elapsed>| at.map_or_else(|| "never".to_owned(), |at| story.clock(at));
    let observed = match (first_at, then_at) {
        (None, None) => "neither happened".to_owned(),
        _ => format!("{}, then {}", shown(first_at), shown(then_at)),
    };
    match (first_at, then_at) {
        (Some(_), None) => Finding::held(text, observed),
        (Some(early), Some(late)) if early < late => Finding::held(text, observed),
        (None, _) => Finding::broken(text, observed, why_never(story, first)),
        (Some(early), Some(late)) => {
            let explanation = format!(
                "{} at {}, {} after {} at {}{}",
                happening::words(first),
                story.clock(early),
                length(early.since(late)),
                happening::words(then),
                story.clock(late),
                context(story, first)
            );
            Finding::broken(text, observed, explanation)
        }
    }
}

/// What led to it, where that helps to see why it came when it did.
fn context(story: &Story<'_>, what: &Happening) -> String {
    match what {
        Happening::Firing(name) => alerts_named(story, &name.value)
            .filter(|(_, alert)| alert.firing_at.is_some())
            .min_by_key(|(_, alert)| alert.firing_at)
            .map_or_else(String::new, |(_, alert)| {
                format!("; it went pending at {}", story.clock(alert.pending_at))
            }),
        Happening::FirstFailedOrder => first_failed(story).map_or_else(String::new, |order| {
            format!("; {}", first_of(story, &[order]))
        }),
        _ => String::new(),
    }
}

fn first_failed<'a>(story: &Story<'a>) -> Option<&'a OrderRecord> {
    story
        .diners()
        .filter_map(|order| Some((failed_at(order)?, order)))
        .min_by_key(|(at, _)| *at)
        .map(|(_, order)| order)
}

fn why_never(story: &Story<'_>, what: &Happening) -> String {
    let end = story.clock(story.record.ended_at);
    match what {
        Happening::Pending(name) | Happening::Firing(name) => {
            why::not_firing(story, &name.value, Elapsed::ZERO, story.record.ended_at)
        }
        Happening::Resolved(name) => {
            let fired = happening::first(story, &Happening::Firing(name.clone()));
            fired.map_or_else(
                || why::not_firing(story, &name.value, Elapsed::ZERO, story.record.ended_at),
                |at| {
                    format!(
                        "{} fired at {} and still did when the run ended at {end}{}",
                        name.value,
                        story.clock(at),
                        why::last_value(story, &name.value, story.record.ended_at)
                    )
                },
            )
        }
        Happening::Paged(who) => format!(
            "no page reached {} before the run ended at {end}",
            who.value
        ),
        Happening::Acknowledged(who) => {
            format!(
                "{} acknowledged nothing before the run ended at {end}",
                who.value
            )
        }
        Happening::Reported(who) => {
            format!(
                "{} called no report URL before the run ended at {end}",
                who.value
            )
        }
        Happening::Ended(fault) => story
            .end_of(Some(fault), Unnamed::First)
            .map_or_else(|reason| reason, |_| String::new()),
        Happening::FirstFailedOrder => format!(
            "none of the diners' {} orders failed",
            story.diners().count()
        ),
        Happening::Recovered => never_recovered(story),
        Happening::QueueDrained => queue::why_not_drained(story),
    }
}

fn never_recovered(story: &Story<'_>) -> String {
    let last = story
        .diners()
        .filter(|order| order.fate != Fate::Fulfilled)
        .max_by_key(|order| order.placed_at);
    match last {
        None => {
            "every diner's order was fulfilled, so there was nothing to recover from".to_owned()
        }
        Some(order) => format!(
            "no order was fulfilled after the last one that was not: {}",
            first_of(story, &[order])
        ),
    }
}
