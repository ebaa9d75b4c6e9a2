//! An HTTP/1.1 client that dials through a [`Network`]: keep-alive connections, JSON in and out, one deadline a call. What a
//! status means is its callers' business.

use super::{Connection, Network};
use bytes::Bytes;
use http::uri::Scheme;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_util::client::legacy::connect::{Connected, Connection as Connects};
use hyper_util::client::legacy::{Client as Pool, Error as PoolError};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::error::Error as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The largest reply body that is read, in bytes; a longer one is [`CallError::TooLarge`].
pub const REPLY_BYTES_MAX: usize = 1024 * 1024;

/// A client with its pool of open connections. Clones share the pool.
#[derive(Clone, Debug)]
pub struct Client {
    pool: Pool<Dialer, Full<Bytes>>,
}

/// Why a call brought no reply.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Nobody listens there.
    #[error("connection refused: {0}")]
    Refused(String),
    /// The name does not resolve.
    #[error("host not found: {0}")]
    Unresolved(String),
    /// No connection for another reason.
    #[error("could not connect: {0}")]
    Connect(String),
    /// The connection broke before the whole reply had come.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// No whole reply within the deadline.
    #[error("no reply within {} ms", .0.as_millis())]
    TimedOut(Duration),
    /// A reply body of more than [`REPLY_BYTES_MAX`].
    #[error("the reply is larger than {REPLY_BYTES_MAX} bytes")]
    TooLarge,
}

impl Client {
    /// A client that dials through `network`.
    #[must_use]
    pub fn new(network: Network) -> Self {
        let pool = Pool::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .build(Dialer { network });
        Client { pool }
    }

    /// Sends `request`, whose URI is absolute, and waits for the whole reply, at most `deadline` when one is given.
    ///
    /// # Errors
    /// As [`CallError`] says. A status is never an error here.
    pub async fn call(
        &self,
        request: Request<Bytes>,
        deadline: Option<Duration>,
    ) -> Result<Response<Bytes>, CallError> {
        let Some(deadline) = deadline else {
            return self.whole_reply(request).await;
        };
        tokio::time::timeout(deadline, self.whole_reply(request))
            .await
            .unwrap_or(Err(CallError::TimedOut(deadline)))
    }

    /// GETs `uri`.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn get(
        &self,
        uri: &Uri,
        deadline: Option<Duration>,
    ) -> Result<Response<Bytes>, CallError> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = uri.clone();
        self.call(request, deadline).await
    }

    async fn whole_reply(&self, request: Request<Bytes>) -> Result<Response<Bytes>, CallError> {
        let reply = self
            .pool
            .request(request.map(Full::new))
            .await
            .map_err(|error| from_pool(&error))?;
        let (head, body) = reply.into_parts();
        let body = Limited::new(body, REPLY_BYTES_MAX)
            .collect()
            .await
            .map_err(|error| {
                if error.is::<LengthLimitError>() {
                    CallError::TooLarge
                } else {
                    CallError::Broken(error.to_string())
                }
            })?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}

fn from_pool(error: &PoolError) -> CallError {
    let mut cause = error.to_string();
    let mut kind = io::ErrorKind::Other;
    let mut source = error.source();
    while let Some(inner) = source {
        cause = inner.to_string();
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            kind = io.kind();
        }
        source = inner.source();
    }
    if !error.is_connect() {
        return CallError::Broken(cause);
    }
    match kind {
        io::ErrorKind::ConnectionRefused => CallError::Refused(cause),
        io::ErrorKind::NotFound => CallError::Unresolved(cause),
        // Accepted, and gone before it was ours.
        io::ErrorKind::ConnectionReset => CallError::Broken(cause),
        _ => CallError::Connect(cause),
    }
}

#[derive(Clone, Debug)]
struct Dialer {
    network: Network,
}

impl tower::Service<Uri> for Dialer {
    type Response = TokioIo<Dialed>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let network = self.network.clone();
        Box::pin(async move {
            if uri.scheme() == Some(&Scheme::HTTPS) {
                // Rather than send a key in the clear to wherever port 80 leads.
                let message = "https is not spoken by this client: use http";
                return Err(io::Error::new(io::ErrorKind::Unsupported, message));
            }
            let host = uri.host().ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidInput, "the URI has no host")
            })?;
            let authority = format!("{host}:{}", uri.port_u16().unwrap_or(80));
            network
                .connect(&authority)
                .await
                .map(|connection| TokioIo::new(Dialed(connection)))
        })
    }
}

/// A dialled connection, in the form that the pool asks for.
#[derive(Debug)]
struct Dialed(Connection);

impl Connects for Dialed {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Dialed {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Dialed {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().0).poll_write(context, bytes)
    }
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(context)
    }
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_shutdown(context)
    }
}
