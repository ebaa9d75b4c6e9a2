//! `validate`: checks scenario files and the rule files that they name, without running them.

use super::exit::Exit;
use super::finding::Finding;
use super::output::{self, Format};
use super::sound;
use crate::scenario::discover::same_names;
use crate::scenario::load::{Loaded, load};
use clap::Args;
use fake_factory::input::Diagnostics;
use serde::Serialize;
use std::fmt::Write;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Arguments {
    /// Scenario files, and folders to search for them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to tell what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const AFTER_HELP: &str = "\
Examples:
  chaos-runner validate scenarios                  every scenario below a folder, by its name
  chaos-runner validate first.yaml --format json   one document for an editor or a program

Exit codes:
  0  every scenario can be run
  2  one cannot, or there is none";

/// A file and what came of it.
struct Checked {
    path: PathBuf,
    result: Result<Loaded, Diagnostics>,
}

pub(super) fn validate(arguments: &Arguments) -> Exit {
    let files = match sound::found(&arguments.paths) {
        Ok(files) => files,
        Err(message) => return output::print_error(&message, Exit::InputWrong),
    };
    let mut checked: Vec<Checked> = files
        .into_iter()
        .map(|path| Checked {
            result: load(&path),
            path,
        })
        .collect();
    refuse_same_names(&mut checked);
    let exit = if checked.iter().all(|file| file.result.is_ok()) {
        Exit::Held
    } else {
        Exit::InputWrong
    };
    match arguments.format {
        Format::Text => print_text(&checked, exit),
        Format::Json => output::print(&json(&checked), exit),
    }
}

fn refuse_same_names(checked: &mut [Checked]) {
    let scenarios = checked.iter().filter_map(|file| file.result.as_ref().ok());
    for diagnostic in same_names(scenarios) {
        let mut files = checked.iter_mut();
        let of_file = |file: &&mut Checked| {
            let path = file.path.display().to_string();
            diagnostic.place().starts_with(&format!("{path}:"))
        };
        if let Some(file) = files.find(of_file) {
            file.result = Err(diagnostic.into());
        }
    }
}

fn print_text(checked: &[Checked], exit: Exit) -> Exit {
    let mut sound = String::new();
    let mut wrong = String::new();
    for file in checked {
        match &file.result {
            Ok(loaded) => {
                let (path, name) = (file.path.display(), &loaded.scenario.name);
                // Writing to a string cannot fail.
                let _ = writeln!(sound, "ok {path} ({name})");
            }
            Err(diagnostics) => wrong.push_str(&diagnostics.render(output::colors_errors())),
        }
    }
    let count = checked.iter().filter(|file| file.result.is_err()).count();
    if count > 0 {
        let _ = writeln!(
            wrong,
            "{count} of {} scenarios cannot be run",
            checked.len()
        );
    }
    let exit = output::print(&sound, exit);
    output::print_error(&wrong, exit)
}

#[derive(Serialize)]
struct Report<'c> {
    valid: usize,
    invalid: usize,
    files: Vec<FileReport<'c>>,
}

#[derive(Serialize)]
struct FileReport<'c> {
    path: String,
    name: Option<&'c str>,
    valid: bool,
    errors: Vec<Finding<'c>>,
}

fn json(checked: &[Checked]) -> String {
    let valid = checked.iter().filter(|file| file.result.is_ok()).count();
    let report = Report {
        valid,
        invalid: checked.len() - valid,
        files: checked.iter().map(file_report).collect(),
    };
    // Plain data without maps: it can always be written.
    serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
}

fn file_report(file: &Checked) -> FileReport<'_> {
    let loaded = file.result.as_ref().ok();
    let diagnostics = file.result.as_ref().err();
    let errors = diagnostics.into_iter().flat_map(Diagnostics::sorted);
    FileReport {
        path: file.path.display().to_string(),
        name: loaded.map(|loaded| loaded.scenario.name.as_str()),
        valid: loaded.is_some(),
        errors: errors.map(Finding::of).collect(),
    }
}
