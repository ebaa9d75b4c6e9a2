//! The machine's own network: TCP, for live runs and the stand-alone factory.

use std::io;
use std::task::{Context, Poll};
use tokio::net::{TcpListener, TcpStream, lookup_host};

/// Listens on `address`, `HOST:PORT`.
pub(super) async fn bind(address: &str) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Connects to `authority`, `HOST:PORT`. A name that does not resolve is `NotFound`, whatever the system's resolver calls it.
pub(super) async fn connect(authority: &str) -> io::Result<TcpStream> {
    let addresses: Vec<_> = lookup_host(authority)
        .await
        .map_err(|error| io::Error::new(io::ErrorKind::NotFound, error))?
        .collect();
    let stream = TcpStream::connect(addresses.as_slice()).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Makes the peer get an RST rather than a FIN when the stream is dropped.
pub(super) fn reset_when_dropped(stream: &TcpStream) {
    // Where the system refuses the option, the connection still closes, politely.
    let _ = stream.set_zero_linger();
}

/// What the system has not sent yet of what was written to a stream. A reset drops it.
#[derive(Debug)]
pub struct Unsent {
    /// A second handle of the stream, whose readiness is asked anew.
    stream: TcpStream,
}

impl Unsent {
    /// That of `stream`; none where the system does not tell, as only Linux does.
    #[cfg(target_os = "linux")]
    pub(super) fn of(stream: &TcpStream) -> Option<Self> {
        use std::os::fd::AsFd;

        // Ready for more is what the stream is only when nothing of it is unsent.
        socket2::SockRef::from(stream)
            .set_tcp_notsent_lowat(1)
            .ok()?;
        let second = stream.as_fd().try_clone_to_owned().ok()?;
        let stream = TcpStream::from_std(second.into()).ok()?;
        Some(Unsent { stream })
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn of(_: &TcpStream) -> Option<Self> {
        None
    }

    /// Waits until there is none, or the connection is gone.
    pub(super) fn poll_none(&self, context: &mut Context<'_>) -> Poll<()> {
        self.stream.poll_write_ready(context).map(|_| ())
    }
}
