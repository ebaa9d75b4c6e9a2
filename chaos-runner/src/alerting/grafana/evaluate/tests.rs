//! Whole evaluations, from series to what is said of each set of labels: `eval/eval.go` of Grafana.

use super::*;
use crate::alerting::grafana::model::Version;
use crate::alerting::grafana::read::{GrafanaOptions, parse_rule_file};
use crate::alerting::rules::Rule;
use crate::alerting::sources::Sources;
use fake_factory::input::Source;
use logql::LogStore;
use promql::SeriesStore;
use std::time::Duration;

const AT_MS: i64 = 1_000_000;

/// The name of a node, its data source and its model.
type Told<'t> = (&'t str, &'t str, &'t str);

/// The nodes of a rule, the last of which decides, on the series `m{x="a"} 1` and `m{x="b"} 3`.
fn evaluate(nodes: &[Told]) -> Vec<Instance> {
    evaluated(nodes).1.results
}

fn evaluated(nodes: &[Told]) -> (GrafanaRule, Evaluated) {
    let data: Vec<String> = nodes
        .iter()
        .map(|(name, uid, model)| {
            format!("{{ refId: {name}, datasourceUid: {uid}, relativeTimeRange: {{ from: 60, to: 0 }}, model: {model} }}")
        })
        .collect();
    let condition = nodes.last().map_or("", |(name, _, _)| name);
    let text = format!(
        "title: T\nuid: u\nruleGroup: g\ncondition: {condition}\ndata: [{}]",
        data.join(", ")
    );
    let options = GrafanaOptions {
        version: Version::V12,
        datasources: BTreeMap::new(),
        interval: Duration::from_secs(60),
    };
    let groups = parse_rule_file(&Source::new("rules.yaml", &text), &options)
        .unwrap_or_else(|told| panic!("{told}"));
    let Rule::Grafana(rule) = &groups[0].rules[0] else {
        panic!("it is one of Grafana's");
    };
    let mut store = SeriesStore::new();
    for (x, value) in [("a", 1.0), ("b", 3.0)] {
        let labels = [("__name__", "m"), ("x", x)].into_iter().collect();
        let id = store.series_id(&labels).expect("there is room");
        store
            .append(id, AT_MS - 30_000, value)
            .expect("it is in order");
    }
    let lines = LogStore::new();
    let sources = Sources {
        series: &mut store,
        lines: &lines,
    };
    let evaluation = GrafanaEvaluation {
        rule,
        sources: sources.readable(),
        options: &QueryOptions::default(),
        at_ms: AT_MS,
        is_active: &|_| false,
    };
    (rule.as_ref().clone(), evaluation.evaluate())
}

/// A reader sees what a classic condition compares, which no node gives, and with what.
#[test]
fn what_a_classic_condition_reduced_is_watched() {
    let query = ("A", "prometheus", "{ expr: m, range: true }");
    let above = |bound: &str| {
        format!(
            "{{ type: classic_conditions, conditions: [{{ evaluator: {{ type: gt, params: [{bound}] }}, operator: {{ type: or }}, query: {{ params: [A] }}, reducer: {{ type: avg }} }}] }}"
        )
    };
    let (rule, evaluated) = evaluated(&[query, ("C", "__expr__", &above("0.5"))]);
    assert_eq!(rule.text(), "C: avg(A) > 0.5; A: m");
    assert_eq!(
        threshold(&rule).map(|one| (one.operator, one.threshold)),
        Some((">", 0.5))
    );
    let watched = Watched {
        value: Some(3.0),
        series: 2,
    };
    assert_eq!(evaluated.watched, watched);
}

fn shown(results: &[Instance]) -> String {
    let texts = results.iter().map(|result| {
        let verdict = match &result.verdict {
            Verdict::Error(failure) => format!("error: {}", failure.message),
            other => format!("{other:?}"),
        };
        format!("{} {verdict}", result.labels)
    });
    texts.collect::<Vec<_>>().join("; ")
}

const ABOVE_2: &str =
    "{ type: threshold, expression: A, conditions: [{ evaluator: { type: gt, params: [2] } }] }";

/// `evaluateExecutionResult`: 0 is normal, any other number alerting, NaN too; no value is no data; series are errors, as are two results
/// with the same labels.
#[test]
fn what_the_condition_comes_to_decides() {
    let instant = "{ expr: 'sum by (x) (m)', instant: true }";
    let table: [(&str, &[Told], &str); 9] = [
        (
            "a threshold",
            &[("A", "p", instant), ("B", "__expr__", ABOVE_2)],
            r#"{x="a"} Normal; {x="b"} Alerting"#,
        ),
        (
            "a query alone",
            &[("A", "p", "{ expr: 'm * 0', instant: true }")],
            r#"{x="a"} Normal; {x="b"} Normal"#,
        ),
        (
            "NaN",
            &[("A", "__expr__", "{ type: math, expression: 'nan()' }")],
            "{} Alerting",
        ),
        (
            "null",
            &[("A", "__expr__", "{ type: math, expression: 'null()' }")],
            "{} NoData",
        ),
        (
            "nothing",
            &[
                ("A", "p", "{ expr: nothing, instant: true }"),
                ("B", "__expr__", ABOVE_2),
            ],
            r#"{datasource_uid="p", ref_id="A"} NoData"#,
        ),
        (
            "a query that no expression needs is without data",
            &[
                ("Z", "q", "{ expr: nothing }"),
                ("A", "p", instant),
                ("B", "__expr__", ABOVE_2),
            ],
            r#"{datasource_uid="q", ref_id="Z"} NoData"#,
        ),
        (
            "series that are not reduced",
            &[("A", "p", "{ expr: 'sum(m)' }")],
            "{} error: invalid format of evaluation results for the alert definition A: looks like time series data, only reduced data can be alerted on.",
        ),
        (
            "two results with the same labels",
            &[
                ("A", "p", instant),
                ("C", "p", "{ expr: vector(1), instant: true }"),
                (
                    "B",
                    "__expr__",
                    "{ type: math, expression: '($A > 0) * ($C > 0) > -1 || $A' }",
                ),
            ],
            r#"{x="a"} Alerting; {x="b"} Alerting"#,
        ),
        (
            "a query that fails",
            &[
                ("A", "p", "{ expr: 'm * on () m', instant: true }"),
                ("B", "__expr__", ABOVE_2),
            ],
            "",
        ),
    ];
    for (what, nodes, expected) in table {
        let told = shown(&evaluate(nodes));
        match expected {
            "" => assert!(
                told.starts_with("{} error: failed to execute query [A]: "),
                "{what}: {told}"
            ),
            _ => assert_eq!(told, expected, "{what}"),
        }
    }
}

/// `captures.go` and `extract_md.go`: the numbers of an alert are those of the nodes with its labels.
#[test]
fn an_alert_has_the_numbers_of_its_own_labels() {
    let results = evaluate(&[
        ("A", "p", "{ expr: 'sum by (x) (m)', instant: true }"),
        ("C", "p", "{ expr: 'sum(m)', instant: true }"),
        ("B", "__expr__", "{ type: math, expression: '$A > 2' }"),
    ]);
    let b = &results[1];
    let (values, text) = b.captures.matching(&b.labels);
    assert_eq!(
        text,
        "[ var='A' labels={x=b} value=3 ], [ var='B' labels={x=b} value=1 ], [ var='C' labels={} value=4 ]"
    );
    assert_eq!(values.get("A").map(|(_, value)| *value), Some(3.0));
}
