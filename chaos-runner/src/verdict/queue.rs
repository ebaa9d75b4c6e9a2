//! The `queue_drained` expectation: the orders that waited are taken care of soon after the fault's end.

use super::Finding;
use super::story::{Story, Unnamed, end_words};
use super::words::{counted, length};
use crate::scenario::expect::Within;
use fake_factory::clock::Elapsed;

/// The queue that the fault left behind is empty within a time of its end.
pub(super) fn drained(story: &Story<'_>, expected: &Within) -> Finding {
    let text = format!(
        "queue drained within {} of {}",
        expected.within,
        end_words(expected.of.as_ref())
    );
    if story.scenario.order_service.queue.is_none() {
        return Finding::unmeasured(text, "the order service has no queue".to_owned());
    }
    let end = match story.end_of(expected.of.as_ref(), Unnamed::Last) {
        Ok(end) => end,
        Err(reason) => return Finding::unmeasured(text, reason),
    };
    let limit = end.limit(expected.within.0);
    // Orders that were on their way when the fault ended may still join the queue.
    let Some((held_at, _)) = depths_from(story, end.at)
        .into_iter()
        .find(|(at, depth)| *depth > 0 && *at <= limit)
    else {
        return Finding::held(text, "empty when the fault ended".to_owned());
    };
    let depths = depths_from(story, held_at);
    let empty = depths.iter().find(|(_, depth)| *depth == 0);
    let Some((drained_at, _)) = empty else {
        return Finding::broken(text, "never".to_owned(), why_not_drained(story));
    };
    let observed = format!(
        "drained at {}, {}",
        story.clock(*drained_at),
        story.relative(*drained_at, &end)
    );
    if *drained_at <= limit {
        return Finding::held(text, observed);
    }
    let waiting = depths
        .iter()
        .rev()
        .find(|(at, _)| *at <= limit)
        .map_or(0, |(_, depth)| *depth);
    let explanation = format!(
        "{} still waited at {}, when the time was up; the queue was empty {} later",
        counted(waiting, "order"),
        story.clock(limit),
        length(drained_at.since(limit))
    );
    Finding::broken(text, observed, explanation)
}

/// Why the queue was never empty again.
pub(super) fn why_not_drained(story: &Story<'_>) -> String {
    match depths_from(story, Elapsed::ZERO).last() {
        Some((_, waiting)) if *waiting > 0 => format!(
            "{} still waited when the run ended at {}",
            counted(*waiting, "order"),
            story.clock(story.record.ended_at)
        ),
        _ => "the queue never held an order".to_owned(),
    }
}

/// The depth that held at `from`, then each later one.
fn depths_from(story: &Story<'_>, from: Elapsed) -> Vec<(Elapsed, usize)> {
    let queue = &story.record.queue;
    // A depth is a count, so the cast is exact.
    let depth = |value: f64| value.max(0.0) as usize;
    let at_from = queue
        .iter()
        .rev()
        .find(|gauge| gauge.at <= from)
        .map_or(0, |gauge| depth(gauge.value));
    std::iter::once((from, at_from))
        .chain(
            queue
                .iter()
                .filter(|gauge| gauge.at > from)
                .map(|gauge| (gauge.at, depth(gauge.value))),
        )
        .collect()
}
