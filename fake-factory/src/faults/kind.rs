//! What every kind of fault has to say of itself: its word, its sense, when in the making of a reply it comes, and what it does then.
//! A kind decides and draws from a seed; it does not wait, listen or send.

use super::matching::Asked;
use super::touch::Touch;
use crate::clock::Elapsed;
use crate::input::{Findings, Places, Span};
use crate::seed::Seed;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// When in the making of a reply a kind comes. Kinds of an earlier stage are asked first; within a stage, the order of the list counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Cuts the wire, before there is a request.
    Wire,
    /// Makes the answer late. All that do add up.
    Delay,
    /// Gives an answer in place of the real one, or nothing that is HTTP: no pizza is made. The first wins.
    Answer,
    /// Changes what is baked where a pizza is.
    Baking,
    /// Changes the reply that was made, whichever it is.
    Dressing,
    /// Changes how the reply travels. The first that ends it early wins; the slowest pace wins.
    Travel,
}

/// A kind for a reader: its word, a sentence, and an example.
#[derive(Debug)]
pub struct KindInfo {
    /// The word that names it in a file.
    pub kind: &'static str,
    /// What it does, in a sentence.
    pub sentence: &'static str,
    pub(crate) stage: Stage,
    /// The example, as JSON text.
    pub(crate) example: &'static str,
}

impl KindInfo {
    /// An `inject` of this kind that makes sense.
    #[must_use]
    pub fn example(&self) -> Value {
        serde_json::from_str(self.example).unwrap_or_default()
    }
}

/// A kind of fault, with what a file says of it.
pub(crate) trait Kind {
    /// What it is.
    fn info(&self) -> &'static KindInfo;

    /// Says what makes no sense about it.
    fn check(&self, _sense: &mut Sense<'_, '_>) {}

    /// Whether its replies carry the report URL.
    fn tells_report_url(&self) -> bool {
        false
    }

    /// When in the making of a reply it comes: that of its kind, unless what a file says makes a difference.
    fn stage(&self) -> Stage {
        self.info().stage
    }

    /// Whether it touches only requests for which a pizza is baked.
    fn needs_pizza(&self) -> bool {
        self.stage() == Stage::Baking
    }

    /// Whether it signs with the key that follows the factory's own.
    fn needs_next_key(&self) -> bool {
        false
    }

    /// Which requests it is about, where that is not for the file to say.
    fn own_routes(&self) -> OwnRoutes {
        OwnRoutes::Matched
    }

    /// Does to a request what it does; false when there was nothing left to do. It is asked once for each request that it is to touch.
    fn strike(&self, strike: &Strike<'_>, touch: &mut Touch) -> bool;
}

/// Which requests a kind is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OwnRoutes {
    /// Those that `match` says.
    Matched,
    /// Those of them that carry the key of a vendor.
    WithKey,
    /// POST /api/order.
    Orders,
    /// GET /.well-known/jwks.json.
    Keys,
    /// Both.
    OrdersAndKeys,
}

/// The request that a fault strikes.
pub(crate) struct Strike<'a> {
    /// The request.
    pub(crate) asked: &'a Asked<'a>,
    /// When the request came.
    pub(crate) now: Elapsed,
    /// When the fault started.
    pub(crate) since: Elapsed,
    /// The randomness of this request and fault.
    pub(crate) seed: Seed,
    /// What the fault remembers from one request to the next.
    pub(crate) memory: &'a Mutex<Memory>,
    /// The URL whose call ends the fault.
    pub(crate) report_url: &'a dyn Fn() -> String,
}

impl Strike<'_> {
    /// How long the fault has been going on.
    pub(crate) fn age(&self) -> Duration {
        self.now.since(self.since)
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        // What is remembered is replaced in one go, so a panic elsewhere leaves it whole.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a fault remembers from one request to the next.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// The tokens of a bucket, and when they were counted.
    pub(crate) bucket: Option<(f64, Elapsed)>,
    /// When each request that came through and is not done yet will be, the first done first.
    pub(crate) busy_until: VecDeque<Elapsed>,
}

