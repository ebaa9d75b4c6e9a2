//! The stream of what happens, as server-sent events: what is kept first, then what comes, as it comes.

use super::Control;
use super::hub::{Joined, Numbered, READERS_MAX};
use super::problem::Problem;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hyper::body::Frame;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// How often a stream on which nothing happens says that it is there.
const PING_EVERY: Duration = Duration::from_secs(15);
/// The header by which a reader says what it has read.
const LAST_EVENT_ID: &str = "last-event-id";

/// GET /control/events.
pub(super) async fn stream(
    State(control): State<Arc<Control>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let joined = control.hub.join(last_id(&headers)?).ok_or_else(|| {
        let message = format!("{READERS_MAX} streams are open already");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, message).help("end one of them")
    })?;
    let mut response = Response::new(Body::new(Stream::of(joined)));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    Ok(response)
}

/// The number of the last event that a reader has read.
fn last_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID) else {
        return Ok(None);
    };
    let number = value.to_str().ok().and_then(|text| text.parse().ok());
    number.map(Some).ok_or_else(|| {
        Problem::bad("expected the number of an event")
            .field("Last-Event-ID")
            .help("leave it out to get all that is kept")
    })
}

/// A reader between two turns.
struct Reader {
    live: Receiver<Arc<Numbered>>,
    _place: OwnedSemaphorePermit,
}

impl Reader {
    /// What comes next; none when the factory is gone.
    async fn next(mut self) -> Option<(Bytes, Reader)> {
        let text = tokio::select! {
            biased;
            received = self.live.recv() => match received {
                Ok(event) => written(&event),
                Err(RecvError::Lagged(count)) => missed(count),
                Err(RecvError::Closed) => return None,
            },
            () = tokio::time::sleep(PING_EVERY) => ": ping\n\n".to_owned(),
        };
        Some((text.into(), self))
    }
}

fn written(event: &Numbered) -> String {
    let (id, name) = (event.id, event.told.name());
    match event.told.data() {
        Ok(data) => format!("id: {id}\nevent: {name}\ndata: {data}\n\n"),
        Err(error) => {
            tracing::warn!(%error, "failed to write an event");
            String::new()
        }
    }
}

fn missed(count: u64) -> String {
    format!("event: missed\ndata: {{\"missed\":{count}}}\n\n")
}

type Turn = Pin<Box<dyn Future<Output = Option<(Bytes, Reader)>> + Send>>;

/// A body that ends when the factory does.
struct Stream {
    turn: Option<Turn>,
}

impl Stream {
    fn of(joined: Joined) -> Self {
        // A reader whose connection breaks comes again after this many milliseconds.
        let mut first = "retry: 1000\n\n".to_owned();
        if joined.missed > 0 {
            first.push_str(&missed(joined.missed));
        }
        first.extend(joined.kept.iter().map(|event| written(event)));
        let reader = Reader {
            live: joined.live,
            _place: joined.place,
        };
        let turn = Box::pin(std::future::ready(Some((first.into(), reader))));
        Stream { turn: Some(turn) }
    }
}

impl hyper::body::Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(turn) = &mut self.turn else {
            return Poll::Ready(None);
        };
        let Some((bytes, reader)) = ready!(turn.as_mut().poll(context)) else {
            self.turn = None;
            return Poll::Ready(None);
        };
        self.turn = Some(Box::pin(reader.next()));
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}
