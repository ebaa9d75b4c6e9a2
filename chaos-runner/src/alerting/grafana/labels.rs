//! The labels that alerts have for their rule, and that decide where they go: those that Grafana gives, and those of the rule itself.
//! What their series add is known when they are evaluated.

use super::model::{GrafanaRule, Purpose, RULE_UID_LABEL};
use super::settings::NotificationSettings;
use std::collections::BTreeMap;

impl GrafanaRule {
    /// Where it sends its alerts itself.
    #[must_use]
    pub fn notification(&self) -> Option<&NotificationSettings> {
        match &self.purpose {
            Purpose::Alerting(alerting) => alerting.notification.as_ref(),
            Purpose::Recording { .. } => None,
        }
    }

    /// The labels that Grafana gives to every alert of it, over those of the same name.
    #[must_use]
    pub fn reserved_labels(&self) -> BTreeMap<String, String> {
        let own = [
            ("alertname", self.title.clone()),
            ("grafana_folder", self.folder.clone()),
            (RULE_UID_LABEL, self.uid.clone()),
            ("__alert_rule_namespace_uid__", self.folder_uid.clone()),
        ];
        let settings = self.notification().into_iter();
        let labels = own
            .into_iter()
            .chain(settings.flat_map(NotificationSettings::labels));
        labels
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// The labels that every alert of it has, whatever its series: those that Grafana gives, and those of the rule itself whose texts
    /// say nothing of the series.
    #[must_use]
    pub fn constant_labels(&self) -> BTreeMap<String, String> {
        let mut labels = self.reserved_labels();
        if let Purpose::Alerting(alerting) = &self.purpose {
            let own = alerting.labels.iter();
            for (name, text) in own.filter(|(_, template)| !template.text().contains("{{")) {
                let value = || text.text().to_owned();
                labels.entry(name.clone()).or_insert_with(value);
            }
        }
        labels
    }
}
