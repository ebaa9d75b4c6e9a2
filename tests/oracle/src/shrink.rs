//! Makes a case that differs smaller for as long as it still differs: without a rule, a group, a series, or its last steps.

use crate::case::{Case, Series};

/// Evaluations of promtool that shrinking may take.
const ATTEMPTS_MAX: usize = 100;

/// The smallest case found for which `differs` holds; `case` is one.
pub(crate) fn shrink(case: &Case, differs: &mut dyn FnMut(&Case) -> bool) -> Case {
    let mut smallest = case.clone();
    let mut attempts = 0;
    'smaller: loop {
        for candidate in candidates(&smallest) {
            attempts += 1;
            if attempts > ATTEMPTS_MAX {
                return smallest;
            }
            if differs(&candidate) {
                smallest = candidate;
                continue 'smaller;
            }
        }
        return smallest;
    }
}

fn candidates(case: &Case) -> Vec<Case> {
    let mut found = Vec::new();
    let mut change = |make: &dyn Fn(&mut Case)| {
        let mut smaller = case.clone();
        make(&mut smaller);
        found.push(smaller);
    };
    if case.steps > 1 {
        change(&|case| case.steps /= 2);
        change(&|case| case.steps -= 1);
    }
    let named = |series: &Series| {
        let name = series.name.split('{').next().unwrap_or_default();
        case.expressions().any(|expr| expr.contains(name))
    };
    if !case.series.iter().all(named) {
        change(&|case_| case_.series.retain(named));
    }
    for group in 0..case.groups.len() {
        change(&|case| drop(case.groups.remove(group)));
    }
    for (at, group) in case.groups.iter().enumerate() {
        for rule in 0..group.rules.len() {
            change(&|case| drop(case.groups[at].rules.remove(rule)));
        }
    }
    for series in 0..case.series.len() {
        change(&|case| drop(case.series.remove(series)));
    }
    found
}
