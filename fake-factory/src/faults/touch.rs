//! What the faults together do to one request, for those who carry it out.

use super::kinds::latency::DELAY_MAX;
use super::plan::Manners;
use crate::api::reply::Reply;
use crate::seed::Seed;
use crate::signing::WhichKey;
use crate::signing::counterfeit::Counterfeit;
use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use hyper::body::Body;
use std::sync::Arc;
use std::time::Duration;

/// What is done to one request.
#[derive(Debug, Default)]
pub(crate) struct Touch {
    /// How its factory behaves apart from that.
    pub(crate) manners: Manners,
    /// What is sent where nothing is done to it.
    pub(crate) promised: Promised,
    /// How late it is answered.
    pub(crate) delay: Duration,
    /// What answers it in place of the kitchen.
    pub(crate) answer: Option<Reply>,
    /// The report URL of the first fault that leaves the pizza good and tells it.
    pub(crate) report_url: Option<String>,
    /// The content type that its reply gives itself, in place of the true one.
    pub(crate) content_type: Option<HeaderValue>,
    /// What is baked for it, where a pizza is.
    pub(crate) baking: Baking,
    /// Which key is published to it.
    pub(crate) published: Published,
    /// How its reply is sent.
    pub(crate) travel: Travel,
    /// The faults that touched it, in the order in which they did.
    pub(crate) names: Vec<Arc<str>>,
    /// A fault touched its last request: somebody has to tell.
    pub(crate) spent: bool,
}

impl Touch {
    /// Makes the answer later by `delay`, a day in all at the most.
    pub(crate) fn delay_by(&mut self, delay: Duration) {
        self.delay = (self.delay + delay).min(DELAY_MAX);
    }

    /// Answers in place of the kitchen, unless another fault has done so.
    pub(crate) fn answer_with(&mut self, reply: impl FnOnce() -> Reply) -> bool {
        let first = self.answer.is_none();
        self.answer.get_or_insert_with(reply);
        first
    }

    /// Has nothing that is HTTP answer in place of the kitchen, unless another fault has answered.
    pub(crate) fn answer_nothing(&mut self, breaks: Break) -> bool {
        self.answer_with(Reply::default) && self.travel.break_with(breaks)
    }

    /// Whether a body will be on its way, as far as faults can tell: not where one of them answers without, or sends nothing.
    pub(crate) fn has_body(&self) -> bool {
        let bodiless = |reply: &Reply| {
            let status = reply.status();
            reply.body().is_end_stream()
                || status == StatusCode::NO_CONTENT
                || status == StatusCode::NOT_MODIFIED
        };
        let promised = match &self.answer {
            _ if self.promised == Promised::Head => false,
            Some(answer) => !bodiless(answer),
            None => !self.is_unmodified(),
        };
        self.travel.sends_reply() && promised
    }

    /// Whether its reply says of what it is, as far as faults can tell.
    pub(crate) fn has_content_type(&self) -> bool {
        self.travel.sends_reply() && (self.answer.is_some() || !self.is_unmodified())
    }

    fn is_unmodified(&self) -> bool {
        // Another key is not the one that the client knows.
        self.promised == Promised::Unmodified && self.published == Published::Own
    }
}

/// How much of a reply is sent, whatever is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Promised {
    /// All of it.
    #[default]
    Whole,
    /// Its head: that is what was asked for.
    Head,
    /// That nothing is new.
    Unmodified,
}

/// What is baked, where a pizza is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Baking {
    /// By how much the clock that dates it is ahead.
    pub(crate) skew_seconds: i64,
    /// Whether there are two of it.
    pub(crate) twice: bool,
    /// The key that it is signed with.
    pub(crate) key: WhichKey,
    /// What is given in its place, with the seed of what is arbitrary about that.
    pub(crate) counterfeit: Option<(Counterfeit, Seed)>,
}

impl Default for Baking {
    fn default() -> Self {
        Baking {
            skew_seconds: 0,
            twice: false,
            key: WhichKey::Own,
            counterfeit: None,
        }
    }
}

/// Which key the key set has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Published {
    /// The factory's own.
    #[default]
    Own,
    /// The one that follows it.
    Next,
    /// None: there is no key set.
    Nothing,
}

/// How a reply is sent, where it is not sent as it is. It travels with the reply, as one of its extensions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Travel {
    /// How long its body is made, in bytes, with spaces after what it has to say.
    pub(crate) padded_to: Option<u64>,
    /// How fast its body goes.
    pub(crate) pace: Option<Pace>,
    /// How it ends before it is whole.
    pub(crate) breaks: Option<Break>,
}

