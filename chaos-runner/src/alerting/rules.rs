//! Alert and recording rules as the engine evaluates them, and the readers of the files that teams keep them in. A rule that came
//! through a reader is sound: its expression and templates parse and its names are valid. Nothing here evaluates.

pub mod duration;
pub mod kind;
pub mod loki;
pub mod place;
pub mod prometheus;

use crate::alerting::grafana::model::{GrafanaRule, Purpose, TICK_SECONDS};
use crate::alerting::sources::Asked;
use crate::alerting::template::Template;
use fake_factory::input::Span;
use std::time::Duration;

/// Rules that are evaluated together, in order.
#[derive(Clone, Debug)]
pub struct RuleGroup {
    /// Its name, unique in its file.
    pub name: String,
    /// The file it stands in.
    pub file: String,
    /// How often it is evaluated; the run's evaluation interval when none is given.
    pub interval: Option<Duration>,
    /// How far back from the evaluation its expressions are asked.
    pub query_offset: Duration,
    /// How many alerts or series one rule may have; more are an error of the rule. 0 for any number.
    pub limit: usize,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Clone, Debug)]
pub enum Rule {
    /// Raises alerts.
    Alerting(AlertingRule),
    /// Writes a series.
    Recording(RecordingRule),
    /// Is one of Grafana's, which raises alerts or writes series.
    Grafana(Box<GrafanaRule>),
}

/// An expression as it was written, and compiled.
#[derive(Clone, Debug)]
pub struct Expression {
    /// The text.
    pub text: String,
    /// The compiled text.
    pub query: Asked,
    /// Where it stands in its file.
    pub span: Option<Span>,
}

/// A rule that raises an alert for every series that its expression returns.
#[derive(Clone, Debug)]
pub struct AlertingRule {
    /// The alert's name.
    pub alert: String,
    /// Where its name stands in its file.
    pub span: Option<Span>,
    /// Where its `for` stands, when it has one.
    pub hold_span: Option<Span>,
    /// What is asked.
    pub expr: Expression,
    /// How long a series must be returned for its alert to fire.
    pub hold: Duration,
    /// How long an alert goes on firing when its series is no longer returned.
    pub keep_firing_for: Duration,
    /// Labels that are added to the series', over those of the same name.
    pub labels: Vec<(String, Template)>,
    /// What is said to who is paged.
    pub annotations: Vec<(String, Template)>,
}

/// A rule that writes what its expression returns as a series of its own.
#[derive(Clone, Debug)]
pub struct RecordingRule {
    /// The name of the series.
    pub record: String,
    /// Where its name stands in its file.
    pub span: Option<Span>,
    /// What is asked.
    pub expr: Expression,
    /// Labels that are added to the series', over those of the same name; an empty value takes the label away.
    pub labels: Vec<(String, String)>,
}

impl Rule {
    /// What is asked, where it is one expression.
    #[must_use]
    pub fn expr(&self) -> Option<&Expression> {
        match self {
            Rule::Alerting(rule) => Some(&rule.expr),
            Rule::Recording(rule) => Some(&rule.expr),
            Rule::Grafana(_) => None,
        }
    }

    /// Every expression that it asks.
    #[must_use]
    pub fn exprs(&self) -> Vec<&Expression> {
        match self {
            Rule::Alerting(rule) => vec![&rule.expr],
            Rule::Recording(rule) => vec![&rule.expr],
            Rule::Grafana(rule) => rule.queries().map(|query| &query.expr).collect(),
        }
    }

    /// What is asked, for a reader.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Rule::Alerting(rule) => rule.expr.text.clone(),
            Rule::Recording(rule) => rule.expr.text.clone(),
            Rule::Grafana(rule) => rule.text(),
        }
    }

    /// Every query that is asked, and how long before the evaluation at most, in milliseconds.
    #[must_use]
    pub fn queries(&self) -> Vec<(&Asked, i64)> {
        match self {
            Rule::Alerting(rule) => vec![(&rule.expr.query, 0)],
            Rule::Recording(rule) => vec![(&rule.expr.query, 0)],
            Rule::Grafana(rule) => {
                let queries = rule.queries();
                queries
                    .map(|query| (&query.expr.query, query.reach_ms()))
                    .collect()
            }
        }
    }

    /// The name of the alert that it raises.
    #[must_use]
    pub fn alert(&self) -> Option<&str> {
        match self {
            Rule::Alerting(rule) => Some(&rule.alert),
            Rule::Recording(_) => None,
            Rule::Grafana(rule) => {
                matches!(rule.purpose, Purpose::Alerting(_)).then_some(&rule.title)
            }
        }
    }

    /// The names of the alerts that it can raise: Grafana has names of its own for no data and errors.
    #[must_use]
    pub fn alerts(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.alert().into_iter().collect();
        if let Rule::Grafana(rule) = self {
            names.extend(rule.own_alerts().map(|name: &str| name));
        }
        names
    }

    /// Where its name stands in its file.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        match self {
            Rule::Alerting(rule) => rule.span,
            Rule::Recording(rule) => rule.span,
            Rule::Grafana(rule) => rule.span,
        }
    }

    /// The name of the alert or of the series.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Rule::Alerting(rule) => &rule.alert,
            Rule::Recording(rule) => &rule.record,
            Rule::Grafana(rule) => &rule.title,
        }
    }
}

impl RuleGroup {
    /// How far apart the moments are at which its server looks which groups are due, where it does not look all the time.
    #[must_use]
    pub fn looks_every(&self) -> Option<Duration> {
        let is_grafanas = |rule: &Rule| matches!(rule, Rule::Grafana(_));
        let grafana = self.rules.iter().any(is_grafanas);
        grafana.then_some(Duration::from_secs(TICK_SECONDS))
    }

    /// Its alerting rules.
    pub fn alerting_rules(&self) -> impl Iterator<Item = &AlertingRule> {
        self.rules.iter().filter_map(|rule| match rule {
            Rule::Alerting(rule) => Some(rule),
            Rule::Recording(_) | Rule::Grafana(_) => None,
        })
    }
}
