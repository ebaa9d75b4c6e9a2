//! Aggregations that keep some of a group's items as they are: `topk`, `bottomk`, `limitk` and `limit_ratio`.

use super::memory::Plan;
use super::sort::value_order;
use super::{Evaluated, Evaluator, Item};
use crate::ast::{Aggregate, AggregateOp};
use crate::error::EvalError;
use crate::labels::Labels;
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
        "Scalar value {param} {beyond} int64"
    )))
}

/// Where between 0 and 1 a label set falls: fixed for the set, spread evenly over sets (FNV-1a, then mixed).
fn hash_share(labels: &Labels) -> f64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (name, value) in labels.iter() {
        for byte in name
            .bytes()
            .chain([0xff])
            .chain(value.bytes())
            .chain([0xff])
        {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (hash ^ (hash >> 31)) as f64 / u64::MAX as f64
}
