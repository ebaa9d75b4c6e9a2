//! The `latency` expectation: how long diners wait for an answer, whatever it is. Exact values, nearest rank.

use super::Finding;
use super::served::nobody_ordered;
use super::story::{Story, TIMER_GRAIN};
use super::window::{self, Window};
use super::words::{first_of, length};
use crate::record::orders::OrderRecord;
use crate::scenario::expect::Latency;
use std::time::Duration;

/// The quantile of the diners' waits is at most this. An order that was never answered waited without end.
pub(super) fn latency(story: &Story<'_>, expected: &Latency) -> Finding {
    let text = format!(
        "orders answered within {} at {}{}",
        expected.at_most,
        quantile_words(expected.quantile.value.0),
        window::suffix(expected.during.as_ref())
    );
    let window = match Window::of(story, expected.during.as_ref()) {
        Ok(window) => window,
        Err(reason) => return Finding::unmeasured(text, reason),
    };
    let mut waits: Vec<(Duration, &OrderRecord)> = window
        .diners(story)
        .into_iter()
        .map(|order| (wait(order), order))
        .collect();
    if waits.is_empty() {
        return nobody_ordered(story, text, &window);
    }
    waits.sort_by_key(|(wait, _)| *wait);
    let (reached, _) = waits[rank(expected.quantile.value.0, waits.len()) - 1];
    let observed = if reached == Duration::MAX {
        "never answered".to_owned()
    } else {
        length(reached)
    };
    let longest = expected.at_most.0.saturating_add(TIMER_GRAIN);
    if reached <= longest {
        return Finding::held(text, observed);
    }
    let slow: Vec<&OrderRecord> = waits
        .iter()
        .filter(|(wait, _)| *wait > longest)
        .map(|(_, order)| *order)
        .collect();
    let slowest = waits.last().map_or(Duration::ZERO, |(wait, _)| *wait);
    let explanation = format!(
        "{} of {} orders took longer, the slowest {}: {}",
        slow.len(),
        waits.len(),
        if slowest == Duration::MAX {
            "without end".to_owned()
        } else {
            length(slowest)
        },
        first_of(story, &slow)
    );
    Finding::broken(text, observed, explanation)
}

fn wait(order: &OrderRecord) -> Duration {
    order
        .answered_at
        .map_or(Duration::MAX, |answered| answered.since(order.placed_at))
}

/// The nearest rank, from 1: the least value that is at least as great as this share of all.
fn rank(quantile: f64, count: usize) -> usize {
    // 0.07 × 100 is a little more than 7, which is not the eighth value.
    let exact = (quantile * count as f64 - 1e-9).ceil().max(1.0);
    // In range: above 0 and cut to the count.
    (exact as usize).min(count)
}

/// As people write it: p99, p99.9.
fn quantile_words(quantile: f64) -> String {
    format!("p{}", (quantile * 1e6).round() / 1e4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rank_is_the_nearest_one() {
        assert_eq!(rank(0.99, 100), 99);
        assert_eq!(rank(0.07, 100), 7);
        assert_eq!(rank(0.5, 3), 2);
        assert_eq!((rank(0.0, 3), rank(1.0, 3)), (1, 3));
        assert_eq!(quantile_words(0.999), "p99.9");
    }
}
