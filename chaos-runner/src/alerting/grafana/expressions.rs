//! Grafana's server-side expressions: what the queries of a rule gave, made into the numbers that its condition is judged by. They
//! know values and labels; where values come from, and what a number means for an alert, is not theirs.

pub(super) mod classic;
pub(super) mod evaluator;
pub(super) mod math;
pub(super) mod reduce;
pub(super) mod resample;
pub(super) mod threshold;
pub(super) mod value;

#[cfg(test)]
mod tests;
