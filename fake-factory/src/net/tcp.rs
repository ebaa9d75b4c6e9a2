//! The machine's own network: TCP, for live runs and the stand-alone factory.

use std::io;
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
