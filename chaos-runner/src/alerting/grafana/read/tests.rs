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

/// What is wrong with a document, each by its place, message and help.
fn wrong(text: &str) -> Vec<String> {
    let options = GrafanaOptions {
        version: Version::V12,
        datasources: BTreeMap::new(),
        interval: Duration::from_secs(60),
    };
    let told = parse_rule_file(&Source::new("rules.yaml", text), &options)
        .err()
        .unwrap_or_default();
    let told = told.sorted().into_iter().map(|wrong| {
        let (line, column) = wrong.line_and_column().unwrap_or_default();
        format!(
            "{line}:{column} {}; {}",
            wrong.message(),
            wrong.helps().join("; ")
        )
    });
    told.collect()
}

#[test]
fn what_lacks_because_it_is_misspelt_is_told_where_it_stands() {
    let file = |rule: &str| {
        format!(
            "apiVersion: 1\ngroups:\n- name: g\n  folder: f\n  interval: 1m\n  rules:\n  - {rule}"
        )
    };
    let rule = "{ uid: a, title: A, lables: {}, conditon: A, data: [{ refId: A, relativTimeRange: { from: 600 }, datasourceUid: p, model: { expr: up } }] }";
    assert_eq!(
        wrong(&file(rule)),
        [
            "7:37 the rule `A`: unknown field `conditon`; did you mean `condition`?",
            "7:69 the rule `A`: unknown field `relativTimeRange`; did you mean `relativeTimeRange`?",
        ]
    );
    // What is wrong besides is told as well, and what is misspelt and does no harm is not.
    let rule = "{ uid: a, title: A, lables: {}, condition: B, dta: [{ refId: A, relativeTimeRange: { from: 600 }, datasourceUid: p, model: { expr: up } }] }";
    assert_eq!(
        wrong(&file(rule)),
        [
            "7:48 the rule `A`: `condition`: `B` is no refId of the rule; expected one of: `A`",
            "7:51 the rule `A`: unknown field `dta`; did you mean `data`?",
        ]
    );
}

/// Only classic conditions name what they are about in `conditions`, whatever the page of a rule leaves there.
#[test]
fn what_an_expression_does_not_say_is_told_by_what_it_would_be() {
    let told = |model: &str| wrong(&query("__expr__", model));
    let conditions =
        "conditions: [{ evaluator: { type: gt, params: [5] }, query: { params: [B] } }]";
    assert_eq!(
        told(&format!("{{ type: threshold, {conditions} }}")),
        [
            "6:93 the rule `T`: `model.expression`: the expression does not say what it is about; name a query or another expression, as in `expression: A`; only classic conditions name theirs in `conditions`"
        ]
    );
    assert_eq!(
        told(&format!(
            "{{ type: threshold, expresion: B, {conditions} }}"
        )),
        ["6:112 the rule `T`: `model.expresion`: unknown field; did you mean `expression`?"]
    );
    assert_eq!(
        told("{ type: resample, expression: B, window: 10s, upsampler: pad }"),
        [
            "6:93 the rule `T`: `model.downsampler`: the expression does not say what several points of one window become; as in `downsampler: mean`"
        ]
    );
}

#[test]
fn an_old_query_has_its_data_source_in_its_model() {
    let text = "{ name: g, interval: 10s, rules: [{ grafana_alert: { title: T, condition: B, data: [\
        { refId: A, relativeTimeRange: { from: 600, to: 0 }, model: { datasourceUid: p, expr: up } },\
        { refId: B, model: { datasource: __expr__, datasourceUid: '-100', type: reduce, reducer: mean, expression: A } }] } }] }";
    let groups = read(text, &[]);
    let query = only(&groups).queries().next().expect("it has a query");
    assert_eq!(query.datasource_uid, "p");
}

#[test]
fn an_empty_type_of_a_query_is_none() {
    let text = "title: T\nruleGroup: g\ncondition: A\ndata: [{ refId: A, queryType: '', datasourceUid: p, \
                relativeTimeRange: { from: 600 }, model: { expr: vector(1), instant: true } }]";
    let groups = read(text, &[]);
    let query = only(&groups).queries().next().expect("it has a query");
    assert_eq!(query.expr.query.language(), Language::Promql);
    assert_eq!(query.moments, Moments::End);
}

#[test]
fn documents_are_read_as_go_reads_them() {
    let text = "apiVersion: 1
groups:
- name: g
  folder: f
  interval: 1m
  rules:
  - &one
    uid: a
    title: A
    isPaused: True
    condition: A
    data: [{ refId: A, relativeTimeRange: { from: 600 }, datasourceUid: p, model: { expr: up } }]
    notification_settings: { receiver: r, group_by: [alertname, '', grafana_folder], mute_time_intervals: [''] }
  - { <<: *one, uid: b, title: B }
---
nonsense
";
    let groups = read(text, &[]);
    assert_eq!(groups[0].rules.len(), 2);
    // The file that Grafana ships says nothing but its version.
    assert!(read("apiVersion: 1\n", &[]).is_empty());
}
