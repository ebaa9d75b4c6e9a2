//! Documents of policies, contact points and mute timings, and where alerts go by them. Vectors are derived by hand; each names the
//! page or file of Grafana's that it follows. What is refused, and in which words, `tests/broken` holds.

use super::*;
use crate::alerting::grafana::model::{RULE_UID_LABEL, Version};
use crate::alerting::grafana::read::{
    Document, GrafanaOptions, parse_document, parse_rule_file, parts,
};
use crate::alerting::notify::destinations::{Destination, destinations};
use crate::alerting::notify::routing::Integration;
use crate::alerting::rules::Rule;
use promql::Labels;
use std::time::Duration;

const RULE: &str = "condition: A, data: [{ refId: A, datasourceUid: p, relativeTimeRange: { from: 60, to: 0 }, model: { expr: up, instant: true } }]";

/// Contact points whose names are `phone`, `mail` and `chat`.
const CONTACT_POINTS: &str = r#"[
  { "uid": "p", "name": "phone", "type": "pagerduty", "settings": {}, "disableResolveMessage": false },
  { "uid": "m", "name": "mail", "type": "email", "settings": {}, "disableResolveMessage": true, "provenance": "api" },
  { "uid": "c", "name": "chat", "type": "slack", "settings": {} },
  { "uid": "d", "name": "chat", "type": "LINE", "settings": {}, "disableResolveMessage": true }
]"#;

fn document(text: &str) -> (Source, Document) {
    let options = GrafanaOptions {
        version: Version::V12,
        datasources: std::collections::BTreeMap::new(),
        interval: Duration::from_secs(60),
    };
    let source = Source::new("document.yaml", text);
    let document = parse_document(&source, &options).unwrap_or_else(|told| panic!("{told}"));
    (source, document)
}

fn assembled(texts: &[&str], version: Version) -> Option<Assembled> {
    let documents: Vec<(Source, Document)> = texts.iter().map(|text| document(text)).collect();
    let (notifications, rules): (Vec<_>, Vec<_>) = documents.iter().map(parts).unzip();
    let assembling = Assembling {
        notifications: &notifications,
        rules: &rules,
        exists: &|name| name == "phone",
        version,
    };
    assembling
        .assemble()
        .unwrap_or_else(|told| panic!("{told}"))
}

fn go(assembled: &Assembled, labels: &Labels) -> Vec<Destination> {
    let routing = assembled.config.routing(|receiver| {
        let ways = receiver.integrations.iter();
        ways.map(|way| Integration {
            channel: way.kind.to_owned(),
            send_resolved: way.send_resolved,
        })
        .collect()
    });
    destinations(&routing, labels, None)
        .expect("a sound routing")
        .routes
}

fn labels(text: &str) -> Labels {
    text.split(',')
        .filter_map(|pair| pair.split_once('='))
        .collect()
}

/// Where an alert of these labels goes: `receiver by group labels wait/interval/repeat`.
fn ways(texts: &[&str], alert: &str) -> Vec<String> {
    let assembled = assembled(texts, Version::V12).expect("they route alerts");
    let found = go(&assembled, &labels(alert)).into_iter();
    found.map(|one| said(&one)).collect()
}

fn said(one: &Destination) -> String {
    format!(
        "{} by {} {}/{}/{}",
        one.receiver,
        one.group_by.join("+"),
        one.group_wait_seconds,
        one.group_interval_seconds,
        one.repeat_interval_seconds
    )
}

/// The labels of the alerts of the only rule of a document.
fn labels_of_rule(text: &str) -> Labels {
    let (_, document) = document(text);
    match document.groups[0].rules.as_slice() {
        [Rule::Grafana(rule)] => rule.constant_labels().into_iter().collect(),
        other => panic!("one rule was expected: {other:?}"),
    }
}

fn rule_with(settings: &str) -> String {
    format!(
        "apiVersion: 1\ngroups: [{{ name: g, folder: Pizza, interval: 1m, rules: [{{ uid: u, title: T, {RULE}, notification_settings: {settings} }}] }}]"
    )
}

