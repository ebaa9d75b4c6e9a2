//! The kinds of files that lie about where scenarios and rules do, each with the words that tell it and with what takes it.

use crate::alerting::rules::kind::Kind as RuleKind;
use fake_factory::input::{Located, Source, Span, read_foreign};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// What a file seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A scenario.
    Scenario,
    /// A rule file of Prometheus or of Loki's ruler.
    Rules,
    /// What Grafana exports or its API answers.
    Grafana,
    /// An Alertmanager's configuration.
    Alertmanager,
    /// `run.json`.
    Record,
    /// `verdict.json`.
    Verdict,
    /// What `--format json` prints.
    Results,
    /// A JSON Schema.
    Schema,
    /// Prometheus' own configuration.
    Prometheus,
    /// A test for promtool.
    RuleTest,
    /// A resource of Kubernetes.
    Resource,
    /// XML or HTML.
    Markup,
}

/// The words at the top of a file.
type Words = BTreeMap<Located<String>, IgnoredAny>;

/// Kinds by words that a file of theirs has at its top, the surest first: all of the words must be there.
const TOLD_BY: [(Kind, &[&str]); 16] = [
    (Kind::Record, &["generator_behind_max", "orders"]),
    (Kind::Verdict, &["expectations", "outcome"]),
    (Kind::Results, &["scenarios", "passed"]),
    (Kind::Schema, &["$schema", "properties"]),
    (Kind::Resource, &["apiVersion", "kind"]),
    (Kind::RuleTest, &["tests", "rule_files"]),
    (Kind::Alertmanager, &["route", "receivers"]),
    (Kind::Prometheus, &["scrape_configs"]),
    (Kind::Prometheus, &["rule_files"]),
    (Kind::Grafana, &["alertmanager_config"]),
    (Kind::Grafana, &["apiVersion"]),
    (Kind::Grafana, &["contactPoints"]),
    (Kind::Grafana, &["ruleGroup", "data"]),
    (Kind::Grafana, &["folderUid", "rules"]),
    (Kind::Rules, &["groups"]),
    (Kind::Grafana, &["receiver", "routes"]),
];

/// Words of a scenario that no other of these files has. One may be there by accident, two are not.
const OF_SCENARIOS: [&str; 10] = [
    "starts_at",
    "duration",
    "diners",
    "factories",
    "order_service",
    "events",
    "monitoring",
    "responders",
    "steady_state",
    "expect",
];

/// How the names of the groups end that Grafana's own resources are in.
const OF_GRAFANA: &str = "grafana.app/";

/// Words of which one is in each item of a list that Grafana's APIs answer.
const OF_GRAFANAS_LISTS: [&str; 4] = ["data", "settings", "time_intervals", "grafana_alert"];

/// A resource of Kubernetes.
#[derive(Default, Deserialize)]
struct Resource {
    #[serde(rename = "apiVersion")]
    version: String,
}

impl Kind {
    /// What `source` seems to be, and the word that tells it first.
    pub(super) fn of(source: &Source) -> Option<(Kind, Option<Span>)> {
        if source.text().trim_start().starts_with('<') {
            return Some((Kind::Markup, None));
        }
        let Some(words) = read_foreign::<Words>(source)
            .value
            .filter(|words| !words.is_empty())
        else {
            let items = read_foreign::<Vec<Words>>(source).value.unwrap_or_default();
            let first = items.first()?;
            let mut known = OF_GRAFANAS_LISTS.iter();
            return known
                .find_map(|word| first.get_key_value(*word))
                .map(|(word, _)| (Kind::Grafana, word.span));
        };
        let of_scenario = || {
            let known = OF_SCENARIOS.iter();
            known.filter_map(|word| words.get_key_value(*word))
        };
        if of_scenario().count() > 1 {
            let first = of_scenario().filter_map(|(word, _)| word.span).min();
            return Some((Kind::Scenario, first));
        }
        let mut told_by = TOLD_BY.iter();
        told_by.find_map(|(kind, told_by)| {
            let found = told_by.iter().map(|word| words.get_key_value(*word));
            let found: Option<Vec<_>> = found.collect();
            let first = found?.into_iter().filter_map(|(word, _)| word.span).min();
            let is_grafanas = match kind {
                Kind::Rules => RuleKind::of(source) == RuleKind::Grafana,
                Kind::Resource => {
                    let resource = read_foreign::<Resource>(source).value;
                    resource.is_some_and(|resource| resource.version.contains(OF_GRAFANA))
                }
                _ => false,
            };
            let kind = if is_grafanas { Kind::Grafana } else { *kind };
            Some((kind, first))
        })
    }