/// Where a kind says what makes no sense about it.
pub(crate) struct Sense<'a, 's> {
    pub(super) fault: Option<Span>,
    pub(super) places: &'a Places,
    pub(super) found: &'a mut Findings<'s>,
}

impl Sense<'_, '_> {
    /// The place of what stands at `path` below `inject`.
    pub(crate) fn at(&self, path: &[&str]) -> Option<Span> {
        self.places.below(self.fault, path)
    }

    /// What stands at `path` below `inject` is wrong.
    pub(crate) fn error(&mut self, path: &[&str], message: impl AsRef<str>) {
        let span = self.at(path);
        self.found.error(span, message);
    }

    /// As [`Sense::error`], with what would help.
    pub(crate) fn error_with_help(
        &mut self,
        path: &[&str],
        message: impl AsRef<str>,
        help: impl AsRef<str>,
    ) {
        let span = self.at(path);
        self.found.error_with_help(span, message, help);
    }

    /// As [`Sense::error`], because of what stands at `other`.
    pub(crate) fn error_beside(
        &mut self,
        path: &[&str],
        message: impl AsRef<str>,
        other: &[&str],
        label: &str,
    ) {
        let (span, other) = (self.at(path), self.at(other));
        self.found.error_beside(span, message, other, label);
    }
}

/// Writes the enumeration of all kinds, what each is as a [`Kind`], and the catalogue, so that a kind is named once.
macro_rules! kind_table {
    ($($(#[$doc:meta])* $name:ident($($path:ident)::+),)+) => {
        /// What a fault does. One word each, with what it needs below it.
        #[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Inject {
            $($(#[$doc])* $name($($path)::+),)+
        }

        impl Inject {
            pub(crate) fn of_kind(&self) -> &dyn Kind {
                match self {
                    $(Inject::$name(kind) => kind,)+
                }
            }
        }

        /// Every kind of fault, in the order of the stages in which they come.
        #[must_use]
        pub fn catalogue() -> &'static [&'static KindInfo] {
            &[$(&<$($path)::+>::INFO,)+]
        }
    };
}
pub(super) use kind_table;

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::faults::inject::Inject;
    use crate::faults::touch::Promised;
    use crate::input::{Located, Source, read};
    use crate::order::Order;

    /// What makes no sense about an `inject`, written as in a file.
    pub(in crate::faults) fn told_of(inject: &str) -> Vec<String> {
        let source = Source::new("f.yaml", inject);
        let reading = read::<Located<Inject>>(&source);
        assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
        let inject = reading.value.expect("readable");
        let mut found = Findings::new(&source);
        inject.of_kind().check(&mut Sense {
            fault: inject.span,
            places: &Places::of(&source),
            found: &mut found,
        });
        let found = found.into_diagnostics();
        let message = |found: &crate::input::Diagnostic| found.message().to_owned();
        found.iter().map(message).collect()
    }
    use http::{HeaderMap, Method};

    /// What `kind` does to a request that nothing else touches, and whether it did anything.
    pub(in crate::faults) fn struck(kind: &impl Kind) -> (bool, Touch) {
        let mut touch = Touch::default();
        (struck_after(kind, &mut touch), touch)
    }

    /// Whether `kind` does anything to a request that others touched before it.
    pub(in crate::faults) fn struck_after(kind: &impl Kind, touch: &mut Touch) -> bool {
        strike_at(kind, Elapsed::ZERO, &Mutex::default(), touch)
    }

    /// Strikes a request that comes `now`, for a kind that started with the run and has a `memory`.
    pub(in crate::faults) fn strike_at(
        kind: &impl Kind,
        now: Elapsed,
        memory: &Mutex<Memory>,
        touch: &mut Touch,
    ) -> bool {
        let headers = HeaderMap::new();
        let strike = Strike {
            asked: &Asked {
                method: &Method::POST,
                path: "/api/order",
                headers: &headers,
                vendor: None,
                order: &Order::default(),
                promised: Promised::Whole,
                bakes: true,
            },
            now,
            since: Elapsed::ZERO,
            seed: Seed::new(329),
            memory,
            report_url: &|| "http://factory/report".to_owned(),
        };
        kind.strike(&strike, touch)
    }
}
