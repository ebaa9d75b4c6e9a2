//! Writing for a person or a pipe: colour only where it shows, and a reader who has seen enough is no error.

use super::exit::Exit;
use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use std::io::{self, ErrorKind, Write};

/// How a verb says what it found: its `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For a reader
    Text,
    /// One JSON document
    Json,
}

/// Writes to standard output.
pub(super) fn print(text: &str, exit: Exit) -> Exit {
    written(anstream::stdout().write_all(text.as_bytes()), exit)
}

/// Writes to standard error.
pub(super) fn print_error(text: &str, exit: Exit) -> Exit {
    written(anstream::stderr().write_all(text.as_bytes()), exit)
}

/// `exit`, when what had to be written was written or its reader left; another one when the writing failed.
pub(super) fn written(result: io::Result<()>, exit: Exit) -> Exit {
    match result {
        Ok(()) => exit,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit,
        Err(error) => {
            // Where standard error fails as well, only the exit code is left to tell it.
            let message = format!("error: failed to write what is to be told: {error}\n");
            let _ = anstream::stderr().write_all(message.as_bytes());
            Exit::HarnessFailed
        }
    }
}

/// Whether standard error shows colour.
pub(super) fn colors_errors() -> bool {
    AutoStream::choice(&io::stderr()) != ColorChoice::Never
}

/// Whether standard output shows colour.
pub(super) fn colors() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}

/// Writes to standard output while more is to come; that it failed is told by what comes last.
pub(super) fn line(text: &str) {
    let _ = anstream::stdout().write_all(text.as_bytes());
}
