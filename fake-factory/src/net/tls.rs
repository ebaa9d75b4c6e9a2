//! TLS on the server's side of a connection: the certificate and its key out of PEM files, and a connection that shakes hands when it
//! is first read or written. So a slow handshake holds up its own connection only, and whoever serves it need not know. It knows
//! bytes; a reset passes through it to the connection below.

use super::Connection;
use crate::pem::{self, PemError};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{Accept, TlsAcceptor};

/// How long a client may take to shake hands.
pub const HANDSHAKE_MAX: Duration = Duration::from_secs(10);

/// A certificate with its key, and how TLS is spoken with them: versions 1.2 and 1.3, and HTTP/1.1 within.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
}

/// Why TLS cannot be spoken with two files: which of them is wrong, and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// The one with the certificate.
    #[error("read the TLS certificate: {0}")]
    Certificate(TlsFileError),
    /// The one with the key.
    #[error("read the TLS key: {0}")]
    Key(TlsFileError),
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsFileError {
    /// It does not hold what it should.
    #[error(transparent)]
    Pem(#[from] PemError),
    /// Its certificate is not one that TLS uses.
    #[error("its certificate is damaged, or not of X.509 version 3")]
    NotX509,
    /// Its key is not one that TLS uses.
    #[error("its key is damaged, or neither RSA, ECDSA nor Ed25519")]
    KeyKind,
    /// Its key is not that of the certificate.
    #[error("its key does not belong to the certificate")]
    Strangers,
}

impl Tls {
    /// Takes the chain in `certificates`, the server's own first, and the private key in `key`.
    ///
    /// # Errors
    /// As [`TlsError`] says.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let chain = pem::certificates(certificates)
            .map_err(|error| TlsError::Certificate(error.into()))?
            .into_iter()
            .map(CertificateDer::from)
            .collect();
        let (kind, der) = pem::private_key(key).map_err(|error| TlsError::Key(error.into()))?;
        let unusable = TlsError::Key(TlsFileError::KeyKind);
        let key = PrivateKeyDer::from_pem(kind, der).ok_or(unusable)?;
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("the provider speaks both versions of TLS")
                .with_no_client_auth()
                .with_single_cert(chain, key)
                .map_err(|error| match error {
                    rustls::Error::InvalidCertificate(_) => {
                        TlsError::Certificate(TlsFileError::NotX509)
                    }
                    rustls::Error::InconsistentKeys(_) => TlsError::Key(TlsFileError::Strangers),
                    _ => unusable,
                })?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Tls {
            config: Arc::new(config),
        })
    }

    /// `connection`, spoken over TLS.
    #[must_use]
    pub fn over(&self, connection: Connection) -> Connection {
        let accept = TlsAcceptor::from(self.config.clone()).accept(connection);
        let deadline = Box::pin(tokio::time::sleep(HANDSHAKE_MAX));
        Connection::Tls(Box::new(Secured {
            state: State::Handshake(accept, deadline),
        }))
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Tls").finish_non_exhaustive()
    }
}

/// The server's side of a TLS connection.
pub struct Secured {
    state: State,
}

enum State {
    Handshake(Accept<Connection>, Pin<Box<Sleep>>),
    Open(TlsStream<Connection>),
    /// The handshake failed, and the connection is closed.
    Failed,
}

impl Secured {
    pub(super) fn reset_when_dropped(&self) {
        if let Some(below) = self.below() {
            below.reset_when_dropped();
        }
    }

    /// The connection that it is spoken on.
    pub(super) fn below(&self) -> Option<&Connection> {
        match &self.state {
            State::Handshake(accept, _) => accept.get_ref(),
            State::Open(stream) => Some(stream.get_ref().0),
            State::Failed => None,
        }
    }

    /// The stream, once hands are shaken.
    fn poll_open(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<Pin<&mut TlsStream<Connection>>>> {
        if let State::Handshake(accept, deadline) = &mut self.state {
            let shaken = match Pin::new(accept).poll(context) {
                Poll::Ready(shaken) => shaken,
                Poll::Pending if deadline.as_mut().poll(context).is_pending() => {
                    return Poll::Pending;
                }
                Poll::Pending => Err(io::ErrorKind::TimedOut.into()),
            };
            // The failed one closes its connection as it is dropped.
            self.state = State::Failed;
            self.state = State::Open(shaken?);
        }
        Poll::Ready(match &mut self.state {
            State::Open(stream) => Ok(Pin::new(stream)),
            State::Handshake(..) | State::Failed => Err(io::ErrorKind::NotConnected.into()),
        })
    }
}

impl std::fmt::Debug for Secured {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = match &self.state {
            State::Handshake(..) => "handshake",
            State::Open(_) => "open",
            State::Failed => "failed",
        };
        formatter.debug_tuple("Secured").field(&state).finish()
    }
}

impl AsyncRead for Secured {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut().poll_open(context) {
            Poll::Ready(stream) => stream?.poll_read(context, buffer),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncWrite for Secured {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut().poll_open(context) {
            Poll::Ready(stream) => stream?.poll_write(context, bytes),
            Poll::Pending => Poll::Pending,
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().state {
            State::Open(stream) => Pin::new(stream).poll_flush(context),
            // Nothing was written yet.
            State::Handshake(..) | State::Failed => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().state {
            State::Open(stream) => Pin::new(stream).poll_shutdown(context),
            State::Handshake(accept, _) => match accept.get_mut() {
                Some(below) => Pin::new(below).poll_shutdown(context),
                None => Poll::Ready(Ok(())),
            },
            State::Failed => Poll::Ready(Ok(())),
        }
    }
}
