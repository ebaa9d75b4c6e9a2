//! The bytes of a body in the pieces in which they may go: all at once, or so many at a time. Padding is made as it goes, so that a
//! large body takes no more memory than a small one.

use crate::faults::touch::Pace;
use bytes::Bytes;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::time::{Instant, Sleep, sleep_until};

/// What a body is padded with: JSON and HTML alike make nothing of it.
const SPACES: &[u8; 16 * 1024] = &[b' '; 16 * 1024];

/// A body, what follows it, and how fast it goes.
#[derive(Debug)]
pub(super) struct Paced {
    body: Bytes,
    padding: u64,
    turns: Option<Turns>,
}

/// The turns in which bytes go.
#[derive(Debug)]
struct Turns {
    pace: Pace,
    /// What may still go in this turn.
    left: usize,
    /// When the next one comes.
    next: Pin<Box<Sleep>>,
}

impl Paced {
    /// `body` with spaces up to a length of `padded_to`, at a pace; the first turn is now.
    pub(super) fn new(body: Bytes, padded_to: Option<u64>, pace: Option<Pace>) -> Self {
        let padded_to = padded_to.unwrap_or_default();
        Paced {
            padding: padded_to.saturating_sub(in_u64(body.len())),
            body,
            turns: pace.map(|pace| Turns {
                pace,
                left: pace.bytes,
                next: Box::pin(sleep_until(Instant::now() + pace.pause)),
            }),
        }
    }

    /// How many bytes are to go.
    pub(super) fn left(&self) -> u64 {
        in_u64(self.body.len()).saturating_add(self.padding)
    }

    /// Drops what is beyond the next `bytes`.
    pub(super) fn keep(&mut self, bytes: u64) {
        self.body
            .truncate(usize::try_from(bytes).unwrap_or(usize::MAX));
        self.padding = self
            .padding
            .min(bytes.saturating_sub(in_u64(self.body.len())));
    }

    /// The next piece, when its time has come.
    pub(super) fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Bytes> {
        let Some(turns) = &mut self.turns else {
            return Poll::Ready(self.take(usize::MAX));
        };
        if turns.left == 0 {
            ready!(turns.next.as_mut().poll(context));
            // Counted from when it was due, or late timers would add up; a client that did not keep up gets no more at once for it.
            let due = turns.next.deadline() + turns.pace.pause;
            turns.next.as_mut().reset(due.max(Instant::now()));
            turns.left = turns.pace.bytes;
        }
        let most = turns.left;
        let piece = self.take(most);
        if let Some(turns) = &mut self.turns {
            turns.left -= piece.len();
        }
        Poll::Ready(piece)
    }

    fn take(&mut self, most: usize) -> Bytes {
        if !self.body.is_empty() {
            return self.body.split_to(most.min(self.body.len()));
        }
        let padding = usize::try_from(self.padding).unwrap_or(usize::MAX);
        let piece = Bytes::from_static(SPACES).slice(..most.min(padding).min(SPACES.len()));
        self.padding -= in_u64(piece.len());
        piece
    }
}

fn in_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use std::time::Duration;

    const TICK: Duration = Duration::from_millis(10);

    /// The lengths of the pieces, and when each came, in ticks.
    async fn pieces(mut paced: Paced) -> Vec<(usize, u32)> {
        let start = Instant::now();
        let mut pieces = Vec::new();
        while paced.left() > 0 {
            let piece = poll_fn(|context| paced.poll_piece(context)).await;
            let ticks = start.elapsed().as_millis() / TICK.as_millis();
            pieces.push((piece.len(), u32::try_from(ticks).expect("a few")));
        }
        pieces
    }

    #[tokio::test(start_paused = true)]
    async fn a_pace_is_kept_from_turn_to_turn() {
        let pace = Pace {
            bytes: 4,
            pause: TICK,
        };
        let paced = Paced::new(Bytes::from_static(b"0123456789"), None, Some(pace));
        assert_eq!(pieces(paced).await, [(4, 0), (4, 1), (2, 2)]);
    }

    #[tokio::test(start_paused = true)]
    async fn padding_follows_the_body_in_pieces_that_are_shared() {
        let length = 2 * SPACES.len() as u64 + 10;
        let paced = Paced::new(Bytes::from_static(b"0123456789"), Some(length), None);
        assert_eq!(paced.left(), length);
        let whole = [(10, 0), (SPACES.len(), 0), (SPACES.len(), 0)];
        assert_eq!(pieces(paced).await, whole);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_of_more_than_a_piece_is_one_turn() {
        let pace = Pace {
            bytes: SPACES.len() + 2,
            pause: TICK,
        };
        let length = SPACES.len() as u64 + 5;
        let paced = Paced::new(Bytes::from_static(b"1"), Some(length), Some(pace));
        let expected = [(1, 0), (SPACES.len(), 0), (1, 0), (3, 1)];
        assert_eq!(pieces(paced).await, expected);
    }

    #[test]
    fn what_is_dropped_is_padding_before_it_is_body() {
        let kept = |bytes| {
            let mut paced = Paced {
                body: Bytes::from_static(b"0123456789"),
                padding: 10,
                turns: None,
            };
            paced.keep(bytes);
            (paced.body.len(), paced.padding)
        };
        assert_eq!([kept(30), kept(12), kept(4)], [(10, 10), (10, 2), (4, 0)]);
    }
}
