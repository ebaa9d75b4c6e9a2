//! Asks a rule's expression, and in the same breath the left side of its comparison, whose value a reader wants to see. It asks the
//! left side only and applies the comparison itself: filtering changes neither labels nor values.

use super::RuleThreshold;
use crate::alerting::sources::{Asked, AskedComparison, QueryOptions, Readable};
use promql::{Sample, TimeMs, Value};

/// The comparison of an expression, compiled once.
#[derive(Debug)]
pub(super) struct Asking {
    comparison: Option<AskedComparison>,
}

/// What an expression returned.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) samples: Vec<Sample>,
    pub(super) value: Option<f64>,
    pub(super) series: usize,
    pub(super) warnings: Vec<String>,
    pub(super) infos: Vec<String>,
}

impl Asking {
    pub(super) fn new(query: &Asked) -> Self {
        Asking {
            comparison: query.comparison(),
        }
    }

    pub(super) fn threshold(&self) -> Option<RuleThreshold> {
        self.comparison.as_ref().map(|comparison| RuleThreshold {
            operator: comparison.op,
            threshold: comparison.threshold,
        })
    }

    /// Asks `query`, the one that this was made of.
    pub(super) fn ask(
        &self,
        query: &Asked,
        sources: Readable<'_>,
        at_ms: TimeMs,
        options: &QueryOptions,
    ) -> Result<Answered, String> {
        if let Some(comparison) = &self.comparison
            && let Ok(answer) = comparison.value.instant(sources, at_ms, options)
            && let Value::Vector(mut samples) = answer.value
        {
            let threshold = self.threshold();
            let value = furthest(samples.iter().map(|sample| sample.value), threshold);
            let series = samples.len();
            samples.retain(|sample| holds(sample.value, comparison));
            return Ok(Answered {
                samples,
                value,
                series,
                warnings: answer.warnings,
                infos: answer.infos,
            });
        }
        // Where the left side alone fails, the whole may not: it could drop what clashes.
        let answer = query.instant(sources, at_ms, options)?;
        let samples = match answer.value {
            Value::Vector(samples) => samples,
            Value::Scalar(value) => vec![Sample {
                labels: promql::Labels::empty(),
                value,
            }],
            Value::String(_) | Value::Matrix(_) => {
                return Err("rule result is not a vector or scalar".to_owned());
            }
        };
        Ok(Answered {
            value: furthest(samples.iter().map(|sample| sample.value), None),
            series: samples.len(),
            samples,
            warnings: answer.warnings,
            infos: answer.infos,
        })
    }
}

#[expect(clippy::float_cmp, reason = "both languages compare floats exactly")]
fn holds(value: f64, comparison: &AskedComparison) -> bool {
    let threshold = comparison.threshold;
    match comparison.op {
        ">" => value > threshold,
        ">=" => value >= threshold,
        "<" => value < threshold,
        "<=" => value <= threshold,
        "==" => value == threshold,
        _ => value != threshold,
    }
}

/// The finite value furthest towards the threshold; without one the largest.
pub(in crate::alerting) fn furthest(
    values: impl Iterator<Item = f64>,
    threshold: Option<RuleThreshold>,
) -> Option<f64> {
    let finite = values.filter(|value| value.is_finite());
    let (op, threshold) = threshold.map_or((">", 0.0), |t| (t.operator, t.threshold));
    match op {
        "<" | "<=" => finite.min_by(f64::total_cmp),
        "==" => finite.min_by(|a, b| (a - threshold).abs().total_cmp(&(b - threshold).abs())),
        "!=" => finite.max_by(|a, b| (a - threshold).abs().total_cmp(&(b - threshold).abs())),
        _ => finite.max_by(f64::total_cmp),
    }
}
