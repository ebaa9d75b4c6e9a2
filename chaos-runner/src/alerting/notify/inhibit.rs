//! Inhibition: which alerts fire that keep others quiet, and whether an alert is kept quiet by one of them. As Alertmanager's
//! inhibitor, which looks at the moment of a flush and knows nothing of groups.

use super::routing::Inhibition;
use promql::{Labels, Matcher};
use std::collections::BTreeMap;

/// The rules, each with the alerts that fire and match its source side.
#[derive(Debug, Default)]
pub(super) struct Inhibitor {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    rule: Inhibition,
    /// By the values of the labels that must be equal; each with whether it matches the target side as well.
    sources: BTreeMap<Vec<String>, BTreeMap<Labels, bool>>,
}

impl Inhibitor {
    pub(super) fn new(rules: Vec<Inhibition>) -> Self {
        let rules = rules.into_iter().map(|rule| Rule {
            rule,
            sources: BTreeMap::new(),
        });
        Inhibitor {
            rules: rules.collect(),
        }
    }

    /// An alert fires from now on, or no longer.
    pub(super) fn note(&mut self, labels: &Labels, firing: bool) {
        for rule in &mut self.rules {
            if !all(&rule.rule.source, labels) {
                continue;
            }
            let key = rule.key(labels);
            let sources = rule.sources.entry(key.clone()).or_default();
            if firing {
                let is_target = all(&rule.rule.target, labels);
                sources.insert(labels.clone(), is_target);
            } else {
                sources.remove(labels);
                if sources.is_empty() {
                    rule.sources.remove(&key);
                }
            }
        }
    }

    /// Whether a firing alert keeps one of these labels quiet.
    pub(super) fn inhibits(&self, labels: &Labels) -> bool {
        self.rules.iter().any(|rule| rule.inhibits(labels))
    }
}

impl Rule {
    fn inhibits(&self, labels: &Labels) -> bool {
        if self.sources.is_empty() || !all(&self.rule.target, labels) {
            return false;
        }
        // An alert that matches both sides is not kept quiet by one that does, lest two of a kind silence each other.
        let is_source = all(&self.rule.source, labels);
        let sources = self.sources.get(&self.key(labels));
        sources.is_some_and(|sources| sources.values().any(|is_target| !(is_source && *is_target)))
    }

    fn key(&self, labels: &Labels) -> Vec<String> {
        let values = self.rule.equal.iter();
        values
            .map(|name| labels.get(name).unwrap_or_default().to_owned())
            .collect()
    }
}

/// Whether labels satisfy all matchers.
pub(super) fn all(matchers: &[Matcher], labels: &Labels) -> bool {
    matchers.iter().all(|matcher| matcher.matches(labels))
}
