//! What a factory remembers when it is restarted: its orders and its vendors, in one file that is whole after a crash at any moment.
//!
//! Whoever changes something hands the change over at once, under the lock that orders such changes, and nobody waits there. A thread
//! of its own writes what gathered, in one transaction. What waits is the reply: [`Store::settled`] holds it until all that was handed
//! over before is in the file, so that no client is told of something that a crash could take back. It knows records, not what they
//! mean; no simulated run has one.

mod error;
mod file;
mod pending;
mod record;
mod writer;

pub use error::{NotStored, StateError};
pub(crate) use record::{OrderRecord, RepeatRecord};

use pending::Pending;
use redb::Database;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use writer::{Progress, Reopen, Writer};

/// A state file that was opened and not written to yet: the time to read it.
pub(crate) struct Opened {
    database: Database,
    reopen: Reopen,
    starts: u64,
}

impl Opened {
    /// Opens the file at `path`, or makes it.
    pub(crate) fn open(path: &Path) -> Result<Self, StateError> {
        let path = path.to_owned();
        Self::with(Box::new(move || file::open(&path)))
    }

    fn with(mut reopen: Reopen) -> Result<Self, StateError> {
        file::sound(move || {
            let mut database = reopen()?;
            file::check(&mut database)?;
            let starts = file::count_start(&database)?;
            Ok(Opened {
                database,
                reopen,
                starts,
            })
        })
    }

    /// How often a factory was started with this file before.
    pub(crate) fn starts(&self) -> u64 {
        self.starts
    }

    /// Gives each order to `take`, in the order of their first making, with what became of it since.
    pub(crate) fn orders(
        &self,
        take: impl FnMut(OrderRecord, Option<RepeatRecord>) -> Result<(), StateError>,
    ) -> Result<(), StateError> {
        file::sound(|| file::orders(&self.database, take))
    }

    /// Gives each vendor to `take`, by id.
    pub(crate) fn vendors<V: DeserializeOwned>(
        &self,
        take: impl FnMut(V) -> Result<(), StateError>,
    ) -> Result<(), StateError> {
        file::sound(|| file::vendors(&self.database, take))
    }

    /// Starts the thread that writes from now on.
    pub(crate) fn start(self) -> Result<Store, StateError> {
        let shared = Arc::new(Shared::default());
        let (progress, seen) = watch::channel(Progress::default());
        let writer = Writer {
            shared: shared.clone(),
            database: Some(self.database),
            reopen: self.reopen,
            progress,
        };
        std::thread::Builder::new()
            .name("state".to_owned())
            .spawn(move || writer.run())
            .map_err(StateError::Thread)?;
        Ok(Store(Arc::new(Handle {
            shared,
            progress: seen,
        })))
    }
}

/// The way to the file. Every clone leads to the same one; when the last is dropped, what waits is written and the file let go of.
#[derive(Clone, Debug)]
pub(crate) struct Store(Arc<Handle>);

#[derive(Debug)]
struct Handle {
    shared: Arc<Shared>,
    progress: watch::Receiver<Progress>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl Store {
    /// Hands over a new order. Numbers start at 0 and leave nothing out.
    pub(crate) fn order(&self, number: u64, order: OrderRecord) {
        self.0.shared.hand_over(|pending| {
            pending.orders.insert(number, order);
        });
    }

    /// Hands over that an order was made again.
    pub(crate) fn repeat(&self, number: u64, repeat: RepeatRecord) {
        self.0.shared.hand_over(|pending| {
            pending.repeats.insert(number, repeat);
        });
    }

    /// Hands over that all orders are gone. The next one is number 0 again.
    pub(crate) fn clear_orders(&self) {
        self.0.shared.hand_over(Pending::clear_orders);
    }

    /// Hands over a vendor as it is now.
    pub(crate) fn vendor(&self, id: &str, vendor: &impl Serialize) {
        let json = serde_json::to_vec(vendor).expect("a vendor is plain data with names for keys");
        self.0.shared.hand_over(|pending| {
            pending.vendors.insert(id.to_owned(), Some(json));
        });
    }

    /// Hands over that a vendor is gone.
    pub(crate) fn vendor_gone(&self, id: &str) {
        self.0.shared.hand_over(|pending| {
            pending.vendors.insert(id.to_owned(), None);
        });
    }

    /// Whether changes can be stored, as far as is known. After a failure this tries again, so that nothing is changed in vain.
    pub(crate) async fn ready(&self) -> Result<(), NotStored> {
        if self.0.progress.borrow().failure.is_none() {
            return Ok(());
        }
        self.0.shared.hand_over(|_| {});
        self.settled().await
    }

    /// Waits until everything that was handed over so far is in the file.
    pub(crate) async fn settled(&self) -> Result<(), NotStored> {
        let upto = self.0.shared.queue().handed_over;
        let mut progress = self.0.progress.clone();
        let ended = || NotStored {
            reason: "nobody writes it any more".into(),
        };
        match progress.wait_for(|progress| progress.tried >= upto).await {
            Ok(progress) if progress.stored >= upto => Ok(()),
            Ok(progress) => Err(progress.failure.clone().unwrap_or_else(ended)),
            Err(_) => Err(ended()),
        }
    }

    /// Writes what waits, and lets go of the file.
    pub(crate) async fn close(&self) {
        self.0.shared.close();
        let mut progress = self.0.progress.clone();
        // The thread drops the sender, and with it the file, when it is done.
        while progress.changed().await.is_ok() {}
    }
}

/// What the factory and the thread share.
#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    pending: Pending,
    /// The changes so far.
    handed_over: u64,
    closed: bool,
}

impl Shared {
    fn hand_over(&self, change: impl FnOnce(&mut Pending)) {
        let mut queue = self.queue();
        change(&mut queue.pending);
        queue.handed_over += 1;
        drop(queue);
        self.wake.notify_one();
    }

    fn close(&self) {
        self.queue().closed = true;
        self.wake.notify_one();
    }

    /// Waits for a change after the first `tried`; gives all there are, with their number. Nothing once it is closed.
    fn next(&self, tried: u64) -> Option<(Pending, u64)> {
        let waiting = |queue: &mut Queue| queue.handed_over == tried && !queue.closed;
        let mut queue = self
            .wake
            .wait_while(self.queue(), waiting)
            .unwrap_or_else(PoisonError::into_inner);
        let upto = queue.handed_over;
        (upto > tried).then(|| (std::mem::take(&mut queue.pending), upto))
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // A change is a single insertion, so a panic elsewhere leaves nothing half done.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
