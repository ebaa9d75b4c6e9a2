//! `rules route`: which rule is meant by an alert's name, and which server's way it then takes.

use super::*;

const PROMETHEUS: &str =
    "groups: [{ name: a, rules: [{ alert: Down, expr: up == 0, labels: { severity: page } }] }]\n";

/// A scenario of `monitoring`, and documents of Grafana's beside a rule of Prometheus'.
fn asked(name: &str, monitoring: &str) -> impl Fn(&[&str]) -> Output {
    let folder = folder(name);
    write(&folder, "grafana.yaml", GRAFANA);
    write(&folder, "policies.json", POLICIES);
    write(&folder, "contact-points.json", CONTACT_POINTS);
    write(&folder, "rules.yml", PROMETHEUS);
    let text = SOUND.replace("NAME", "s") + monitoring;
    write(&folder, "s.yaml", &text);
    move |labels| run(&folder, &[&["rules", "route"][..], labels].concat())
}

fn told(output: &Output) -> String {
    assert_eq!((code(output), err(output)), (0, String::new()));
    out(output)
}

#[test]
fn alerts_of_other_rules_do_not_take_grafanas_way() {
    let route = asked(
        "route-servers",
        "monitoring: { channels: { phone: {}, slack: {} }, rules: [{ grafana: grafana.yaml }, { prometheus: rules.yml }], grafana: [policies.json, contact-points.json], receivers: { chat: slack, on-call: phone } }\n",
    );
    let route = |labels: &[&str]| route(&[&["--scenario", "s.yaml"][..], labels].concat());
    let other = told(&route(&["alertname=Down"]));
    assert!(other.contains("-> every channel"), "{other}");
    assert!(other.contains("tells     phone, slack"), "{other}");
    assert!(other.contains("severity=\"page\""), "{other}");
    let grafana = told(&route(&["alertname=Orders fail"]));
    assert!(grafana.contains("-> on-call"), "{grafana}");
    let none = told(&route(&["alertname=Downn"]));
    let note = "note: no rule is called `Downn`; did you mean `Down`?";
    assert!(none.contains(note), "{none}");
    let json = told(&route(&["alertname=Down", "--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&json).expect("one document");
    assert_eq!(json["every_channel"], serde_json::json!(["phone", "slack"]));
    assert_eq!(json["labels"]["severity"], "page");
    let own = told(&route(&[
        "alertname=DatasourceNoData",
        "rulename=Orders fail",
    ]));
    assert!(own.contains("-> on-call"), "{own}");
    let several = route(&["alertname=DatasourceNoData"]);
    assert_eq!(code(&several), 2);
    let wanted = "rulename=\"Orders are slow\" (grafana.yaml:";
    assert!(err(&several).contains(wanted), "{}", err(&several));
}

#[test]
fn a_scenario_says_at_which_moment_and_the_document_which_file_has_the_lines() {
    let route = asked(
        "route-at",
        "monitoring: { alertmanager: am.yml, channels: { phone: {} }, receivers: { a: phone } }\n",
    );
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verbs/route-at");
    write(
        &folder,
        "am.yml",
        "route: { receiver: a }\nreceivers: [{ name: a, webhook_configs: [{ url: 'http://a' }] }]\n",
    );
    for at in ["12:30", "30m", "2025-01-01T12:30:00Z"] {
        let json = told(&route(&[
            "--scenario",
            "s.yaml",
            "a=b",
            "--at",
            at,
            "--format",
            "json",
        ]));
        let json: serde_json::Value = serde_json::from_str(&json).expect("one document");
        assert_eq!(json["file"], "am.yml");
        assert_eq!(json["routes"][0]["path"][0]["line"], 1);
        assert_eq!(json["routes"][0]["at"]["time"], "2025-01-01T12:30:00Z");
    }
}

#[test]
fn documents_without_policies_have_grafanas_default_one() {
    let route = asked("route-default", "");
    for (version, receiver) in [("12", "-> grafana-default-email"), ("13", "-> empty")] {
        let told = told(&route(&[
            "--grafana",
            "grafana.yaml",
            "--grafana-version",
            version,
            "alertname=Orders fail",
        ]));
        assert!(told.contains(receiver), "{told}");
    }
}

#[test]
fn labels_are_said_once_and_have_names() {
    let route = asked("route-labels", "");
    for (labels, wanted) in [
        (["a=x", "a=y"], "the label `a` is given twice"),
        (["a b=x", "c=y"], "`a b` is no name of a label"),
        (
            ["{severity=page", "c=y"],
            "without braces, as in `severity=page team=pizza`",
        ),
    ] {
        let told = route(&[&["--scenario", "s.yaml"][..], &labels[..]].concat());
        assert_eq!(code(&told), 2, "{labels:?}");
        assert!(err(&told).contains(wanted), "{}", err(&told));
    }
}

#[test]
fn rules_of_one_title_in_one_folder_are_told_apart_by_their_uids() {
    let folder = folder("route-twins");
    write(
        &folder,
        "twins.yaml",
        &GRAFANA.replace("title: Orders are slow", "title: Orders fail"),
    );
    let told = run(
        &folder,
        &[
            "rules",
            "route",
            "--grafana",
            "twins.yaml",
            "alertname=Orders fail",
        ],
    );
    assert_eq!(code(&told), 2);
    let wanted = "say which one is meant by __alert_rule_uid__=\"fail\" (twins.yaml:8:16) or __alert_rule_uid__=\"slow\" (twins.yaml:13:16)";
    assert!(err(&told).contains(wanted), "{}", err(&told));
}

#[test]
fn the_file_of_an_alertmanager_is_no_document_of_grafanas() {
    let folder = folder("route-alertmanager");
    write(&folder, "am.yml", ALERTMANAGER);
    let told = run(&folder, &["rules", "route", "--grafana", "am.yml", "a=b"]);
    assert_eq!(code(&told), 2);
    assert!(
        err(&told).contains("`--alertmanager FILE`"),
        "{}",
        err(&told)
    );
}

#[test]
fn documents_of_notifications_are_checked_as_grafanas() {
    let folder = folder("check-notifications");
    write(&folder, "policies.json", POLICIES);
    write(&folder, "contact-points.json", CONTACT_POINTS);
    let told = run(
        &folder,
        &[
            "rules",
            "check",
            "--lint-fatal",
            "policies.json",
            "contact-points.json",
        ],
    );
    assert_eq!((code(&told), err(&told)), (0, String::new()));
    let misspelt = POLICIES.replace("group_wait", "group_wiat");
    write(&folder, "policies.json", &misspelt);
    let told = run(&folder, &["rules", "check", "policies.json"]);
    assert_eq!(code(&told), 0);
    let wanted = "warning[unknown-field]: Grafana knows no field `group_wiat` here";
    assert!(err(&told).contains(wanted), "{}", err(&told));
    assert!(err(&told).contains("policies.json:4:"), "{}", err(&told));
}

const ALERTMANAGER: &str = r#"route:
  receiver: team
  group_by: [alertname]
  routes:
    - matchers: [severity="page"]
      receiver: on-call
      group_wait: 10s
      continue: true
      mute_time_intervals: [nights]
    - matchers: [site=~"a|b"]
      group_by: ['...']
receivers:
  - name: team
    slack_configs: [{ api_url: https://slack.example/ }]
  - name: on-call
    pagerduty_configs: [{ routing_key: secret }]
inhibit_rules:
  - source_matchers: [alertname="SiteDown"]
    target_matchers: [severity=~".+"]
    equal: [site]
time_intervals:
  - name: nights
    time_intervals:
      - times: [{ start_time: '22:00', end_time: '24:00' }]
        weekdays: ['monday:friday']
        location: America/Denver
"#;

#[test]
fn route_says_where_an_alert_goes_and_when() {
    let folder = folder("route");
    write(&folder, "am.yml", ALERTMANAGER);
    let told = run(
        &folder,
        &[
            "rules",
            "route",
            "--alertmanager",
            "am.yml",
            "--at",
            "2024-08-08T22:30:00-06:00",
            "alertname=X",
            "severity=page",
            "site=a",
        ],
    );
    assert_eq!((code(&told), err(&told)), (0, String::new()));
    insta::assert_snapshot!(out(&told));
    let json = run(
        &folder,
        &[
            "rules",
            "route",
            "--alertmanager",
            "am.yml",
            "--format",
            "json",
            "severity=info",
        ],
    );
    let found: serde_json::Value = serde_json::from_str(&out(&json)).expect("one document");
    assert_eq!(found["routes"][0]["receiver"], "team");
    assert_eq!(found["inhibited_by"][0]["line"], 18);
}

#[test]
fn route_takes_the_routes_of_a_scenario_as_well() {
    let folder = folder("route-scenario");
    let monitoring = "monitoring: { channels: { phone: {}, slack: {} }, route: { receiver: slack, routes: [{ matchers: [severity=page], receiver: phone }] } }\n";
    write(
        &folder,
        "s.yaml",
        &(SOUND.replace("NAME", "s") + monitoring),
    );
    let told = run(
        &folder,
        &["rules", "route", "--scenario", "s.yaml", "severity=page"],
    );
    assert_eq!(code(&told), 0, "{}", err(&told));
    assert!(out(&told).contains("-> phone"), "{}", out(&told));
    scenario(&folder, "none.yaml", "none");
    let none = run(
        &folder,
        &["rules", "route", "--scenario", "none.yaml", "a=b"],
    );
    assert_eq!(code(&none), 0, "{}", err(&none));
    assert!(
        out(&none).contains("-> nobody: the scenario has neither routes nor channels"),
        "{}",
        out(&none)
    );
}

#[test]
fn route_refuses_a_broken_file_and_what_is_no_label() {
    let folder = folder("route-broken");
    write(
        &folder,
        "am.yml",
        &ALERTMANAGER.replace("receiver: on-call", "receiver: on-cal"),
    );
    let told = run(
        &folder,
        &["rules", "route", "--alertmanager", "am.yml", "a=b"],
    );
    assert_eq!(code(&told), 2);
    assert!(err(&told).contains("am.yml:6:17"), "{}", err(&told));
    assert!(
        err(&told).contains("did you mean `on-call`?"),
        "{}",
        err(&told)
    );
    for arguments in [
        ["--alertmanager", "am.yml", "nothing"],
        ["--alertmanager", "gone.yml", "a=b"],
    ] {
        let told = run(&folder, &[&["rules", "route"][..], &arguments[..]].concat());
        assert_eq!(code(&told), 2, "{arguments:?}");
    }
}

const GRAFANA: &str = r#"apiVersion: 1
groups:
  - name: orders
    folder: Pizza
    interval: 1m
    rules:
      - uid: fail
        title: Orders fail
        condition: A
        labels: { severity: page, site: '{{ $$labels.site }}' }
        data: [{ refId: A, datasourceUid: p, relativeTimeRange: { from: 60, to: 0 }, model: { expr: up, instant: true } }]
      - uid: slow
        title: Orders are slow
        condition: A
        data: [{ refId: A, datasourceUid: p, relativeTimeRange: { from: 60, to: 0 }, model: { expr: up, instant: true } }]
        notification_settings: { receiver: chat, group_wait: 1m, mute_time_intervals: [nights] }
muteTimes:
  - name: nights
    time_intervals: [{ times: [{ start_time: '22:00', end_time: '24:00' }], location: America/Denver }]
"#;

const POLICIES: &str = r#"{
  "receiver": "chat", "group_by": ["grafana_folder", "alertname"],
  "routes": [
    { "receiver": "on-call", "object_matchers": [["severity", "=", "page"]], "group_wait": "0s", "mute_time_intervals": ["nights"] }
  ]
}
"#;

const CONTACT_POINTS: &str = r#"[
  { "uid": "a", "name": "chat", "type": "slack", "settings": {}, "disableResolveMessage": true },
  { "uid": "b", "name": "on-call", "type": "pagerduty", "settings": {} }
]
"#;

#[test]
fn route_says_where_an_alert_of_grafanas_goes() {
    let folder = folder("route-grafana");
    write(&folder, "rules.yaml", GRAFANA);
    write(&folder, "policies.json", POLICIES);
    write(&folder, "contact-points.json", CONTACT_POINTS);
    let documents = |names: &[&str]| -> Vec<String> {
        let files = names.iter().flat_map(|name| ["--grafana", name]);
        ["rules", "route"]
            .into_iter()
            .chain(files)
            .map(str::to_owned)
            .collect()
    };
    let all = documents(&["rules.yaml", "policies.json", "contact-points.json"]);
    let asked = |arguments: &[String], more: &[&str]| {
        let arguments = arguments.iter().map(String::as_str);
        let arguments: Vec<&str> = arguments.chain(more.iter().copied()).collect();
        run(&folder, &arguments)
    };
    let mut told = String::new();
    for alert in [
        "alertname=Orders fail",
        "alertname=Orders are slow",
        "alertname=Another",
    ] {
        let found = asked(&all, &["--at", "2024-08-08T22:30:00-06:00", alert]);
        assert_eq!((code(&found), err(&found)), (0, String::new()), "{alert}");
        told.push_str(&out(&found));
        told.push('\n');
    }
    insta::assert_snapshot!(told);
    // Without a document of contact points they are elsewhere; without policies a rule must say itself where its alerts go.
    let alone = documents(&["rules.yaml"]);
    let found = asked(&alone, &["alertname=Orders are slow"]);
    assert_eq!(code(&found), 0, "{}", err(&found));
    assert!(out(&found).contains("-> chat"), "{}", out(&found));
    write(
        &folder,
        "cut.yaml",
        GRAFANA.split("muteTimes").next().unwrap_or_default(),
    );
    let found = asked(&documents(&["cut.yaml"]), &["alertname=Orders are slow"]);
    assert_eq!(code(&found), 2);
    let wanted = "the rule `Orders are slow`: `notification_settings.mute_time_intervals`: there is no mute timing `nights`";
    assert!(err(&found).contains(wanted), "{}", err(&found));
}
