//! `rules check` and `rules explain` on rules of Grafana's, by the binary.

use crate::small::PASSES;
use end_to_end::{Ended, chaos_runner, folder, write};
use std::path::Path;

const RULES: &str = r#"apiVersion: 1
groups:
  - name: orders
    folder: Pizza
    interval: 20s
    rules:
      - uid: failing
        title: Orders failing
        condition: C
        noDataState: OK
        execErrState: Error
        for: 40s
        data:
          - refId: A
            relativeTimeRange: { from: 600, to: 0 }
            datasourceUid: prometheus
            model: { expr: 'sum(increase(orders_total{outcome="failed"}[1m]))', instant: true }
          - refId: B
            relativeTimeRange: { from: 60, to: 0 }
            datasourceUid: prometheus
            model: { expr: 'sum(orders_total)', range: true, interval: 15s }
          - refId: most
            datasourceUid: __expr__
            model: { type: reduce, expression: B, reducer: max }
          - refId: C
            datasourceUid: __expr__
            model: { type: math, expression: '$A > 2 && $most > 0' }
      - uid: by-outcome
        title: An outcome is frequent
        condition: C
        noDataState: OK
        execErrState: Error
        for: 0s
        keepFiringFor: 40s
        data:
          - refId: A
            relativeTimeRange: { from: 600, to: 0 }
            datasourceUid: prometheus
            model: { expr: 'sum by (outcome) (increase(orders_total[1m]))', instant: true }
          - refId: C
            datasourceUid: __expr__
            model: { type: threshold, expression: A, conditions: [{ evaluator: { type: gt, params: [15] } }] }
      - uid: no-data
        title: Cakes
        condition: C
        noDataState: NoData
        execErrState: Error
        for: 1m
        data:
          - refId: A
            relativeTimeRange: { from: 600, to: 0 }
            datasourceUid: prometheus
            model: { expr: 'sum(rate(cakes_total[1m]))', instant: true }
          - refId: C
            datasourceUid: __expr__
            model: { type: threshold, expression: A, conditions: [{ evaluator: { type: lt, params: [1] } }] }
      - uid: fails
        title: Undecided
        condition: A
        noDataState: OK
        execErrState: Error
        for: 0s
        data:
          - refId: A
            relativeTimeRange: { from: 60, to: 0 }
            datasourceUid: prometheus
            model: { expr: 'sum(orders_total)', range: true }
"#;

/// A scenario whose orders fail for a minute, and the rules.
fn holding(name: &str) -> std::path::PathBuf {
    let folder = folder(name);
    let text = PASSES
        .replace("NAME", "fails")
        .replace(
            "{ hq: {} }",
            "{ hq: { faults: [{ name: broken, starts: 5m, ends: { after: 2m }, inject: { status: { code: 500 } } }] } }",
        )
        .replace(
            "expect:",
            "monitoring: { rules: [{ grafana: rules.yml }], channels: { phone: { delay: 20s } } }\nexpect:",
        );
    write(&folder, "fails.yaml", &text);
    write(&folder, "rules.yml", RULES);
    folder
}

fn explain(folder: &Path, alert: &str, more: &[&str]) -> Ended {
    let arguments = ["rules", "explain", "fails.yaml", alert];
    let ended = chaos_runner(folder, &[&arguments, more].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    ended
}

#[test]
fn each_query_and_expression_is_told_with_the_state() {
    let folder = holding("grafana-explain");
    insta::assert_snapshot!(explain(&folder, "Orders failing", &[]).out);
}

#[test]
fn alerts_of_several_series_are_told_by_their_labels() {
    let folder = holding("grafana-explain-labels");
    let stretch = ["--from", "6m", "--until", "7m 40s"];
    insta::assert_snapshot!(explain(&folder, "An outcome is frequent", &stretch).out);
}

#[test]
fn what_grafana_raises_about_itself_is_told_by_the_rule_that_it_is_about() {
    let folder = holding("grafana-explain-own");
    let until = ["--until", "1m"];
    let no_data = explain(&folder, "DatasourceNoData", &until).out;
    let error = explain(&folder, "DatasourceError", &until).out;
    insta::assert_snapshot!(format!("{no_data}\n{error}"));
}

#[test]
fn the_document_has_every_node_and_state() {
    let folder = holding("grafana-explain-json");
    let stretch = ["--from", "5m", "--until", "6m 35s", "--format", "json"];
    let document = explain(&folder, "Orders failing", &stretch).json();
    let rule = &document["rules"][0];
    assert_eq!(rule["nodes"][3]["ref_id"], "C");
    assert_eq!(rule["nodes"][3]["decides"], true);
    let evaluations = rule["evaluations"].as_array().expect("it has evaluations");
    let states: Vec<_> = evaluations
        .iter()
        .map(|one| {
            let state = one["evaluation"]["alerts"][0]["state"].as_str();
            let given = &one["evaluation"]["nodes"][3]["values"][0]["value"];
            (state.unwrap_or("none"), given.as_str().unwrap_or("none"))
        })
        .collect();
    assert_eq!(
        states,
        [
            ("Normal", "0"),
            ("Normal", "0"),
            ("Pending", "1"),
            ("Pending", "1"),
            ("Alerting", "1"),
        ]
    );
}

#[test]
fn rules_of_grafanas_are_held_against_what_scenarios_emit() {
    let folder = holding("grafana-check");
    let plain = PASSES.replace("NAME", "plain");
    write(&folder, "plain.yaml", &plain);
    let check = ["rules", "check", "rules.yml", "--scenario", "plain.yaml"];
    let ended = chaos_runner(&folder, &check);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    insta::assert_snapshot!(format!("{}{}", ended.out, ended.err));
}
