//! The one thread that writes the file. It takes all changes that wait, writes them in one transaction, and tells how far it came: while
//! one transaction is on its way to the disk, the changes of the next one gather.
//!
//! After a failure the file is opened anew, and what it lacks is written with the next attempt, which the next request brings about. So
//! the file is always what the factory was at some moment, and catches up when the disk has room again.

use super::Shared;
use super::error::{NotStored, StateError};
use super::file;
use super::pending::Pending;
use redb::Database;
use std::sync::Arc;
use tokio::sync::watch;

/// How to open the file again.
pub(super) type Reopen = Box<dyn FnMut() -> Result<Database, StateError> + Send>;

/// How far the file has come. Changes are counted in the order in which they were made.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    /// The changes that were tried.
    pub(super) tried: u64,
    /// The changes that are in the file: fewer than were tried while it cannot be written.
    pub(super) stored: u64,
    /// Why the latest attempt failed, if it did.
    pub(super) failure: Option<NotStored>,
}

/// What the thread works with.
pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    /// Nothing after a failure: redb then wants to be opened anew.
    pub(super) database: Option<Database>,
    pub(super) reopen: Reopen,
    pub(super) progress: watch::Sender<Progress>,
}

impl Writer {
    /// Writes until the store is closed and nothing waits.
    pub(super) fn run(mut self) {
        let mut late = Pending::default();
        let mut tried = 0;
        while let Some((mut changes, upto)) = self.shared.next(tried) {
            tried = upto;
            changes.follow(late);
            late = match self.write(&changes) {
                Ok(()) => {
                    self.succeeded(upto);
                    Pending::default()
                }
                Err(error) => {
                    self.failed(upto, &error);
                    changes
                }
            };
        }
        if late != Pending::default() {
            tracing::warn!("the state file lacks the latest changes, which nobody was told of");
        }
    }

    fn write(&mut self, changes: &Pending) -> Result<(), StateError> {
        let open = self.database.take();
        let database = file::sound(|| {
            let database = open.map_or_else(&mut self.reopen, Ok)?;
            file::write(&database, changes)?;
            Ok(database)
        })?;
        self.database = Some(database);
        Ok(())
    }

    fn succeeded(&self, upto: u64) {
        let recovered = self.progress.borrow().failure.is_some();
        if recovered {
            tracing::info!("the state file can be written again");
        }
        self.progress.send_replace(Progress {
            tried: upto,
            stored: upto,
            failure: None,
        });
    }

    fn failed(&self, upto: u64, error: &StateError) {
        let failure = NotStored {
            reason: error.to_string().into(),
        };
        self.progress.send_modify(|progress| {
            // Once for each reason, not for each order.
            if progress.failure.as_ref() != Some(&failure) {
                tracing::warn!("{failure}");
            }
            progress.tried = upto;
            progress.failure = Some(failure);
        });
    }
}
