//! What a factory tells whoever stages it, as it happens. The times are those of the schedule, exact even where a timer came late.

use crate::clock::Elapsed;
use std::sync::Arc;
use std::time::Duration;

/// Something that happened in a factory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A fault began to touch requests.
    FaultStarted {
        /// The fault's name.
        name: Arc<str>,
        /// When.
        at: Elapsed,
    },
    /// The end of a fault was triggered; it may linger.
    FaultEndTriggered {
        /// The fault's name.
        name: Arc<str>,
        /// When.
        at: Elapsed,
        /// By what.
        by: EndedBy,
    },
    /// A fault is over.
    FaultEnded {
        /// The fault's name.
        name: Arc<str>,
        /// When.
        at: Elapsed,
    },
    /// A fault was put on the list while the factory ran.
    FaultAdded {
        /// The fault's name.
        name: Arc<str>,
        /// When.
        at: Elapsed,
    },
    /// A fault was taken off the list; where it went on, it was ended before.
    FaultRemoved {
        /// The fault's name.
        name: Arc<str>,
        /// When.
        at: Elapsed,
    },
    /// A request to make an order was answered, or its answer was lost.
    OrderAnswered {
        /// When.
        at: Elapsed,
        /// The id of the vendor whose key it carried, where one has that key.
        vendor: Option<Arc<str>>,
        /// The order's `id`, a string as it is and anything else as its JSON text.
        order_id: Option<Arc<str>>,
        /// The status of the answer; none where nothing that is HTTP was sent.
        status: Option<u16>,
        /// How long it took.
        took: Duration,
        /// The faults that touched it.
        faults: Vec<Arc<str>>,
    },
    /// The factory forgot its faults, chaos, ledger and counts.
    Reset {
        /// When.
        at: Elapsed,
    },
    /// A pizza was made, whether or not its diner is told.
    PizzaMade {
        /// When.
        at: Elapsed,
        /// The id of the vendor who ordered.
        vendor: Arc<str>,
        /// The order's `id`, a string as it is and anything else as its JSON text.
        order_id: Option<Arc<str>>,
        /// The JWT's payload, `{vendor, diner, order}`, as JSON text.
        payload: Arc<str>,
        /// How many pizzas this order has now.
        count: u32,
    },
    /// Somebody called a report URL.
    Reported {
        /// When.
        at: Elapsed,
        /// The id of the vendor whose key is in the URL, where one has that key.
        vendor: Option<Arc<str>>,
        /// The fault whose end it triggered, if it did.
        fault: Option<Arc<str>>,
    },
}

/// What triggered the end of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// A call of its report URL.
    Report,
    /// Somebody who mended it.
    Mended,
    /// Its schedule.
    Schedule,
    /// The last of the requests that it was to touch.
    Requests,
}

impl Event {
    /// When it happened.
    #[must_use]
    pub fn at(&self) -> Elapsed {
        match self {
            Event::FaultStarted { at, .. }
            | Event::FaultEndTriggered { at, .. }
            | Event::FaultEnded { at, .. }
            | Event::FaultAdded { at, .. }
            | Event::FaultRemoved { at, .. }
            | Event::OrderAnswered { at, .. }
            | Event::Reset { at }
            | Event::PizzaMade { at, .. }
            | Event::Reported { at, .. } => *at,
        }
    }
}

/// Hears the events of a factory, in order. It is called between requests: it should be quick.
pub type Observer = Arc<dyn Fn(Event) + Send + Sync>;
