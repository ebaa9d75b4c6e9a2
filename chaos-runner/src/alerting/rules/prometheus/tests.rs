//! Rule files, sound and broken, and what is said of them.

use super::*;

const SOUND: &str = r#"
groups:
  - name: orders
    interval: 30s
    query_offset: 1m
    limit: 10
    labels: { team: pizza, severity: ticket }
    rules:
      - record: job:errors:rate5m
        expr: sum by (job) (rate(errors_total[5m]))
        labels: { level: 1 }
      - alert: Failing
        expr: job:errors:rate5m > 0.05
        for: 1m30s
        keep_firing_for: 5m
        labels: { severity: page }
        annotations:
          summary: "{{ $labels.job }} fails {{ $value | humanizePercentage }}"
  - name: empty
"#;

fn errors(text: &str) -> String {
    match parse_rule_file(&Source::new("rules.yml", text)) {
        Ok(_) => "none".to_owned(),
        Err(diagnostics) => diagnostics
            .iter()
            .map(|diagnostic| format!("{}: {}\n", diagnostic.place(), diagnostic.message()))
            .collect(),
    }
}

#[test]
fn a_sound_file_is_read() {
    let groups = parse_rule_file(&Source::new("rules.yml", SOUND)).expect("it is sound");
    let [orders, empty] = groups.as_slice() else {
        panic!("two groups, not {groups:?}");
    };
    assert_eq!(orders.interval, Some(Duration::from_secs(30)));
    assert_eq!(orders.query_offset, Duration::from_secs(60));
    assert_eq!(orders.limit, 10);
    assert!(empty.rules.is_empty());
    let [Rule::Recording(record), Rule::Alerting(alert)] = orders.rules.as_slice() else {
        panic!("a recording and an alerting rule");
    };
    assert_eq!(record.record, "job:errors:rate5m");
    let labels: Vec<(&str, &str)> = record.labels.iter().map(|(n, v)| (&**n, &**v)).collect();
    assert_eq!(
        labels,
        [("level", "1"), ("severity", "ticket"), ("team", "pizza")]
    );
    assert_eq!(alert.hold, Duration::from_secs(90));
    assert_eq!(alert.keep_firing_for, Duration::from_secs(300));
    let labels: Vec<(&str, &str)> = alert.labels.iter().map(|(n, t)| (&**n, t.text())).collect();
    assert_eq!(labels, [("severity", "page"), ("team", "pizza")]);
}

#[test]
fn an_empty_file_has_no_groups() {
    assert_eq!(errors("groups: []"), "none");
    assert_eq!(errors("groups:"), "none");
}

#[test]
fn what_is_zero_or_empty_is_not_there() {
    let rule = "groups: [{ name: g, rules: [{ alert: '', record: a, expr: up, for: 0s, keep_firing_for: 0s, annotations: {} }] }]";
    assert_eq!(errors(rule), "none");
    let named = "groups: [{ name: g, rules: [{ alert: A, record: '', expr: up, for: 5m }] }]";
    assert_eq!(errors(named), "none");
    let nameless = "groups: [{ name: g, rules: [{ alert: '', record: '', expr: up }] }]";
    assert!(errors(nameless).contains("a rule needs `alert`"));
}

