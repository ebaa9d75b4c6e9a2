//! A network inside this process: names that servers bind and clients dial, joined by in-memory pipes. It behaves as TCP does
//! where a client can tell: refused when nobody listens, not found when the name was never bound, reset, half-closed.

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tokio::sync::mpsc;

/// Bytes that one direction of a pipe holds before its writer waits.
pub const PIPE_BYTES: usize = 64 * 1024;
/// Connections that may wait for a server to accept them; past that, connecting waits.
pub const BACKLOG: usize = 1_024;

/// The names of one network and who listens on them. Clones share it; two networks know nothing of each other.
#[derive(Clone, Debug, Default)]
pub struct MemoryNetwork {
    names: Arc<Mutex<BTreeMap<String, Port>>>,
}

/// A name that was bound at some time: it resolves, and may be listened on now.
#[derive(Debug)]
struct Port {
    listening: Option<mpsc::Sender<Pipe>>,
    /// Counts the refused connections while nobody listens.
    refusals: Option<Arc<AtomicU64>>,
}

impl MemoryNetwork {
    /// A network without a name on it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Listens on `address`.
    ///
    /// # Errors
    /// `AddrInUse` while another listener has it.
    pub fn bind(&self, address: &str) -> io::Result<MemoryListener> {
        let mut names = self.names();
        if names
            .get(address)
            .is_some_and(|port| port.listening.is_some())
        {
            return Err(io::Error::new(
                io::ErrorKind::AddrInUse,
                format!("{address} is in use"),
            ));
        }
        let (sender, incoming) = mpsc::channel(BACKLOG);
        names.insert(
            address.to_owned(),
            Port {
                listening: Some(sender),
                refusals: None,
            },
        );
        Ok(MemoryListener {
            address: address.to_owned(),
            incoming,
            network: self.clone(),
        })
    }

    /// Connects to `authority`.
    ///
    /// # Errors
    /// `NotFound` for a name that was never bound, `ConnectionRefused` where nobody listens now.
    pub async fn connect(&self, authority: &str) -> io::Result<Pipe> {
        let listening = match self.names().get(authority) {
            None => {
                return Err(io::Error::new(
                    io::ErrorKind::NotFound,
                    format!("{authority} does not resolve"),
                ));
            }
            Some(port) => {
                if let (None, Some(refusals)) = (&port.listening, &port.refusals) {
                    refusals.fetch_add(1, Ordering::Relaxed);
                }
                port.listening.clone()
            }
        };
        let refused = || {
            io::Error::new(
                io::ErrorKind::ConnectionRefused,
                format!("{authority} refused the connection"),
            )
        };
        let (client, server) = Pipe::pair();
        listening
            .ok_or_else(refused)?
            .send(server)
            .await
            .map_err(|_| refused())?;
        Ok(client)
    }

    /// Counts every connection that `address` refuses, from now until it is bound again, in `refusals`.
    pub fn count_refusals(&self, address: &str, refusals: Arc<AtomicU64>) {
        if let Some(port) = self.names().get_mut(address) {
            port.refusals = Some(refusals);
        }
    }

    fn names(&self) -> MutexGuard<'_, BTreeMap<String, Port>> {
        // A panic while the lock was held cannot leave the map half changed.
        self.names
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Accepts the connections that are made to one name.
#[derive(Debug)]
pub struct MemoryListener {
    address: String,
    incoming: mpsc::Receiver<Pipe>,
    network: MemoryNetwork,
}

impl MemoryListener {
    /// Waits for the next connection.
    ///
    /// # Errors
    /// `NotConnected` once the name was taken away from it, which no caller does.
    pub async fn accept(&mut self) -> io::Result<Pipe> {
        self.incoming
            .recv()
            .await
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// The name it listens on.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for MemoryListener {
    fn drop(&mut self) {
        if let Some(port) = self.network.names().get_mut(&self.address) {
            port.listening = None;
        }
        // A closed port resets what it had not accepted yet.
        self.incoming.close();
        while let Ok(waiting) = self.incoming.try_recv() {
            waiting.reset();
        }
    }
}

/// One end of an in-memory connection.
#[derive(Debug)]
pub struct Pipe {
    stream: DuplexStream,
    was_reset: Arc<AtomicBool>,
}

impl Pipe {
    /// The two ends of a new connection.
    #[must_use]
    pub fn pair() -> (Pipe, Pipe) {
        let (one, other) = duplex(PIPE_BYTES);
        let was_reset = Arc::new(AtomicBool::new(false));
        (
            Pipe {
                stream: one,
                was_reset: was_reset.clone(),
            },
            Pipe {
                stream: other,
                was_reset,
            },
        )
    }

    /// Ends the connection so that the other end's reads and writes fail with `ConnectionReset`.
    pub fn reset(self) {
        self.reset_when_dropped();
    }

    /// From now on the other end's reads and writes fail with `ConnectionReset`; it is woken when this end is dropped.
    pub(super) fn reset_when_dropped(&self) {
        self.was_reset.store(true, Ordering::SeqCst);
    }

    fn checked<T>(&self, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match polled {
            Poll::Ready(_) if self.was_reset.load(Ordering::SeqCst) => {
                Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
            }
            other => other,
        }
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut this.stream).poll_read(context, buffer);
        // What came before a reset is read before it, as with TCP on one machine.
        if buffer.filled().len() > before {
            return polled;
        }
        this.checked(polled)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.checked(polled)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_flush(context);
        this.checked(polled)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
