//! `rules check` and `rules explain`, by the binary.

use crate::small::fails;
use end_to_end::{chaos_runner, folder, scenarios, write};
use std::fs;
use std::path::Path;

const SOUND: &str = "groups: [{ name: g, rules: [{ alert: Failing, expr: 'rate(orders_total{outcome=\"failed\"}[1m]) > 0' }] }]\n";
const DOUBTFUL: &str = "groups: [{ name: g, rules: [{ alert: Failing, expr: 'rate(orders_total{outcome=\"failed\"}[30s]) > 0' }] }]\n";
const BROKEN: &str =
    "groups: [{ name: g, rules: [{ alert: Failing, expr: 'rate(orders_total[30s]) >' }] }]\n";

fn holding(name: &str) -> std::path::PathBuf {
    let folder = folder(name);
    write(&folder, "sound.yml", SOUND);
    write(&folder, "doubtful.yml", DOUBTFUL);
    write(&folder, "broken.yml", BROKEN);
    folder
}

#[test]
fn exit_codes_tell_what_is_refused_from_what_is_doubtful() {
    let folder = holding("rules-exit-codes");
    let code = |arguments: &[&str]| {
        let arguments = [&["rules", "check"], arguments].concat();
        chaos_runner(&folder, &arguments).code
    };
    assert_eq!(code(&["sound.yml"]), Some(0));
    assert_eq!(code(&["sound.yml", "--lint-fatal"]), Some(0));
    assert_eq!(code(&["sound.yml", "doubtful.yml"]), Some(0));
    assert_eq!(code(&["doubtful.yml", "--lint-fatal"]), Some(1));
    assert_eq!(code(&["doubtful.yml", "--deny-warnings"]), Some(1));
    assert_eq!(
        code(&["doubtful.yml", "--lint-fatal", "--allow", "short-range"]),
        Some(0)
    );
    assert_eq!(
        code(&["doubtful.yml", "--lint-fatal", "--lint", "duplicate-rules"]),
        Some(0)
    );
    assert_eq!(
        code(&["doubtful.yml", "--lint-fatal", "--scrape-interval", "5s"]),
        Some(0)
    );
    assert_eq!(code(&["sound.yml", "broken.yml", "--lint-fatal"]), Some(2));
    assert_eq!(code(&["missing.yml"]), Some(2));
    assert_eq!(code(&["sound.yml", "--allow", "short-rang"]), Some(2));
    assert_eq!(code(&["sound.yml", "--scenario", "missing"]), Some(2));
}

#[test]
fn every_finding_is_in_the_document() {
    let folder = holding("rules-json");
    let arguments = [
        "rules",
        "check",
        "sound.yml",
        "doubtful.yml",
        "broken.yml",
        "--format",
        "json",
    ];
    let ended = chaos_runner(&folder, &arguments);
    assert_eq!(ended.code, Some(2));
    insta::assert_snapshot!(ended.out);
}

#[test]
fn rules_are_held_against_what_scenarios_emit() {
    let folder = folder("rules-scenario");
    fails(&folder, "fails");
    write(
        &folder,
        "shop.yml",
        r#"groups:
  - name: shop
    interval: 15s
    rules:
      - alert: ServerErrors
        expr: sum(rate(factory_calls_total{code="5xx"}[1m])) > 0
      - alert: OrdersFail
        expr: |
          sum(increase(order_total{outcome="failed"}[2m])) > 0
      - alert: WrongOutcome
        expr: sum(increase(orders_total{outcome="fail"}[2m])) > 0
      - alert: Fine
        expr: sum(increase(orders_total{outcome="failed"}[2m])) > 0 unless ALERTS{alertname="Failing"}
"#,
    );
    let ended = chaos_runner(
        &folder,
        &["rules", "check", "shop.yml", "--scenario", "fails.yaml"],
    );
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    insta::assert_snapshot!(format!("{}{}", ended.out, ended.err));
}

