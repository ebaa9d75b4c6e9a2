//! The machine's own network: TCP, for live runs and the stand-alone factory.

use std::io;
use tokio::net::{TcpListener, TcpStream};

/// Listens on `address`, `HOST:PORT`.
pub(super) async fn bind(address: &str) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Connects to `authority`, `HOST:PORT`.
pub(super) async fn connect(authority: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(authority).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Closes so that the peer gets an RST rather than a FIN.
pub(super) fn reset(stream: TcpStream) {
    // Where the system refuses the option, the connection still closes, politely.
    let _ = stream.set_zero_linger();
    drop(stream);
}
