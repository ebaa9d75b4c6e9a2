//! What is doubtful about rules that their server would take: they never fire, always fire, or do not do what they seem to say. Pure:
//! what a scenario emits is handed in, and nothing runs here. Each check has a name, by which it is told and left out.

mod duplicates;
mod fields;
mod find;
mod grafana;
mod inventory;
mod names;
mod series;
mod shape;
mod templates;
mod timing;

pub use inventory::Inventory;

use crate::alerting::rules::kind::Kind;
use crate::alerting::rules::{Expression, Rule, RuleGroup, place};
use fake_factory::input::{Diagnostic, Diagnostics, Source, Span, read_foreign};
use find::Words;
use serde::de::IgnoredAny;
use std::time::Duration;

/// What one check looks for, and the name that it goes by.
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// What it looks for.
    pub finds: &'static str,
}

/// Every check, in the order of their names.
pub const CHECKS: [Check; 21] = [
    check(
        "absent-labels",
        "absent() of a selector whose labels its result cannot have",
    ),
    check("always-fires", "alerts without a condition"),
    check("duplicate-rules", "rules with the same name and labels"),
    check(
        "empty-label",
        "templates that print a label which the expression never returns",
    ),
    check(
        "empty-value",
        "templates that print a value which no query or expression of a Grafana rule gives",
    ),
    check(
        "evaluation",
        "what evaluating a rule over the scenarios warned of",
    ),
    check("for-rounds-up", "a `for` that evaluations make longer"),
    check(
        "never-matches",
        "selectors that no series of the scenarios matches",
    ),
    check(
        "never-resolves",
        "alerts on the count of a counter, which only grows",
    ),
    check(
        "no-data-when-well",
        "Grafana rules that alert on no data, and whose queries return nothing while all is well",
    ),
    check("no-groups", "files without a rule group"),
    check(
        "no-lines",
        "alerts of Loki's on no lines as if they were counted as 0",
    ),
    check(
        "quoted-name",
        "names that must be quoted wherever they are used",
    ),
    check(
        "second-document",
        "what comes after the first document of a file",
    ),
    check(
        "series-condition",
        "Grafana rules that are decided by a time series, which no evaluation takes",
    ),
    check("short-range", "rates over fewer than four scrapes"),
    check(
        "unknown-alert",
        "selectors of ALERTS by an alert that no rule raises",
    ),
    check(
        "unknown-field",
        "fields of Grafana's documents that look like another and that Grafana passes over",
    ),
    check(
        "unknown-metric",
        "metrics that nothing in the scenarios emits",
    ),
    check(
        "value-in-label",
        "labels that change with the value of the expression",
    ),
    check(
        "zero-is-normal",
        "Grafana rules that are decided by `== 0`, whose answer is 0, which is normal",
    ),
];

const fn check(name: &'static str, finds: &'static str) -> Check {
    Check { name, finds }
}

/// How often things happen where the rules run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Between two scrapes.
    pub scrape_interval: Duration,
    /// Between two evaluations of a group that does not say otherwise.
    pub evaluation_interval: Duration,
    /// Who says so, for messages: `the scenario first`.
    pub said_by: String,
}

/// The rules of one file, to be judged.
#[derive(Clone, Copy)]
pub struct Judged<'r> {
    /// The file.
    pub source: &'r Source,
    /// What it says.
    pub groups: &'r [RuleGroup],
    /// Where the rules run; at least one.
    pub timings: &'r [Timing],
    /// What the scenarios emit, where any are given.
    pub inventory: Option<&'r Inventory>,
}

/// What is doubtful about the rules of a file.
#[must_use]
pub fn judge(judged: Judged<'_>) -> Diagnostics {
    let mut lint = Lint {
        judged,
        found: Diagnostics::new(),
    };
    lint.file();
    lint.fields();
    lint.duplicates();
    for group in judged.groups {
        for rule in &group.rules {
            lint.names(rule);
            lint.timing(group, rule);
            lint.shape(rule);
            lint.templates(rule);
            if let Rule::Grafana(rule) = rule {
                lint.grafana(rule);
            }
        }
    }
    lint.series();
    lint.found
}

/// The judging of one file.
struct Lint<'r> {
    judged: Judged<'r>,
    found: Diagnostics,
}

impl<'r> Lint<'r> {
    fn warn(&mut self, check: &'static str, span: Option<Span>, message: &str, help: &str) {
        let warning = Diagnostic::warning(self.judged.source, span, check, message);
        self.found.push(if help.is_empty() {
            warning
        } else {
            warning.with_help(help)
        });
    }

    /// The place of some words of an expression; of all of it where there are none.
    fn place(&self, expr: &Expression, words: Option<Words>) -> Option<Span> {
        let source = self.judged.source;
        match words {
            None => expr.span,
            Some(words) => place::part(source, expr.span, &expr.text, words.start, words.length),
        }
    }

    fn file(&mut self) {
        let source = self.judged.source;
        if let Some(second) = read_foreign::<IgnoredAny>(source).second_document {
            let message = "only the first document of a file is read: these rules are not there";
            let help =
                "put all groups below one `groups:`, or each document into a file of its own";
            self.warn("second-document", Some(second), message, help);
        }
        if self.judged.groups.is_empty() && Kind::of(source) != Kind::Grafana {
            let warning = Diagnostic::warning(source, None, "no-groups", "the file has no rules");
            self.found.push(
                warning.with_help("rules stand in groups: `groups: [{ name: …, rules: […] }]`"),
            );
        }
    }

    fn rules(&self) -> impl Iterator<Item = (&'r RuleGroup, &'r Rule)> + use<'r> {
        let groups = self.judged.groups.iter();
        groups.flat_map(|group| group.rules.iter().map(move |rule| (group, rule)))
    }
}

/// `30s`, `1m 30s`, as people say it.
fn said(duration: Duration) -> String {
    fake_factory::input::units::HumanDuration(duration).to_string()
}

#[cfg(test)]
mod tests;