/// `/api/v1/provisioning/policies`; the timers' defaults are those of the page "Group alert notifications".
#[test]
fn the_tree_of_policies_is_an_alertmanagers() {
    let policies = r#"{
      "receiver": "mail", "group_by": ["grafana_folder", "alertname"],
      "routes": [
        { "receiver": "chat", "object_matchers": [["team", "=", "kitchen"]], "continue": true, "group_by": ["..."] },
        { "receiver": "phone", "object_matchers": [["severity", "=~", "page|critical"], ["team", "!=", "nobody"]],
          "group_wait": "10s", "group_interval": "1m", "repeat_interval": "1h", "provenance": "api",
          "routes": [{ "object_matchers": [["team", "!~", "k.*"]], "group_by": ["team"] }] }
      ] }"#;
    let table: [(&str, &[&str]); 5] = [
        (
            "alertname=A",
            &["mail by grafana_folder+alertname 30/300/14400"],
        ),
        ("team=kitchen", &["chat by ... 30/300/14400"]),
        (
            "severity=page,team=kitchen",
            &[
                "chat by ... 30/300/14400",
                "phone by grafana_folder+alertname 10/60/3600",
            ],
        ),
        ("severity=critical,team=oven", &["phone by team 10/60/3600"]),
        (
            "severity=page,team=nobody",
            &["mail by grafana_folder+alertname 30/300/14400"],
        ),
    ];
    for (alert, expected) in table {
        assert_eq!(
            ways(&[CONTACT_POINTS, policies], alert),
            expected,
            "{alert}"
        );
    }
}

/// The ways to write matchers: `definition.Route` of grafana/alerting, whose `ObjectMatchers` take quotes off; in files, `$$` is a
/// dollar.
#[test]
fn matchers_are_read_in_all_their_spellings() {
    let table = [
        ("match: { team: oven }", "team=oven", "team=ovens"),
        ("match_re: { team: 'o.*' }", "team=oven", "team=kitchen"),
        (
            r#"matchers: ['team = oven', 'x !~ "a|b"']"#,
            "team=oven,x=c",
            "team=oven,x=a",
        ),
        (
            r#"object_matchers: [[team, '=', '"oven"']]"#,
            "team=oven",
            "team=ovens",
        ),
        (
            "object_matchers: [[team, '=~', 'oven$$']]",
            "team=oven",
            "team=ovens",
        ),
        (
            "match: { 'team.name': oven }",
            "team.name=oven",
            "team=oven",
        ),
    ];
    for (matcher, taken, left) in table {
        let policies = format!(
            "apiVersion: 1\npolicies: [{{ receiver: mail, routes: [{{ receiver: phone, {matcher} }}] }}]"
        );
        let receiver = |alert: &str| -> Vec<String> {
            let assembled = assembled(&[CONTACT_POINTS, &policies], Version::V12);
            let found = go(&assembled.expect("it routes alerts"), &labels(alert));
            found.into_iter().map(|one| one.receiver).collect()
        };
        assert_eq!(receiver(taken), ["phone"], "{matcher}");
        assert_eq!(receiver(left), ["mail"], "{matcher}");
    }
}

/// A root without `group_by` puts all alerts into one group: "A single group for all alerts" of the page "Group alert
/// notifications", and Alertmanager's dispatcher.
#[test]
fn a_root_that_groups_by_nothing_makes_one_group() {
    let found = ways(
        &[CONTACT_POINTS, r#"{ "receiver": "mail" }"#],
        "alertname=A",
    );
    assert_eq!(found, ["mail by  30/300/14400"]);
}

/// `alertmanagerDefaultConfiguration` of Grafana's settings; later versions begin with a contact point without integrations.
#[test]
fn without_policies_alerts_go_where_grafana_sends_them_at_first() {
    for (version, receiver, told) in [
        (Version::V12, "grafana-default-email", 1),
        (Version::V13, "empty", 0),
    ] {
        let assembled = assembled(&[CONTACT_POINTS], version).expect("it routes alerts");
        let found = go(&assembled, &labels("alertname=A"));
        let said: Vec<String> = found.iter().map(said).collect();
        assert_eq!(
            said,
            [format!(
                "{receiver} by grafana_folder+alertname 30/300/14400"
            )]
        );
        assert_eq!(found[0].integrations.len(), told);
    }
}

#[test]
fn a_contact_point_tells_by_each_of_its_integrations() {
    let policies =
        r#"{ "receiver": "chat", "routes": [{ "receiver": "mail", "match": { "a": "b" } }] }"#;
    let assembled = assembled(&[CONTACT_POINTS, policies], Version::V12).expect("it routes alerts");
    let told = |alert: &str| -> Vec<(String, bool)> {
        let found = go(&assembled, &labels(alert)).into_iter();
        let ways = found.flat_map(|one| one.integrations);
        ways.map(|way| (way.by, way.send_resolved)).collect()
    };
    assert_eq!(
        told("a=c"),
        [("slack".to_owned(), true), ("line".to_owned(), false)]
    );
    assert_eq!(told("a=b"), [("email".to_owned(), false)]);
}

/// `/api/v1/provisioning/mute-timings`, and the same below `muteTimes` of a file.
#[test]
fn mute_timings_are_time_intervals() {
    let answered = r#"[{ "name": "night", "version": "1", "provenance": "", "time_intervals": [
        { "times": [{ "start_time": "22:00", "end_time": "24:00" }], "weekdays": ["monday:friday"], "location": "Europe/Berlin" },
        { "days_of_month": null, "months": ["december"] }] }]"#;
    let file = "apiVersion: 1\nmuteTimes: [{ orgId: 1, name: night, time_intervals: [\
                { times: [{ start_time: '22:00', end_time: '24:00' }], weekdays: ['monday:friday'], location: Europe/Berlin }, { months: ['12'] }] }]";
    let policies = r#"{ "receiver": "mail", "routes": [
        { "receiver": "phone", "mute_time_intervals": ["night"] },
        { "receiver": "phone", "active_time_intervals": ["night"] }] }"#;
    for text in [answered, file] {
        let assembled = assembled(&[CONTACT_POINTS, text, policies], Version::V12);
        let found = go(
            &assembled.expect("it routes alerts"),
            &labels("alertname=A"),
        );
        assert_eq!(found[0].mute_time_intervals[0].name, "night");
        assert_eq!(
            found[0].mute_time_intervals[0].parts,
            [
                "22:00 to 24:00, Monday to Friday (Europe/Berlin)",
                "in December (UTC)"
            ]
        );
    }
}

