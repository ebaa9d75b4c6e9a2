//! Exit codes: what a script may rely on.

use crate::small::{fails, passes, shows_nothing};
use end_to_end::{chaos_runner, folder, write};
use std::fs;
use std::path::Path;

fn code(folder: &Path, arguments: &[&str]) -> Option<i32> {
    chaos_runner(folder, arguments).code
}

#[test]
fn every_outcome_has_its_code_and_failed_outranks_inconclusive() {
    let folder = folder("exit-codes");
    passes(&folder, "passes");
    fails(&folder, "fails");
    shows_nothing(&folder, "shows-nothing");
    assert_eq!(code(&folder, &["run", "passes.yaml"]), Some(0));
    assert_eq!(code(&folder, &["run", "fails.yaml"]), Some(1));
    assert_eq!(code(&folder, &["run", "shows-nothing.yaml"]), Some(4));
    assert_eq!(
        code(&folder, &["run", "passes.yaml", "shows-nothing.yaml"]),
        Some(4)
    );
    assert_eq!(code(&folder, &["run", "."]), Some(1));
}

#[test]
fn wrong_input_runs_nothing() {
    let folder = folder("wrong-input");
    passes(&folder, "passes");
    write(&folder, "other/settings.yaml", "debug: true\n");
    write(&folder, "empty/README.md", "no scenario\n");
    for arguments in [
        &["run", "."] as &[&str],
        &["run", "empty"],
        &["run", "nowhere.yaml"],
        &["run", "passes.yaml", "--filter", "nothing-is-called-so"],
        &["run", "passes.yaml", "--jobs", "0"],
        &["run", "passes.yaml", "--seed", "-1"],
        &["run", "passes.yaml", "--no-such-option"],
        &["run"],
    ] {
        let ended = chaos_runner(&folder, arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        assert_eq!(ended.out, "", "{arguments:?}");
        assert!(!ended.err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_value_that_is_wrong_is_told_with_what_was_expected() {
    let folder = folder("wrong-values");
    fails(&folder, "s");
    write(
        &folder,
        "am.yml",
        "route: { receiver: a }\nreceivers: [{ name: a }]\n",
    );
    let at = ["rules", "route", "--alertmanager", "am.yml", "a=b", "--at"];
    let check = ["rules", "check", "rules/failing.yml"];
    let from = ["rules", "explain", "s.yaml", "Failing"];
    for (verb, more, told) in [
        (
            &["run", "s.yaml"] as &[&str],
            &["--seed", "-1"] as &[&str],
            "a whole number from 0 to",
        ),
        (
            &["run", "s.yaml"],
            &["--seed", ""],
            "expected a whole number from 0 to",
        ),
        (
            &["run", "s.yaml"],
            &["--jobs", "0"],
            "expected a whole number from 1 to",
        ),
        (
            &["run", "s.yaml"],
            &["--jobs", "many"],
            "expected a whole number from 1 to",
        ),
        (
            &check,
            &["--scrape-interval", "0s"],
            "expected more than no time at all",
        ),
        (
            &check,
            &["--evaluation-interval", "-1s"],
            "it cannot be negative",
        ),
        (&from, &["--from", "-1m"], "`-1m` is no moment"),
        (
            &from,
            &["--from", "2h"],
            "--from lies after the end of the run",
        ),
        (
            &at,
            &["12:30"],
            "--at 12:30:00 needs a date and a zone, as in `2024-08-08T22:30:00-06:00`",
        ),
        (&at, &["2024-08-08"], "as in `2024-08-08T10:02:40-06:00`"),
        (&at, &["now"], "`now` is no moment"),
        (
            &at[..5],
            &["--grafana-version", "12"],
            "cannot be used with '--grafana-version",
        ),
        (
            &["rules", "check"],
            &["rules"],
            "error: `rules` is a folder, not a file",
        ),
        (
            &["rules", "check"],
            &["no.yml"],
            "error: `no.yml` could not be read: ",
        ),
        (
            &["init"],
            &["s.yaml"],
            "failed to write to s.yaml: it is a file; name a folder",
        ),
    ] {
        let arguments = [verb, more].concat();
        let ended = chaos_runner(&folder, &arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        assert_eq!(ended.out, "", "{arguments:?}");
        assert!(ended.err.contains(told), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn a_file_of_another_kind_is_told_once() {
    let folder = folder("other-kind");
    fails(&folder, "scenario");
    write(
        &folder,
        "alertmanager.yml",
        "route: { receiver: a }\nreceivers: [{ name: a }]\n",
    );
    let ended = chaos_runner(
        &folder,
        &["run", "scenario.yaml", "--quiet", "--report", "r"],
    );
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let misnamed = fs::read_to_string(folder.join("scenario.yaml"))
        .expect("it was written")
        .replace("rules/failing.yml", "alertmanager.yml");
    write(&folder, "misnamed.yaml", &misnamed);
    let rules = "rules/failing.yml";
    for (arguments, told) in [
        (
            &["run", rules] as &[&str],
            "a rule file of Prometheus or Loki, not a scenario",
        ),
        (
            &["validate", rules],
            "a rule file of Prometheus or Loki, not a scenario",
        ),
        (
            &["run", "alertmanager.yml"],
            "an Alertmanager configuration, not a scenario",
        ),
        (
            &["run", "r/scenario/run.json"],
            "the record of a run, not a scenario",
        ),
        (
            &["run", "r/scenario/verdict.json"],
            "the verdict of a run, not a scenario",
        ),
        (&["run", "r/junit.xml"], "XML or HTML, not a scenario"),
        (
            &["run", "misnamed.yaml"],
            "an Alertmanager configuration, not a rule file",
        ),
        (
            &["rules", "check", "scenario.yaml"],
            "a scenario, not a rule file",
        ),
        (
            &["rules", "check", rules, "--scenario", rules],
            "not a scenario",
        ),
        (
            &["rules", "check", "r/scenario/run.json"],
            "the record of a run, not a rule file",
        ),
        (&["rules", "explain", rules, "Failing"], "not a scenario"),
        (
            &["rules", "route", "--scenario", rules, "a=b"],
            "not a scenario",
        ),
        (
            &["rules", "route", "--alertmanager", "scenario.yaml"],
            "a scenario, not an Alertmanager",
        ),
        (
            &["rules", "route", "--alertmanager", rules],
            "a rule file of Prometheus or Loki, not",
        ),
        (
            &["rules", "route", "--grafana", "scenario.yaml"],
            "a scenario, not a document of",
        ),
    ] {
        let ended = chaos_runner(&folder, arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        assert_eq!(ended.out, "", "{arguments:?}");
        assert_eq!(ended.err.matches("error: ").count(), 1, "{}", ended.err);
        assert!(ended.err.contains(told), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn a_report_that_could_not_be_written_is_wrong_input_before_anything_runs() {
    let folder = folder("no-report");
    passes(&folder, "passes");
    write(&folder, "file", "in its way\n");
    write(&folder, "a/passes", "in the way of the folder\n");
    write(&folder, "b/junit.xml/x", "in the way of the file\n");
    write(&folder, "c/passes/run.json/x", "in the way of the file\n");
    for (report, told) in [
        (
            "file",
            "failed to create the folder file: there is a file of this name",
        ),
        ("file/below", "failed to create the folder file/below: "),
        ("a", "failed to create the folder a/passes: there is a file"),
        ("b", "failed to write b/junit.xml: "),
        ("c", "failed to write c/passes/run.json: "),
        ("", "a value is required for '--report <DIR>'"),
    ] {
        let ended = chaos_runner(&folder, &["run", "passes.yaml", "--report", report]);
        assert_eq!(ended.code, Some(2), "{report}: {}", ended.err);
        assert_eq!(ended.out, "", "{report}");
        assert!(ended.err.contains(told), "{report}: {}", ended.err);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_is_full_is_a_failure_of_the_harness() {
    let folder = folder("disk-full");
    passes(&folder, "passes");
    write(&folder, "report/README.md", "not ours\n");
    std::os::unix::fs::symlink("/dev/full", folder.join("report/junit.xml"))
        .expect("the folder is writable");
    let ended = chaos_runner(&folder, &["run", "passes.yaml", "--report", "report"]);
    assert_eq!(ended.code, Some(3));
    let told = "error: failed to write report/junit.xml: No space left on device";
    assert!(ended.err.contains(told), "{}", ended.err);
    assert!(ended.out.contains("1 passed"), "{}", ended.out);
    let files = fs::read_dir(folder.join("report")).expect("it is there");
    assert_eq!(files.count(), 3, "nothing of the trial is left");
}
