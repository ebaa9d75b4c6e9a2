//! What can go wrong with the state file, told so that its reader knows what to do. Opening it and writing to it are two things: the
//! one ends a start, the other one request.

use super::file::FORMAT;
use std::io;
use std::sync::Arc;

/// Why a state file was not opened. The message follows the name of the file.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It is a folder, or a device.
    #[error("it is not a file; name a file, which is made where there is none")]
    NotAFile,
    /// The system would not have it.
    #[error("{0}; name a file in a folder that exists and that may be written to")]
    Io(io::Error),
    /// Another process has it open.
    #[error("another running factory uses it; end that one, or give this one a file of its own")]
    InUse,
    /// Something else wrote it.
    #[error(
        "it is no state file of a fake-factory; name another file, or move this one out of the way"
    )]
    Foreign,
    /// A later version wrote it.
    #[error(
        "a newer fake-factory wrote it, in format {found} where this one knows {FORMAT}; run that version, or name another file"
    )]
    Newer {
        /// The format of the file.
        found: u64,
    },
    /// What it holds makes no sense.
    #[error("it is damaged ({0}); bring back a copy, or move it out of the way to start anew")]
    Damaged(String),
    /// It holds more than a factory may.
    #[error("{0}; name another file, or move this one out of the way to start anew")]
    Limit(String),
    /// A simulated factory was to keep its state.
    #[error("only a factory on TCP keeps its state in a file; leave it out of a simulated run")]
    Simulated,
    /// No thread could be started for it.
    #[error("start the thread that writes it: {0}")]
    Thread(io::Error),
}

impl From<io::Error> for StateError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::IsADirectory => StateError::NotAFile,
            // What redb says of a file that is not its own.
            io::ErrorKind::InvalidData => StateError::Foreign,
            io::ErrorKind::UnexpectedEof => StateError::Damaged("it ends too early".to_owned()),
            _ => StateError::Io(error),
        }
    }
}

impl From<redb::Error> for StateError {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::DatabaseAlreadyOpen => StateError::InUse,
            redb::Error::UpgradeRequired(_) => StateError::Foreign,
            redb::Error::Io(error) => StateError::from(error),
            redb::Error::Corrupted(what) => StateError::Damaged(what),
            other => StateError::Damaged(other.to_string()),
        }
    }
}

/// A change is not in the file: whoever asked for it must not be told that it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to write the state file: {reason}")]
pub struct NotStored {
    pub(super) reason: Arc<str>,
}
