//! Rules that are there twice: the same name and the same labels, as promtool's `duplicate-rules` has it.

use super::Lint;
use crate::alerting::grafana::model::Purpose;
use crate::alerting::rules::Rule;
use fake_factory::input::{Diagnostic, Span};
use std::collections::BTreeMap;

/// What tells a rule from others: its name and its labels.
type Identity<'r> = (&'r str, Vec<(&'r str, &'r str)>);

impl Lint<'_> {
    pub(super) fn duplicates(&mut self) {
        let mut firsts: BTreeMap<Identity<'_>, Option<Span>> = BTreeMap::new();
        for (_, rule) in self.rules() {
            let key = (rule.name(), labels(rule));
            let Some(first) = firsts.get(&key) else {
                firsts.insert(key, rule.span());
                continue;
            };
            let message = format!("another rule `{}` has the same labels", rule.name());
            let help = match rule {
                Rule::Grafana(_) => {
                    "who is paged cannot tell them apart, and Grafana before 12 refuses a title twice in a folder: give them another title, or a label that differs"
                }
                _ => {
                    "their series and alerts cannot be told apart: give them another name, or a label that differs"
                }
            };
            let mut warning =
                Diagnostic::warning(self.judged.source, rule.span(), "duplicate-rules", &message)
                    .with_help(help);
            if let Some(first) = first {
                warning = warning.with_also(*first, "the first one is here");
            }
            self.found.push(warning);
        }
    }
}

fn labels(rule: &Rule) -> Vec<(&str, &str)> {
    match rule {
        Rule::Alerting(rule) => {
            let labels = rule.labels.iter();
            labels.map(|(name, text)| (&**name, text.text())).collect()
        }
        Rule::Recording(rule) => {
            let labels = rule.labels.iter();
            labels.map(|(name, value)| (&**name, &**value)).collect()
        }
        Rule::Grafana(rule) => {
            let labels: Vec<(&str, &str)> = match &rule.purpose {
                Purpose::Alerting(alerting) => {
                    let labels = alerting.labels.iter();
                    labels.map(|(name, text)| (&**name, text.text())).collect()
                }
                Purpose::Recording { labels, .. } => {
                    let labels = labels.iter();
                    labels.map(|(name, value)| (&**name, &**value)).collect()
                }
            };
            let folder = [("grafana_folder", rule.folder.as_str())];
            folder.into_iter().chain(labels).collect()
        }
    }
}
