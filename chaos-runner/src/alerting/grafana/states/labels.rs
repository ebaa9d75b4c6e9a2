//! The labels and annotations of an alert: those that Grafana reserves, those of the rule, those of the series; the earlier win.

use super::{Moving, Result};
use crate::alerting::grafana::model::GrafanaRule;
use crate::alerting::template::Template;
use crate::alerting::template::grafana::GrafanaData;
use promql::Labels;
use std::collections::BTreeMap;

/// The labels that Grafana gives to every alert of a rule.
pub(super) struct Reserved(BTreeMap<String, String>);

impl Reserved {
    pub(super) fn of(rule: &GrafanaRule) -> Self {
        Reserved(rule.reserved_labels())
    }

    /// The labels and annotations of the alert that a result is about.
    pub(super) fn expand(
        &self,
        moving: &Moving<'_>,
        result: &Result,
    ) -> (Labels, BTreeMap<String, String>) {
        let under = |over: &BTreeMap<String, String>| {
            let mut labels = over.clone();
            for (name, value) in result.labels.iter() {
                let value = || value.to_owned();
                labels.entry(name.to_owned()).or_insert_with(value);
            }
            labels
        };
        let seen = under(&self.0).into_iter().collect();
        let (values, value) = result.captures.matching(&result.labels);
        let data = GrafanaData {
            title: &moving.rule.title,
            labels: &seen,
            values: &values,
            value: &value,
            at_ms: moving.at_ms,
        };
        let expand =
            |(name, template): &(String, Template)| (name.clone(), template.expand_grafana(&data));
        let mut own = self.0.clone();
        for (name, value) in moving.alerting.labels.iter().map(expand) {
            own.entry(name).or_insert(value);
        }
        let annotations = moving.alerting.annotations.iter().map(expand).collect();
        (under(&own).into_iter().collect(), annotations)
    }
}
