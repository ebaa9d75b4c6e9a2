//! Aggregations that keep some of a group's items as they are: `topk`, `bottomk`, `limitk` and `limit_ratio`.

use super::memory::Plan;
use super::sort::value_order;
use super::{Evaluated, Evaluator, Item};
use crate::ast::{Aggregate, AggregateOp};
use crate::error::EvalError;
use crate::hash::xxh64;
use crate::labels::Labels;
use crate::number::general;
use crate::store::TimeMs;

impl Evaluator<'_> {
    pub(super) fn aggregate_k(
        &mut self,
        id: usize,
        aggregate: &Aggregate,
        at: TimeMs,
    ) -> Evaluated<Vec<Item>> {
        let op = aggregate.op;
        let param = match &aggregate.param {
            Some(param) => self.scalar(param, at)?,
            None => f64::NAN,
        };
        let items = self.vector(&aggregate.expr, at)?;
        if op == AggregateOp::LimitRatio {
            return self.limit_ratio(items, param);
        }
        let k = count(param)?;
        if k < 1 || items.is_empty() {
            return Ok(Vec::new());
        }
        let groups = self.groups(id, &items, &aggregate.grouping);
        let mut members: Vec<Vec<Item>> = vec![Vec::new(); groups.outputs.len()];
        for (item, group) in items.into_iter().zip(&groups.group_of) {
            members[*group].push(item);
        }
        self.memory[id].plan = Plan::Groups(groups);
        for group in &mut members {
            match op {
                AggregateOp::Topk => group.sort_by(|a, b| value_order(a.value, b.value, true)),
                AggregateOp::Bottomk => group.sort_by(|a, b| value_order(a.value, b.value, false)),
                _ => {}
            }
            group.truncate(k);
        }
        Ok(members.into_iter().flatten().collect())
    }

    /// Keeps the share of series whose labels hash below the ratio, or above its complement if it is negative.
    fn limit_ratio(&mut self, mut items: Vec<Item>, ratio: f64) -> Evaluated<Vec<Item>> {
        if ratio.is_nan() {
            return Err(EvalError::InvalidArgument("Ratio value is NaN".to_owned()));
        }
        let capped = ratio.clamp(-1.0, 1.0);
        if capped != ratio {
            self.notes.ratio_capped(ratio, capped);
        }
        items.retain(|item| {
            let place = hash_share(&item.labels);
            if capped >= 0.0 {
                place < capped
            } else {
                place >= 1.0 + capped
            }
        });
        Ok(items)
    }
}

fn count(param: f64) -> Evaluated<usize> {
    if param.is_nan() {
        return Err(EvalError::InvalidArgument(
            "Parameter value is NaN".to_owned(),
        ));
    }
    let beyond = if param <= i64::MIN as f64 {
        "underflows"
    } else if param >= i64::MAX as f64 {
        "overflows"
    } else {
        return Ok(param.max(0.0) as usize);
    };
    Err(EvalError::InvalidArgument(format!(
        "Scalar value {} {beyond} int64",
        general(param)
    )))
}

/// Where between 0 and 1 a label set falls: by the hash of its names and values, each behind its length.
fn hash_share(labels: &Labels) -> f64 {
    let mut encoded = Vec::new();
    for (name, value) in labels.iter() {
        for text in [name, value] {
            encode_length(&mut encoded, text.len());
            encoded.extend_from_slice(text.as_bytes());
        }
    }
    xxh64(&encoded) as f64 / u64::MAX as f64
}

/// One byte, or for lengths of 255 and more that byte and three others.
fn encode_length(encoded: &mut Vec<u8>, length: usize) {
    let bytes = length.to_le_bytes();
    if length < 255 {
        encoded.push(bytes[0]);
    } else {
        encoded.push(255);
        encoded.extend_from_slice(&bytes[..3]);
    }
}
