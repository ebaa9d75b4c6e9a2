//! What a file of alerting is, told from its keys: one that was given as another should be told of in one sentence, and not by each
//! of its words. It refuses nothing that its reader would take.

use super::grafana::layout::{Layout, is_grafanas, rules};
use super::grafana::notifications::is_alertmanagers;
use super::json::Json;
use fake_factory::input::{Diagnostic, Diagnostics, Source, read_foreign};

/// A file of alerting, or one that is often taken for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::alerting) enum Document {
    /// Groups of rules of Prometheus or of Loki's ruler.
    RuleGroups,
    /// The same by their namespaces.
    Namespaces,
    /// A document of Grafana's alerting.
    Grafana,
    /// An Alertmanager's configuration.
    Alertmanager,
    /// Prometheus' own configuration.
    Prometheus,
    /// Tests of rules.
    UnitTests,
    /// A resource of Kubernetes with rule groups in it.
    PrometheusRule,
    /// Another one.
    Kubernetes,
    /// A scenario of ours.
    Scenario,
}

impl Document {
    /// What a file is; none where it could be several, or is none of these.
    pub(in crate::alerting) fn of(source: &Source) -> Option<Document> {
        Document::of_tree(&read_foreign::<Json>(source).value?)
    }

    /// What a file of these keys is.
    pub(in crate::alerting) fn of_tree(top: &Json) -> Option<Document> {
        if top.has("kind") && top.has("apiVersion") && (top.has("spec") || top.has("metadata")) {
            let kind = top.text_at(&["kind"]);
            let is_rules = kind.is_some_and(|kind| kind.as_str() == "PrometheusRule");
            return Some(if is_rules {
                Document::PrometheusRule
            } else {
                Document::Kubernetes
            });
        }
        if top.has("route") {
            // Without integrations it could be either's.
            let grafanas = Layout::of(top).filter(|layout| layout.is_certain(top));
            return match is_alertmanagers(top) {
                true => Some(Document::Alertmanager),
                false => grafanas.map(|_| Document::Grafana),
            };
        }
        if top.has("scrape_configs") || top.has("rule_files") && !top.has("tests") {
            return Some(Document::Prometheus);
        }
        if top.has("tests") {
            return Some(Document::UnitTests);
        }
        if top.has("factories") || top.has("diners") || top.has("order_service") {
            return Some(Document::Scenario);
        }
        if Layout::of(top).is_some_and(|layout| layout.is_certain(top)) {
            return Some(Document::Grafana);
        }
        let has_expr = |rule: &Json| rule.has("expr") && !is_grafanas(rule);
        let has_rules = rules(top).any(has_expr);
        match has_rules {
            true if top.has("groups") => Some(Document::RuleGroups),
            true if !top.has("rules") => Some(Document::Namespaces),
            _ => None,
        }
    }

    /// What a message calls it.
    const fn called(self) -> &'static str {
        match self {
            Document::RuleGroups => "rule groups of Prometheus or Loki",
            Document::Namespaces => "rule groups by their namespaces, as a ruler's API answers",
            Document::Grafana => "a document of Grafana's alerting",
            Document::Alertmanager => "an Alertmanager's configuration",
            Document::Prometheus => "Prometheus' own configuration",
            Document::UnitTests => "tests of rules, as `promtool test rules` takes them",
            Document::PrometheusRule => "a `PrometheusRule` of Kubernetes",
            Document::Kubernetes => "a resource of Kubernetes",
            Document::Scenario => "a scenario",
        }
    }

    /// Where it belongs.
    const fn help(self) -> &'static str {
        match self {
            Document::RuleGroups => {
                "`rules check` takes it without `--kind`, a scenario by `prometheus: FILE` or `loki: FILE`"
            }
            Document::Namespaces => "put the groups of each namespace below `groups:`",
            Document::Grafana => {
                "`rules check` takes it without `--kind`, `rules route` by `--grafana FILE`, a scenario by `grafana: FILE`"
            }
            Document::Alertmanager => {
                "`rules route` takes it by `--alertmanager FILE`, a scenario by `alertmanager: FILE`"
            }
            Document::Prometheus => "rules stand in the files that its `rule_files` name",
            Document::UnitTests => "rules stand in the files that its `rule_files` name",
            Document::PrometheusRule => "put what stands below its `spec:` into a file of its own",
            Document::Kubernetes => "put the file that it holds into one of its own",
            Document::Scenario => "`run` plays it; `rules check` takes it by `--scenario FILE`",
        }
    }
}

/// Refuses a file that is for certain another document than the one that is wanted, which messages call `called`.
pub(in crate::alerting) fn expect(
    source: &Source,
    wanted: Document,
    called: &str,
) -> Result<(), Diagnostics> {
    match Document::of(source) {
        Some(found) if found != wanted => {
            let message = format!("{}, and no {called}", found.called());
            Err(Diagnostic::of_file(source, &message)
                .with_help(found.help())
                .into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_from_its_keys() {
        for (text, expected) in [
            (
                "groups: [{ rules: [{ alert: A, expr: up }] }]",
                Some(Document::RuleGroups),
            ),
            ("groups: [{ rules: [{ alert: A }] }]", None),
            ("groups: []", None),
            (
                "{ a: [{ name: g, rules: [{ alert: A, expr: up }] }] }",
                Some(Document::Namespaces),
            ),
            (
                "{ a: [{ name: g, rules: [{ grafana_alert: {} }] }] }",
                Some(Document::Grafana),
            ),
            (
                "groups: [{ rules: [{ uid: a, data: [] }] }]",
                Some(Document::Grafana),
            ),
            ("apiVersion: 1\ngruops: []", Some(Document::Grafana)),
            ("contactPoints: []", Some(Document::Grafana)),
            ("{ receiver: a, routes: [] }", Some(Document::Grafana)),
            (
                "{ route: {}, receivers: [{ name: a, slack_configs: [] }] }",
                Some(Document::Alertmanager),
            ),
            ("{ templates: [], route: {} }", None),
            ("{ route: {}, receivers: [{ name: a }] }", None),
            (
                "{ route: {}, receivers: [{ name: a, grafana_managed_receiver_configs: [] }] }",
                Some(Document::Grafana),
            ),
            ("{ global: {}, route: {} }", Some(Document::Alertmanager)),
            (
                "{ global: {}, rule_files: [a], scrape_configs: [] }",
                Some(Document::Prometheus),
            ),
            ("{ rule_files: [a], tests: [] }", Some(Document::UnitTests)),
            (
                "{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, spec: { groups: [] } }",
                Some(Document::PrometheusRule),
            ),
            (
                "{ apiVersion: v1, kind: ConfigMap, metadata: {}, data: {} }",
                Some(Document::Kubernetes),
            ),
            ("{ version: 1, factories: {} }", Some(Document::Scenario)),
            ("{ a: 1 }", None),
            ("", None),
            ("{", None),
        ] {
            assert_eq!(
                Document::of(&Source::new("a.yml", text)),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn another_document_is_told_of_once() {
        let rules = Source::new("a.yml", "groups: [{ rules: [{ alert: A, expr: up }] }]");
        assert!(expect(&rules, Document::RuleGroups, "rule file").is_ok());
        let told = expect(&rules, Document::Grafana, "document of Grafana's");
        let told = told.expect_err("it is another").to_string();
        assert!(told.starts_with("error: rule groups of Prometheus or Loki, and no document of Grafana's\n--> a.yml\n = help:"), "{told}");
        assert!(told.ends_with("\n1 error\n"), "{told}");
    }
}