    /// With its article.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Kind::Scenario => "a scenario",
            Kind::Rules => "a rule file of Prometheus or Loki",
            Kind::Grafana => "a document of Grafana's",
            Kind::Alertmanager => "an Alertmanager configuration",
            Kind::Record => "the record of a run",
            Kind::Verdict => "the verdict of a run",
            Kind::Results => "what `chaos-runner run --format json` printed",
            Kind::Schema => "a JSON Schema",
            Kind::Prometheus => "Prometheus' own configuration",
            Kind::RuleTest => "a test for `promtool test rules`",
            Kind::Resource => "a resource of Kubernetes",
            Kind::Markup => "XML or HTML",
        }
    }

    /// The commands and the fields that take the file at `path`.
    pub(super) fn taken_by(self, source: &Source) -> String {
        let path = source.path();
        match self {
            Kind::Scenario => format!(
                "run it with `chaos-runner run {path}`; to check rules against it: `chaos-runner rules check RULES --scenario {path}`"
            ),
            Kind::Rules | Kind::Grafana => {
                let word = rule_word(source);
                format!(
                    "check it with `chaos-runner rules check {path}`; a scenario names it as in `monitoring: {{ rules: [{{ {word}: {path} }}] }}`"
                )
            }
            Kind::Alertmanager => format!(
                "look into it with `chaos-runner rules route --alertmanager {path} LABEL=VALUE`; a scenario names it as in `monitoring: {{ alertmanager: {path} }}`"
            ),
            Kind::Record => "run the scenario that it is of: `path` below `scenario` says which file that was".to_owned(),
            Kind::Verdict | Kind::Results => {
                "it is what came of a run: run the scenario itself".to_owned()
            }
            Kind::Schema => "editors take it: a scenario begins with `# yaml-language-server: $schema=PATH`".to_owned(),
            Kind::Prometheus | Kind::RuleTest => {
                "give the files that it names under `rule_files`, each by itself".to_owned()
            }
            Kind::Resource => "write what it holds to a file of its own, and give that: a PrometheusRule has the `groups` below its `spec`".to_owned(),
            Kind::Markup => "scenarios and rules are YAML or JSON; `chaos-runner init DIR` writes one of each to start from".to_owned(),
        }
    }

    /// How a scenario names such a file, where it can.
    pub(super) fn named_by(self, source: &Source, written: &str) -> Option<String> {
        match self {
            Kind::Rules | Kind::Grafana => {
                let word = rule_word(source);
                Some(format!("name it as in `rules: [{{ {word}: {written} }}]`"))
            }
            Kind::Alertmanager => Some(format!("name it as in `alertmanager: {written}`")),
            Kind::Prometheus | Kind::RuleTest | Kind::Resource => Some(self.taken_by(source)),
            Kind::Scenario
            | Kind::Record
            | Kind::Verdict
            | Kind::Results
            | Kind::Schema
            | Kind::Markup => None,
        }
    }
}

/// The word by which a scenario names a file of rules.
fn rule_word(source: &Source) -> &'static str {
    match RuleKind::of(source) {
        RuleKind::Prometheus => "prometheus",
        RuleKind::Loki => "loki",
        RuleKind::Grafana => "grafana",
    }
}
