//! The `served` and `recovery` expectations: which share of the diners' orders was taken care of, and whether orders succeed again
//! after a fault.

use super::Finding;
use super::story::{Story, Unnamed, end_words};
use super::window::{self, Window};
use super::words::{first_of, percent};
use crate::record::orders::{Fate, OrderRecord};
use crate::scenario::expect::{Recovery, Served};
use fake_factory::input::units::Share;

/// Whether an order was fulfilled or is kept.
pub(super) fn is_served(order: &OrderRecord) -> bool {
    matches!(order.fate, Fate::Fulfilled | Fate::Queued)
}

/// At least this share of the orders was fulfilled or is kept.
pub(super) fn served(story: &Story<'_>, expected: &Served) -> Finding {
    let text = format!(
        "at least {} of orders served{}",
        expected.share.value,
        window::suffix(expected.during.as_ref())
    );
    match Window::of(story, expected.during.as_ref()) {
        Ok(window) => share(
            story,
            text,
            &window,
            expected.share.value,
            ("served", is_served),
        ),
        Err(reason) => Finding::unmeasured(text, reason),
    }
}

/// At least this share of the orders placed later than a while after the fault's end was fulfilled.
pub(super) fn recovery(story: &Story<'_>, expected: &Recovery) -> Finding {
    let text = format!(
        "at least {} of orders fulfilled from {} after {} on",
        expected.success.value,
        expected.within,
        end_words(expected.of.as_ref())
    );
    match story.end_of(expected.of.as_ref(), Unnamed::Last) {
        Ok(end) => {
            let window = Window {
                from: end.at.plus(expected.within.0),
                to: None,
            };
            share(
                story,
                text,
                &window,
                expected.success.value,
                ("fulfilled", |order| order.fate == Fate::Fulfilled),
            )
        }
        Err(reason) => Finding::unmeasured(text, reason),
    }
}

fn share(
    story: &Story<'_>,
    text: String,
    window: &Window,
    least: Share,
    (fate, counts): (&str, fn(&OrderRecord) -> bool),
) -> Finding {
    let placed = window.diners(story);
    if placed.is_empty() {
        return nobody_ordered(story, text, window);
    }
    let bad: Vec<&OrderRecord> = placed
        .iter()
        .copied()
        .filter(|order| !counts(order))
        .collect();
    let good = placed.len() - bad.len();
    let observed = format!(
        "{} ({good} of {})",
        percent(good, placed.len()),
        placed.len()
    );
    if reaches(good, placed.len(), least) {
        return Finding::held(text, observed);
    }
    let explanation = format!(
        "{} of {} orders not {fate}: {}",
        bad.len(),
        placed.len(),
        first_of(story, &bad)
    );
    Finding::broken(text, observed, explanation)
}

/// Whether `good` of `all` is at least a share of them.
pub(super) fn reaches(good: usize, all: usize, least: Share) -> bool {
    // A share such as 0.99 is not exact, so that 99 of 100 may miss it in the last digit.
    good as f64 + 1e-9 * all as f64 >= least.0 * all as f64
}

/// The finding where there was no order to look at: no evidence is no pass.
pub(super) fn nobody_ordered(story: &Story<'_>, text: String, window: &Window) -> Finding {
    Finding::broken(
        text,
        "no orders".to_owned(),
        format!("nobody ordered {}", window.words(story)),
    )
}
