//! What the templates of a rule print: labels that change with the value, and labels that the expression never returns.

use super::Lint;
use crate::alerting::rules::{AlertingRule, Rule};
use crate::alerting::sources::Asked;
use std::collections::BTreeSet;

/// How a template names the labels of its series.
const LABELS: &str = "$labels.";

impl Lint<'_> {
    pub(super) fn templates(&mut self, rule: &Rule) {
        let Rule::Alerting(rule) = rule else { return };
        for (name, template) in &rule.labels {
            let text = template.text();
            if text.contains("{{") && (text.contains("$value") || text.contains(".Value")) {
                let so = if rule.hold.is_zero() {
                    "each evaluation raises another alert"
                } else {
                    "it starts its `for` anew with each change, and may never fire"
                };
                let message = format!(
                    "the label `{name}` of `{}` changes with the value: {so}",
                    rule.alert
                );
                let help = "put the value into an annotation: annotations may change";
                self.warn("value-in-label", rule.span, &message, help);
            }
        }
        self.empty_labels(rule);
    }

    fn empty_labels(&mut self, rule: &AlertingRule) {
        let Asked::Promql(query) = &rule.expr.query else {
            return;
        };
        let Some(returned) = query.labels_returned() else {
            return;
        };
        let texts = rule.labels.iter().chain(&rule.annotations);
        let printed: BTreeSet<&str> = texts
            .flat_map(|(_, template)| labels_in(template.text()))
            .filter(|label| !returned.contains(*label))
            .collect();
        for label in printed {
            let message = format!(
                "`$labels.{label}` of `{}` is always empty: the expression returns no label `{label}`",
                rule.alert
            );
            let help = if returned.is_empty() {
                format!("keep the label, as in `sum by ({label}) (…)`; the expression returns none")
            } else {
                let returned: Vec<&str> = returned.iter().map(String::as_str).collect();
                format!(
                    "it returns `{}`; keep the label in `by (…)`",
                    returned.join("`, `")
                )
            };
            self.warn("empty-label", rule.span, &message, &help);
        }
    }
}

/// The labels that a template names as `$labels.name`.
fn labels_in(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(LABELS).filter_map(|(at, _)| {
        let rest = &text[at + LABELS.len()..];
        let length = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let in_action = text[..at].rfind("{{") > text[..at].rfind("}}");
        (length > 0 && in_action).then(|| &rest[..length])
    })
}
