//! A reply's body on its way: as it is, at a pace, or broken off. It knows bytes and time; why a body goes so is the faults' business.

use super::ReplyLost;
use super::pacer::Paced;
use crate::access::Access;
use crate::faults::touch::{BodyBreak, Extent};
use crate::net::cut::Cut;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The body of a reply as it is sent.
pub(super) enum Sent {
    /// In one piece.
    Whole(Full<Bytes>),
    /// In pieces.
    Pieces(Box<Pieces>),
}

impl Sent {
    /// `body`, in one piece.
    pub(super) fn whole(body: Full<Bytes>) -> Self {
        Sent::Whole(body)
    }

    /// `rest` in its pieces, broken off after so much of it, if at all. The head announces all of it.
    pub(super) fn pieces(
        mut rest: Paced,
        breaks: Option<(Extent, BodyBreak)>,
        cut: Cut,
        access: Access,
    ) -> Self {
        let whole = rest.left();
        if let Some((extent, _)) = breaks {
            rest.keep(extent.of(whole));
        }
        let breaks = breaks.map(|(_, how)| how);
        Sent::Pieces(Box::new(Pieces {
            rest,
            whole,
            breaks,
            cut,
            access: Some(access),
        }))
    }
}

/// A body that goes in pieces.
pub(super) struct Pieces {
    rest: Paced,
    /// The length that the head of the reply announces.
    whole: u64,
    breaks: Option<BodyBreak>,
    cut: Cut,
    /// Its request, until it is known what came of it.
    access: Option<Access>,
}

impl Pieces {
    fn next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, ReplyLost>>> {
        if self.rest.left() == 0 {
            return self.end(context);
        }
        let piece = ready!(self.rest.poll_piece(context));
        // After the last piece nobody asks for another.
        if self.rest.left() == 0 && self.breaks.is_none() {
            self.settle(Access::answered);
        }
        Poll::Ready(Some(Ok(piece)))
    }

    fn settle(&mut self, how: impl FnOnce(Access)) {
        if let Some(access) = self.access.take() {
            how(access);
        }
    }

    fn end(&mut self, context: &Context<'_>) -> Poll<Option<Result<Bytes, ReplyLost>>> {
        let Some(breaks) = self.breaks else {
            return Poll::Ready(None);
        };
        ready!(self.cut.poll_flushed(context));
        self.settle(Access::lost);
        match breaks {
            BodyBreak::Hang => {
                self.cut.fall_silent();
                return Poll::Pending;
            }
            BodyBreak::Reset => self.cut.reset(),
            BodyBreak::Close => {}
        }
        Poll::Ready(Some(Err(ReplyLost)))
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
            Sent::Pieces(pieces) => pieces.rest.left() == 0 && pieces.breaks.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Sent::Whole(body) => body.size_hint(),
            Sent::Pieces(pieces) => SizeHint::with_exact(pieces.whole),
        }
    }
}
