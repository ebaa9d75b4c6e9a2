//! Grafana's rules as they are evaluated. What came through the reader is sound: its nodes stand in the order in which they can be
//! evaluated, its queries and formulas parse, and its condition exists.

use super::expressions::classic::Condition;
use super::expressions::math::Formula;
use super::expressions::reduce::{Mode, Reducer};
use super::expressions::resample::Resample;
use super::expressions::threshold::Threshold;
use super::settings::NotificationSettings;
use crate::alerting::rules::Expression;
use crate::alerting::sources::Asked;
use crate::alerting::template::Template;
use crate::record::alerts::{ERROR_ALERT, NO_DATA_ALERT};
use fake_factory::input::Span;
use std::collections::BTreeSet;
use std::time::Duration;

/// How often Grafana looks which rules are due: the interval of every group is a multiple of it, in seconds.
pub const TICK_SECONDS: u64 = 10;

/// The label that every alert of Grafana's has: what tells its rule from all others.
pub const RULE_UID_LABEL: &str = "__alert_rule_uid__";

/// The versions of Grafana that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Up to 12: no data and errors fire at once.
    V12,
    /// From 13: they honour `for`, whose time runs on whatever makes an evaluation bad.
    V13,
}

/// Labels that every alert can have, besides those of its series: those of its rule, and those of what went wrong.
pub const RESERVED_LABELS: [&str; 6] = [
    "alertname",
    "grafana_folder",
    RULE_UID_LABEL,
    "__alert_rule_namespace_uid__",
    "datasource_uid",
    "ref_id",
];

/// One rule.
#[derive(Clone, Debug)]
pub struct GrafanaRule {
    /// Its title: the name of its alerts.
    pub title: String,
    /// Where the title stands.
    pub span: Option<Span>,
    /// What tells it from all other rules.
    pub uid: String,
    /// Its folder's title, or uid where the document gives no title.
    pub folder: String,
    /// Its folder's uid, where the document gives one.
    pub folder_uid: String,
    /// The queries and expressions, each after those that it needs.
    pub nodes: Vec<Node>,
    /// The node that decides: its place among them.
    pub condition: usize,
    /// What becomes of it.
    pub purpose: Purpose,
    /// Whether it is paused, and so never evaluated.
    pub paused: bool,
    /// The version of Grafana that it is evaluated as.
    pub version: Version,
}

/// What a rule is for.
#[derive(Clone, Debug)]
pub enum Purpose {
    /// Raises alerts.
    Alerting(Box<Alerting>),
    /// Writes what its condition comes to as a series of this name.
    Recording {
        /// The name.
        metric: String,
        /// Labels that are added, over those of the same name.
        labels: Vec<(String, String)>,
    },
}

/// How a rule raises alerts.
#[derive(Clone, Debug)]
pub struct Alerting {
    /// What no data becomes.
    pub no_data: NoDataState,
    /// What an error becomes.
    pub exec_err: ExecErrState,
    /// How long the condition must hold.
    pub hold: Duration,
    /// Where its `for` stands, when it has one.
    pub hold_span: Option<Span>,
    /// How long an alert goes on firing when it no longer does.
    pub keep_firing_for: Duration,
    /// After how many evaluations without its series an alert is resolved.
    pub missing_evaluations: u32,
    /// Labels that are added to the series'.
    pub labels: Vec<(String, Template)>,
    /// What is said to who is paged.
    pub annotations: Vec<(String, Template)>,
    /// The way of its alerts past the notification policies.
    pub notification: Option<NotificationSettings>,
}

/// What no data becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDataState {
    /// An alert of its own: `DatasourceNoData`.
    NoData,
    /// As if the condition held.
    Alerting,
    /// As if it did not.
    Ok,
    /// As it was.
    KeepLast,
}

/// What an error becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecErrState {
    /// An alert of its own: `DatasourceError`.
    Error,
    /// As if the condition held.
    Alerting,
    /// As if it did not.
    Ok,
    /// As it was.
    KeepLast,
}

/// A query or an expression.
#[derive(Clone, Debug)]
pub struct Node {
    /// The name by which others refer to it.
    pub ref_id: String,
    /// What it does.
    pub work: Work,
}

/// What a node does.
#[derive(Clone, Debug)]
pub enum Work {
    /// Asks a data source.
    Query(DataQuery),
    /// `reduce`, of the node that it names.
    Reduce(String, Reducer, Mode),
    /// `threshold`, likewise.
    Threshold(String, Threshold),
    /// `resample`, likewise.
    Resample(String, Resample),
    /// `math`.
    Math(Formula),
    /// `classic_conditions`.
    Classic(Vec<Condition>),
}

/// A query of a data source.
#[derive(Clone, Debug)]
pub struct DataQuery {
    /// The data source's uid.
    pub datasource_uid: String,
    /// What is asked: the text with its variables substituted, at the place of the text as it is written.
    pub expr: Expression,
    /// Where its time range starts, before the evaluation, in milliseconds.
    pub from_ms: i64,
    /// Where it ends.
    pub to_ms: i64,
    /// At which moments of the range it is asked.
    pub moments: Moments,
}

