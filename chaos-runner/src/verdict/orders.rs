//! The `orders` expectation: how many orders met which fate.

use super::Finding;
use super::story::Story;
use super::window::{self, Window};
use super::words::first_of;
use crate::record::orders::{Fate, OrderRecord};
use crate::scenario::expect::Orders;
use fake_factory::input::units::Bound;

/// One count that an expectation may bound.
struct Count<'e> {
    word: &'static str,
    bound: &'e Bound,
    what: What,
}

/// Which orders count.
#[derive(Clone, Copy)]
enum What {
    Any,
    Met(Fate),
    Duplicated,
}

impl What {
    fn counts(self, order: &OrderRecord) -> bool {
        match self {
            What::Any => true,
            What::Met(fate) => order.fate == fate,
            What::Duplicated => order.is_duplicated(),
        }
    }
}

/// Every count that is asked for is within its bound.
pub(super) fn orders(story: &Story<'_>, expected: &Orders) -> Finding {
    let whose = expected
        .of
        .as_ref()
        .map_or("diners", |of| of.value.as_str());
    let counts = counts(expected);
    let asked: Vec<String> = counts
        .iter()
        .map(|count| format!("{} {}", count.word, count.bound))
        .collect();
    let text = format!(
        "orders of {whose}{}: {}",
        window::suffix(expected.during.as_ref()),
        asked.join(", ")
    );
    let window = match Window::of(story, expected.during.as_ref()) {
        Ok(window) => window,
        Err(reason) => return Finding::unmeasured(text, reason),
    };
    let placed: Vec<&OrderRecord> = story
        .record
        .orders
        .iter()
        .filter(|order| is_of(order, whose) && window.contains(order.placed_at))
        .collect();
    let mut observed = Vec::new();
    let mut wrong = Vec::new();
    for count in &counts {
        let (counted, others): (Vec<&OrderRecord>, Vec<&OrderRecord>) =
            placed.iter().partition(|order| count.what.counts(order));
        observed.push(format!("{} {}", count.word, counted.len()));
        if !count.bound.holds(counted.len() as u64) {
            wrong.push(explain(story, &window, count, &counted, &others));
        }
    }
    if wrong.is_empty() {
        Finding::held(text, observed.join(", "))
    } else {
        Finding::broken(text, observed.join(", "), wrong.join("; "))
    }
}

/// The counts that are asked for.
fn counts(expected: &Orders) -> Vec<Count<'_>> {
    let fates = [
        ("fulfilled", &expected.fulfilled, Fate::Fulfilled),
        ("queued", &expected.queued, Fate::Queued),
        ("refused", &expected.refused, Fate::Refused),
        ("failed", &expected.failed, Fate::Failed),
        ("lost", &expected.lost, Fate::Lost),
        ("in doubt", &expected.in_doubt, Fate::InDoubt),
    ];
    let others = [
        ("placed", &expected.placed, What::Any),
        ("duplicated", &expected.duplicated, What::Duplicated),
    ];
    let fates = fates.map(|(word, bound, fate)| (word, bound, What::Met(fate)));
    others
        .into_iter()
        .chain(fates)
        .filter_map(|(word, bound, what)| bound.as_ref().map(|bound| Count { word, bound, what }))
        .collect()
}

fn is_of(order: &OrderRecord, whose: &str) -> bool {
    match whose {
        "diners" => !order.canary,
        "canaries" => order.canary,
        "all" => true,
        group => order.group == group,
    }
}

/// Names the orders that were too many, or those that met another fate where there were too few.
fn explain(
    story: &Story<'_>,
    window: &Window,
    count: &Count<'_>,
    counted: &[&OrderRecord],
    others: &[&OrderRecord],
) -> String {
    let is_too_many = (0..counted.len()).any(|fewer| count.bound.holds(fewer as u64));
    let text = format!(
        "{} {} {}, expected {}",
        counted.len(),
        if counted.len() == 1 { "was" } else { "were" },
        count.word,
        count.bound
    );
    match (is_too_many, counted.is_empty(), others.is_empty()) {
        (true, false, _) => format!("{text}: {}", first_of(story, counted)),
        (false, _, false) => format!("{text}; the others: {}", first_of(story, others)),
        (false, true, true) => format!("{text}: nobody ordered {}", window.words(story)),
        _ => text,
    }
}
