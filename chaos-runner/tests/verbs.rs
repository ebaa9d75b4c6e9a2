//! The verbs that run nothing, as a user calls them: `validate`, `schema` and `init`, with their exit codes, and which files of a
//! folder are scenarios.

#[path = "verbs/route.rs"]
mod route;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const SOUND: &str = "\
version: 1
name: NAME
starts_at: 2025-01-01T12:00:00Z
duration: 30m
diners: [{ name: lunch, arrivals: { poisson: 6/min } }]
factories: { hq: {} }
order_service: { factory: hq }
expect: [{ served: { share: 99% } }]
";

/// A folder of its own for one test, empty at its start.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("verbs")
        .join(test);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("what an earlier run left can be removed");
    }
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

/// Writes a file below a folder, and the folders on its way.
fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("it is below a folder")).expect("folders can be made");
    fs::write(path, text).expect("a file can be written");
}

fn scenario(folder: &Path, file: &str, name: &str) {
    write(folder, file, &SOUND.replace("NAME", name));
}

/// What the command says when it is called in a folder, so that paths are told from there.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chaos-runner"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the command can be started")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it ended by itself")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn sound_scenarios_are_named_in_the_order_of_their_paths() {
    let folder = folder("sound");
    scenario(&folder, "b/two.yml", "two");
    scenario(&folder, "a/one.yaml", "one");
    scenario(&folder, "c.json", "three");
    // None of these is looked at.
    write(&folder, "rules/alerts.yml", "groups: []\n");
    write(&folder, "scenario.schema.json", "{}\n");
    write(&folder, "README.md", "# Scenarios\n");
    write(&folder, ".hidden/x.yaml", "no scenario\n");
    let output = run(&folder, &["validate", "."]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert_eq!(
        out(&output),
        "ok ./a/one.yaml (one)\nok ./b/two.yml (two)\nok ./c.json (three)\n"
    );
}

#[test]
fn a_file_that_is_no_scenario_is_never_skipped() {
    let folder = folder("no-scenario");
    scenario(&folder, "one.yaml", "one");
    write(&folder, "settings.yaml", "debug: true\n");
    let output = run(&folder, &["validate", "."]);
    assert_eq!(code(&output), 2);
    assert_eq!(out(&output), "ok ./one.yaml (one)\n");
    let told = err(&output);
    assert!(told.contains("unknown field `debug`"), "{told}");
    assert!(told.contains("./settings.yaml:1:1"), "{told}");
    assert!(told.ends_with("1 of 2 scenarios cannot be run\n"), "{told}");
}

#[test]
fn two_scenarios_of_one_name_are_refused() {
    let folder = folder("same-name");
    scenario(&folder, "a.yaml", "lunch");
    scenario(&folder, "b.yaml", "lunch");
    let output = run(&folder, &["validate", "."]);
    assert_eq!(code(&output), 2);
    let told = err(&output);
    assert!(
        told.contains("`lunch` is the name of ./a.yaml as well"),
        "{told}"
    );
    assert!(told.contains("./b.yaml:2:7"), "{told}");
    // One file by two paths is one scenario.
    let output = run(&folder, &["validate", "a.yaml", "./a.yaml"]);
    assert_eq!(out(&output), "ok a.yaml (lunch)\n");
}

#[test]
fn a_path_without_a_scenario_is_wrong_input() {
    let folder = folder("nothing");
    write(&folder, "rules/alerts.yml", "groups: []\n");
    let output = run(&folder, &["validate", "."]);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("failed to find a scenario in ."),
        "{}",
        err(&output)
    );
    let output = run(&folder, &["validate", "nowhere", "there"]);
    assert_eq!(code(&output), 2);
    let told = err(&output);
    for path in ["nowhere", "there"] {
        let message = format!("error: failed to read {path}: ");
        assert!(told.contains(&message), "{told}");
    }
}

#[test]
fn reports_among_the_scenarios_are_no_scenarios() {
    let folder = folder("report-within");
    scenario(&folder, "one.yaml", "one");
    for _ in 0..2 {
        let output = run(&folder, &["run", ".", "--report", "reports"]);
        assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    }
    // A file of the same name that is alone is one that somebody wrote.
    write(&folder, "more/run.json", "{}\n");
    assert_eq!(code(&run(&folder, &["validate", "."])), 2);
}

