//! What happened in a factory, in the words of the event stream: small, so that many are kept.

use crate::clock::{Clock, Elapsed, iso};
use crate::event::{EndedBy, Event};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// When something happened.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct When {
    /// The time of the factory's clock: ISO 8601, in UTC.
    at: String,
    /// Seconds since the factory's start.
    elapsed: f64,
}

impl When {
    pub(super) fn of(clock: &Clock, elapsed: Elapsed) -> Self {
        When {
            at: iso(clock.at(elapsed)),
            elapsed: elapsed.as_secs_f64(),
        }
    }
}

/// Something that happened.
#[derive(Debug)]
pub(super) enum Told {
    Order(OrderTold),
    Pizza(PizzaTold),
    Fault(FaultTold),
    Report(ReportTold),
    Reset(When),
}

/// `order`: an order was answered, or its answer was lost.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct OrderTold {
    #[serde(flatten)]
    when: When,
    /// The id of the vendor whose key came with it; null where nobody has that key.
    vendor: Option<Arc<str>>,
    /// The `id` of the order, a string as it is and anything else as its JSON text.
    order_id: Option<Arc<str>>,
    /// The status of the answer; null where none was sent.
    status: Option<u16>,
    /// How long it took, in milliseconds.
    millis: f64,
    /// The names of the faults that touched it.
    faults: Vec<Arc<str>>,
}

/// `pizza`: a pizza was made, whether or not anybody is told.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PizzaTold {
    #[serde(flatten)]
    when: When,
    /// The id of the vendor who ordered.
    vendor: Arc<str>,
    /// The `id` of the order.
    order_id: Option<Arc<str>>,
    /// How many pizzas this order has now.
    count: u32,
}

/// `fault`: a fault, or the chaos of a vendor, came or went.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FaultTold {
    #[serde(flatten)]
    when: When,
    /// Its name.
    name: Arc<str>,
    /// What became of it.
    what: What,
    /// What triggered its end, where that is what happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<By>,
}

/// What became of a fault.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    Added,
    Started,
    EndTriggered,
    Ended,
    Removed,
}

/// What triggered the end of a fault.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum By {
    Report,
    Mended,
    Schedule,
    Requests,
}

/// `report`: somebody called a report URL.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ReportTold {
    #[serde(flatten)]
    when: When,
    /// The id of the vendor whose key is in the URL; null where nobody has that key.
    vendor: Option<Arc<str>>,
    /// The fault that it ended; null where it ended none.
    fault: Option<Arc<str>>,
}

impl Told {
    /// `event` in these words.
    pub(super) fn of(event: &Event, clock: &Clock) -> Self {
        let when = When::of(clock, event.at());
        let fault = |when, name: &Arc<str>, what| FaultTold {
            when,
            name: name.clone(),
            what,
            by: None,
        };
        match event {
            Event::FaultStarted { name, .. } => Told::Fault(fault(when, name, What::Started)),
            Event::FaultEndTriggered { name, by, .. } => Told::Fault(FaultTold {
                by: Some(By::from(*by)),
                ..fault(when, name, What::EndTriggered)
            }),
            Event::FaultEnded { name, .. } => Told::Fault(fault(when, name, What::Ended)),
            Event::FaultAdded { name, .. } => Told::Fault(fault(when, name, What::Added)),
            Event::FaultRemoved { name, .. } => Told::Fault(fault(when, name, What::Removed)),
            Event::OrderAnswered {
                vendor,
                order_id,
                status,
                took,
                faults,
                ..
            } => Told::Order(OrderTold {
                when,
                vendor: vendor.clone(),
                order_id: order_id.clone(),
                status: *status,
                // Whole microseconds, which a float holds without a tail of digits.
                millis: took.as_micros() as f64 / 1e3,
                faults: faults.clone(),
            }),
            Event::Reset { .. } => Told::Reset(when),
            Event::PizzaMade {
                vendor,
                order_id,
                count,
                ..
            } => Told::Pizza(PizzaTold {
                when,
                vendor: vendor.clone(),
                order_id: order_id.clone(),
                count: *count,
            }),
            Event::Reported { vendor, fault, .. } => Told::Report(ReportTold {
                when,
                vendor: vendor.clone(),
                fault: fault.clone(),
            }),
        }
    }

    /// The name of its kind.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Told::Order(_) => "order",
            Told::Pizza(_) => "pizza",
            Told::Fault(_) => "fault",
            Told::Report(_) => "report",
            Told::Reset(_) => "reset",
        }
    }

    /// What it says, as JSON text.
    pub(super) fn data(&self) -> serde_json::Result<String> {
        match self {
            Told::Order(told) => serde_json::to_string(told),
            Told::Pizza(told) => serde_json::to_string(told),
            Told::Fault(told) => serde_json::to_string(told),
            Told::Report(told) => serde_json::to_string(told),
            Told::Reset(told) => serde_json::to_string(told),
        }
    }
}

impl From<EndedBy> for By {
    fn from(by: EndedBy) -> Self {
        match by {
            EndedBy::Report => By::Report,
            EndedBy::Mended => By::Mended,
            EndedBy::Schedule => By::Schedule,
            EndedBy::Requests => By::Requests,
        }
    }
}
