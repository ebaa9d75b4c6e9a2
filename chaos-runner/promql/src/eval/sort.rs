//! Sorting functions, which shape the order of an instant query's answer and nothing else.

use std::cmp::Ordering;

use super::{Evaluator, Item};
use crate::labels::Labels;

impl Evaluator<'_> {
    pub(super) fn sorted_by_value(&mut self, mut items: Vec<Item>, descending: bool) -> Vec<Item> {
        self.note_sort();
        items.sort_by(|a, b| value_order(a.value, b.value, descending));
        items
    }

    pub(super) fn sorted_by_labels(
        &mut self,
        mut items: Vec<Item>,
        labels: &[String],
        descending: bool,
    ) -> Vec<Item> {
        self.note_sort();
        items.sort_by(|a, b| {
            let order = label_order(&a.labels, &b.labels, labels);
            if descending { order.reverse() } else { order }
        });
        items
    }

    fn note_sort(&mut self) {
        if !self.span.is_instant() {
            self.notes.sort_ineffective();
        }
    }
}

/// Ascending or descending, NaN last either way.
pub(super) fn value_order(a: f64, b: f64, descending: bool) -> Ordering {
    match (a.is_nan(), b.is_nan()) {
        (false, false) if descending => b.total_cmp(&a),
        (false, false) => a.total_cmp(&b),
        (a_is_nan, b_is_nan) => a_is_nan.cmp(&b_is_nan),
    }
}

fn label_order(a: &Labels, b: &Labels, names: &[String]) -> Ordering {
    for name in names {
        let value = |labels: &Labels| labels.get(name).unwrap_or_default().to_owned();
        let order = natural_order(&value(a), &value(b));
        if order != Ordering::Equal {
            return order;
        }
    }
    a.cmp(b)
}

/// Text order in which runs of digits count as numbers: `a2` before `a10`.
fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let (Some(x), Some(y)) = (a.first(), b.first()) {
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (run_a, rest_a) = digits(a);
            let (run_b, rest_b) = digits(b);
            let order = number_order(run_a, run_b);
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (rest_a, rest_b);
        } else if x == y {
            (a, b) = (&a[1..], &b[1..]);
        } else {
            return x.cmp(y);
        }
    }
    a.len().cmp(&b.len())
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text
        .iter()
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

/// Numbers of any length; of equal ones the shorter text comes first.
fn number_order(a: &[u8], b: &[u8]) -> Ordering {
    let significant = |run: &[u8]| {
        let zeros = run.iter().take_while(|b| **b == b'0').count();
        run[zeros..].to_vec()
    };
    let (x, y) = (significant(a), significant(b));
    x.len()
        .cmp(&y.len())
        .then_with(|| x.cmp(&y))
        .then_with(|| a.len().cmp(&b.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_count_as_numbers() {
        assert_eq!(natural_order("a2", "a10"), Ordering::Less);
        assert_eq!(natural_order("a10b", "a10a"), Ordering::Greater);
        assert_eq!(natural_order("a", "a1"), Ordering::Less);
    }

    #[test]
    fn nan_sorts_last_in_both_directions() {
        for descending in [true, false] {
            assert_eq!(value_order(f64::NAN, 1.0, descending), Ordering::Greater);
        }
    }
}
