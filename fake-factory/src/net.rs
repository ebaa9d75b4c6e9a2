//! Connections, over TCP or over in-memory pipes, and TLS on either. The rest of the house binds, connects and serves through these
//! three types and cannot tell which of them it is on; only who builds a run chooses. It knows bytes and the HTTP/1.1 framing, no
//! route.

pub mod client;
pub mod cut;
pub mod memory;
pub mod serve;
pub mod tcp;
pub mod tls;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Where servers listen and clients connect.
#[derive(Clone, Debug)]
pub enum Network {
    /// The machine's own network. Addresses are `HOST:PORT`; port 0 picks a free one.
    Tcp,
    /// Pipes inside this process. Addresses are names with a port, as in `headquarters:80`.
    Memory(memory::MemoryNetwork),
}

impl Network {
    /// Listens on `address`.
    ///
    /// # Errors
    /// When the address is in use or cannot be had.
    pub async fn bind(&self, address: &str) -> io::Result<Listener> {
        match self {
            Network::Tcp => tcp::bind(address).await.map(Listener::Tcp),
            Network::Memory(network) => network.bind(address).map(Listener::Memory),
        }
    }

    /// Connects to `authority`, a `HOST:PORT`.
    ///
    /// # Errors
    /// `ConnectionRefused` where nobody listens, `NotFound` where the name does not resolve.
    pub async fn connect(&self, authority: &str) -> io::Result<Connection> {
        match self {
            Network::Tcp => tcp::connect(authority).await.map(Connection::Tcp),
            Network::Memory(network) => network.connect(authority).await.map(Connection::Memory),
        }
    }
}

/// A socket that accepts connections. Dropping it closes the port: later connections are refused.
#[derive(Debug)]
pub enum Listener {
    /// On the machine's own network.
    Tcp(tokio::net::TcpListener),
    /// Inside this process.
    Memory(memory::MemoryListener),
}

impl Listener {
    /// Waits for the next connection.
    ///
    /// # Errors
    /// When the system cannot accept one (out of file descriptors, for instance); worth another try a little later.
    pub async fn accept(&mut self) -> io::Result<Connection> {
        match self {
            Listener::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Connection::Tcp(stream))
            }
            Listener::Memory(listener) => listener.accept().await.map(Connection::Memory),
        }
    }

    /// The address it listens on, as a client would dial it.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn address(&self) -> io::Result<String> {
        match self {
            Listener::Tcp(listener) => Ok(listener.local_addr()?.to_string()),
            Listener::Memory(listener) => Ok(listener.address().to_owned()),
        }
    }
}

/// A stream of bytes both ways between a client and a server.
#[derive(Debug)]
pub enum Connection {
    /// On the machine's own network.
    Tcp(tokio::net::TcpStream),
    /// Inside this process.
    Memory(memory::Pipe),
    /// Over TLS, on a connection of one of the other kinds.
    Tls(Box<tls::Secured>),
}

impl Connection {
    /// Ends the connection the rude way: the peer's next read fails with `ConnectionReset`.
    pub fn reset(self) {
        self.reset_when_dropped();
    }

    /// What was written and not sent yet, where there may be any and the system tells.
    fn unsent(&self) -> Option<tcp::Unsent> {
        match self {
            Connection::Tcp(stream) => tcp::Unsent::of(stream),
            // What was written is on the other side already.
            Connection::Memory(_) => None,
            Connection::Tls(secured) => secured.below()?.unsent(),
        }
    }

    fn reset_when_dropped(&self) {
        match self {
            Connection::Tcp(stream) => tcp::reset_when_dropped(stream),
            Connection::Memory(pipe) => pipe.reset_when_dropped(),
            Connection::Tls(secured) => secured.reset_when_dropped(),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Connection::Tcp(stream) => Pin::new(stream).poll_read(context, buffer),
            Connection::Memory(pipe) => Pin::new(pipe).poll_read(context, buffer),
            Connection::Tls(secured) => Pin::new(secured).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Connection::Tcp(stream) => Pin::new(stream).poll_write(context, bytes),
            Connection::Memory(pipe) => Pin::new(pipe).poll_write(context, bytes),
            Connection::Tls(secured) => Pin::new(secured).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Connection::Tcp(stream) => Pin::new(stream).poll_flush(context),
            Connection::Memory(pipe) => Pin::new(pipe).poll_flush(context),
            Connection::Tls(secured) => Pin::new(secured).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Connection::Tcp(stream) => Pin::new(stream).poll_shutdown(context),
            Connection::Memory(pipe) => Pin::new(pipe).poll_shutdown(context),
            Connection::Tls(secured) => Pin::new(secured).poll_shutdown(context),
        }
    }
}
