//! A simulated run follows from its scenario and its seed: to the byte, in one process or several, however many run at a time. And
//! the seed matters.

use chaos_runner::scenario::discover::discover;
use chaos_runner::scenario::load::{Loaded, load};
use end_to_end::{chaos_runner, each, folder, play, scenarios};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn incidents() -> Vec<Loaded> {
    discover(&[scenarios().join("incidents")])
        .expect("incidents are shipped")
        .iter()
        .map(|path| load(path).unwrap_or_else(|diagnostics| panic!("{diagnostics}")))
        .collect()
}

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a report can be listed") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it lies below");
                let bytes = fs::read(&path).expect("a report can be read");
                found.insert(name.display().to_string(), bytes);
            }
        }
    }
    found
}

/// What `--report` writes of all incidents.
fn reported(folder: &Path, name: &str, jobs: &str) -> BTreeMap<String, Vec<u8>> {
    let incidents = scenarios().join("incidents").display().to_string();
    let ended = chaos_runner(
        folder,
        &[
            "run", &incidents, "--quiet", "--jobs", jobs, "--report", name,
        ],
    );
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    files(&folder.join(name))
}

#[test]
fn processes_and_jobs_change_no_byte() {
    let folder = folder("determinism");
    let alone = reported(&folder, "alone", "1");
    let together = reported(&folder, "together", "4");
    assert_eq!(alone.len(), 14 * 3 + 1);
    let differing: Vec<&String> = alone
        .iter()
        .filter(|(name, bytes)| together.get(*name) != Some(bytes))
        .map(|(name, _)| name)
        .collect();
    assert!(
        differing.is_empty() && alone.len() == together.len(),
        "{differing:?}"
    );

    // A third process, this one, by the library.
    each(&incidents(), |loaded| {
        let seed = loaded.scenario.seed;
        let (first, again) = (play(loaded, seed), play(loaded, seed));
        let name = &loaded.scenario.name.value;
        assert!(
            first.run_json() == again.run_json(),
            "{name} differs in one process"
        );
        for (file, text) in [
            ("run.json", first.run_json()),
            ("verdict.json", first.verdict_json()),
        ] {
            let written = &alone[&format!("{name}/{file}")];
            assert!(
                text.as_bytes() == written.as_slice(),
                "{name}/{file} differs between processes"
            );
        }
    });
}

#[test]
fn another_seed_makes_another_run() {
    let drawn: Vec<Loaded> = incidents()
        .into_iter()
        .filter(|loaded| !loaded.path.ends_with("as-happened.yaml"))
        .collect();
    assert_eq!(drawn.len(), 9);
    each(&drawn, |loaded| {
        let first = play(loaded, 1);
        let mut second = play(loaded, 2);
        let name = &loaded.scenario.name.value;
        assert!(
            first.verdict_json() != second.verdict_json(),
            "{name}: verdict.json"
        );
        // Apart from the seed that it names.
        second.record.seed = 1;
        assert!(first.run_json() != second.run_json(), "{name}: run.json");
    });
}
