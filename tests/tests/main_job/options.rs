//! The options of `run`.

use crate::small::{PASSES, fails, passes, shows_nothing};
use end_to_end::{Ended, chaos_runner, folder, write};
use std::fs;

fn names(ended: &Ended) -> Vec<String> {
    let document = ended.json();
    let scenarios = document["scenarios"]
        .as_array()
        .expect("it lists scenarios");
    scenarios
        .iter()
        .map(|scenario| scenario["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn filters_choose_by_name() {
    let folder = folder("filters");
    for name in ["lunch-one", "lunch-two", "dinner"] {
        passes(&folder, name);
    }
    let run = |filters: &[&str]| {
        let mut arguments = vec!["run", ".", "--format", "json"];
        for filter in filters {
            arguments.extend(["--filter", filter]);
        }
        names(&chaos_runner(&folder, &arguments))
    };
    assert_eq!(run(&[]), ["dinner", "lunch-one", "lunch-two"]);
    assert_eq!(run(&["lunch"]), ["lunch-one", "lunch-two"]);
    assert_eq!(run(&["two", "dinner"]), ["dinner", "lunch-two"]);
}

#[test]
fn fail_fast_begins_no_scenario_after_one_that_did_not_pass() {
    let folder = folder("fail-fast");
    fails(&folder, "a-fails");
    passes(&folder, "b-passes");
    passes(&folder, "c-passes");
    let run = |more: &[&str]| {
        let mut arguments = vec!["run", ".", "--format", "json", "--jobs", "1"];
        arguments.extend(more);
        let ended = chaos_runner(&folder, &arguments);
        assert_eq!(ended.code, Some(1));
        names(&ended)
    };
    assert_eq!(run(&[]), ["a-fails", "b-passes", "c-passes"]);
    assert_eq!(run(&["--fail-fast"]), ["a-fails"]);
    let arguments = ["run", ".", "--fail-fast", "--jobs", "1"];
    let told = "2 of 3 scenarios were not begun, as another did not pass\n";
    assert_eq!(chaos_runner(&folder, &arguments).err, told);
}

#[test]
fn jobs_change_nothing_of_what_is_told() {
    let folder = folder("jobs");
    fails(&folder, "a");
    passes(&folder, "b");
    shows_nothing(&folder, "c");
    let told = |jobs| chaos_runner(&folder, &["run", ".", "--format", "json", "--jobs", jobs]).out;
    assert_eq!(told("1"), told("4"));
}

#[test]
fn quiet_tells_what_did_not_pass_and_nothing_else() {
    let folder = folder("quiet");
    passes(&folder, "passes");
    let ended = chaos_runner(&folder, &["run", ".", "--quiet"]);
    assert_eq!(
        (ended.code, ended.out.as_str(), ended.err.as_str()),
        (Some(0), "", "")
    );
    let ended = chaos_runner(&folder, &["run", "."]);
    assert!(
        ended.out.contains("PASS") && ended.out.contains("1 passed"),
        "{}",
        ended.out
    );
    fails(&folder, "fails");
    let ended = chaos_runner(&folder, &["run", ".", "--quiet"]);
    assert!(!ended.out.contains("PASS"), "{}", ended.out);
    assert!(ended.out.contains("FAIL fails"), "{}", ended.out);
    assert!(ended.out.contains("1 passed, 1 failed"), "{}", ended.out);
}

#[test]
fn what_went_amiss_is_told_in_every_form() {
    let folder = folder("amiss");
    let monitoring =
        "monitoring: { alertmanager: rules/alertmanager.yml, channels: { phone: {} } }\n";
    let text = PASSES.replace("NAME", "amiss") + monitoring;
    write(&folder, "amiss.yaml", &text);
    write(
        &folder,
        "rules/alertmanager.yml",
        "route: { receiver: nobody }\nreceivers: [{ name: nobody, webhook_configs: [{ url: 'http://localhost' }] }]\n",
    );
    let told = "no channel of this scenario stands for these receivers of the Alertmanager configuration: nobody";
    let run = |more: &[&str]| {
        let mut arguments = vec!["run", "amiss.yaml"];
        arguments.extend(more);
        let ended = chaos_runner(&folder, &arguments);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        ended
    };
    let document = run(&["--format", "json"]).json();
    assert_eq!(
        document["scenarios"][0]["warnings"],
        serde_json::json!([{ "at": 0.0, "message": told }])
    );
    let quiet = run(&["--quiet", "--report", "report"]);
    assert_eq!(quiet.out, "");
    assert_eq!(quiet.err, format!("warning: amiss: {told}\n"));
    let read =
        |name: &str| fs::read_to_string(folder.join("report").join(name)).expect("it was written");
    for name in ["junit.xml", "amiss/junit.xml", "amiss/verdict.json"] {
        assert!(read(name).contains(told), "{name}");
    }
}

#[test]
fn a_failure_says_why_and_how_to_replay_it_with_its_seed() {
    let folder = folder("replay");
    fails(&folder, "fails");
    let ended = chaos_runner(
        &folder,
        &[
            "run",
            "fails.yaml",
            "--seed",
            "18446744073709551615",
            "--report",
            "first",
        ],
    );
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.out.contains("alert Failing fires within 1m"),
        "{}",
        ended.out
    );
    assert!(
        ended.out.contains("needed 5"),
        "says how long it still had to hold: {}",
        ended.out
    );
    let command = ended
        .out
        .split("run it again: chaos-runner ")
        .nth(1)
        .and_then(|rest| rest.lines().next())
        .expect("it says how to replay it");
    assert_eq!(command, "run fails.yaml --seed 18446744073709551615");
    let mut arguments: Vec<&str> = command.split(' ').collect();
    arguments.extend(["--report", "again"]);
    assert_eq!(chaos_runner(&folder, &arguments).code, Some(1));
    let read = |name: &str| fs::read(folder.join(name)).expect("the report was written");
    assert_eq!(read("first/fails/run.json"), read("again/fails/run.json"));
    assert_eq!(
        read("first/fails/verdict.json"),
        read("again/fails/verdict.json")
    );
}

#[test]
fn what_never_happened_is_null_and_what_failed_is_explained() {
    let folder = folder("nulls");
    fails(&folder, "fails");
    let document = chaos_runner(&folder, &["run", ".", "--format", "json"]).json();
    let scenario = &document["scenarios"][0];
    assert_eq!(scenario["verdict"], "failed");
    let alert = &scenario["alerts"][0];
    assert_eq!(alert["name"], "Failing");
    assert!(alert["pending_at"].is_f64(), "{alert}");
    for time in ["firing_at", "paged_at", "resolved_at"] {
        assert!(alert[time].is_null(), "{time}: {alert}");
    }
    let expectations = &scenario["expectations"];
    assert_eq!(expectations[0]["passed"], false);
    assert!(expectations[0]["explanation"].is_string(), "{expectations}");
    assert_eq!(expectations[1]["passed"], true);
    assert!(expectations[1]["explanation"].is_null(), "{expectations}");
}