/// `generateRouteFromSettings` of `autogen_alertmanager.go`: before the policies, by contact point, then by the rest; what is left
/// out is the root's.
#[test]
fn a_rule_that_says_itself_where_it_goes_passes_the_policies_by() {
    let policies = r#"{ "receiver": "mail", "group_by": ["team"], "group_wait": "5s", "repeat_interval": "2h",
        "routes": [{ "receiver": "chat" }] }"#;
    let table = [
        (
            "{ receiver: phone }",
            "phone by grafana_folder+alertname 5/300/7200",
        ),
        (
            "{ receiver: phone, group_by: [team], group_wait: 0s, group_interval: 1m, repeat_interval: 3h }",
            "phone by grafana_folder+alertname+team 0/60/10800",
        ),
        (
            "{ receiver: phone, group_by: ['...'] }",
            "phone by ... 5/300/7200",
        ),
        (
            "{ receiver: phone, repeat_interval: 1d }",
            "phone by grafana_folder+alertname 5/300/86400",
        ),
    ];
    for (settings, expected) in table {
        let rule = rule_with(settings);
        let assembled = assembled(&[&rule, CONTACT_POINTS, policies], Version::V12);
        let found = go(
            &assembled.expect("it routes alerts"),
            &labels_of_rule(&rule),
        );
        let said: Vec<String> = found.iter().map(said).collect();
        assert_eq!(said, [expected], "{settings}");
    }
    let without = rule_with("null");
    assert_eq!(
        ways(&[&without, CONTACT_POINTS, policies], "alertname=T"),
        ["chat by team 5/300/7200"]
    );
}

#[test]
fn rules_of_one_contact_point_keep_what_each_says() {
    let rules = format!(
        "apiVersion: 1\ngroups: [{{ name: g, folder: Pizza, interval: 1m, rules: [\
         {{ uid: a, title: A, {RULE}, notification_settings: {{ receiver: phone, mute_time_intervals: [night] }} }},\
         {{ uid: b, title: B, {RULE}, notification_settings: {{ receiver: phone, active_time_intervals: [night] }} }},\
         {{ uid: c, title: C, {RULE}, notification_settings: {{ receiver: phone }} }}] }}]\n\
         muteTimes: [{{ name: night, time_intervals: [{{ times: [{{ start_time: '22:00', end_time: '24:00' }}] }}] }}]"
    );
    let (_, document) = document(&rules);
    let assembled = assembled(&[&rules], Version::V12).expect("it routes alerts");
    let mut muted = Vec::new();
    for rule in &document.groups[0].rules {
        let Rule::Grafana(rule) = rule else {
            panic!("they are Grafana's");
        };
        let labels = rule.constant_labels().into_iter().collect();
        let found = go(&assembled, &labels);
        let counts = |one: &Destination| {
            (
                one.mute_time_intervals.len(),
                one.active_time_intervals.len(),
            )
        };
        muted.extend(found.iter().map(counts));
    }
    assert_eq!(muted, [(1, 0), (0, 1), (0, 0)]);
}

