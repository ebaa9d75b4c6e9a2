//! Alerts in the record: how each rule's value went, what became pending and fired, and which pages arrived.

use super::Gauge;
use fake_factory::clock::Elapsed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One alerting rule and how its value went.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RuleRecord {
    /// The alert's name.
    pub alert: String,
    /// The rule's group.
    pub group: String,
    /// The file it stands in.
    pub file: String,
    /// Its expression.
    pub expr: String,
    /// Its `for`, in seconds.
    pub for_seconds: f64,
    /// How often it is evaluated, in seconds.
    pub interval_seconds: f64,
    /// The right side of its comparison, where it is a number: `> 0.05`.
    pub threshold: Option<f64>,
    /// The comparison's operator, where there is such a threshold.
    pub operator: Option<String>,
    /// The left side of the comparison (else the expression) at each evaluation, written down when it changed: the value furthest
    /// towards the threshold of all its series. At most [`RuleRecord::VALUES_MAX`].
    pub values: Vec<RuleValue>,
    /// How many evaluations there were.
    pub evaluations: u64,
    /// How many of them failed.
    pub failures: u64,
}

impl RuleRecord {
    /// How many changes of a rule's value are kept; the oldest go first.
    pub const VALUES_MAX: usize = 10_000;
}

/// The value of a rule from one evaluation on.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RuleValue {
    /// The evaluation.
    pub at: Elapsed,
    /// The value; none where the expression returned no series, or the value is no finite number.
    pub value: Option<f64>,
    /// How many series it returned.
    pub series: usize,
}

/// One alert: one label set of one rule, from pending to resolved.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRecord {
    /// The alert's name.
    pub name: String,
    /// Its labels without the name.
    pub labels: BTreeMap<String, String>,
    /// Its annotations, rendered when it last was evaluated as active.
    pub annotations: BTreeMap<String, String>,
    /// When it became pending.
    pub pending_at: Elapsed,
    /// When it fired.
    pub firing_at: Option<Elapsed>,
    /// When the first page of it reached a channel.
    pub paged_at: Option<Elapsed>,
    /// When it was resolved, or stopped being pending.
    pub resolved_at: Option<Elapsed>,
    /// The value of its expression when it became pending, if it is finite.
    pub value: Option<f64>,
}

/// The alert that a rule of Grafana's raises when there is no data.
pub const NO_DATA_ALERT: &str = "DatasourceNoData";
/// The alert that a rule of Grafana's raises when an evaluation fails.
pub const ERROR_ALERT: &str = "DatasourceError";
/// The label by which these two name their rule.
pub const RULE_NAME_LABEL: &str = "rulename";

impl AlertRecord {
    /// The rule that one of Grafana's alerts about no data and errors is about: these have names of their own. Any other alert may
    /// have the label for reasons of its own.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        let is_about_a_rule = [NO_DATA_ALERT, ERROR_ALERT].contains(&self.name.as_str());
        let label = self.labels.get(RULE_NAME_LABEL);
        label.filter(|_| is_about_a_rule).map(String::as_str)
    }
}

/// One page that reached a channel.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PageRecord {
    /// When it was sent, after grouping.
    pub sent_at: Elapsed,
    /// When it arrived, after the channel's delay.
    pub at: Elapsed,
    /// The channel.
    pub channel: String,
    /// Whether it says that alerts fire, or that all of them are resolved.
    pub status: PageStatus,
    /// The alerts it tells of: indexes into the record's alerts.
    pub alerts: Vec<usize>,
}

/// What a page says.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum PageStatus {
    /// Alerts fire.
    Firing,
    /// All of them are resolved.
    Resolved,
}

/// What the expression of a `promql` expectation gave.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WatchRecord {
    /// The expression.
    pub expr: String,
    /// Each series' value at each moment that was asked for, written down when it changed.
    pub series: Vec<WatchedSeries>,
    /// The moments at which it gave no series, as `(from, to)` of the evaluations.
    pub empty: Vec<(Elapsed, Elapsed)>,
    /// The first error, where one was met.
    pub error: Option<String>,
}

/// One series of a watched expression.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WatchedSeries {
    /// Its labels, as `{a="b"}`.
    pub labels: String,
    /// Its values, written down when they changed.
    pub values: Vec<Gauge>,
    /// The first evaluation that no longer gave it; when it comes back, it is a series anew.
    pub gone_at: Option<Elapsed>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_alerts_about_a_rule_are_told_by_its_name() {
        let labelled = |name: &str| AlertRecord {
            name: name.to_owned(),
            labels: BTreeMap::from([("rulename".to_owned(), "Orders failing".to_owned())]),
            annotations: BTreeMap::new(),
            pending_at: Elapsed::ZERO,
            firing_at: None,
            paged_at: None,
            resolved_at: None,
            value: None,
        };
        for (name, subject) in [
            ("DatasourceNoData", Some("Orders failing")),
            ("DatasourceError", Some("Orders failing")),
            ("OrdersFailing", None),
        ] {
            assert_eq!(labelled(name).subject(), subject, "{name}");
        }
    }
}
