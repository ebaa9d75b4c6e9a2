//! The files of `--report DIR`: a folder a scenario with its record, verdict and JUnit report, and one JUnit report for all.

use super::{Ran, json, junit};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A folder could not be made.
    #[error("failed to create the folder {}: {error}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Where a folder is to be, something else is.
    #[error("failed to create the folder {}: there is a file of this name", .0.display())]
    NoFolder(PathBuf),
    /// A file could not be written.
    #[error("failed to write {}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A value has no form in JSON.
    #[error("failed to write the report as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A value has no form in XML.
    #[error("failed to write the report as XML: {0}")]
    Xml(#[from] quick_junit::SerializeError),
}

/// The report of all that ran, in `DIR`, and of one scenario, in its folder.
const JUNIT: &str = "junit.xml";

/// The record.
const RUN: &str = "run.json";

/// The verdict.
const VERDICT: &str = "verdict.json";

/// A file that is made and removed again, to see whether a folder takes any.
const PROBE: &str = ".chaos-runner-probe";

/// Makes sure of `dir` before anything runs, so that a run of hours does not end without its report: it is made where it is not there,
/// and what an earlier run of these scenarios left in it stays as it is until it is replaced.
///
/// # Errors
/// When a folder cannot be made, or a file in it could not be written.
pub fn prepare<'n>(
    dir: &Path,
    scenarios: impl IntoIterator<Item = &'n str>,
) -> Result<(), ReportError> {
    make(dir)?;
    can_write(dir, &[JUNIT])?;
    for scenario in scenarios {
        let folder = dir.join(folder_name(scenario));
        if folder.is_dir() {
            can_write(&folder, &[RUN, VERDICT, JUNIT])?;
        } else if folder.symlink_metadata().is_ok() {
            return Err(ReportError::NoFolder(folder));
        }
    }
    Ok(())
}

/// Whether these files can be written in `folder`, the others beside them untouched.
fn can_write(folder: &Path, names: &[&str]) -> Result<(), ReportError> {
    let probe = folder.join(PROBE);
    File::create(&probe)
        .and_then(|_| match fs::remove_file(&probe) {
            // Another run that looks at the same time was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        })
        .map_err(|error| ReportError::File {
            path: folder.to_owned(),
            error,
        })?;
    for name in names {
        let path = folder.join(name);
        // To open a pipe would wait for its reader.
        let can_be_opened = |found: fs::Metadata| found.is_file() || found.is_dir();
        if path.metadata().is_ok_and(can_be_opened)
            && let Err(error) = OpenOptions::new().write(true).open(&path)
        {
            return Err(ReportError::File { path, error });
        }
    }
    Ok(())
}

/// Writes the reports of all that ran below `dir`, which is made where it is not there; files of an earlier run are replaced.
///
/// # Errors
/// When a folder or a file cannot be written.
pub fn write_report(dir: &Path, ran: &[Ran]) -> Result<(), ReportError> {
    for one in ran {
        let folder = dir.join(folder_name(&one.verdict.scenario));
        make(&folder)?;
        write(&folder.join(RUN), &json::pretty(&one.record)?)?;
        write(&folder.join(VERDICT), &json::pretty(&one.verdict)?)?;
        write(&folder.join(JUNIT), &junit::document_of(one)?)?;
    }
    make(dir)?;
    write(&dir.join(JUNIT), &junit::document(ran)?)
}

fn make(path: &Path) -> Result<(), ReportError> {
    if path.symlink_metadata().is_ok() && !path.is_dir() {
        return Err(ReportError::NoFolder(path.to_owned()));
    }
    fs::create_dir_all(path).map_err(|error| ReportError::Folder {
        path: path.to_owned(),
        error,
    })
}

fn write(path: &Path, text: &str) -> Result<(), ReportError> {
    fs::write(path, text).map_err(|error| ReportError::File {
        path: path.to_owned(),
        error,
    })
}

/// The folder of a scenario: its name, with whatever could lead out of `DIR` or upset a file system as `%` and two digits. Two names
/// never share a folder.
#[must_use]
pub fn folder_name(scenario: &str) -> String {
    let mut name = String::new();
    for (index, byte) in scenario.bytes().enumerate() {
        let is_plain = byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_')
            || (byte == b'.' && index > 0);
        if is_plain {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    // `junit.xml` beside the folders is the report of all.
    if name.is_empty() || name == JUNIT {
        name.push('%');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        assert_eq!(folder_name("2024-08-08-hq_out.v2"), "2024-08-08-hq_out.v2");
        assert_eq!(folder_name("../etc"), "%2E.%2Fetc");
        assert_eq!(folder_name("junit.xml"), "junit.xml%");
        assert_ne!(folder_name("a b"), folder_name("a%20b"));
    }

    #[test]
    fn each_scenario_has_a_folder_and_all_have_one_junit_file() {
        let dir = std::env::temp_dir().join(format!("chaos-runner-report-{}", std::process::id()));
        let ran = [sample::failed(), sample::passed()];
        write_report(&dir, &ran).expect("the temporary folder can be written");
        let read = |path: &str| fs::read_to_string(dir.join(path)).expect("it was written");
        let mut suites = 0;
        for one in &ran {
            let name = &one.verdict.scenario;
            let run = read(&format!("{name}/run.json"));
            assert!(run.ends_with("}\n"));
            let verdict: crate::verdict::Verdict =
                serde_json::from_str(&read(&format!("{name}/verdict.json")))
                    .expect("it was written");
            assert_eq!(verdict, one.verdict);
            suites += read(&format!("{name}/junit.xml"))
                .matches("<testsuite ")
                .count();
        }
        assert_eq!(read("junit.xml").matches("<testsuite ").count(), suites);
        fs::remove_dir_all(&dir).expect("the temporary folder can be removed");
    }
}
