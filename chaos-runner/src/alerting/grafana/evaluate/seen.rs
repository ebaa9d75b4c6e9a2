//! What each query and expression of a rule gave in an evaluation, for those who look on; and whether a rule would alert at another
//! moment. Nothing here changes what becomes of an alert.

use super::{Evaluated, GrafanaEvaluation, Value, Verdict};
use crate::alerting::grafana::model::{ExecErrState, GrafanaRule, NoDataState, Purpose};
use crate::alerting::sources::{QueryOptions, Readable};
use promql::{Labels, TimeMs};

/// What a query or an expression gave.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeSeen {
    /// Nothing, for it failed, or something that it needs did.
    Failed(String),
    /// Nothing, though it succeeded.
    NoData,
    /// These.
    Values(Vec<ValueSeen>),
}

/// One of the values that a query or an expression gave.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueSeen {
    /// Its labels.
    pub labels: Labels,
    /// The number, null being none; of a time series its last one.
    pub value: Option<f64>,
    /// How many numbers a time series has.
    pub points: Option<usize>,
}

impl Evaluated {
    /// What the node of this name gave.
    pub(in crate::alerting) fn node(&self, ref_id: &str) -> NodeSeen {
        if let Some(failure) = self.failed.get(ref_id) {
            return NodeSeen::Failed(failure.message.clone());
        }
        let values = self.given.get(ref_id).map_or(&[][..], Vec::as_slice);
        let mut seen: Vec<ValueSeen> = values.iter().filter_map(of_value).collect();
        seen.sort_by(|a, b| a.labels.cmp(&b.labels));
        match seen.is_empty() {
            true => NodeSeen::NoData,
            false => NodeSeen::Values(seen),
        }
    }
}

fn of_value(value: &Value) -> Option<ValueSeen> {
    let (value_now, points) = match value {
        Value::NoData => return None,
        Value::Scalar(cell) | Value::Number(_, cell) => (*cell, None),
        Value::Series(_, points) => {
            let last = points.last().and_then(|(_, cell)| *cell);
            (last, Some(points.len()))
        }
    };
    Some(ValueSeen {
        labels: value.labels(),
        value: value_now,
        points,
    })
}

/// Whether a rule would leave its normal state by what it is asked of at a moment: it alerts, or goes wrong in a way that alerts.
/// The recovery threshold is left aside: it ends alerts.
pub(crate) fn would_alert(rule: &GrafanaRule, sources: Readable<'_>, at_ms: TimeMs) -> bool {
    let Purpose::Alerting(alerting) = &rule.purpose else {
        return false;
    };
    let evaluated = GrafanaEvaluation {
        rule,
        sources,
        options: &QueryOptions::default(),
        at_ms,
        is_active: &|_| false,
    }
    .evaluate();
    evaluated
        .results
        .iter()
        .any(|result| match &result.verdict {
            Verdict::Normal => false,
            Verdict::Alerting => true,
            Verdict::NoData => {
                matches!(
                    alerting.no_data,
                    NoDataState::NoData | NoDataState::Alerting
                )
            }
            Verdict::Error(_) => {
                matches!(
                    alerting.exec_err,
                    ExecErrState::Error | ExecErrState::Alerting
                )
            }
        })
}
