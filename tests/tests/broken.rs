//! Bad input, as data: every file of `broken/` is refused, and what is said of it is what stands beside it in
//! `broken/snapshots/`. To add one, write the file and run the tests with `INSTA_UPDATE=always`, then read what it says.

use chaos_runner::scenario::load::load;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Paths are told as they are named: from the folder of this crate, where tests run.
const FOLDER: &str = "broken";

/// The files of a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder of broken files is there")
        .map(|entry| entry.expect("its entries can be read").path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

#[test]
fn every_broken_file_is_refused_with_all_its_errors_where_they_stand() {
    let files = files(Path::new(FOLDER));
    assert!(files.len() >= 45, "there are {} broken files", files.len());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new("..").join(FOLDER).join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for file in files {
        let diagnostics = match load(&file) {
            Ok(_) => panic!("{} is not refused", file.display()),
            Err(diagnostics) => diagnostics,
        };
        settings.bind(|| insta::assert_snapshot!(stem(&file), diagnostics.render(false)));
    }
}

#[test]
fn nothing_is_told_of_a_file_that_is_no_more() {
    let names: BTreeSet<String> = files(Path::new(FOLDER))
        .iter()
        .map(|path| stem(path))
        .collect();
    for snapshot in files(&Path::new(FOLDER).join("snapshots")) {
        assert!(
            names.contains(&stem(&snapshot)),
            "{} is of no file",
            snapshot.display()
        );
    }
}
