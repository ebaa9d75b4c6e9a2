//! The same checks on rules of Grafana's, and those that are for these alone.

use super::*;
use crate::alerting::grafana::model::Version;
use crate::alerting::grafana::read::{GrafanaOptions, parse_rule_file};
use std::collections::BTreeMap;

/// What is told of a file with one group of these rules, evaluated every minute.
fn told_of_rules(rules: &str, inventory: Option<&Inventory>) -> String {
    let text = format!(
        "apiVersion: 1\ngroups:\n- name: g\n  folder: f\n  interval: 1m\n  rules:\n{rules}"
    );
    let source = Source::new("rules.yaml", &text);
    let options = GrafanaOptions {
        version: Version::V12,
        datasources: BTreeMap::new(),
        interval: Duration::from_secs(60),
    };
    let groups = parse_rule_file(&source, &options).unwrap_or_else(|wrong| panic!("{wrong}"));
    told_of(&source, &groups, inventory)
}

/// A rule of one instant query, reduced, and more than 0.
fn rule(title: &str, expr: &str, more: &str) -> String {
    format!(
        r#"  - uid: {uid}
    title: {title}
    condition: C
    data:
    - refId: A
      relativeTimeRange: {{ from: 600, to: 0 }}
      datasourceUid: prometheus
      model: {{ expr: '{expr}', instant: true }}
    - refId: B
      datasourceUid: __expr__
      model: {{ type: reduce, expression: A, reducer: last }}
    - refId: C
      datasourceUid: __expr__
      model: {{ type: threshold, expression: B, conditions: [{{ evaluator: {{ type: gt, params: [0] }} }}] }}
{more}"#,
        uid = title.to_lowercase().replace(' ', "-"),
    )
}

/// A rule that its only query decides.
fn bare(title: &str, model: &str) -> String {
    format!(
        r#"  - uid: {uid}
    title: {title}
    condition: A
    noDataState: OK
    data:
    - refId: A
      relativeTimeRange: {{ from: 600, to: 0 }}
      datasourceUid: prometheus
      model: {model}
"#,
        uid = title.to_lowercase().replace(' ', "-"),
    )
}

#[test]
fn what_queries_miss_is_told_by_what_no_data_means() {
    let rules = [
        rule(
            "No such metric",
            "sum(rate(http_request_total[5m]))",
            "    noDataState: OK\n",
        ),
        rule(
            "No such code",
            r#"sum(rate(http_requests_total{code="500"}[5m]))"#,
            "",
        ),
        rule(
            "No such label",
            r#"up{jobs="shop"}"#,
            "    noDataState: Alerting\n",
        ),
        rule(
            "Fine",
            r#"sum(rate(http_requests_total{code="5xx"}[5m]))"#,
            "",
        ),
    ];
    insta::assert_snapshot!(told_of_rules(&rules.concat(), Some(&inventory())));
}

#[test]
fn intervals_names_and_counters_are_judged_alike() {
    let rules = [
        rule("Rounded", "sum(rate(a_total[30s]))", "    for: 90s\n"),
        rule("Kept", "sum(rate(a_total[1m]))", "    for: 2m\n"),
        rule("Grows", "sum(a_total)", ""),
        rule("Twice", "sum(rate(a_total[1m]))", ""),
        rule("Twice", "sum(rate(b_total[1m]))", "").replace("uid: twice", "uid: again"),
        rule(
            "Twice",
            "sum(rate(c_total[1m]))",
            "    labels: { team: b }\n",
        )
        .replace("uid: twice", "uid: other"),
    ];
    insta::assert_snapshot!(told_of_rules(&rules.concat(), None));
}

#[test]
fn templates_are_held_against_what_nodes_give() {
    let rules = [
        rule(
            "Prints",
            "sum by (job) (rate(a_total[1m]))",
            "    labels: { now: '{{ $values.B }}' }\n    annotations: { summary: '{{ $labels.instance }} {{ $labels.job }} {{ $labels.grafana_folder }} {{ $values.D }} {{ $values.A }}' }\n",
        ),
        rule(
            "Ranges",
            "sum(rate(a_total[1m]))",
            "    annotations: { summary: '{{ $values.A.Value }} {{ $values.B.Value }}' }\n",
        )
        .replace("instant: true", "range: true"),
    ];
    insta::assert_snapshot!(told_of_rules(&rules.concat(), None));
}

/// Settings of its own give a rule's alerts the label of their contact point, and no others do.
#[test]
fn labels_by_which_alerts_go_past_the_policies_are_there() {
    let says = "    annotations: { summary: '{{ $labels.__grafana_receiver__ }}' }\n";
    let own = format!("{says}    notification_settings: {{ receiver: phone }}\n");
    let of = |more: &str| told_of_rules(&rule("Sends", "sum(a)", more), None);
    assert_eq!(of(&own), "0 errors\n");
    assert!(of(says).contains("`$labels.__grafana_receiver__` of `Sends` is always empty"));
}

/// What is counted says nothing of what the values are: counted zeros fire, and counted points of a counter go.
#[test]
fn how_many_points_there_are_is_not_taken_for_what_they_are() {
    let counted = |title: &str, expr: &str| {
        rule(title, expr, "    noDataState: OK\n")
            .replace("instant: true", "range: true")
            .replace("reducer: last", "reducer: count")
    };
    let decided = counted("Down", "up == 0").replace("condition: C", "condition: B");
    let rules = [decided, counted("Grows", "a_total")];
    assert_eq!(told_of_rules(&rules.concat(), None), "0 errors\n");
}

#[test]
fn what_only_grafana_misunderstands_is_told() {
    let rules = [
        rule("Fires without", "sum(rate(a_total[1m])) > 5", ""),
        rule(
            "Alerts without",
            "absent(up)",
            "    noDataState: Alerting\n",
        ),
        rule(
            "Is meant",
            "sum(rate(a_total[1m])) > 5",
            "    noDataState: OK\n",
        ),
        rule(
            "Has a default",
            "sum(rate(a_total[1m])) > 5 or vector(0)",
            "",
        ),
        bare("Zero", "{ expr: up == 0, instant: true }"),
        bare("Bool", "{ expr: up == bool 0, instant: true }"),
        bare("Series", "{ expr: up, range: true }"),
    ];
    insta::assert_snapshot!(told_of_rules(&rules.concat(), None));
}
