//! What can be told of a query without evaluating it: what it reads, how far back, and what its answer depends on. For those who
//! judge rules; evaluation does not use it.

use std::collections::BTreeSet;

use crate::ast::{
    AggregateOp, BinaryOp, Cardinality, Edges, Function, Grouping, Kind, MatchLabels, Node,
    Selector, Shift, ValueType,
};
use crate::matcher::{MatchOp, Matcher};
use crate::query::{Comparison, Query};
use crate::value::Options;

/// What a query reads.
#[derive(Clone, Debug)]
pub struct SelectorInfo {
    /// The metric's name, if the selector fixes it.
    pub metric: Option<String>,
    /// Every condition, the one on the name included.
    pub matchers: Vec<Matcher>,
    /// How far before an evaluation's time the selector reads, in milliseconds; `i64::MAX` if `@` ties it to a fixed time.
    pub reach_ms: i64,
    /// The range in brackets behind it, in milliseconds, if it has one that is the same for every evaluation.
    pub range_ms: Option<i64>,
    /// The innermost function that it is an argument of.
    pub function: Option<&'static str>,
}

/// What the number of series that a query returns depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It reads no series: `vector(1)`.
    Constant,
    /// On the values or presence of series: it compares, joins or asks for what is absent.
    Conditional,
    /// It returns something whenever the series that it reads are there.
    Unconditional,
}

impl Query {
    /// Every selector of the query, in the order they are written.
    #[must_use]
    pub fn selectors(&self, options: &Options) -> Vec<SelectorInfo> {
        let mut collecting = Collecting {
            options,
            found: Vec::new(),
        };
        collecting.node(&self.root, 0, None);
        collecting.found
    }

    /// How far before an evaluation's time the query reads, in milliseconds: samples older than that are not needed.
    /// `i64::MAX` if `@` ties a selector to a fixed time.
    #[must_use]
    pub fn reach_ms(&self, options: &Options) -> i64 {
        let reaches = self.selectors(options).into_iter().map(|s| s.reach_ms);
        reaches.max().unwrap_or(0)
    }

    /// What it depends on whether the query returns anything.
    #[must_use]
    pub fn condition(&self) -> Condition {
        if self.selectors(&Options::default()).is_empty() {
            Condition::Constant
        } else if filters(&self.root) {
            Condition::Conditional
        } else {
            Condition::Unconditional
        }
    }

    /// Whether the query returns nothing at any time, given which of its [`Query::selectors`] never match a series.
    #[must_use]
    pub fn is_empty_where(&self, never: &[bool]) -> bool {
        is_empty(&self.root, &mut never.iter().copied())
    }

    /// Every comparison with a number that the query's answer depends on directly: those that `and`, `or` and `unless` join, in
    /// the order in which they are written.
    #[must_use]
    pub fn comparisons(&self) -> Vec<Comparison> {
        let mut found = Vec::new();
        let mut waiting = vec![&self.root];
        while let Some(node) = waiting.pop() {
            match &node.unwrapped().kind {
                Kind::Binary(binary) if binary.op.is_set() => {
                    waiting.extend([&binary.rhs, &binary.lhs]);
                }
                _ => found.extend(Query::of(node.clone()).comparison()),
            }
        }
        found
    }

    /// The metric whose samples the query reads as they are, unless to add them up: `a`, `sum(a)`, `max by (b) (a)`.
    #[must_use]
    pub fn reads_as_it_is(&self) -> Option<&str> {
        let mut node = self.root.unwrapped();
        loop {
            match &node.kind {
                Kind::Selector(selector) => return selector.metric(),
                Kind::Aggregate(aggregate) => match aggregate.op {
                    AggregateOp::Sum | AggregateOp::Min | AggregateOp::Max | AggregateOp::Avg => {
                        node = aggregate.expr.unwrapped();
                    }
                    _ => return None,
                },
                _ => return None,
            }
        }
    }

    /// The names of all labels that the query's answer can have, where the query itself fixes them.
    #[must_use]
    pub fn labels_returned(&self) -> Option<BTreeSet<String>> {
        labels_of(&self.root)
    }
}

struct Collecting<'a> {
    options: &'a Options,
    found: Vec<SelectorInfo>,
}