impl Travel {
    /// Whether there is nothing to it.
    pub(crate) fn is_plain(&self) -> bool {
        *self == Travel::default()
    }

    /// Whether the head of a reply goes out, whatever becomes of its body.
    pub(crate) fn sends_reply(&self) -> bool {
        matches!(self.breaks, None | Some(Break::Body(..)))
    }

    /// Slows its body down to `pace`, unless it is as slow already.
    pub(crate) fn slow_to(&mut self, pace: Pace) -> bool {
        let slows = self.pace.is_none_or(|before| pace.is_slower_than(before));
        if slows {
            self.pace = Some(pace);
        }
        slows
    }

    /// Breaks it, unless another fault has done so.
    pub(crate) fn break_with(&mut self, breaks: Break) -> bool {
        let first = self.breaks.is_none();
        self.breaks.get_or_insert(breaks);
        first
    }
}

/// How fast a body goes: so many bytes at a time, with a pause after each but the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    pub(crate) bytes: usize,
    pub(crate) pause: Duration,
}

impl Pace {
    fn is_slower_than(self, other: Pace) -> bool {
        // Bytes over time, crosswise: whole numbers compare exactly. A usize fits.
        let (mine, others) = (self.bytes as u128, other.bytes as u128);
        mine.saturating_mul(other.pause.as_nanos()) < others.saturating_mul(self.pause.as_nanos())
    }
}

/// How a reply ends before it is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// Nothing is sent; the connection is reset.
    Reset,
    /// Nothing is sent; the connection stays open and silent.
    Hang,
    /// The body goes so far, then this.
    Body(Extent, BodyBreak),
    /// These bytes are sent in place of an HTTP reply, and the connection is closed.
    Garbage(Bytes),
}

/// How a body ends before it is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyBreak {
    /// The connection is closed.
    Close,
    /// The connection is reset.
    Reset,
    /// The connection stays open and silent.
    Hang,
}

/// How much of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// So many bytes.
    Bytes(u64),
    /// So many thousandths.
    Thousandths(u64),
}

impl Extent {
    /// In bytes of a body of `whole` bytes; never all of it, so that something is missing.
    pub(crate) fn of(self, whole: u64) -> u64 {
        let bytes = match self {
            Extent::Bytes(bytes) => bytes,
            Extent::Thousandths(thousandths) => whole.saturating_mul(thousandths) / 1_000,
        };
        bytes.min(whole.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::reply::message;

    #[test]
    fn a_part_of_a_body_is_never_all_of_it() {
        assert_eq!(Extent::Bytes(3).of(10), 3);
        assert_eq!(Extent::Bytes(30).of(10), 9);
        assert_eq!(Extent::Thousandths(500).of(10), 5);
        assert_eq!(Extent::Thousandths(1_000).of(10), 9);
        assert_eq!(Extent::Bytes(1).of(0), 0);
    }

    #[test]
    fn the_slowest_pace_of_a_reply_is_the_one_that_counts() {
        let pace = |bytes, millis| Pace {
            bytes,
            pause: Duration::from_millis(millis),
        };
        let mut travel = Travel::default();
        assert!(travel.slow_to(pace(100, 10)));
        assert!(!travel.slow_to(pace(1_000, 100)));
        assert!(travel.slow_to(pace(1_000, 101)));
        assert_eq!(travel.pace, Some(pace(1_000, 101)));
    }

    #[test]
    fn an_answer_without_a_body_has_none_on_its_way() {
        let mut touch = Touch::default();
        assert!(touch.has_body());
        touch.answer_with(Reply::default);
        assert!(!touch.has_body());
        let mut head = Touch {
            promised: Promised::Head,
            ..Touch::default()
        };
        assert!(!head.has_body() && head.has_content_type());
        head.promised = Promised::Unmodified;
        assert!(!head.has_body() && !head.has_content_type());
        head.answer_with(|| message(StatusCode::BAD_GATEWAY, "no"));
        assert!(head.has_body() && head.has_content_type());
        let mut silent = Touch::default();
        assert!(silent.answer_nothing(Break::Hang));
        assert!(!silent.has_body() && !silent.answer_nothing(Break::Reset));
    }

    #[test]
    fn the_first_break_of_a_reply_is_the_one_that_counts() {
        let mut travel = Travel::default();
        assert!(travel.break_with(Break::Hang));
        assert!(!travel.break_with(Break::Reset));
        assert_eq!(travel.breaks, Some(Break::Hang));
    }
}
