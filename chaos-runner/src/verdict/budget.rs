//! The `revenue` and `slo` expectations: what an incident costs, in money and in error budget.

use super::Finding;
use super::served::{is_served, nobody_ordered};
use super::story::Story;
use super::window::{self, Window};
use super::words::{counted, first_of, number};
use crate::record::orders::{Fate, OrderRecord};
use crate::scenario::expect::{Revenue, Slo};
use crate::scenario::money::Money;

/// The money taken for diners' orders that were fulfilled in a window is within bounds.
pub(super) fn revenue(story: &Story<'_>, expected: &Revenue) -> Finding {
    let bounds = match (expected.at_least, expected.at_most) {
        (Some(least), Some(most)) => format!("at least {least} and at most {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => "anything".to_owned(),
    };
    let text = format!(
        "revenue {bounds}{}",
        window::suffix(expected.during.as_ref())
    );
    let window = match Window::of(story, expected.during.as_ref()) {
        Ok(window) => window,
        Err(reason) => return Finding::unmeasured(text, reason),
    };
    let paid: Vec<&OrderRecord> = story
        .diners()
        .filter(|order| order.fate == Fate::Fulfilled)
        .filter(|order| order.fulfilled_at.is_some_and(|at| window.contains(at)))
        .collect();
    let taken: Money = paid.iter().map(|order| order.price).sum();
    let observed = format!("{taken} from {}", counted(paid.len(), "order"));
    let is_enough = expected.at_least.is_none_or(|least| taken >= least);
    if is_enough && expected.at_most.is_none_or(|most| taken <= most) {
        return Finding::held(text, observed);
    }
    let explanation = if is_enough {
        format!(
            "{} paid {}: {}",
            counted(paid.len(), "order"),
            window.words(story),
            first_of(story, &paid)
        )
    } else {
        let unpaid: Vec<&OrderRecord> = window
            .diners(story)
            .into_iter()
            .filter(|order| order.fate != Fate::Fulfilled)
            .collect();
        if unpaid.is_empty() {
            format!(
                "only {} paid {}, and none went unpaid",
                counted(paid.len(), "order"),
                window.words(story)
            )
        } else {
            format!(
                "{} brought nothing: {}",
                counted(unpaid.len(), "order"),
                first_of(story, &unpaid)
            )
        }
    };
    Finding::broken(text, observed, explanation)
}

/// The run burns at most this share of an error budget: (bad share ÷ (1 − objective)) × (length of the run ÷ time of the budget).
pub(super) fn slo(story: &Story<'_>, expected: &Slo) -> Finding {
    let objective = expected.objective.value;
    let text = format!(
        "burns at most {} of the error budget of {objective} over {}",
        expected.burns_at_most, expected.over
    );
    let window = Window::RUN;
    let placed = window.diners(story);
    if placed.is_empty() {
        return nobody_ordered(story, text, &window);
    }
    let bad: Vec<&OrderRecord> = placed
        .iter()
        .copied()
        .filter(|order| !is_served(order))
        .collect();
    let burned = burned(
        bad.len() as f64 / placed.len() as f64,
        objective.0,
        story.record.ended_at.as_secs_f64() / expected.over.0.as_secs_f64(),
    );
    let observed = format!("burned {}%", number(burned * 100.0));
    if burned <= expected.burns_at_most.0 + 1e-9 {
        return Finding::held(text, observed);
    }
    let explanation = format!(
        "{} of {} orders not served: {}",
        bad.len(),
        placed.len(),
        first_of(story, &bad)
    );
    Finding::broken(text, observed, explanation)
}

/// The share of a budget that is burned. A budget of nothing is burned without end by the first bad order.
fn burned(bad_share: f64, objective: f64, length_share: f64) -> f64 {
    if bad_share == 0.0 {
        0.0
    } else {
        bad_share / (1.0 - objective).max(0.0) * length_share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_burns_by_share_and_time() {
        // 10% bad at 99% is ten times the rate that the budget allows, for a tenth of its time.
        assert!((burned(0.1, 0.99, 0.1) - 1.0).abs() < 1e-9);
        assert!(burned(0.1, 1.0, 0.1).is_infinite());
        assert!(burned(0.0, 1.0, 0.1).abs() < 1e-9);
    }
}
