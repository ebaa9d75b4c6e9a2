//! A reply's body on its way: as it is, at a pace, or broken off. It knows bytes and time; why a body goes so is the faults' business.

use super::ReplyLost;
use crate::faults::touch::{BodyBreak, Pace};
use crate::net::cut::Cut;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::time::{Sleep, sleep};

/// The body of a reply as it is sent.
#[derive(Debug)]
pub(super) enum Sent {
    /// In one piece.
    Whole(Full<Bytes>),
    /// In pieces.
    Pieces(Pieces),
}

impl Sent {
    /// `body`, in one piece.
    pub(super) fn whole(body: Full<Bytes>) -> Self {
        Sent::Whole(body)
    }

    /// `body` at a pace, if any, and broken off after so many bytes, if at all.
    pub(super) fn pieces(
        body: Bytes,
        pace: Option<Pace>,
        breaks: Option<(usize, BodyBreak)>,
        cut: Cut,
    ) -> Self {
        let whole = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let (rest, breaks) = match breaks {
            Some((at, how)) => (body.slice(..at.min(body.len())), Some(how)),
            None => (body, None),
        };
        Sent::Pieces(Pieces {
            rest,
            whole,
            pace,
            pause: None,
            breaks,
            flushed: false,
            cut,
        })
    }
}

/// A body that goes in pieces.
#[derive(Debug)]
pub(super) struct Pieces {
    rest: Bytes,
    /// The length that the head of the reply announces.
    whole: u64,
    pace: Option<Pace>,
    pause: Option<Pin<Box<Sleep>>>,
    breaks: Option<BodyBreak>,
    /// Whether what came before the break has had its chance to go out.
    flushed: bool,
    cut: Cut,
}

impl Pieces {
    fn next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, ReplyLost>>> {
        if let Some(pause) = &mut self.pause {
            std::task::ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        if self.rest.is_empty() {
            return self.end(context);
        }
        let Some(pace) = self.pace else {
            return Poll::Ready(Some(Ok(std::mem::take(&mut self.rest))));
        };
        let piece = self.rest.split_to(pace.bytes.clamp(1, self.rest.len()));
        if !self.rest.is_empty() {
            self.pause = Some(Box::pin(sleep(pace.pause)));
        }
        Poll::Ready(Some(Ok(piece)))
    }

    fn end(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, ReplyLost>>> {
        let Some(breaks) = self.breaks else {
            return Poll::Ready(None);
        };
        // A connection that ends takes with it what it has not sent yet: waiting once has it sent.
        if !self.flushed {
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        match breaks {
            BodyBreak::Hang => Poll::Pending,
            BodyBreak::Close => Poll::Ready(Some(Err(ReplyLost))),
            BodyBreak::Reset => {
                self.cut.reset();
                Poll::Ready(Some(Err(ReplyLost)))
            }
        }
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = ReplyLost;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ReplyLost>>> {
        match self.get_mut() {
            Sent::Whole(body) => Pin::new(body)
                .poll_frame(context)
                .map_err(|never| match never {}),
            Sent::Pieces(pieces) => pieces
                .next(context)
                .map(|next| next.map(|piece| piece.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Sent::Whole(body) => body.is_end_stream(),
            Sent::Pieces(pieces) => pieces.rest.is_empty() && pieces.breaks.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Sent::Whole(body) => body.size_hint(),
            Sent::Pieces(pieces) => SizeHint::with_exact(pieces.whole),
        }
    }
}
