//! `init`: writes a small commented scenario and its rule file, to run, to read and to change.

use super::exit::Exit;
use super::output;
use crate::report::shell_word;
use clap::Args;
use std::fs::{File, create_dir_all};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What is written, and where.
const FILES: [(&str, &str); 2] = [
    ("first.yaml", include_str!("init/first.yaml")),
    ("rules/first.yml", include_str!("init/first.yml")),
];

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Arguments {
    /// The folder to write to; it is made when it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

const AFTER_HELP: &str = "\
Example:
  chaos-runner init first && chaos-runner run first

Nothing that is there already is overwritten.";

pub(super) fn init(arguments: &Arguments) -> Exit {
    let folder = &arguments.folder;
    let there = FILES
        .iter()
        .map(|(name, _)| folder.join(name))
        .find(|path| path.symlink_metadata().is_ok());
    if let Some(path) = there {
        let message = format!(
            "error: failed to write {}: it is there already\n",
            path.display()
        );
        return output::print_error(&message, Exit::InputWrong);
    }
    if folder.symlink_metadata().is_ok() && !folder.is_dir() {
        let message = format!(
            "error: failed to write to {}: it is a file; name a folder, which is made where there is none\n",
            folder.display()
        );
        return output::print_error(&message, Exit::InputWrong);
    }
    let mut told = String::new();
    for (name, text) in FILES {
        let path = folder.join(name);
        if let Err(error) = write(&path, text) {
            let message = format!("error: failed to write {}: {error}\n", path.display());
            return output::print_error(&message, Exit::InputWrong);
        }
        told.push_str(&format!("wrote {}\n", path.display()));
    }
    told.push_str(&format!(
        "run it with: chaos-runner run {}\n",
        shell_word(&folder.display().to_string())
    ));
    output::print(&told, Exit::Held)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        create_dir_all(folder)?;
    }
    File::create_new(path)?.write_all(text.as_bytes())
}
