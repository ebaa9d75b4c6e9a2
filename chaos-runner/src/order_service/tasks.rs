//! The tasks of one process of the service, so that a restart ends all of them at once, as the end of a process does.

use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::task::JoinSet;

/// Tasks that end together.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    /// None once they were ended: nothing starts any more.
    running: Mutex<Option<JoinSet<()>>>,
}

impl Tasks {
    pub(super) fn new() -> Self {
        Tasks {
            running: Mutex::new(Some(JoinSet::new())),
        }
    }

    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(running) = &mut *self.locked() {
            while running.try_join_next().is_some() {}
            running.spawn(work);
        }
    }

    /// Ends all of them and waits until they are gone.
    pub(super) async fn end(&self) {
        let running = self.locked().take();
        if let Some(mut running) = running {
            running.shutdown().await;
        }
    }

    /// Ends all of them as soon as the runtime comes round to it.
    pub(super) fn abort(&self) {
        drop(self.locked().take());
    }

    fn locked(&self) -> MutexGuard<'_, Option<JoinSet<()>>> {
        // Spawning cannot panic inside a runtime, and half a set would still end.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
