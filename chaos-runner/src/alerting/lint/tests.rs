//! Each check: what it finds, and what it leaves alone.

mod grafana;

use super::*;
use crate::alerting::rules::loki;
use crate::alerting::rules::prometheus::parse_rule_file;
use promql::Labels;

fn told(text: &str, inventory: Option<&Inventory>) -> String {
    let source = Source::new("rules.yml", text);
    let groups = parse_rule_file(&source).expect("it is sound");
    told_of(&source, &groups, inventory)
}

fn told_of(source: &Source, groups: &[RuleGroup], inventory: Option<&Inventory>) -> String {
    let timings = [Timing {
        scrape_interval: Duration::from_secs(15),
        evaluation_interval: Duration::from_secs(60),
        said_by: "default".to_owned(),
    }];
    let found = judge(Judged {
        source,
        groups,
        timings: &timings,
        inventory,
    });
    found.render(false)
}

/// A file with one group of these rules.
fn file(rules: &str) -> String {
    format!("groups:\n- name: g\n  rules:\n{rules}")
}

fn inventory() -> Inventory {
    let mut inventory = Inventory::default();
    let series = [
        [
            ("__name__", "http_requests_total"),
            ("code", "2xx"),
            ("job", "shop"),
        ],
        [
            ("__name__", "http_requests_total"),
            ("code", "5xx"),
            ("job", "factory"),
        ],
        [("__name__", "up"), ("job", "shop"), ("instance", "a:80")],
    ];
    for labels in series {
        inventory.add_series(&Labels::from_iter(labels));
    }
    inventory.scenarios = 1;
    inventory
}

#[test]
fn what_can_never_fire_is_told_with_what_was_meant() {
    let rules = file(
        r#"  - alert: NoSuchCode
    expr: |
      sum(rate(http_requests_total{job="factory", code="500"}[5m]))
        / sum(rate(http_requests_total[5m])) > 0.1
  - { alert: NoSuchMetric, expr: 'rate(http_request_total[5m]) > 0' }
  - { alert: NoSuchLabel, expr: 'up{jobs="shop"} == 0' }
  - { alert: Never together, expr: 'http_requests_total{code="5xx", job="shop"} > 0 or up == 0' }
  - { alert: NoRegex, expr: 'rate(http_requests_total{code=~"5\\d\\d"}[5m]) > 0' }
  - { alert: Absent, expr: 'absent(upp)' }
  - { record: 'job:errors:rate5m', expr: 'sum by (job) (rate(errors_total[5m]))' }
  - { alert: Recorded, expr: 'job:errors:rate5m > 0' }
  - { alert: Inhibits, expr: 'ALERTS{alertname="Absnt"} == 1' }
"#,
    );
    insta::assert_snapshot!(told(&rules, Some(&inventory())));
}

#[test]
fn what_is_there_and_what_may_be_there_is_left_alone() {
    let rules = file(
        r#"  - { record: 'code:requests:rate5m', expr: 'sum by (code) (rate(http_requests_total{code=~"5.."}[5m]))' }
  - { alert: Fine, expr: 'code:requests:rate5m{code="599"} > 0' }
  - { alert: Other, expr: 'ALERTS{alertname="Fine", severity="x"} and up{job!="other"} == 0' }
  - { alert: Everything, expr: '{job="shop", __name__=~"http_.*"} > 0' }
"#,
    );
    assert_eq!(told(&rules, Some(&inventory())), "0 errors\n");
}

#[test]
fn intervals_are_held_against_for_and_ranges() {
    let rules = file(
        r#"  - { alert: Rounded, expr: 'up == 0', for: 30s }
  - { alert: Kept, expr: 'up == 0', for: 2m }
  - { alert: Short, expr: 'increase(errors_total[45s]) > 0 or rate(errors_total[20s]) > 0' }
  - { alert: Long enough, expr: 'rate(errors_total[1m]) > 0 or max_over_time(up[10s]) > 0' }
- name: often
  interval: 45s
  rules:
  - { alert: OwnInterval, expr: 'up == 0', for: 1m }
"#,
    );
    insta::assert_snapshot!(told(&rules, None));
}

#[test]
fn the_form_of_an_alert_is_judged() {
    let rules = file(
        r#"  - { alert: Always, expr: 'sum(rate(a_total[5m]))' }
  - { alert: Bool, expr: 'up == bool 0' }
  - { alert: Heartbeat, expr: 'vector(1)' }
  - { alert: Grows, expr: 'sum by (job) (errors_total{code="5xx"}) > 10' }
  - { alert: Whichever, expr: 'absent(up{job=~"a|b"})' }
  - { alert: ByValue, expr: 'up == 0', for: 5m, labels: { value: '{{ $value }}' } }
  - alert: Empty
    expr: sum by (job) (rate(a_total[5m])) > 0
    annotations: { summary: '{{ $labels.instance }} of {{ $labels.job }} fails' }
  - { alert: Always, expr: 'up == 0' }
  - { record: 'größe', expr: 'sum(up)' }
"#,
    );
    insta::assert_snapshot!(told(&rules, None));
}

/// As many a file asks for a service that logs no more.
#[test]
fn no_lines_are_not_0_lines() {
    let told_of_logs = |expr: &str| {
        let text = file(&format!("  - {{ alert: Silent, expr: '{expr}' }}\n"));
        let source = Source::new("rules.yml", &text);
        let groups = loki::parse_rule_file(&source).expect("it is sound");
        told_of(&source, &groups, None)
    };
    for expr in [
        r#"sum(rate({app="a"}[5m])) == 0"#,
        r#"sum by (app) (count_over_time({app="a"} |= "x" [5m])) < 1"#,
        r#"0 >= count_over_time({app="a"}[5m])"#,
        r#"count(rate({app="a"}[5m])) < 1"#,
    ] {
        let told = told_of_logs(expr);
        assert!(told.contains("`Silent` can never fire"), "{expr}: {told}");
    }
    for expr in [
        r#"sum(rate({app="a"}[5m])) < 0.1"#,
        r#"count_over_time({app="a"}[5m]) <= 1"#,
        r#"(sum(rate({app="a"}[5m])) or vector(0)) == 0"#,
        r#"sum_over_time({app="a"} | logfmt | unwrap sold [5m]) == 0"#,
        r#"bytes_over_time({app="a"}[5m]) == 0"#,
        r#"absent_over_time({app="a"}[5m]) == 1"#,
    ] {
        assert_eq!(told_of_logs(expr), "0 errors\n", "{expr}");
    }
}

#[test]
fn what_is_not_read_is_told() {
    let rules = "groups: []\n---\ngroups: [{ name: a, rules: [{ alert: A, expr: up == 0 }] }]\n";
    insta::assert_snapshot!(told(rules, None));
}
