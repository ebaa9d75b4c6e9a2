//! The programs as a user calls them, and folders to call them in. It finds those that cargo built beside the tests, and has them
//! built where one is missing or older than its sources, as when this package is tested alone.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Where the binary's sources lie, in the workspace.
const SOURCES: [&str; 3] = [
    "fake-factory/src",
    "chaos-runner/src",
    "chaos-runner/promql/src",
];

/// The programs that a user has.
const PROGRAMS: [&str; 2] = ["chaos-runner", "fake-factory"];

/// What a command that ended has said.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl Ended {
    /// Standard output as one JSON document.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }
}

/// Calls `chaos-runner` in `folder` and waits for its end.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn chaos_runner(folder: &Path, arguments: &[&str]) -> Ended {
    let output = Command::new(program(programs(), "chaos-runner"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary can be started");
    Ended {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The folder of the shipped scenarios.
#[must_use]
pub fn scenarios() -> PathBuf {
    workspace().join("scenarios")
}

/// A folder for one test, empty at its start. Its name is the test's.
///
/// # Panics
/// When it cannot be made.
#[must_use]
pub fn folder(test: &str) -> PathBuf {
    let folder = profile_folder()
        .with_file_name("tmp")
        .join("end-to-end")
        .join(test);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("what an earlier run left can be removed");
    }
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

/// Writes a file below `folder`, and the folders on its way.
///
/// # Panics
/// When it cannot be written.
pub fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap_or(folder)).expect("folders can be made");
    fs::write(path, text).expect("a file can be written");
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests lie in the workspace")
        .to_owned()
}

/// The folder into which cargo builds: tests run from `deps` below it.
fn profile_folder() -> PathBuf {
    let test = env::current_exe().expect("a test knows its own path");
    test.ancestors()
        .nth(2)
        .expect("tests lie in target/PROFILE/deps")
        .to_owned()
}

/// The folder of the two programs.
///
/// # Panics
/// When they cannot be built.
#[must_use]
pub fn programs() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = profile_folder();
        if !PROGRAMS
            .iter()
            .all(|name| is_current(&program(&folder, name)))
        {
            build();
        }
        folder
    })
}

fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// Whether no source is newer than the binary, which is how cargo tells it, too.
fn is_current(binary: &Path) -> bool {
    let Ok(built) = binary.metadata().and_then(|metadata| metadata.modified()) else {
        return false;
    };
    let mut folders: Vec<PathBuf> = SOURCES
        .iter()
        .map(|folder| workspace().join(folder))
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the sources can be listed") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .metadata()
                .and_then(|file| file.modified())
                .is_ok_and(|changed| changed > built)
            {
                return false;
            }
        }
    }
    true
}

fn build() {
    let folder = profile_folder();
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "build",
            "--workspace",
            "--bins",
            "--profile",
            profile,
            "--target-dir",
        ])
        .arg(
            folder
                .parent()
                .expect("the profile's folder lies in target/"),
        )
        .current_dir(workspace())
        .status()
        .expect("cargo can be started");
    assert!(status.success(), "the programs cannot be built");
}
