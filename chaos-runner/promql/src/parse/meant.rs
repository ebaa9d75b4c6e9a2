//! "Did you mean" for names of functions that there are not.

use super::signatures;
use crate::ast::AggregateOp;
use std::cmp::Reverse;

/// That there is no such function, and which may have been meant.
pub(super) fn unknown_function(name: &str) -> String {
    let message = format!("unknown function with name {name:?}");
    match nearest(name) {
        Some(meant) => format!("{message}: did you mean {meant:?}?"),
        None => message,
    }
}

fn nearest(name: &str) -> Option<&'static str> {
    // What Prometheus 3 renamed is too far from what it was.
    if name == "holt_winters" {
        return Some("double_exponential_smoothing");
    }
    let distance = |known: &str| strsim::osa_distance(known, name);
    // Of those as near, the one that begins alike for longest: most mistakes are at the end.
    let shared = |known: &str| {
        let pairs = known.bytes().zip(name.bytes());
        pairs.take_while(|(known, typed)| known == typed).count()
    };
    let known = signatures::names().chain(AggregateOp::ALL.map(AggregateOp::name));
    let nearest = known.min_by_key(|known| {
        let (shared, length) = (shared(known), known.len());
        (distance(known), Reverse(shared), Reverse(length))
    })?;
    (distance(nearest) <= 1 + name.len() / 6).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_that_begins_alike_is_meant() {
        for (typed, meant) in [
            ("rat", Some("rate")),
            ("maxx", Some("max")),
            ("mn", Some("min")),
            ("quantil", Some("quantile")),
            ("bottom", Some("bottomk")),
            ("Rate", Some("rate")),
            ("holt_winters", Some("double_exponential_smoothing")),
            ("pizza", None),
        ] {
            assert_eq!(nearest(typed), meant, "{typed}");
        }
    }
}
