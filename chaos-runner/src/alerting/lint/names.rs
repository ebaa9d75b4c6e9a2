//! Names that Prometheus takes since its version 3, and that must be quoted wherever they are used.

use super::Lint;
use crate::alerting::rules::Rule;
use crate::telemetry::exposition::is_label_name;

impl Lint<'_> {
    pub(super) fn names(&mut self, rule: &Rule) {
        let help =
            "servers before Prometheus 3 refuse the file, and expressions must quote the name";
        if let Rule::Recording(rule) = rule
            && !is_label_name(&rule.record.replace(':', "_"))
        {
            let message = format!("the name of the series `{}` must be quoted", rule.record);
            self.warn("quoted-name", rule.span, &message, help);
        }
        let labels: Vec<&String> = match rule {
            Rule::Alerting(rule) => rule.labels.iter().map(|(name, _)| name).collect(),
            Rule::Recording(rule) => rule.labels.iter().map(|(name, _)| name).collect(),
            // Grafana keeps them in its own database, and whoever is told quotes what must be.
            Rule::Grafana(_) => Vec::new(),
        };
        for label in labels.into_iter().filter(|label| !is_label_name(label)) {
            let message = format!("the label `{label}` of `{}` must be quoted", rule.name());
            self.warn("quoted-name", rule.span(), &message, help);
        }
    }
}
