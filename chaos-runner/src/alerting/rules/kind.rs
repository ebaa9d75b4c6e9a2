//! Which server a rule file is for, told from what is in it. It refuses nothing: that is the business of the reader of the kind.

use crate::alerting::grafana::notifications::is_of_notifications;
use crate::alerting::sources::Language;
use fake_factory::input::{Source, read_foreign};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// A kind of rule file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Rule groups with PromQL.
    Prometheus,
    /// Rule groups with LogQL.
    Loki,
    /// Rules as Grafana exports them.
    Grafana,
}

#[derive(Debug, Default, Deserialize)]
struct FileForm {
    #[serde(default, rename = "apiVersion")]
    api_version: Option<IgnoredAny>,
    #[serde(default)]
    namespace: Option<IgnoredAny>,
    #[serde(default)]
    groups: Option<Vec<GroupForm>>,
}

/// What Grafana's APIs answer for a rule or a group of them.
#[derive(Debug, Default, Deserialize)]
struct ApiForm {
    #[serde(default)]
    data: Option<IgnoredAny>,
    #[serde(default, rename = "ruleGroup")]
    rule_group: Option<IgnoredAny>,
    #[serde(default)]
    rules: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
struct GroupForm {
    #[serde(default)]
    rules: Option<Vec<RuleForm>>,
}

#[derive(Debug, Deserialize)]
struct RuleForm {
    #[serde(default)]
    expr: Option<String>,
    #[serde(default)]
    data: Option<IgnoredAny>,
    #[serde(default)]
    grafana_alert: Option<IgnoredAny>,
}

impl Kind {
    /// As people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Prometheus => "Prometheus",
            Kind::Loki => "Loki",
            Kind::Grafana => "Grafana",
        }
    }

    /// The kind of `source`: Grafana's by its words; Loki's where more expressions are LogQL than PromQL; else Prometheus'.
    #[must_use]
    pub fn of(source: &Source) -> Kind {
        let file = read_foreign::<FileForm>(source).value.unwrap_or_default();
        let groups = file.groups.unwrap_or_default();
        let rules: Vec<RuleForm> = groups
            .into_iter()
            .flat_map(|group| group.rules.unwrap_or_default())
            .collect();
        let is_grafanas = file.api_version.is_some() || rules.iter().any(is_grafana);
        if is_grafanas || is_api(source) || is_of_notifications(source) {
            return Kind::Grafana;
        }
        let exprs = || rules.iter().filter_map(|rule| rule.expr.as_deref());
        let logql =
            exprs().filter(|expr| has_pipeline(expr) || Language::Logql.compile(expr).is_ok());
        let promql = exprs().filter(|expr| Language::Promql.compile(expr).is_ok());
        let is_logql = logql.count() > promql.count();
        if file.namespace.is_some() || is_logql {
            Kind::Loki
        } else {
            Kind::Prometheus
        }
    }
}

/// Whether a `|` follows a selector, outside of strings and comments: PromQL has that nowhere, so that it is LogQL, and be it wrong.
fn has_pipeline(expr: &str) -> bool {
    let mut inside: Option<char> = None;
    let mut is_escaped = false;
    let mut is_behind_selector = false;
    for char in expr.chars() {
        match (inside, char) {
            (Some(_), _) if is_escaped => is_escaped = false,
            (Some('"' | '\''), '\\') => is_escaped = true,
            (Some(end), _) if char == end => inside = None,
            (Some(_), _) => {}
            (None, '|') if is_behind_selector => return true,
            (None, '"' | '\'' | '`') => inside = Some(char),
            (None, '#') => inside = Some('\n'),
            (None, _) if char.is_whitespace() => {}
            (None, _) => is_behind_selector = char == '}',
        }
    }
    false
}

fn is_grafana(rule: &RuleForm) -> bool {
    rule.data.is_some() || rule.grafana_alert.is_some()
}

/// Whether it is what one of Grafana's APIs answers: a rule, a list of rules, a group, or the groups by their folders.
fn is_api(source: &Source) -> bool {
    let read = read_foreign::<ApiForm>(source).value.unwrap_or_default();
    if read.data.is_some() || read.rule_group.is_some() || read.rules.is_some() {
        return true;
    }
    let folders = read_foreign::<BTreeMap<String, Vec<GroupForm>>>(source).value;
    let groups = folders.unwrap_or_default().into_values().flatten();
    let mut rules = groups.flat_map(|group| group.rules.unwrap_or_default());
    // An empty file is no list, as far as it can be told.
    let list = read_foreign::<Option<Vec<ApiForm>>>(source).value.flatten();
    rules.any(|rule| is_grafana(&rule)) || list.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_from_what_is_in_the_file() {
        let table = [
            ("", Kind::Prometheus),
            (
                "groups: [{ name: a, rules: [{ alert: A, expr: up == 0 }] }]",
                Kind::Prometheus,
            ),
            (
                "groups: [{ name: a, rules: [{ alert: A, expr: 'up ==' }] }]",
                Kind::Prometheus,
            ),
            (
                "groups: [{ name: a, rules: [{ alert: A, expr: 'sum(count_over_time({a=\"b\"} |= \"x\" [5m])) > 0' }] }]",
                Kind::Loki,
            ),
            (
                "groups: [{ name: a, rules: [{ alert: A, expr: 'sum(count_over_time({a=\"b\"} | jsn [1m])) > 2' }] }]",
                Kind::Loki,
            ),
            (
                "groups: [{ name: a, rules: [{ alert: A, expr: 'up{a=\"}|\"} ==' }] }]",
                Kind::Prometheus,
            ),
            ("apiVersion: 1\ngroups: []", Kind::Grafana),
            (
                "groups: [{ name: a, rules: [{ uid: a, data: [] }] }]",
                Kind::Grafana,
            ),
            ("[]", Kind::Grafana),
            ("{ receiver: a, routes: [] }", Kind::Grafana),
            ("[{ name: a, time_intervals: [] }]", Kind::Grafana),
            ("contactPoints: []", Kind::Grafana),
            ("[{ uid: a, title: A, data: [] }]", Kind::Grafana),
            ("{ uid: a, ruleGroup: g, data: [] }", Kind::Grafana),
            ("{ title: g, folderUid: f, rules: [] }", Kind::Grafana),
            (
                "{ folder: [{ name: g, rules: [{ grafana_alert: {} }] }] }",
                Kind::Grafana,
            ),
        ];
        for (text, kind) in table {
            assert_eq!(Kind::of(&Source::new("rules.yml", text)), kind, "{text}");
        }
    }
}
