//! What clippy cannot say of the source: files stay small, modules say what they are for, nothing is left to do later, and no
//! simulated path polls its branches in a random order.

use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a file, tests included.
const FILE_LINES_MAX: usize = 500;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ lies in the workspace")
        .to_owned()
}

/// Every Rust file of the workspace with its text.
fn sources() -> Vec<(PathBuf, String)> {
    fn collect(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<PathBuf> = fs::read_dir(folder)
            .expect("a folder of the workspace can be listed")
            .map(|entry| entry.expect("an entry can be read").path())
            .collect();
        entries.sort();
        for path in entries {
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                collect(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source is UTF-8");
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    for member in ["fake-factory", "chaos-runner", "tests"] {
        collect(&workspace().join(member), &mut found);
    }
    assert!(
        found.len() > 50,
        "the sources are not where they were: found {}",
        found.len()
    );
    found
}

/// The files for which `is_wrong`, each with its reason.
fn offenders(is_wrong: impl Fn(&Path, &str) -> Option<String>) -> Vec<String> {
    sources()
        .iter()
        .filter_map(|(path, text)| Some(format!("{}: {}", path.display(), is_wrong(path, text)?)))
        .collect()
}

#[test]
fn files_have_one_subject_and_stay_small() {
    let found = offenders(|_, text| {
        let lines = text.lines().count();
        (lines > FILE_LINES_MAX).then(|| format!("{lines} lines, {FILE_LINES_MAX} at the most"))
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn modules_open_with_what_they_are_for() {
    let found =
        offenders(|_, text| (!text.starts_with("//! ")).then(|| "no module head".to_owned()));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that this file does not find itself.
    let words = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["XX", "X"].concat(),
    ];
    let found = offenders(|_, text| {
        words
            .iter()
            .find(|word| text.contains(word.as_str()))
            .cloned()
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_select_is_biased() {
    let select = ["select", "! {"].concat();
    let found = offenders(|_, text| {
        text.match_indices(&select)
            .any(|(at, _)| {
                !text[at + select.len()..]
                    .trim_start()
                    .starts_with("biased;")
            })
            .then(|| {
                "a select without `biased;`: its branches are polled in a random order".to_owned()
            })
    });
    assert!(found.is_empty(), "{found:#?}");
}
