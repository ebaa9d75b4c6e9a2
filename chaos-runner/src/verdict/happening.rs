//! When a thing that `at` and `before` name happened for the first time, and how it is called.

use super::story::{Story, failed_at};
use crate::record::alerts::AlertRecord;
use crate::record::faults::Act;
use crate::record::orders::Fate;
use crate::scenario::expect::Happening;
use fake_factory::clock::Elapsed;

/// The alerts of a name, with their places in the record.
pub(super) fn alerts_named<'a>(
    story: &Story<'a>,
    name: &str,
) -> impl Iterator<Item = (usize, &'a AlertRecord)> {
    story
        .record
        .alerts
        .iter()
        .enumerate()
        .filter(move |(_, alert)| alert.name == name)
}

/// When it happened for the first time.
pub(super) fn first(story: &Story<'_>, what: &Happening) -> Option<Elapsed> {
    let acted = |who: &str, is_it: fn(&Act) -> bool| {
        story
            .record
            .acts
            .iter()
            .filter(|act| act.who == who && is_it(&act.act))
            .map(|act| act.at)
            .min()
    };
    match what {
        Happening::Pending(name) => alerts_named(story, &name.value)
            .map(|(_, alert)| alert.pending_at)
            .min(),
        Happening::Firing(name) => alerts_named(story, &name.value)
            .filter_map(|(_, alert)| alert.firing_at)
            .min(),
        Happening::Resolved(name) => alerts_named(story, &name.value)
            .filter(|(_, alert)| alert.firing_at.is_some())
            .filter_map(|(_, alert)| alert.resolved_at)
            .min(),
        Happening::Paged(who) => acted(&who.value, |act| matches!(act, Act::Paged { .. })),
        Happening::Acknowledged(who) => acted(&who.value, |act| *act == Act::Acknowledged),
        Happening::Reported(who) => acted(&who.value, |act| matches!(act, Act::Reported { .. })),
        Happening::Ended(fault) => story
            .record
            .faults
            .iter()
            .find(|record| record.name == fault.value)
            .and_then(|record| record.ended_at),
        Happening::FirstFailedOrder => story.diners().filter_map(failed_at).min(),
        Happening::Recovered => recovered(story),
        Happening::QueueDrained => {
            let held = story
                .record
                .queue
                .iter()
                .position(|depth| depth.value > 0.0)?;
            story.record.queue[held..]
                .iter()
                .find(|depth| depth.value <= 0.0)
                .map(|depth| depth.at)
        }
    }
}

/// When the first order was fulfilled of those that were placed after the last one that was not.
fn recovered(story: &Story<'_>) -> Option<Elapsed> {
    let last_bad = story
        .diners()
        .filter(|order| order.fate != Fate::Fulfilled)
        .map(|order| order.placed_at)
        .max()?;
    story
        .diners()
        .filter(|order| order.placed_at > last_bad)
        .filter_map(|order| order.fulfilled_at)
        .min()
}

/// It, as the beginning of a sentence about when.
pub(super) fn words(what: &Happening) -> String {
    match what {
        Happening::Pending(name) => format!("{} is pending", name.value),
        Happening::Firing(name) => format!("{} fires", name.value),
        Happening::Resolved(name) => format!("{} resolves", name.value),
        Happening::Paged(who) => format!("{} is paged", who.value),
        Happening::Acknowledged(who) => format!("{} acknowledges", who.value),
        Happening::Reported(who) => format!("{} reports", who.value),
        Happening::Ended(fault) => format!("{} ends", fault.value),
        Happening::FirstFailedOrder => "the first order fails".to_owned(),
        Happening::Recovered => "orders succeed again".to_owned(),
        Happening::QueueDrained => "the queue is drained".to_owned(),
    }
}