#[test]
fn the_shipped_rules_raise_no_false_alarm() {
    let mut arguments = vec![
        "rules".to_owned(),
        "check".to_owned(),
        "--lint-fatal".to_owned(),
    ];
    let rules = fs::read_dir(scenarios().join("rules")).expect("the rules are there");
    for rule in rules {
        let name = rule.expect("an entry can be read").file_name();
        let name = name.to_string_lossy();
        // Where alerts go is no rule.
        if !name.ends_with(".alertmanager.yml") {
            arguments.push(format!("rules/{name}"));
        }
    }
    // All that name these rules but the week, which takes as long as the others together.
    let named = ["calm-day", "deploy", "lunch-rush", "one-in-a-thousand"];
    let baselines = named.map(|name| format!("baselines/{name}.yaml"));
    let folders = ["incidents", "faults"].map(str::to_owned);
    for path in folders.into_iter().chain(baselines) {
        arguments.extend(["--scenario".to_owned(), path]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ended = chaos_runner(&scenarios(), &arguments);
    assert_eq!(
        (ended.code, ended.err.as_str()),
        (Some(0), ""),
        "{}",
        ended.out
    );
}

#[test]
fn an_alert_is_explained_evaluation_by_evaluation() {
    let folder = scenarios().join("incidents/2024-08-08-headquarters-outage");
    let ended = chaos_runner(
        &folder,
        &[
            "rules",
            "explain",
            "as-happened.yaml",
            "PizzaCreationFailing",
        ],
    );
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    insta::assert_snapshot!(ended.out);
}

#[test]
fn a_stretch_is_shown_whole_and_the_same_again() {
    let folder = scenarios().join("incidents/2024-08-08-headquarters-outage");
    let explain = |more: &[&str]| {
        let arguments = [
            "rules",
            "explain",
            "as-happened.yaml",
            "PizzaCreationFailing",
        ];
        chaos_runner(&folder, &[&arguments, more].concat())
    };
    let stretch = ["--from", "10:01", "--until", "10:05", "--format", "json"];
    let document = explain(&stretch).json();
    let evaluations = document["rules"][0]["evaluations"]
        .as_array()
        .expect("it has evaluations");
    assert_eq!(evaluations.len(), 5, "{document}");
    let values: Vec<_> = evaluations
        .iter()
        .map(|one| {
            one["evaluation"]["alerts"][0]["state"]
                .as_str()
                .unwrap_or("inactive")
        })
        .collect();
    assert_eq!(
        values,
        ["inactive", "inactive", "pending", "firing", "firing"]
    );
    let steps = document["time_to_page"].as_array().expect("it paged");
    let sum: f64 = steps
        .iter()
        .filter_map(|step| step["after_seconds"].as_f64())
        .sum();
    assert_eq!(document["time_to_page_seconds"].as_f64(), Some(sum));
    assert_eq!(explain(&stretch).out, explain(&stretch).out);
}

#[test]
fn an_alert_that_never_fired_is_explained_by_the_command_that_the_report_gives() {
    let folder = folder("rules-explain-silent");
    fails(&folder, "fails");
    let ended = chaos_runner(&folder, &["run", "fails.yaml"]);
    let command = ended
        .out
        .split("evaluation by evaluation: chaos-runner ")
        .nth(1)
        .and_then(|rest| rest.lines().next())
        .unwrap_or_else(|| panic!("it says how to look closer: {}", ended.out));
    assert_eq!(command, "rules explain fails.yaml Failing --seed 7");
    let arguments: Vec<&str> = command.split(' ').collect();
    let ended = chaos_runner(&folder, &arguments);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    insta::assert_snapshot!(ended.out);
}

#[test]
fn what_is_behind_a_silent_alert_is_the_selector_that_matches_nothing() {
    let folder = folder("rules-explain-empty");
    fails(&folder, "fails");
    let path = folder.join("rules/failing.yml");
    let text = fs::read_to_string(&path).expect("it was written");
    fs::write(&path, text.replace("failed", "faild")).expect("it can be written");
    let ended = chaos_runner(&folder, &["rules", "explain", "fails.yaml", "Failing"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(
        ended
            .out
            .contains("nothing ever matched orders_total{outcome=\"faild\"}"),
        "{}",
        ended.out
    );
    let unknown = chaos_runner(&folder, &["rules", "explain", "fails.yaml", "Faling"]);
    assert_eq!(unknown.code, Some(2));
    assert!(
        unknown.err.contains("did you mean `Failing`?"),
        "{}",
        unknown.err
    );
    assert_eq!(refused(&folder, "9h", "8h"), Some(2));
}

fn refused(folder: &Path, from: &str, until: &str) -> Option<i32> {
    let arguments = [
        "rules",
        "explain",
        "fails.yaml",
        "Failing",
        "--from",
        from,
        "--until",
        until,
    ];
    chaos_runner(folder, &arguments).code
}