#[cfg(unix)]
#[test]
fn links_that_go_in_a_circle_end() {
    let folder = folder("circle");
    scenario(&folder, "one.yaml", "one");
    std::os::unix::fs::symlink(&folder, folder.join("again")).expect("a link can be made");
    std::os::unix::fs::symlink("one.yaml", folder.join("same.yaml")).expect("a link can be made");
    let output = run(&folder, &["validate", "."]);
    assert_eq!(out(&output), "ok ./one.yaml (one)\n");
}

#[test]
fn errors_are_told_as_json_as_well() {
    let folder = folder("json");
    scenario(&folder, "a.yaml", "a");
    write(
        &folder,
        "b.yaml",
        &SOUND.replace("factory: hq", "factory: hp"),
    );
    let output = run(&folder, &["validate", ".", "--format", "json"]);
    assert_eq!(code(&output), 2);
    let report: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("it is one document");
    assert_eq!(
        (&report["valid"], &report["invalid"]),
        (&1.into(), &1.into())
    );
    assert_eq!(report["files"][0]["name"], "a");
    assert_eq!(report["files"][1]["errors"][0]["place"], "./b.yaml:7:27");
}

#[test]
fn usage_errors_are_wrong_input_and_help_is_none() {
    let folder = folder("usage");
    assert_eq!(code(&run(&folder, &["validate"])), 2);
    assert_eq!(code(&run(&folder, &["valdate"])), 2);
    let help = run(&folder, &["--help"]);
    assert_eq!(code(&help), 0);
    for line in ["  0    every expectation held", "  130  interrupted"] {
        assert!(out(&help).contains(line), "{}", out(&help));
    }
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_chaos-runner"))
        .arg("schema")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command can be started");
    drop(child.stdout.take());
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
}

#[test]
fn init_writes_a_scenario_that_is_sound_and_never_overwrites() {
    let folder = folder("init");
    let output = run(&folder, &["init", "mine"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let output = run(&folder, &["validate", "mine"]);
    assert_eq!(out(&output), "ok mine/first.yaml (first)\n");
    fs::remove_file(folder.join("mine/first.yaml")).expect("it was written");
    let output = run(&folder, &["init", "mine"]);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("mine/rules/first.yml: it is there already"),
        "{}",
        err(&output)
    );
    assert!(!folder.join("mine/first.yaml").exists());
}

#[test]
fn what_init_writes_passes_for_any_seed() {
    let folder = folder("init-runs");
    run(&folder, &["init", "."]);
    for seed in ["1", "2", "3"] {
        let output = run(&folder, &["run", ".", "--seed", seed]);
        assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    }
}

#[test]
fn what_depends_on_a_report_or_a_queue_that_was_taken_away_fails() {
    let folder = folder("taken-away");
    let text = include_str!("../../tests/valid/nobody-reports.yaml");
    write(&folder, "a.yaml", text);
    let output = run(&folder, &["run", "a.yaml", "--format", "json"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    let document: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("it is one document");
    let expectations = document["scenarios"][0]["expectations"]
        .as_array()
        .expect("there are some");
    assert!(expectations.iter().all(|held| held["passed"] == false));
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_in_a_folder_is_refused_not_waited_for() {
    let folder = folder("pipe");
    scenario(&folder, "one.yaml", "one");
    let made = Command::new("mkfifo").arg(folder.join("two.yaml")).status();
    assert!(made.expect("mkfifo can be started").success());
    let output = run(&folder, &["validate", "."]);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("failed to read ./two.yaml: it is no regular file"),
        "{}",
        err(&output)
    );
}

#[test]
fn a_report_that_cannot_be_written_is_told_before_anything_runs() {
    let folder = folder("no-report");
    scenario(&folder, "one.yaml", "one");
    let output = run(&folder, &["run", ".", "--report", "one.yaml/below"]);
    assert_eq!((code(&output), out(&output)), (2, String::new()));
    assert!(
        err(&output).contains("failed to create the folder one.yaml/below: "),
        "{}",
        err(&output)
    );
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_said() {
    let full = fs::File::create("/dev/full").expect("Linux has it");
    let output = Command::new(env!("CARGO_BIN_EXE_chaos-runner"))
        .arg("schema")
        .stdout(full)
        .output()
        .expect("the command can be started");
    assert_eq!(code(&output), 3);
    assert!(
        err(&output).contains("failed to write what is to be told"),
        "{}",
        err(&output)
    );
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
