//! Which server a rule file is for, told from what is in it. It refuses nothing: that is the business of the reader of the kind.

use crate::alerting::grafana::layout::{Layout, rules};
use crate::alerting::json::Json;
use crate::alerting::sources::Language;
use fake_factory::input::{Source, read_foreign};

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

    /// The kind of `source`: Grafana's by its words; Loki's where its expressions are rather LogQL than PromQL; else Prometheus'.
    #[must_use]
    pub fn of(source: &Source) -> Kind {
        let top = read_foreign::<Json>(source).value.unwrap_or_default();
        if Layout::of(&top).is_some_and(|layout| layout.is_certain(&top)) {
            return Kind::Grafana;
        }
        let exprs = rules(&top).filter_map(|rule| rule.text_at(&["expr"]));
        let exprs: Vec<String> = exprs.map(|expr| expr.value).collect();
        if top.has("namespace") || is_logql(&exprs) {
            Kind::Loki
        } else {
            Kind::Prometheus
        }
    }
}

/// Whether expressions are rather LogQL than PromQL. Selectors without the name of a metric are sound in both, and next to never
/// asked of Prometheus, unless they choose among the names.
fn is_logql(exprs: &[String]) -> bool {
    let compiles = |language: Language| {
        let sound = exprs.iter().filter(|expr| language.compile(expr).is_ok());
        sound.count()
    };
    let any_says = |word: &str| exprs.iter().any(|expr| expr.contains(word));
    let selects_by_labels_alone = any_says("{") && !any_says("__name__");
    let logql = compiles(Language::Logql);
    exprs.iter().any(|expr| has_pipeline(expr))
        || logql > compiles(Language::Promql)
        || selects_by_labels_alone && logql == exprs.len()
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
            (
                "groups: [{ name: a, rules: [{ alert: A, expr: 'sum(rate({app=\"b\"}[5m])) > 1' }] }]",
                Kind::Loki,
            ),
            (
                "groups: [{ name: a, rules: [{ alert: A, expr: 'sum(rate({__name__=~\"http_.*\"}[5m])) > 1' }] }]",
                Kind::Prometheus,
            ),
            (
                "- { name: a, rules: [{ alert: A, expr: up == 0 }] }",
                Kind::Prometheus,
            ),
            ("rules: [{ alert: A, expr: up == 0 }]", Kind::Prometheus),
            (
                "groups: [{ name: a, rules: [{ alert: A, expr: 'vector(1)' }] }]",
                Kind::Prometheus,
            ),
            (
                "{ route: { receiver: a }, receivers: [{ name: a }] }",
                Kind::Grafana,
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
