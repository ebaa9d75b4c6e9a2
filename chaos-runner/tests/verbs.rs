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
    let error = &report["files"][1]["errors"][0];
    assert_eq!(error["place"], "./b.yaml:7:27");
    assert_eq!(
        (&error["line"], &error["severity"]),
        (&7.into(), &"error".into())
    );
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
