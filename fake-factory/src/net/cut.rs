//! A connection that its server may decide to reset, or to send something else on, while HTTP is being spoken over it. It knows bytes
//! only; who decides, and why, is its holder's business.

use super::Connection;
use super::tcp::Unsent;
use bytes::Bytes;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;

/// Decides how one connection ends. Clones decide for the same connection.
#[derive(Clone, Debug, Default)]
pub struct Cut(Arc<Decided>);

#[derive(Debug, Default)]
struct Decided {
    reset: AtomicBool,
    /// Set once, then written in place of everything else.
    instead: OnceLock<Bytes>,
    flush: Mutex<Flush>,
    silent: Notify,
}

/// Whether somebody waits until all that was written is on its way.
#[derive(Debug, Default)]
enum Flush {
    #[default]
    Unasked,
    Awaited(Waker),
    Done,
}

impl Cut {
    /// The connection is reset when its server lets go of it.
    pub fn reset(&self) {
        self.0.reset.store(true, Ordering::SeqCst);
    }

    /// From now on `bytes` are sent in place of whatever the server writes.
    pub fn send_instead(&self, bytes: Bytes) {
        // Decided once: what is on its way cannot be called back.
        let _ = self.0.instead.set(bytes);
    }

    /// From now on nothing is said on the connection; it stays open until the client ends it.
    pub fn fall_silent(&self) {
        self.0.silent.notify_one();
    }

    /// Waits until the connection is to fall silent.
    pub async fn silenced(&self) {
        self.0.silent.notified().await;
    }

    /// Waits until all that the server wrote before is on its way: a connection that ends takes with it what is not, and one that is
    /// reset what the system has not sent yet.
    pub fn poll_flushed(&self, context: &Context<'_>) -> Poll<()> {
        let mut flush = self.flush();
        match &*flush {
            Flush::Done => Poll::Ready(()),
            Flush::Unasked | Flush::Awaited(_) => {
                *flush = Flush::Awaited(context.waker().clone());
                Poll::Pending
            }
        }
    }

    fn is_awaited(&self) -> bool {
        matches!(*self.flush(), Flush::Awaited(_))
    }

    fn note_flushed(&self) {
        let mut flush = self.flush();
        if let Flush::Awaited(waker) = &*flush {
            waker.wake_by_ref();
            *flush = Flush::Done;
        }
    }

    fn flush(&self) -> MutexGuard<'_, Flush> {
        // It is replaced in one go, so a panic elsewhere leaves it whole.
        self.0.flush.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection with its [`Cut`].
#[derive(Debug)]
pub struct Cuttable {
    connection: Connection,
    cut: Cut,
    /// How much has been sent of what is sent instead.
    sent_instead: usize,
    /// What the system has not sent yet, while somebody waits for that.
    unsent: Option<Unsent>,
}

impl Cuttable {
    /// `connection`, which ends as `cut` says.
    #[must_use]
    pub fn new(connection: Connection, cut: Cut) -> Self {
        Cuttable {
            connection,
            cut,
            sent_instead: 0,
            unsent: None,
        }
    }
}

impl Drop for Cuttable {
    fn drop(&mut self) {
        if self.cut.0.reset.load(Ordering::SeqCst) {
            self.connection.reset_when_dropped();
        }
    }
}

impl AsyncRead for Cuttable {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().connection).poll_read(context, buffer)
    }
}

impl AsyncWrite for Cuttable {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let mut connection = Pin::new(&mut this.connection);
        let Some(instead) = this.cut.0.instead.get() else {
            return connection.poll_write(context, bytes);
        };
        while let Some(rest) = instead
            .get(this.sent_instead..)
            .filter(|rest| !rest.is_empty())
        {
            this.sent_instead += ready!(connection.as_mut().poll_write(context, rest))?;
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.connection).poll_flush(context))?;
        if this.cut.is_awaited() {
            if this.unsent.is_none() {
                this.unsent = this.connection.unsent();
            }
            if let Some(unsent) = &this.unsent {
                ready!(unsent.poll_none(context));
            }
            this.unsent = None;
            this.cut.note_flushed();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().connection).poll_shutdown(context)
    }
}
