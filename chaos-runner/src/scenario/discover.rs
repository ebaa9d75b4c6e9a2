//! From the paths of a command line to scenario files: a file is taken as it is, a folder is searched. Nothing that looks like a
//! scenario is ever skipped, so that one with an error in it cannot pass unnoticed.

use super::load::Loaded;
use fake_factory::input::{Diagnostic, Diagnostics};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

/// How deep folders are searched.
const DEPTH_MAX: usize = 32;

/// The most entries of folders that are looked at.
const ENTRIES_MAX: usize = 100_000;

/// What a scenario's file name ends in.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The folder that holds rule files, which are no scenarios.
const RULES_FOLDER: &str = "rules";

/// What `--report` writes of a scenario: a folder with all of these is a report, and what lies in it no scenario.
const REPORT_FILES: [&str; 3] = ["run.json", "verdict.json", "junit.xml"];

/// What the name of a JSON Schema ends in.
const SCHEMA_ENDING: &str = ".schema.json";

/// Why no scenario was found.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// A path leads nowhere, or to what cannot be read.
    #[error("failed to read {}: {error}", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// What is called as a scenario is, in a folder, is no file: a pipe or a device.
    #[error("failed to read {}: it is no regular file", .0.display())]
    NoFile(PathBuf),
    /// A folder has no scenario in it.
    #[error("failed to find a scenario in {}: it has no file *.yaml, *.yml or *.json outside of folders named `rules`", .0.display())]
    NoScenario(PathBuf),
    /// A folder holds folders without end.
    #[error("failed to search {}: folders are nested more than {DEPTH_MAX} deep", .0.display())]
    TooDeep(PathBuf),
    /// A folder holds too much.
    #[error("failed to search {}: it holds more than {ENTRIES_MAX} files", .0.display())]
    TooMany(PathBuf),
}

/// The scenario files that `paths` stand for, each once: those of a folder in the order of their paths.
///
/// # Errors
/// For each path that leads nowhere, and each folder that holds no scenario.
pub fn discover(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Vec<DiscoverError>> {
    let mut files = Vec::new();
    let mut errors = Vec::new();
    let mut seen = BTreeSet::new();
    for path in paths {
        match below(path) {
            Err(error) => errors.push(error),
            Ok(found) => files.extend(
                found
                    .into_iter()
                    .filter_map(|(real, file)| seen.insert(real).then_some(file)),
            ),
        }
    }
    if errors.is_empty() {
        Ok(files)
    } else {
        Err(errors)
    }
}

/// The files that one path stands for, with their real paths.
fn below(path: &Path) -> Result<Vec<(PathBuf, PathBuf)>, DiscoverError> {
    let found = if metadata(path)?.is_dir() {
        search(path)?
    } else {
        vec![path.to_owned()]
    };
    let found = found.into_iter();
    found.map(|file| Ok((real(&file)?, file))).collect()
}

/// Says which of several scenarios share a name.
#[must_use]
pub fn same_names<'l>(scenarios: impl IntoIterator<Item = &'l Loaded>) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let mut first: BTreeMap<&str, &Loaded> = BTreeMap::new();
    for loaded in scenarios {
        let name = &loaded.scenario.name;
        if let Some(other) = first.get(name.as_str()) {
            let message = format!(
                "`{}` is the name of {} as well",
                name.value,
                other.path.display()
            );
            diagnostics.push(
                Diagnostic::at(&loaded.source, name.span, &message).with_help(
                    "no two scenarios of a run share a name: reports tell them apart by it",
                ),
            );
        } else {
            first.insert(name.as_str(), loaded);
        }
    }
    diagnostics
}

fn search(folder: &Path) -> Result<Vec<PathBuf>, DiscoverError> {
    let mut search = Search {
        top: folder,
        files: Vec::new(),
        folders: BTreeSet::new(),
        entries: 0,
    };
    search.folder(folder, 0)?;
    if search.files.is_empty() {
        return Err(DiscoverError::NoScenario(folder.to_owned()));
    }
    search.files.sort();
    Ok(search.files)
}

struct Search<'p> {
    top: &'p Path,
    files: Vec<PathBuf>,
    /// Folders that were searched, by their real path: a link to one of them is not followed again.
    folders: BTreeSet<PathBuf>,
    entries: usize,
}

impl Search<'_> {
    fn folder(&mut self, folder: &Path, depth: usize) -> Result<(), DiscoverError> {
        if depth > DEPTH_MAX {
            return Err(DiscoverError::TooDeep(self.top.to_owned()));
        }
        if !self.folders.insert(real(folder)?) {
            return Ok(());
        }
        let unreadable = |error| unreadable(folder, error);
        let mut entries = Vec::new();
        for entry in folder.read_dir().map_err(unreadable)? {
            entries.push(entry.map_err(unreadable)?.path());
            self.entries += 1;
            if self.entries > ENTRIES_MAX {
                return Err(DiscoverError::TooMany(self.top.to_owned()));
            }
        }
        if is_report(&entries) {
            return Ok(());
        }
        entries.sort();
        for path in entries {
            self.entry(&path, depth)?;
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, depth: usize) -> Result<(), DiscoverError> {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let scenario = is_scenario(path) && !name.ends_with(SCHEMA_ENDING);
        if name.starts_with('.') {
            return Ok(());
        }
        match metadata(path) {
            Ok(found) if found.is_dir() && name != RULES_FOLDER => self.folder(path, depth + 1)?,
            Ok(found) if found.is_dir() => {}
            // Reading a pipe that nobody writes to would never end.
            Ok(found) if scenario && !found.is_file() => {
                return Err(DiscoverError::NoFile(path.to_owned()));
            }
            Ok(_) if scenario => self.files.push(path.to_owned()),
            Ok(_) => {}
            Err(error) if scenario => return Err(error),
            // A broken link that is none of ours.
            Err(_) => {}
        }
        Ok(())
    }
}

/// Whether a folder with these entries is what `--report` wrote of a scenario.
fn is_report(entries: &[PathBuf]) -> bool {
    REPORT_FILES
        .iter()
        .all(|name| entries.iter().any(|entry| entry.ends_with(name)))
}

fn is_scenario(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    EXTENSIONS
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

fn metadata(path: &Path) -> Result<std::fs::Metadata, DiscoverError> {
    path.metadata().map_err(|error| unreadable(path, error))
}

fn real(path: &Path) -> Result<PathBuf, DiscoverError> {
    path.canonicalize().map_err(|error| unreadable(path, error))
}

fn unreadable(path: &Path, error: io::Error) -> DiscoverError {
    DiscoverError::Unreadable {
        path: path.to_owned(),
        error,
    }
}
