//! Configuration files as they are, and everything that an Alertmanager would refuse.

use super::*;
use crate::alerting::notify::routing::GroupBy;
use std::time::Duration;

fn config(text: &str) -> Config {
    parse_config(&Source::new("alertmanager.yml", text))
        .unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
}

/// The messages and helps of everything that is wrong, in the order of the file.
fn wrong(text: &str) -> Vec<String> {
    match parse_config(&Source::new("alertmanager.yml", text)) {
        Ok(_) => Vec::new(),
        Err(wrong) => {
            let told = wrong.sorted().into_iter().map(|wrong| {
                let (line, column) = wrong.line_and_column().unwrap_or_default();
                let helps: Vec<String> = wrong
                    .helps()
                    .iter()
                    .map(|help| format!("; {help}"))
                    .collect();
                format!("{line}:{column} {}{}", wrong.message(), helps.concat())
            });
            told.collect()
        }
    }
}

const COMPLETE: &str = r#"
global:
  resolve_timeout: 5m
  smtp_smarthost: mail.example.org:587
  smtp_from: alerts@example.org
  slack_api_url: https://hooks.slack.example/x
  http_config: { follow_redirects: true }
templates: ['/etc/alertmanager/*.tmpl']
route:
  receiver: default
  group_by: [alertname, cluster]
  group_wait: 10s
  routes:
    - match: { severity: page, tier: 1 }
      match_re: { team: a|b }
      receiver: phone
      continue: yes
      group_by: ['...']
      repeat_interval: 1h30m
      mute_time_intervals: [nights]
      routes:
        - matchers: [ '{service="orders", region!~"eu-.*"}', "service.name"=x ]
    - matchers: [ severity=~"warning|info" ]
      receiver: 'null'
      group_by: []
      active_time_intervals: [nights, weekends]
