//! `threshold`: 1 where a comparison holds, else 0; and the recovery threshold, by which an alert that is active is judged. It
//! follows Grafana's `pkg/expr/threshold.go` and `pkg/expr/hysteresis.go`.

use super::evaluator::Evaluator;
use super::value::{Cell, Value};
use promql::Labels;

/// A comparison, and the one that ends an alert which it raised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// Raises an alert.
    pub evaluator: Evaluator,
    /// Ends it.
    pub unload: Option<Evaluator>,
}

impl Threshold {
    /// Judges each value; `is_active` says whether the alert of these labels is pending or firing.
    pub(in crate::alerting::grafana) fn judge(
        self,
        values: &[Value],
        is_active: &dyn Fn(&Labels) -> bool,
    ) -> Vec<Value> {
        if self.unload.is_some() && values.contains(&Value::NoData) {
            return vec![Value::NoData];
        }
        // Those that are judged by the recovery threshold come last, as in Grafana.
        let (active, idle): (Vec<&Value>, Vec<&Value>) = values
            .iter()
            .partition(|value| self.unload.is_some() && is_active(&value.labels()));
        let loading = idle
            .into_iter()
            .map(|value| value.map(|cell| verdict(cell, |number| self.evaluator.holds(number))));
        let unloading = active.into_iter().map(|value| {
            let unload = self.unload.unwrap_or(self.evaluator);
            value.map(|cell| verdict(cell, |number| !unload.holds(number)))
        });
        loading.chain(unloading).collect()
    }
}

fn verdict(cell: Cell, holds: impl Fn(f64) -> bool) -> Cell {
    cell.map(|number| f64::from(u8::from(holds(number))))
}
