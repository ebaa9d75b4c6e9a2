//! A connection that its server may decide to reset while HTTP is being spoken over it. It knows bytes only; who decides, and
//! why, is its holder's business.

use super::Connection;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Decides how one connection ends. Clones decide for the same connection.
#[derive(Clone, Debug, Default)]
pub struct Cut(Arc<AtomicBool>);

impl Cut {
    /// The connection is reset when its server lets go of it.
    pub fn reset(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A connection with its [`Cut`].
#[derive(Debug)]
pub struct Cuttable {
    connection: Connection,
    cut: Cut,
}

impl Cuttable {
    /// `connection`, which ends as `cut` says.
    #[must_use]
    pub fn new(connection: Connection, cut: Cut) -> Self {
        Cuttable { connection, cut }
    }
}

impl Drop for Cuttable {
    fn drop(&mut self) {
        if self.cut.0.load(Ordering::SeqCst) {
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
        Pin::new(&mut self.get_mut().connection).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().connection).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().connection).poll_shutdown(context)
    }
}
