//! What the reader makes of documents; which ones it refuses, and in which words, `tests/broken` holds.

use super::*;
use crate::alerting::grafana::model::{GrafanaRule, Moments, Purpose};

fn read(text: &str, datasources: &[(&str, Language)]) -> Vec<RuleGroup> {
    let options = GrafanaOptions {
        version: Version::V12,
        datasources: datasources
            .iter()
            .map(|(uid, language)| ((*uid).to_owned(), *language))
            .collect(),
        interval: Duration::from_secs(60),
    };
    parse_rule_file(&Source::new("rules.yaml", text), &options)
        .unwrap_or_else(|told| panic!("{told}"))
}

fn only(groups: &[RuleGroup]) -> &GrafanaRule {
    match groups.first().map(|group| group.rules.as_slice()) {
        Some([Rule::Grafana(rule)]) => rule,
        other => panic!("one rule was expected: {other:?}"),
    }
}

/// A rule of one query whose model is `model`.
fn query(uid: &str, model: &str) -> String {
    format!(
        "title: T\nuid: u\nruleGroup: g\nfolderUID: f\ncondition: A\ndata: [{{ refId: A, datasourceUid: {uid}, \
         relativeTimeRange: {{ from: 600, to: 0 }}, model: {model} }}]"
    )
}

#[test]
fn what_a_file_leaves_out_has_grafanas_defaults() {
    let groups = read(&query("p", "{ expr: up }"), &[]);
    let rule = only(&groups);
    let Purpose::Alerting(alerting) = &rule.purpose else {
        panic!("it raises alerts");
    };
    assert_eq!(
        alerting.no_data,
        crate::alerting::grafana::model::NoDataState::NoData
    );
    assert_eq!(
        alerting.exec_err,
        crate::alerting::grafana::model::ExecErrState::Alerting
    );
    assert_eq!(alerting.missing_evaluations, 2);
    assert_eq!(groups[0].interval, Some(Duration::from_secs(60)));
    let query = rule.queries().next().expect("it has a query");
    let every = Moments::Every {
        step_ms: 1_000,
        aligned: true,
    };
    assert_eq!(query.moments, every);
}

#[test]
fn the_language_of_a_query_is_told_by_the_scenario_else_its_model_else_its_text() {
    let both = "{ expr: 'sum(count_over_time({app=\"x\"}[5m]))'";
    let table = [
        (
            "as the scenario says",
            "p",
            format!("{both} }}"),
            Language::Logql,
        ),
        (
            "as the model says",
            "x",
            format!("{both}, datasource: {{ type: loki }} }}"),
            Language::Logql,
        ),
        (
            "only Loki's have types",
            "x",
            format!("{both}, queryType: range }}"),
            Language::Logql,
        ),
        (
            "a uid that says so",
            "my-loki",
            format!("{both} }}"),
            Language::Logql,
        ),
        ("else PromQL", "x", format!("{both} }}"), Language::Promql),
        (
            "what is only LogQL",
            "x",
            "{ expr: 'sum(rate({a=\"b\"} |= \"c\" [5m]))' }".to_owned(),
            Language::Logql,
        ),
        (
            "what is only PromQL",
            "x",
            "{ expr: up, queryType: instant }".to_owned(),
            Language::Promql,
        ),
    ];
    for (what, uid, model, language) in table {
        let groups = read(&query(uid, &model), &[("p", Language::Logql)]);
        let query = only(&groups)
            .queries()
            .next()
            .map(|query| query.expr.query.language());
        assert_eq!(query, Some(language), "{what}");
    }
}

#[test]
fn nodes_stand_in_the_order_in_which_they_can_be_evaluated() {
    let text = "title: T\nuid: u\nruleGroup: g\ncondition: C\ndata:\n\
                - { refId: C, datasourceUid: __expr__, model: { type: threshold, expression: B, conditions: [{ evaluator: { type: gt, params: [3] } }] } }\n\
                - { refId: B, datasourceUid: __expr__, model: { type: reduce, expression: A, reducer: last } }\n\
                - { refId: A, datasourceUid: p, relativeTimeRange: { from: 60, to: 0 }, model: { expr: up, instant: true } }\n";
    let groups = read(text, &[]);
    let rule = only(&groups);
    let names: Vec<&str> = rule.nodes.iter().map(|node| node.ref_id.as_str()).collect();
    assert_eq!(names, ["A", "B", "C"]);
    assert_eq!(rule.condition, 2);
    assert_eq!(rule.text(), "C: B > 3; B: last(A); A: up");
}

/// Files write `$$` for a dollar (`provisioning/values`), but not in the models of queries.
#[test]
fn a_dollar_is_doubled_in_files() {
    let text = "apiVersion: 1\ngroups:\n- { name: g, folder: f, interval: 1m, rules: [{ uid: u, title: 'A$$', condition: A, \
                annotations: { s: '{{ $$labels.x }}' }, data: [{ refId: A, datasourceUid: p, relativeTimeRange: { from: 60, to: 0 }, \
                model: { expr: 'rate(up[$__rate_interval])' } }] }] }";
    let groups = read(text, &[]);
    let rule = only(&groups);
    assert_eq!(rule.title, "A$");
    let Purpose::Alerting(alerting) = &rule.purpose else {
        panic!("it raises alerts");
    };
    assert_eq!(alerting.annotations[0].1.text(), "{{ $labels.x }}");
    assert_eq!(
        rule.queries().next().map(|query| query.expr.text.as_str()),
        Some("rate(up[60s])")
    );
}