impl Collecting<'_> {
    fn node(&mut self, node: &Node, outer_ms: i64, function: Option<&'static str>) {
        match &node.kind {
            Kind::Selector(selector) => {
                let lookback_ms = self.options.lookback_ms;
                self.found(selector, outer_ms, lookback_ms, None, function);
            }
            Kind::Range(selector, range) => {
                let before = match selector.edges {
                    Edges::Plain => 0,
                    Edges::Anchored | Edges::Smoothed => self.options.lookback_ms,
                };
                let range_ms = range.fixed_ms();
                let window_ms = range_ms.unwrap_or(i64::MAX).saturating_add(before);
                self.found(selector, outer_ms, window_ms, range_ms, function);
            }
            Kind::Subquery(subquery) => {
                let range_ms = subquery.range.fixed_ms().unwrap_or(i64::MAX);
                let reach = reach(outer_ms, range_ms, &subquery.shift);
                self.node(&subquery.inner, reach, None);
            }
            Kind::Call(call) => {
                for argument in &call.args {
                    self.node(argument, outer_ms, Some(call.name));
                }
            }
            _ => {
                for child in node.children() {
                    self.node(child, outer_ms, function);
                }
            }
        }
    }

    fn found(
        &mut self,
        selector: &Selector,
        outer_ms: i64,
        window_ms: i64,
        range_ms: Option<i64>,
        function: Option<&'static str>,
    ) {
        self.found.push(SelectorInfo {
            metric: selector.metric().map(str::to_owned),
            matchers: selector.matchers.clone(),
            reach_ms: reach(outer_ms, window_ms, &selector.shift),
            range_ms,
            function,
        });
    }
}

/// How far back a window reaches; without bound where that depends on the evaluation.
fn reach(outer_ms: i64, window_ms: i64, shift: &Shift) -> i64 {
    match (shift.at, shift.offset.fixed_ms()) {
        (None, Some(offset_ms)) => outer_ms
            .saturating_add(window_ms)
            .saturating_add(offset_ms)
            .max(0),
        _ => i64::MAX,
    }
}

/// Whether anything in the tree can keep back series that are there.
fn filters(node: &Node) -> bool {
    match &node.kind {
        Kind::Binary(binary) => match binary.op {
            // One side that always returns is enough.
            BinaryOp::Or => filters(&binary.lhs) && filters(&binary.rhs),
            BinaryOp::And | BinaryOp::Unless => true,
            op if op.is_comparison() && !binary.returns_bool => true,
            _ => filters(&binary.lhs) || filters(&binary.rhs),
        },
        Kind::Call(call) => match call.function {
            Function::Absent | Function::AbsentOverTime => true,
            Function::Vector | Function::Scalar => false,
            _ => call.args.iter().any(filters),
        },
        // The alerts of other rules are there only while these are active.
        Kind::Selector(selector) | Kind::Range(selector, _) => {
            matches!(selector.metric(), Some("ALERTS" | "ALERTS_FOR_STATE"))
        }
        Kind::Subquery(subquery) => filters(&subquery.inner),
        _ => node.children().into_iter().any(filters),
    }
}

/// Whether a node is empty; `never` goes on by one at each selector, in the order in which they are collected.
fn is_empty(node: &Node, never: &mut impl Iterator<Item = bool>) -> bool {
    match &node.kind {
        Kind::Number(_) | Kind::Text(_) => false,
        Kind::Selector(_) | Kind::Range(..) => never.next().unwrap_or(false),
        Kind::Subquery(subquery) => is_empty(&subquery.inner, never),
        Kind::Paren(inner) | Kind::Negate(inner) => is_empty(inner, never),
        Kind::Aggregate(aggregate) => {
            if let Some(param) = &aggregate.param {
                is_empty(param, never);
            }
            is_empty(&aggregate.expr, never)
        }
        Kind::Binary(binary) => {
            let lhs = is_empty(&binary.lhs, never);
            let rhs = is_empty(&binary.rhs, never);
            let matching = &binary.matching;
            match binary.op {
                BinaryOp::Or => lhs && rhs,
                BinaryOp::Unless => lhs,
                _ if matching.fill_lhs.is_some() || matching.fill_rhs.is_some() => lhs && rhs,
                _ => lhs || rhs,
            }
        }
        Kind::Call(call) => {
            let mut empty = false;
            for argument in &call.args {
                empty |= is_empty(argument, never);
            }
            let always = matches!(
                call.function,
                Function::Absent | Function::AbsentOverTime | Function::Scalar | Function::Vector
            );
            // `info` and the like go on without what their later arguments lack.
            empty && !always && !matches!(call.function, Function::Info)
        }
    }
}