receivers:
  - name: default
    slack_configs: [{ channel: '#alerts' }, { channel: '#all', send_resolved: true }]
    email_configs: [{ to: team@example.org }]
  - name: phone
    pagerduty_configs: [{ routing_key: secret }]
    webhook_configs: [{ url: http://example.org/, send_resolved: no, max_alerts: 10 }]
  - name: 'null'
inhibit_rules:
  - source_match: { severity: page }
    target_match_re: { severity: warning|info }
    equal: [cluster, service.name]
  - name: site
    source_matchers: [ alertname="SiteDown" ]
    target_matchers: [ site!="" ]
mute_time_intervals:
  - name: nights
    time_intervals:
      - times: [{ start_time: '22:00', end_time: '24:00' }, { start_time: '00:00', end_time: '06:30' }]
        location: America/Denver
time_intervals:
  - name: weekends
    time_intervals:
      - weekdays: ['Saturday', sunday]
      - weekdays: ['monday:friday']
        days_of_month: ['1:5', '-3:-1']
        months: [january, '3:5', December]
        years: ['2024:2026', 2030]
"#;

#[test]
fn a_complete_file_is_read_as_it_is() {
    let config = config(&COMPLETE.replace(r#""service.name"=x"#, r#"'"service.name"=x'"#));
    let [page, low] = config.root.routes.as_slice() else {
        panic!("two routes, not {:?}", config.root.routes);
    };
    let matchers =
        |route: &Route| -> Vec<String> { route.matchers.iter().map(ToString::to_string).collect() };
    assert_eq!(
        matchers(page),
        [r#"severity="page""#, r#"tier="1""#, r#"team=~"a|b""#]
    );
    assert_eq!(
        matchers(&page.routes[0]),
        [
            r#"service="orders""#,
            r#"region!~"eu-.*""#,
            r#""service.name"="x""#
        ]
    );
    assert!(page.continues && !low.continues);
    assert_eq!(page.group_by, Some(GroupBy::All));
    assert_eq!(low.group_by, None, "an empty list says nothing");
    assert_eq!(config.root.group_wait, Some(Duration::from_secs(10)));
    assert_eq!(page.repeat_interval, Some(Duration::from_secs(5_400)));
    assert_eq!(page.mute_time_intervals, ["nights"]);
    assert_eq!(low.active_time_intervals, ["nights", "weekends"]);
    assert_eq!(
        (config.root.line, page.line, low.line),
        (Some(10), Some(14), Some(23))
    );
    let told: Vec<(&str, Vec<(&str, bool)>)> = config
        .receivers
        .iter()
        .map(|receiver| {
            let ways = receiver.integrations.iter();
            (
                receiver.name.as_str(),
                ways.map(|way| (way.kind, way.send_resolved)).collect(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "default",
                vec![("email", false), ("slack", false), ("slack", true)]
            ),
            ("phone", vec![("pagerduty", true), ("webhook", false)]),
            ("null", vec![]),
        ]
    );
    assert_eq!(config.inhibitions.len(), 2);
    assert_eq!(config.inhibitions[0].equal, ["cluster", "service.name"]);
    let at = |name: &str, moment: &str| {
        let moment = moment.parse().expect("a moment");
        config.intervals[name]
            .iter()
            .any(|part| part.contains(moment))
    };
    assert!(at("nights", "2024-08-09T05:00:00Z"), "23:00 in Denver");
    assert!(!at("nights", "2024-08-09T23:00:00Z"), "17:00 in Denver");
    assert!(at("weekends", "2024-08-10T00:00:00Z"), "a Saturday");
    assert!(
        at("weekends", "2024-12-31T00:00:00Z"),
        "a last day of December"
    );
    assert!(
        !at("weekends", "2024-02-01T00:00:00Z"),
        "no first day of February"
    );
}

/// A sound file with `line` in place of the root route's last line.
fn with(lines: &str) -> String {
    format!("receivers: [{{ name: a }}, {{ name: b }}]\nroute:\n  receiver: a\n{lines}")
}

#[test]
fn what_an_alertmanager_refuses_is_told_where_it_stands() {
    for (lines, expected) in [
        (
            "  matchers: [x=y]",
            "4:13 the root route takes every alert: expected no `matchers`",
        ),
        (
            "  match: { x: y }",
            "4:10 the root route takes every alert: expected no `match`",
        ),
        (
            "  continue: true",
            "4:13 the root route has no sibling: expected no `continue`",
        ),
        ("  group_by: [x, x]", "4:17 `x` is in the list twice"),
        (
            "  group_by: [x, '...']",
            "4:13 `...` stands for all labels: expected no other one beside it",
        ),
        (
            "  group_interval: 0s",
            "4:19 `group_interval` must be longer than 0",
        ),
        (
            "  repeat_interval: 0",
            "4:20 `repeat_interval` must be longer than 0",
        ),
        (
            "  group_wait: 5",
            "4:15 `5` is no duration: expected one such as `5m` or `1h30m`, in the units y, w, d, h, m, s, ms",
        ),
        (
            "  routes: [{ receiver: bb }]",
            "4:24 there is no receiver `bb`; expected one of: `a`, `b`",
        ),
        (
            "  routes: [{ reciever: b }]",
            "4:14 unknown field `reciever`; did you mean `receiver`?",
        ),
        (
            "  routes: [{ mute_time_intervals: [n] }]",
            "4:36 there is no time interval `n`; this file has no time interval at all",
        ),
        (
            "  routes: [{ matchers: ['x'] }]",
            "4:25 `x` is no matcher: it has no operator; expected a label, one of `=`, `!=`, `=~`, `!~`, and a value, as in `severity=\"page\"`",
        ),
        (
            "  routes: [{ match_re: { x: '(' } }]",
            "4:29 invalid regular expression \"(\"",
        ),
        (
            "  routes: [{ match: { 'x-y': z } }]",
            "4:23 `x-y` is no label name",
        ),
        (
            "  routes: [{ continue: maybe }]",
            "4:24 expected `true` or `false`",
        ),
        (
            "inhibit_rules: [{ equal: [''] }]",
            "4:27 a label's name may not be empty",
        ),
        (
            "time_intervals: [{ name: x }, { name: x }]",
            "4:39 there are two time intervals called `x`; the other one is on line 4",
        ),
        (
            "time_intervals: [{ name: x, time_intervals: [{ weekdays: [mondey] }] }]",
            "4:59 `mondey` is no day of the week: did you mean `monday`?",
        ),
        (
            "time_intervals: [{ name: x, time_intervals: [{ months: ['may:april'] }] }]",
            "4:57 the last month of the range is before the first",
        ),
        (
            "time_intervals: [{ name: x, time_intervals: [{ days_of_month: ['-1:5'] }] }]",
            "4:64 a range that begins from the end of the month must end there",
        ),
        (
            "time_intervals: [{ name: x, time_intervals: [{ days_of_month: ['0'] }] }]",
            "4:64 0 is no day of a month: expected 1 to 31, or -1 to -31 from its end",
        ),
        (
            "time_intervals: [{ name: x, time_intervals: [{ location: Mars }] }]",
            "4:58 `Mars` is no time zone; expected a name of the IANA database, as in `Europe/Berlin`",
        ),
        (
            "time_intervals: [{ name: x, time_intervals: [{ times: [{ start_time: '9:00', end_time: '10:00' }] }] }]",
            "4:70 `9:00` is no time of day: expected one from `00:00` to `24:00`",
        ),
        (
            "time_intervals: [{ name: x, time_intervals: [{ times: [{ start_time: '22:00', end_time: '06:00' }] }] }]",
            "4:89 `06:00` is not after `22:00`, and no range may cross midnight; make two of it: one to `24:00`, and one from `00:00` to `06:00`",
        ),
        (
            "global: { slack_api_ulr: x }",
            "4:11 unknown field `slack_api_ulr`; did you mean `slack_api_url`?",
        ),
        (
            "global: { opsgenie_api_key: x, opsgenie_api_key_file: y }",
            "4:32 at most one of `opsgenie_api_key` and `opsgenie_api_key_file` can be given",
        ),
    ] {
        assert_eq!(wrong(&with(lines)), [expected], "{lines}");
    }
}

#[test]
fn receivers_have_what_their_integrations_need() {
    for (receivers, expected) in [
        (
            "[{ name: a }, { name: a }]",
            "2:34 there are two receivers called `a`; the other one is on line 2",
        ),
        (
            "[{ name: '' }, { name: a }]",
            "2:21 a receiver's name may not be empty",
        ),
        (
            "[{ name: a, webhok_configs: [] }]",
            "2:24 unknown field `webhok_configs`; did you mean `webhook_configs`?",
        ),
        (
            "[{ name: a, webhook_configs: [{ send_resolved: true }] }]",
            "2:44 this webhook integration has no `url` or `url_file`",
        ),
        (
            "[{ name: a, webhook_configs: [{ url: 'http://x', send_resolve: true }] }]",
            "2:61 unknown field `send_resolve`; did you mean `send_resolved`?",
        ),
        (
            "[{ name: a, slack_configs: [{ channel: x }] }]",
            "2:42 this slack integration has no `api_url` or `api_url_file` or `app_token` or `app_token_file`; give it here, or `slack_api_url` in `global`",
        ),
        (
            r#"[{ name: a, email_configs: [{ to: x, from: y, smarthost: "z:25", send_resolved: perhaps }] }]"#,
            "2:92 expected `true` or `false`",
        ),
    ] {
        let text = format!("route: {{ receiver: a }}\nreceivers: {receivers}");
        assert_eq!(wrong(&text), [expected], "{receivers}");
    }
}

#[test]
fn a_file_needs_a_root_that_tells_somebody() {
    assert_eq!(
        wrong("receivers: [{ name: a }]"),
        [
            "0:0 this file has no `route`; add a `route` with a `receiver`, which takes every alert that no route below it takes"
        ]
    );
    assert_eq!(
        wrong("route: { group_wait: 1s }\nreceivers: [{ name: a }]"),
        [
            "1:8 the root route has no `receiver`: an alert that matches none below it would go nowhere; add `receiver: NAME`"
        ]
    );
}
