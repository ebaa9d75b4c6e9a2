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