fn labels_of(node: &Node) -> Option<BTreeSet<String>> {
    match &node.kind {
        Kind::Number(_) => Some(BTreeSet::new()),
        Kind::Text(_) | Kind::Selector(_) | Kind::Range(..) => None,
        Kind::Subquery(subquery) => labels_of(&subquery.inner),
        Kind::Paren(inner) | Kind::Negate(inner) => labels_of(inner),
        Kind::Aggregate(aggregate) => match (&aggregate.grouping, aggregate.op) {
            (
                _,
                AggregateOp::Topk
                | AggregateOp::Bottomk
                | AggregateOp::Limitk
                | AggregateOp::LimitRatio
                | AggregateOp::CountValues,
            ) => None,
            (Grouping::By(labels), _) => Some(labels.iter().cloned().collect()),
            (Grouping::Without(_), _) => None,
        },
        Kind::Binary(binary) => labels_of_binary(binary),
        Kind::Call(call) => match (&call.function, call.args.as_slice()) {
            (Function::Absent | Function::AbsentOverTime, [argument]) => {
                Some(absent_labels(argument))
            }
            (Function::Vector | Function::Scalar | Function::Time, _) => Some(BTreeSet::new()),
            (
                Function::LabelReplace(_)
                | Function::LabelJoin(_)
                | Function::Info
                | Function::HistogramQuantiles { .. },
                _,
            ) => None,
            (_, arguments) => {
                let mut vectors = arguments
                    .iter()
                    .filter(|argument| argument.value_type() != ValueType::Scalar);
                match (vectors.next(), vectors.next()) {
                    (Some(only), None) => labels_of(only),
                    _ => None,
                }
            }
        },
    }
}

/// As [`labels_of`], of the two sides of an operator.
fn labels_of_binary(binary: &crate::ast::Binary) -> Option<BTreeSet<String>> {
    let scalar = |node: &Node| node.value_type() == ValueType::Scalar;
    if scalar(&binary.rhs) {
        return labels_of(&binary.lhs);
    }
    if scalar(&binary.lhs) {
        return labels_of(&binary.rhs);
    }
    match binary.op {
        BinaryOp::And | BinaryOp::Unless => return labels_of(&binary.lhs),
        BinaryOp::Or => {
            let (lhs, rhs) = (labels_of(&binary.lhs)?, labels_of(&binary.rhs)?);
            return Some(lhs.union(&rhs).cloned().collect());
        }
        _ => {}
    }
    let with = |labels: Option<BTreeSet<String>>, more: &[String]| {
        let mut labels = labels?;
        labels.extend(more.iter().cloned());
        Some(labels)
    };
    match &binary.matching.cardinality {
        Cardinality::ManyToOne(more) => with(labels_of(&binary.lhs), more),
        Cardinality::OneToMany(more) => with(labels_of(&binary.rhs), more),
        Cardinality::OneToOne => match (&binary.matching.labels, labels_of(&binary.lhs)) {
            // A filter keeps the left side as it is; anything else keeps what was matched on.
            (_, lhs) if binary.op.is_comparison() && !binary.returns_bool => lhs,
            (MatchLabels::On(labels), _) => Some(labels.iter().cloned().collect()),
            (MatchLabels::Ignoring(_), lhs) => lhs,
        },
    }
}

