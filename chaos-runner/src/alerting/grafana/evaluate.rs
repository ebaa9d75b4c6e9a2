//! One evaluation of a rule: its queries asked, its expressions worked out, and what its condition says of each set of labels. It
//! follows Grafana's `pkg/expr/service.go` and `pkg/services/ngalert/eval/eval.go`; it remembers nothing.

mod ask;
mod captures;
mod seen;
mod watched;

use super::expressions::classic::{self, Match};
use super::expressions::reduce::reduce;
use super::expressions::value::Value;
use super::model::{GrafanaRule, Node, Work};
use crate::alerting::sources::{QueryOptions, Readable};
pub(in crate::alerting::grafana) use captures::Captures;
use promql::{Labels, TimeMs};
pub(crate) use seen::would_alert;
pub use seen::{NodeSeen, ValueSeen};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
pub(in crate::alerting) use watched::{Watched, threshold};

/// What a rule is evaluated with.
pub(in crate::alerting) struct GrafanaEvaluation<'a> {
    pub(in crate::alerting) rule: &'a GrafanaRule,
    pub(in crate::alerting) sources: Readable<'a>,
    pub(in crate::alerting) options: &'a QueryOptions,
    pub(in crate::alerting) at_ms: TimeMs,
    /// Whether the alert of these labels is pending or firing: the recovery threshold asks.
    pub(in crate::alerting) is_active: &'a dyn Fn(&Labels) -> bool,
}

/// What an evaluation came to.
#[derive(Debug)]
pub(in crate::alerting) struct Evaluated {
    /// One a set of labels.
    pub(in crate::alerting) results: Vec<Instance>,
    /// What a reader wants to see of it.
    pub(in crate::alerting) watched: Watched,
    /// What each node gave, for those who look closer.
    given: Arc<Given>,
    /// Why nodes gave nothing, by their names.
    failed: BTreeMap<String, Failure>,
    /// What may make its values wrong.
    pub(in crate::alerting) warnings: Vec<String>,
}

/// What an evaluation says of one set of labels.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::alerting) struct Instance {
    pub(in crate::alerting) labels: Labels,
    pub(in crate::alerting) verdict: Verdict,
    /// The number that decided, where it is one.
    pub(in crate::alerting) number: Option<f64>,
    /// The numbers that its templates can print.
    pub(in crate::alerting::grafana) captures: Captures,
}

/// What it says.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::alerting) enum Verdict {
    Normal,
    Alerting,
    NoData,
    Error(Failure),
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::alerting) struct Failure {
    pub(in crate::alerting) message: String,
    /// The query that failed and its data source's uid, where it was one.
    pub(in crate::alerting) query: Option<(String, String)>,
}

/// What each node gave, by its name.
type Given = BTreeMap<String, Vec<Value>>;