#[test]
fn every_error_of_a_file_is_told_with_its_place() {
    let broken = r#"
groups:
  - name: a
    intervall: 30s
    rules:
      - alert: A
        expr: rate(errors_total[5m) > 0
      - alert: B
        record: b
        expr: up
      - expr: up == 0
      - alert: C
        for: 5 minutes
      - record: "no{good=1}"
        expr: up
        for: 5m
        labels: { "": x, __name__: y }
      - alert: D
        expr: up == 0
        annotations:
          summary: "{{ $label.job }} is down"
          "": "{{ nosuch }}"
  - name: a
    rules: []
"#;
    insta::assert_snapshot!(errors(broken), @r#"
    rules.yml:4:5: unknown field `intervall`
    rules.yml:7:35: invalid PromQL: unexpected ")" in subquery or range, expected ":" or "]"
    rules.yml:9:17: a rule has either `alert` or `record`, not both
    rules.yml:11:9: a rule needs `alert` (raise alerts) or `record` (write a series)
    rules.yml:12:16: the rule has no `expr`
    rules.yml:13:14: `5 minutes` is no duration: expected one such as `5m` or `1h30m`, in the units y, w, d, h, m, s, ms
    rules.yml:14:17: braces in the name of a series: `no{good=1}` looks like an expression
    rules.yml:16:14: a recording rule has no `for`
    rules.yml:17:19: a label's name may not be empty
    rules.yml:17:26: a rule's labels may not set `__name__`
    rules.yml:22:11: an annotation's name may not be empty
    rules.yml:22:19: invalid template: function "nosuch" not defined
    rules.yml:21:24: invalid template: undefined variable "$label"
    rules.yml:23:11: the group name `a` is used twice
    "#);
}

#[test]
fn a_snippet_shows_the_very_word() {
    let broken = "groups: [{ name: a, rules: [{ alert: A, expr: up == 0, labels: { x: '{{ nosuch 1 }}' } }] }]";
    let diagnostics = parse_rule_file(&Source::new("rules.yml", broken)).expect_err("it is broken");
    insta::assert_snapshot!(diagnostics.render(false), @r#"
    error: invalid template: function "nosuch" not defined
     --> rules.yml:1:73
      |
    1 | groups: [{ name: a, rules: [{ alert: A, expr: up == 0, labels: { x: '{{ nosuch 1 }}' } }] }]
      |                                                                         ^^^^^^

    1 error
    "#);
}

#[test]
fn files_are_read_as_go_reads_them() {
    let text = r#"
groups:
  - name: "group with anchors"
    labels: &labels { team: pizza, tier: 1, empty: , on: true }
    rules:
      - &base
        alert: Größe überschritten
        expr: |
          up
            == 0
        for: 0
        labels: { <<: *labels, team: other, "k8s.pod/name": "ü" }
        annotations: { "what is it": down }
      - { <<: *base, alert: Second }
      - { record: "http.requests:rate5m", expr: 1 }
---
groups: what comes after the first document is not read
"#;
    let groups = parse_rule_file(&Source::new("rules.yml", text)).expect("it is sound");
    let [group] = groups.as_slice() else {
        panic!("one group, not {groups:?}");
    };
    let names: Vec<&str> = group.rules.iter().map(Rule::name).collect();
    assert_eq!(
        names,
        ["Größe überschritten", "Second", "http.requests:rate5m"]
    );
    let labels = |rule: &AlertingRule| -> Vec<(String, String)> {
        let labels = rule.labels.iter();
        labels
            .map(|(name, text)| (name.clone(), text.text().to_owned()))
            .collect()
    };
    let rules: Vec<_> = group.alerting_rules().map(labels).collect();
    let expected = [
        ("empty", ""),
        ("k8s.pod/name", "ü"),
        ("on", "true"),
        ("team", "other"),
        ("tier", "1"),
    ];
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    assert_eq!(rules, [expected.clone(), expected]);
}

#[test]
fn a_file_without_anything_in_it_has_no_groups() {
    for text in ["", "# nothing\n", "---\n", "null", "{}"] {
        assert_eq!(errors(text), "none", "{text:?}");
    }
    assert_eq!(
        errors("groups: [{ rules: [] }]"),
        "rules.yml:1:12: missing `name`\n"
    );
}

#[test]
fn the_place_of_an_error_is_told_in_a_block_of_lines_too() {
    let text = "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: |\n          sum(rate(up[5m]))\n            > 5)\n";
    assert_eq!(
        errors(text),
        "rules.yml:7:16: invalid PromQL: unexpected right parenthesis ')'\n"
    );
}
