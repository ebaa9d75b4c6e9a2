//! What the templates of a rule print: labels that change with the value, and labels that the expression never returns.

use super::Lint;
use crate::alerting::grafana::model::{GrafanaRule, Purpose, RESERVED_LABELS, Work};
use crate::alerting::rules::Rule;
use crate::alerting::sources::Asked;
use crate::alerting::template::Template;
use fake_factory::input::suggest;
use std::collections::BTreeSet;
use std::time::Duration;

/// How a template names the labels of its series.
const LABELS: &str = "$labels.";
/// How a template of Grafana's names the numbers of a query or expression.
const VALUES: &str = "$values.";

impl Lint<'_> {
    pub(super) fn templates(&mut self, rule: &Rule) {
        match rule {
            Rule::Recording(_) => {}
            Rule::Alerting(alerting) => {
                let printed = Printed {
                    rule,
                    hold: alerting.hold,
                    labels: &alerting.labels,
                    annotations: &alerting.annotations,
                    always: BTreeSet::new(),
                };
                self.values_in_labels(&printed);
                if let Asked::Promql(query) = &alerting.expr.query {
                    self.empty_labels(&printed, query.labels_returned());
                }
            }
            Rule::Grafana(own) => {
                if let Purpose::Alerting(alerting) = &own.purpose {
                    let printed = Printed {
                        rule,
                        hold: alerting.hold,
                        labels: &alerting.labels,
                        annotations: &alerting.annotations,
                        always: own.reserved_labels().into_keys().collect(),
                    };
                    self.values_in_labels(&printed);
                    self.empty_labels(&printed, own.labels_returned());
                    self.empty_values(&printed, own);
                }
            }
        }
    }

    fn values_in_labels(&mut self, printed: &Printed<'_>) {
        for (name, template) in printed.labels {
            let text = template.text();
            if text.contains("{{") && (text.contains("$value") || text.contains(".Value")) {
                let so = if printed.hold.is_zero() {
                    "each evaluation raises another alert"
                } else {
                    "it starts its `for` anew with each change, and may never fire"
                };
                let message = format!(
                    "the label `{name}` of `{}` changes with the value: {so}",
                    printed.rule.name()
                );
                let help = "put the value into an annotation: annotations may change";
                self.warn("value-in-label", printed.rule.span(), &message, help);
            }
        }
    }

    /// `returned` has the names of all labels that there can be, where they are known.
    fn empty_labels(&mut self, printed: &Printed<'_>, returned: Option<BTreeSet<String>>) {
        let Some(returned) = returned else { return };
        let labels: BTreeSet<&str> = printed
            .texts()
            .flat_map(|text| names_in(text, LABELS))
            .filter(|label| !returned.contains(*label) && !printed.is_always_there(label))
            .collect();
        for label in labels {
            let message = format!(
                "`$labels.{label}` of `{}` is always empty: the expression returns no label `{label}`",
                printed.rule.name()
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
            self.warn("empty-label", printed.rule.span(), &message, &help);
        }
    }

    /// Numbers that Grafana has no name for.
    fn empty_values(&mut self, printed: &Printed<'_>, rule: &GrafanaRule) {
        let values: BTreeSet<&str> = printed
            .texts()
            .flat_map(|text| names_in(text, VALUES))
            .collect();
        let is_classic = matches!(
            rule.nodes.get(rule.condition).map(|node| &node.work),
            Some(Work::Classic(_))
        );
        // Classic conditions number what they met: how many that is no one knows.
        for value in values.into_iter().filter(|_| !is_classic) {
            let (why, help) = match rule.nodes.iter().find(|node| node.ref_id == value) {
                None => {
                    let names = || rule.nodes.iter().map(|node| node.ref_id.as_str());
                    let help = match suggest(value, names()) {
                        Some(other) => format!("did you mean `{other}`?"),
                        None => format!("its queries and expressions are `{}`", {
                            names().collect::<Vec<_>>().join("`, `")
                        }),
                    };
                    ("no query or expression has that name".to_owned(), help)
                }
                Some(_) if rule.gives_series(value) => (
                    "it is a time series, and only numbers have a value".to_owned(),
                    "reduce it, and print the value of the reduction".to_owned(),
                ),
                Some(_) => continue,
            };
            let message = format!(
                "`$values.{value}` of `{}` is always empty: {why}",
                printed.rule.name()
            );
            self.warn("empty-value", printed.rule.span(), &message, &help);
        }
    }
}

/// What a rule prints.
struct Printed<'r> {
    rule: &'r Rule,
    hold: Duration,
    labels: &'r [(String, Template)],
    annotations: &'r [(String, Template)],
    /// Labels that its alerts have for the rule, whatever its expression returns.
    always: BTreeSet<String>,
}

impl<'r> Printed<'r> {
    fn texts(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let all = self.labels.iter().chain(self.annotations);
        all.map(|(_, template)| template.text())
    }

    fn is_always_there(&self, label: &str) -> bool {
        let of_grafana = matches!(self.rule, Rule::Grafana(_)) && RESERVED_LABELS.contains(&label);
        of_grafana || self.always.contains(label)
    }
}

/// What a template names behind a prefix, as in `$labels.name`.
fn names_in<'t>(text: &'t str, prefix: &'static str) -> impl Iterator<Item = &'t str> {
    text.match_indices(prefix).filter_map(move |(at, _)| {
        let rest = &text[at + prefix.len()..];
        let length = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let in_action = text[..at].rfind("{{") > text[..at].rfind("}}");
        (length > 0 && in_action).then(|| &rest[..length])
    })
}
