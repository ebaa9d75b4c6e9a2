//! Exit codes: what a script may rely on.

use crate::small::{fails, passes, shows_nothing};
use end_to_end::{chaos_runner, folder, write};
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
fn a_report_that_cannot_be_written_is_a_failure_of_the_harness() {
    let folder = folder("no-report");
    passes(&folder, "passes");
    write(&folder, "report", "a file in its way\n");
    let ended = chaos_runner(&folder, &["run", "passes.yaml", "--report", "report"]);
    assert_eq!(ended.code, Some(3));
    assert!(
        ended.err.contains("failed to create the folder report: "),
        "{}",
        ended.err
    );
}
