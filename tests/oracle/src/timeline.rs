//! What became of the rules of a case, step by step, and whether two such accounts are equal.

use promql::Labels;
use std::collections::{BTreeMap, BTreeSet};

/// How far two values may be apart, as a share of the larger one: sums are added up in another order.
const TOLERANCE: f64 = 1e-9;

/// The observed series at one step.
pub(crate) type Step = BTreeMap<Labels, f64>;

/// A firing alert as one more series: its labels, and its annotations as labels that no series has.
pub(crate) fn firing<'a>(
    labels: impl Iterator<Item = (&'a str, &'a str)>,
    annotations: impl Iterator<Item = (&'a str, &'a str)>,
) -> Labels {
    let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let annotations =
        annotations.map(|(name, value)| (format!("annotation {name}"), value.to_owned()));
    let name = [(promql::METRIC_NAME.to_owned(), "a firing alert".to_owned())];
    labels.chain(annotations).chain(name).collect()
}

/// The steps in order, or the first evaluation that failed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Timeline {
    Steps(Vec<Step>),
    /// When, in milliseconds, and which rules.
    Failed(i64, BTreeSet<String>),
}

/// The first difference, in a sentence.
pub(crate) fn difference(case_s: u32, ours: &Timeline, theirs: &Timeline) -> Option<String> {
    let (ours, theirs) = match (ours, theirs) {
        (Timeline::Steps(ours), Timeline::Steps(theirs)) => (ours, theirs),
        _ if ours == theirs => return None,
        _ => {
            return Some(format!(
                "ours: {}\n  promtool: {}",
                told(ours),
                told(theirs)
            ));
        }
    };
    if ours.len() != theirs.len() {
        return Some(format!(
            "{} steps, promtool has {}",
            ours.len(),
            theirs.len()
        ));
    }
    let mut at_s = 0;
    for (ours, theirs) in ours.iter().zip(theirs) {
        let labels: BTreeSet<&Labels> = ours.keys().chain(theirs.keys()).collect();
        for labels in labels {
            let (our, their) = (ours.get(labels), theirs.get(labels));
            let equal = matches!((our, their), (Some(our), Some(their)) if close(*our, *their));
            if !equal {
                return Some(format!(
                    "at {at_s} s {labels}: ours {our:?}, promtool {their:?}"
                ));
            }
        }
        at_s += case_s;
    }
    None
}

fn close(a: f64, b: f64) -> bool {
    a == b
        || (a.is_nan() && b.is_nan())
        || (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(1.0)
}

fn told(timeline: &Timeline) -> String {
    match timeline {
        Timeline::Steps(steps) => format!("{} steps without an error", steps.len()),
        Timeline::Failed(at_ms, rules) => format!("{rules:?} failed at {at_ms} ms"),
    }
}
