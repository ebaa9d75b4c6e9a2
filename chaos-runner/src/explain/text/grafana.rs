//! A rule of Grafana's for a reader: a column for each query and expression, so that one sees what the condition is made of.

use super::short;
use crate::explain::{Active, Evaluation, NodeGiven, RuleExplained, Shown};
use fake_factory::clock::Elapsed;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How wide a column is at least.
const COLUMN_MIN: usize = 10;

/// The queries and expressions of a rule, and what no data and errors become.
pub(super) fn heading(out: &mut String, rule: &RuleExplained) {
    let width = rule.nodes.iter().map(|node| node.ref_id.chars().count());
    let width = width.max().unwrap_or(0).max(6);
    for node in &rule.nodes {
        let decides = if node.decides { " (the condition)" } else { "" };
        for (number, line) in node.does.lines().enumerate() {
            let name = if number == 0 {
                node.ref_id.as_str()
            } else {
                ""
            };
            let decides = if number == 0 { decides } else { "" };
            let _ = writeln!(out, "  {name:<width$} {line}{decides}");
        }
    }
    if let (Some(no_data), Some(error)) = (rule.no_data_state, rule.exec_err_state) {
        let _ = writeln!(out, "  {:<width$} {no_data}, error {error}", "no data");
    }
}

/// The columns of a rule.
pub(super) struct Columns<'r> {
    /// The names and widths of those of queries and expressions.
    nodes: Vec<(&'r str, usize)>,
    threshold: &'r str,
}

impl<'r> Columns<'r> {
    /// As wide as what is in them.
    pub(super) fn of(rule: &'r RuleExplained) -> Self {
        let mut nodes: Vec<(&str, usize)> = rule
            .nodes
            .iter()
            .map(|node| (node.ref_id.as_str(), COLUMN_MIN))
            .collect();
        let shown = rule.evaluations.iter().filter_map(|shown| match shown {
            Shown::Evaluation(one) => Some(one),
            Shown::Folded(_) => None,
        });
        for one in shown.chain(&rule.nearest) {
            for ((name, width), given) in nodes.iter_mut().zip(&one.nodes) {
                let values = given.values.iter().map(|value| cell(&value.value));
                let widest = values.map(|cell| cell.chars().count()).max();
                let name = name.chars().count();
                *width = (*width).max(name).max(widest.unwrap_or(0));
            }
        }
        Columns {
            nodes,
            threshold: rule.threshold.as_deref().unwrap_or("-"),
        }
    }

    pub(super) fn header(&self, out: &mut String) {
        let names = self.nodes.iter().map(|(name, _)| (*name).to_owned());
        let names = self.row(names);
        let _ = writeln!(out, "\n  {:<12} {names}{:<12} state", "time", "threshold");
    }

    fn row(&self, cells: impl Iterator<Item = String>) -> String {
        let cells = cells.zip(&self.nodes);
        cells
            .map(|(cell, (_, width))| format!("{cell:<width$} "))
            .collect()
    }

    /// One evaluation; where there are several values, each below it.
    pub(super) fn evaluation(
        &self,
        out: &mut String,
        one: &Evaluation,
        clock: &dyn Fn(Elapsed) -> String,
    ) {
        let cells = self.row(one.nodes.iter().map(summary));
        let states = match one.alerts.as_slice() {
            [] => "Normal".to_owned(),
            [alert] => alone(alert, clock),
            alerts => counted(alerts),
        };
        let _ = writeln!(
            out,
            "  {:<12} {cells}{:<12} {states}",
            clock(one.at),
            self.threshold
        );
        if one.nodes.iter().any(|node| node.values.len() > 1) {
            self.by_labels(out, one);
        }
        if one.alerts.len() > 1 {
            let blank = self.row(self.nodes.iter().map(|_| String::new()));
            for alert in one.alerts.iter().filter(|alert| !alert.is_normal()) {
                let state = since(alert, clock);
                let labels = super::labels_of(alert);
                let _ = writeln!(out, "  {:<12} {blank}{:<12} {state} {labels}", "", "");
            }
        }
    }

    fn by_labels(&self, out: &mut String, one: &Evaluation) {
        let labels: BTreeSet<&str> = one
            .nodes
            .iter()
            .flat_map(|node| &node.values)
            .map(|value| value.labels.as_str())
            .collect();
        for labels in labels {
            let of_labels = one.nodes.iter().map(|node| {
                let value = node.values.iter().find(|value| value.labels == labels);
                value.map_or_else(String::new, |value| cell(&value.value))
            });
            let cells = self.row(of_labels);
            let _ = writeln!(out, "  {:<12} {cells}{labels}", "");
        }
        let left_out = one.nodes.iter().map(|node| node.values_left_out).max();
        if let Some(left_out) = left_out.filter(|left_out| *left_out > 0) {
            let _ = writeln!(out, "  {:<12} … and {left_out} more", "");
        }
    }
}

/// What a query or an expression gave, in a word.
fn summary(node: &NodeGiven) -> String {
    match (&node.error, node.values.as_slice()) {
        (Some(_), _) => "failed".to_owned(),
        (None, []) => "no data".to_owned(),
        (None, [value]) => cell(&value.value),
        (None, values) => format!("{} values", values.len() + node.values_left_out),
    }
}

/// A number, and behind it how many a time series has.
fn cell(value: &str) -> String {
    match value.split_once(' ') {
        Some((number, points)) => format!("{} {points}", short(number)),
        None => short(value),
    }
}

fn alone(alert: &Active, clock: &dyn Fn(Elapsed) -> String) -> String {
    match alert.is_normal() {
        true => alert.state.clone(),
        false => since(alert, clock),
    }
}

fn since(alert: &Active, clock: &dyn Fn(Elapsed) -> String) -> String {
    format!("{} since {}", alert.state, clock(alert.active_since))
}

/// `2 Alerting, 1 Normal`
fn counted(alerts: &[Active]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for alert in alerts {
        *counts.entry(&alert.state).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    counts.join(", ")
}

/// Why queries and expressions failed, each reason once.
pub(super) fn failures(out: &mut String, one: &Evaluation) {
    let reasons: BTreeSet<&str> = one
        .nodes
        .iter()
        .filter_map(|node| node.error.as_deref())
        .chain(one.error.as_deref())
        .collect();
    for reason in reasons {
        let _ = writeln!(out, "      failed: {reason}");
    }
}