/// The labels that `absent` can tell: those that its selector fixes.
fn absent_labels(argument: &Node) -> BTreeSet<String> {
    let (Kind::Selector(selector) | Kind::Range(selector, _)) = &argument.unwrapped().kind else {
        return BTreeSet::new();
    };
    let fixed = selector.matchers.iter().filter(|matcher| {
        matcher.op() == MatchOp::Equal && matcher.name() != crate::labels::METRIC_NAME
    });
    fixed.map(|matcher| matcher.name().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        Query::parse(text).expect("it is PromQL")
    }

    #[test]
    fn selectors_tell_their_range_and_the_function_around_them() {
        let query = query("sum(rate(a[5m])) / b > on () absent(max(c)) + rate(d[2m:1m])");
        let found: Vec<_> = query
            .selectors(&Options::default())
            .into_iter()
            .map(|s| (s.metric.unwrap_or_default(), s.range_ms, s.function))
            .collect();
        assert_eq!(
            found,
            [
                ("a".to_owned(), Some(300_000), Some("rate")),
                ("b".to_owned(), None, None),
                ("c".to_owned(), None, Some("absent")),
                ("d".to_owned(), None, None),
            ]
        );
    }

    #[test]
    fn a_query_without_a_filter_returns_whatever_is_there() {
        let conditions = [
            ("vector(1)", Condition::Constant),
            ("vector(time()) > 0", Condition::Constant),
            ("up", Condition::Unconditional),
            ("sum(rate(a[5m])) * 60", Condition::Unconditional),
            ("up == bool 0", Condition::Unconditional),
            ("up == 0 or vector(1)", Condition::Unconditional),
            ("up == 0", Condition::Conditional),
            ("count(up == 0)", Condition::Conditional),
            ("a unless b", Condition::Conditional),
            ("absent(up)", Condition::Conditional),
            ("max_over_time((up == 0)[5m:])", Condition::Conditional),
            ("ALERTS{alertstate=\"firing\"}", Condition::Conditional),
        ];
        for (text, condition) in conditions {
            assert_eq!(query(text).condition(), condition, "{text}");
        }
    }

    #[test]
    fn emptiness_goes_up_the_tree() {
        let table: [(&str, &[bool], bool); 9] = [
            ("a > 0", &[true], true),
            ("sum(rate(a[5m])) / sum(rate(b[5m]))", &[true, false], true),
            (
                "sum(rate(a[5m])) / sum(rate(b[5m]))",
                &[false, false],
                false,
            ),
            ("a or b", &[true, false], false),
            ("a or b", &[true, true], true),
            ("a unless b", &[false, true], false),
            ("a and b", &[false, true], true),
            ("absent(a)", &[true], false),
            ("b > scalar(a)", &[false, true], false),
        ];
        for (text, never, empty) in table {
            assert_eq!(query(text).is_empty_where(never), empty, "{text}");
        }
    }

    #[test]
    fn labels_are_told_where_the_query_fixes_them() {
        let table: [(&str, Option<&[&str]>); 8] = [
            ("sum(a)", Some(&[])),
            (
                "sum by (job, code) (rate(a[5m])) > 0",
                Some(&["code", "job"]),
            ),
            ("a > 0", None),
            ("sum without (code) (a)", None),
            ("absent(a{job=\"x\", code=~\"5..\"})", Some(&["job"])),
            (
                "sum by (job) (a) / on (job) group_left (team) b",
                Some(&["job", "team"]),
            ),
            ("sum by (job) (a) or sum(b)", Some(&["job"])),
            ("label_replace(sum(a), \"x\", \"y\", \"\", \"\")", None),
        ];
        for (text, labels) in table {
            let expected = labels.map(|labels| labels.iter().map(|l| (*l).to_owned()).collect());
            assert_eq!(query(text).labels_returned(), expected, "{text}");
        }
    }

    #[test]
    fn the_comparisons_that_are_joined_are_told() {
        let found = query("(a > 1 and sum(b) / c >= 2) or d unless 3 > e").comparisons();
        let found: Vec<String> = found
            .iter()
            .map(|one| format!("{} {} {}", one.value, one.op, one.threshold))
            .collect();
        assert_eq!(found, ["a > 1", "sum(b) / c >= 2", "e < 3"]);
    }

    #[test]
    fn counters_read_as_they_are_are_told() {
        assert_eq!(query("sum(a_total)").reads_as_it_is(), Some("a_total"));
        assert_eq!(query("count(a_total)").reads_as_it_is(), None);
        assert_eq!(query("rate(a_total[5m])").reads_as_it_is(), None);
    }
}