impl GrafanaEvaluation<'_> {
    /// Evaluates the rule.
    pub(in crate::alerting) fn evaluate(&self) -> Evaluated {
        let mut given = Given::new();
        let mut failed: BTreeMap<String, Failure> = BTreeMap::new();
        let mut matches = Vec::new();
        let mut warnings = Vec::new();
        for node in &self.rule.nodes {
            let broken = node.needs().into_iter().find_map(|need| failed.get(need));
            // What needs a node that failed fails for its reason.
            let result = match broken.cloned() {
                Some(failure) => Err(failure),
                None => self.work(node, &given, &mut matches, &mut warnings),
            };
            match result {
                Ok(values) => {
                    given.insert(node.ref_id.clone(), values);
                }
                Err(failure) => {
                    failed.insert(node.ref_id.clone(), failure);
                }
            }
        }
        let given = Arc::new(given);
        let condition = self.rule.nodes.get(self.rule.condition);
        let failure = condition.and_then(|node| failed.get(node.ref_id.as_str()));
        let results = match failure {
            Some(failure) => {
                let verdict = Verdict::Error(failure.clone());
                vec![Instance::of(Labels::empty(), verdict)]
            }
            None => self.judged(&given, &matches),
        };
        Evaluated {
            watched: Watched::of(self.rule, &given),
            results,
            warnings,
            given,
            failed,
        }
    }

    fn work(
        &self,
        node: &Node,
        given: &Given,
        matches: &mut Vec<Match>,
        warnings: &mut Vec<String>,
    ) -> Result<Vec<Value>, Failure> {
        let input = |name: &str| given.get(name).map_or(&[][..], Vec::as_slice);
        let result = match &node.work {
            Work::Query(query) => {
                return ask::ask(self, query, warnings).map_err(|message| Failure {
                    message: format!("failed to execute query [{}]: {message}", node.ref_id),
                    query: Some((node.ref_id.clone(), query.datasource_uid.clone())),
                });
            }
            Work::Reduce(name, reducer, mode) => reduce(input(name), *reducer, *mode),
            Work::Threshold(name, threshold) => Ok(threshold.judge(input(name), self.is_active)),
            Work::Resample(name, resample) => resample.of(input(name), self.at_ms),
            Work::Math(formula) => formula.evaluate(given),
            Work::Classic(conditions) => classic::judge(conditions, input).map(|(value, met)| {
                *matches = met;
                vec![value]
            }),
        };
        result.map_err(|message| Failure {
            message: format!("failed to execute expression [{}]: {message}", node.ref_id),
            query: None,
        })
    }

    /// What the values of the condition mean.
    fn judged(&self, given: &Arc<Given>, matches: &[Match]) -> Vec<Instance> {
        let without = self.queries_without_data(given);
        if !without.is_empty() {
            return without;
        }
        let condition = self.rule.nodes.get(self.rule.condition);
        let values = condition.and_then(|node| given.get(&node.ref_id));
        let Some((node, values)) = condition.zip(values.filter(|values| !values.is_empty())) else {
            return vec![Instance::of(Labels::empty(), Verdict::NoData)];
        };
        let captures = match node.work {
            Work::Classic(_) => Captures::of_matches(&node.ref_id, matches),
            _ => Captures::Nodes(given.clone()),
        };
        let mut results = Vec::with_capacity(values.len());
        let mut seen = BTreeSet::new();
        for value in values {
            let instance = instance(node, value, &captures);
            if !seen.insert(instance.labels.clone()) {
                let message = invalid(
                    &node.ref_id,
                    &format!(
                        "frame cannot uniquely be identified by its labels: has duplicate results with labels {{{}}}",
                        captures::written(&instance.labels)
                    ),
                );
                return vec![Instance::of(
                    instance.labels,
                    Verdict::Error(Failure {
                        message,
                        query: None,
                    }),
                )];
            }
            results.push(instance);
        }
        results
    }

    /// A query that returned nothing makes the whole rule one without data: one result a data source, naming its queries.
    fn queries_without_data(&self, given: &Given) -> Vec<Instance> {
        let mut without: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for node in &self.rule.nodes {
            if let Work::Query(query) = &node.work
                && given.get(&node.ref_id).map(Vec::as_slice) == Some(&[Value::NoData])
            {
                let names = without.entry(&query.datasource_uid).or_default();
                names.insert(&node.ref_id);
            }
        }
        let instance = |(uid, names): (&str, BTreeSet<&str>)| {
            let names: Vec<&str> = names.into_iter().collect();
            let labels = [
                ("datasource_uid", uid.to_owned()),
                ("ref_id", names.join(",")),
            ];
            Instance::of(labels.into_iter().collect(), Verdict::NoData)
        };
        without.into_iter().map(instance).collect()
    }
}

fn instance(node: &Node, value: &Value, captures: &Captures) -> Instance {
    let (labels, cell) = match value {
        Value::NoData => return Instance::of(Labels::empty(), Verdict::NoData),
        Value::Series(labels, _) => {
            let reason = "looks like time series data, only reduced data can be alerted on.";
            let failure = Failure {
                message: invalid(&node.ref_id, reason),
                query: None,
            };
            return Instance::of(labels.clone(), Verdict::Error(failure));
        }
        Value::Scalar(cell) => (Labels::empty(), *cell),
        Value::Number(labels, cell) => (labels.clone(), *cell),
    };
    let verdict = match cell {
        None => Verdict::NoData,
        Some(0.0) => Verdict::Normal,
        Some(_) => Verdict::Alerting,
    };
    Instance {
        labels,
        verdict,
        number: cell,
        captures: captures.clone(),
    }
}

fn invalid(ref_id: &str, reason: &str) -> String {
    format!("invalid format of evaluation results for the alert definition {ref_id}: {reason}")
}

impl Instance {
    fn of(labels: Labels, verdict: Verdict) -> Self {
        Instance {
            labels,
            verdict,
            number: None,
            captures: Captures::None,
        }
    }
}

#[cfg(test)]
mod tests;