#[test]
fn without_documents_only_rules_that_say_so_go_by_themselves() {
    assert!(assembled(&[&rule_with("null")], Version::V12).is_none());
    let templates = "apiVersion: 1\ntemplates: [{ orgID: 1, name: title, template: text }]";
    let (_, read) = document(templates);
    assert_eq!(read.notifications.templates().len(), 1);
    assert!(assembled(&[templates], Version::V12).is_none());
    let rule = rule_with("{ receiver: phone }");
    let assembled = assembled(&[&rule], Version::V12).expect("one does");
    let takes = |labels: &Labels| assembled.takes.iter().all(|one| one.matches(labels));
    assert!(takes(&labels_of_rule(&rule)));
    assert!(!takes(&labels(&format!("{RULE_UID_LABEL}=u,alertname=T"))));
}

/// `/api/alertmanager/grafana/config/api/v1/alerts`, as a fresh Grafana of late has it with one contact point more.
#[test]
fn the_whole_configuration_of_the_alertmanager_is_read() {
    let text = r#"{ "template_files": null, "alertmanager_config": {
        "route": { "receiver": "empty", "group_by": ["grafana_folder", "alertname"], "routes": [
            { "receiver": "slack-homelab", "object_matchers": [["severity", "=", "page"]], "mute_time_intervals": ["never"] }] },
        "mute_time_intervals": [{ "name": "never", "time_intervals": [] }],
        "inhibit_rules": [{ "source_matchers": ["severity=page"], "target_matchers": ["severity=ticket"], "equal": ["team"] }],
        "receivers": [{ "name": "empty" }, { "name": "slack-homelab", "grafana_managed_receiver_configs": [
            { "uid": "x", "name": "slack-homelab", "type": "slack", "disableResolveMessage": false, "settings": {},
              "secureSettings": { "url": "y" } }] }] } }"#;
    let assembled = assembled(&[text], Version::V12).expect("it routes alerts");
    let told = |alert: &str| -> Vec<(String, usize)> {
        let found = go(&assembled, &labels(alert)).into_iter();
        found
            .map(|one| (one.receiver, one.integrations.len()))
            .collect()
    };
    assert_eq!(told("severity=page"), [("slack-homelab".to_owned(), 1)]);
    assert_eq!(told("severity=ticket"), [("empty".to_owned(), 0)]);
    assert_eq!(assembled.config.inhibitions.len(), 1);
}

/// A file of rules alone cannot know what other documents hold; one export of everything can.
#[test]
fn names_are_looked_up_in_a_file_that_holds_them_all() {
    let rule = rule_with("{ receiver: nobody, mute_time_intervals: [night] }");
    let options = GrafanaOptions {
        version: Version::V12,
        datasources: std::collections::BTreeMap::new(),
        interval: Duration::from_secs(60),
    };
    let wrong = |text: &str| match parse_rule_file(&Source::new("rules.yaml", text), &options) {
        Ok(_) => 0,
        Err(wrong) => wrong.len(),
    };
    let points = "\ncontactPoints: [{ name: phone, receivers: [] }]";
    assert_eq!(wrong(&rule), 0);
    assert_eq!(wrong(&format!("{rule}{points}")), 0);
    assert_eq!(wrong(&format!("{rule}{points}\nmuteTimes: []")), 2);
}

#[test]
fn what_another_organization_has_is_left_out() {
    let file = |org: &str| {
        format!(
            "apiVersion: 1
policies: [{{ orgId: 0, receiver: chat }}]
contactPoints:
  - {{ name: chat, receivers: [{{ uid: a, type: slack, settings: {{ url: u }} }}] }}
  - {{ orgId: {org}, name: chat, receivers: [{{ uid: b, type: email, settings: {{ url: u }} }}] }}
muteTimes: [{{ name: night, time_intervals: [] }}, {{ orgId: 2, name: night, time_intervals: [] }}]
"
        )
    };
    let kinds = |org: &str| -> Vec<&str> {
        let found = assembled(&[&file(org)], Version::V12).expect("a routing");
        let receivers = found.config.receivers.iter();
        let all = receivers.flat_map(|receiver| &receiver.integrations);
        all.map(|way| way.kind).collect()
    };
    assert_eq!(kinds("1"), ["slack", "email"]);
    assert_eq!(kinds("2"), ["slack"]);
}