/// At which moments of its time range a query is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moments {
    /// At its end: an instant query.
    End,
    /// Every so many milliseconds. Prometheus' are aligned to the step, Loki's start where the range does.
    Every {
        /// The step.
        step_ms: i64,
        /// Whether they are aligned.
        aligned: bool,
    },
}

impl DataQuery {
    /// How long before the evaluation it is asked about at most, in milliseconds.
    #[must_use]
    pub fn reach_ms(&self) -> i64 {
        match self.moments {
            Moments::End => self.to_ms,
            // Alignment goes back by a step at most.
            Moments::Every { step_ms, .. } => self.from_ms.saturating_add(step_ms),
        }
    }
}

impl Node {
    /// The nodes that it needs.
    #[must_use]
    pub fn needs(&self) -> Vec<&str> {
        match &self.work {
            Work::Query(_) => Vec::new(),
            Work::Reduce(input, ..) | Work::Threshold(input, _) | Work::Resample(input, _) => {
                vec![input]
            }
            Work::Math(formula) => formula.variables().iter().map(String::as_str).collect(),
            Work::Classic(conditions) => conditions.iter().map(|c| c.input.as_str()).collect(),
        }
    }
}

impl GrafanaRule {
    /// Its queries of data sources.
    pub fn queries(&self) -> impl Iterator<Item = &DataQuery> {
        self.nodes.iter().filter_map(|node| match &node.work {
            Work::Query(query) => Some(query),
            _ => None,
        })
    }

    /// Whether a node gives numbers over time, which no condition can be.
    #[must_use]
    pub fn gives_series(&self, name: &str) -> bool {
        // Each node stands after those that it needs.
        let mut series: Vec<&str> = Vec::new();
        for node in &self.nodes {
            let is_series = match &node.work {
                Work::Query(query) => query.moments != Moments::End,
                Work::Resample(..) => true,
                Work::Reduce(..) | Work::Classic(_) => false,
                Work::Threshold(..) | Work::Math(_) => {
                    node.needs().iter().any(|need| series.contains(need))
                }
            };
            if is_series {
                series.push(&node.ref_id);
            }
        }
        series.contains(&name)
    }

    /// The names of all labels that its series can have, where the queries behind the condition fix them.
    #[must_use]
    pub fn labels_returned(&self) -> Option<BTreeSet<String>> {
        let mut labels = BTreeSet::new();
        let mut waiting = vec![self.nodes.get(self.condition)?];
        while let Some(node) = waiting.pop() {
            match &node.work {
                Work::Query(query) => match &query.expr.query {
                    Asked::Promql(query) => labels.extend(query.labels_returned()?),
                    Asked::Logql(_) => return None,
                },
                // They have no labels of their own.
                Work::Classic(_) => {}
                _ => {
                    let needs = node.needs();
                    waiting.extend(
                        self.nodes
                            .iter()
                            .filter(|one| needs.contains(&&*one.ref_id)),
                    );
                }
            }
        }
        Some(labels)
    }

    /// The names of the alerts that it raises about itself: that there is no data, or that an evaluation failed.
    pub fn own_alerts(&self) -> impl Iterator<Item = &'static str> {
        let (no_data, error) = match &self.purpose {
            Purpose::Alerting(alerting) => (
                alerting.no_data == NoDataState::NoData,
                alerting.exec_err == ExecErrState::Error,
            ),
            Purpose::Recording { .. } => (false, false),
        };
        let no_data = no_data.then_some(NO_DATA_ALERT);
        no_data.into_iter().chain(error.then_some(ERROR_ALERT))
    }

    /// The rule in one line, for a reader: what each node does, the condition first.
    #[must_use]
    pub fn text(&self) -> String {
        let condition = self.nodes.get(self.condition);
        let others = self.nodes.iter().enumerate().rev();
        let others = others.filter(|(at, _)| *at != self.condition);
        let nodes = condition.into_iter().chain(others.map(|(_, node)| node));
        let texts: Vec<String> = nodes.map(Node::text).collect();
        texts.join("; ")
    }
}

impl Node {
    fn text(&self) -> String {
        format!("{}: {}", self.ref_id, self.work())
    }

    /// What it does, for a reader.
    #[must_use]
    pub fn work(&self) -> String {
        match &self.work {
            Work::Query(query) => query.expr.text.clone(),
            Work::Reduce(input, reducer, _) => format!("{}({input})", reducer.word()),
            Work::Threshold(input, threshold) => match &threshold.unload {
                None => format!("{input} {}", threshold.evaluator),
                Some(unload) => {
                    format!("{input} {}, until {input} {unload}", threshold.evaluator)
                }
            },
            Work::Resample(input, resample) => {
                format!("{input} every {} s", resample.window_ms as f64 / 1_000.0)
            }
            Work::Math(formula) => formula.text().to_owned(),
            Work::Classic(conditions) => {
                let mut text = String::new();
                for condition in conditions {
                    if !text.is_empty() {
                        text.push_str(condition.operator.joint());
                    }
                    text.push_str(&condition.to_string());
                }
                text
            }
        }
    }
}
