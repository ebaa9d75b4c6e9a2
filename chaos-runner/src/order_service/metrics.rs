//! What the service counts, one method an event, and its `/metrics` page. The names are listed in the service's own documentation:
//! people write rules on them. It knows no rule and no alert.

mod registry;

use super::failure::Configuration;
use crate::scenario::money::Money;
use fake_factory::clock::{Clock, Elapsed};
use registry::{Description, Kind, Registry, labels};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The upper bounds of both histograms, in seconds.
const BOUNDS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0,
];
/// The codes that a factory's series start with, where series start at 0.
const CODES: [&str; 14] = [
    "200",
    "400",
    "401",
    "403",
    "404",
    "429",
    "500",
    "502",
    "503",
    "bad_jwt",
    "broken",
    "connect",
    "malformed",
    "timeout",
];

const ORDERS: usize = 0;
const REFUSED: usize = 1;
const REVENUE: usize = 2;
const PIZZAS: usize = 3;
const ORDER_LATENCY: usize = 4;
const CREATION_LATENCY: usize = 5;
const CALLS: usize = 6;
const RETRIES: usize = 7;
const BACKOFFS: usize = 8;
const CONFIGURATION_ERRORS: usize = 9;
const AUTO_REPORTS: usize = 10;
const QUEUE_DEPTH: usize = 11;
const QUEUE_CAPACITY: usize = 12;
const QUEUE_MADE: usize = 13;
const CIRCUIT_OPEN: usize = 14;
const FACTORY_UP: usize = 15;
const STARTED: usize = 16;

const fn counter(name: &'static str, help: &'static str) -> Description {
    Description {
        name,
        help,
        kind: Kind::Counter,
    }
}

const fn gauge(name: &'static str, help: &'static str) -> Description {
    Description {
        name,
        help,
        kind: Kind::Gauge,
    }
}

const fn histogram(name: &'static str, help: &'static str) -> Description {
    Description {
        name,
        help,
        kind: Kind::Histogram(BOUNDS),
    }
}

/// In the order of the indexes above.
const FAMILIES: [Description; 17] = [
    counter(
        "orders_total",
        "Orders answered, by what the diner was told.",
    ),
    counter("orders_refused_total", "Orders refused, by reason."),
    counter(
        "revenue_total",
        "What the pizzas that were made brought in; synthetic orders left out.",
    ),
    counter("pizzas_sold_total", "Pizzas made and verified."),
    histogram("order_latency_seconds", "From an order to its answer."),
    histogram(
        "pizza_creation_latency_seconds",
        "From a factory call to its verified pizza.",
    ),
    counter(
        "factory_calls_total",
        "Order calls to a factory, by how they ended.",
    ),
    counter(
        "factory_retries_total",
        "Calls made again for the same order while its diner waits.",
    ),
    counter("backoffs_total", "Times a factory asked for fewer calls."),
    counter(
        "configuration_errors_total",
        "Calls that failed for a wrong key or address.",
    ),
    counter("auto_reports_total", "Calls of a factory's report URL."),
    gauge("queue_depth", "Orders that wait."),
    gauge("queue_capacity", "How many orders may wait."),
    counter("queue_made_total", "Orders that had waited and were made."),
    gauge("circuit_open", "Whether calls to a factory are stopped."),
    gauge("factory_up", "Whether a factory says that it is ready."),
    gauge(
        "process_start_time_seconds",
        "When the process started, in Unix seconds.",
    ),
];

/// What a diner was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Fulfilled,
    Queued,
    Refused,
    Failed,
}

impl Told {
    const ALL: [Told; 4] = [Told::Fulfilled, Told::Queued, Told::Refused, Told::Failed];

    const fn name(self) -> &'static str {
        match self {
            Told::Fulfilled => "fulfilled",
            Told::Queued => "queued",
            Told::Refused => "refused",
            Told::Failed => "failed",
        }
    }
}

/// Why an order was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    OvenFull,
    QueueFull,
}

impl Refusal {
    const ALL: [Refusal; 2] = [Refusal::OvenFull, Refusal::QueueFull];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Refusal::OvenFull => "oven_full",
            Refusal::QueueFull => "queue_full",
        }
    }
}

/// How a call of a report URL ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reported {
    Resolved,
    Unresolved,
    Failed,
}

impl Reported {
    const ALL: [Reported; 3] = [Reported::Resolved, Reported::Unresolved, Reported::Failed];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Reported::Resolved => "resolved",
            Reported::Unresolved => "unresolved",
            Reported::Failed => "failed",
        }
    }
}

/// Which parts the service is built of: their series are there from the start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'a> {
    pub(super) factories: &'a [&'a str],
    pub(super) queue_capacity: Option<u32>,
    pub(super) circuit_breaker: bool,
    pub(super) vanish_after: Option<Duration>,
}

/// The metrics of one process: they begin anew with the next.
#[derive(Debug)]
pub(super) struct Metrics {
    clock: Clock,
    registry: Mutex<Registry>,
}

impl Metrics {
    pub(super) fn new(clock: Clock, parts: Parts<'_>) -> Self {
        let mut registry = Registry::new(&FAMILIES, parts.vanish_after);
        let now = clock.elapsed();
        if registry.shows_all() {
            registry.start_at_zero(parts, now);
        }
        let started = clock.now().as_second();
        registry.set(STARTED, "", started as f64, now);
        if let Some(capacity) = parts.queue_capacity {
            registry.set(QUEUE_CAPACITY, "", f64::from(capacity), now);
            registry.set(QUEUE_DEPTH, "", 0.0, now);
        }
        Metrics {
            clock,
            registry: Mutex::new(registry),
        }
    }

    /// The text form, as Prometheus scrapes it.
    pub(super) fn text(&self) -> String {
        self.locked().text(self.clock.elapsed())
    }

    pub(super) fn answered(&self, told: Told, waited: Duration) {
        let now = self.clock.elapsed();
        let mut registry = self.locked();
        registry.add(ORDERS, &labels(&[("outcome", told.name())]), 1, now);
        registry.observe(ORDER_LATENCY, Some(waited), now);
    }

    pub(super) fn refused(&self, why: Refusal) {
        self.count(REFUSED, &[("reason", why.name())]);
    }

    /// `price` is what they bring in; none for a synthetic order.
    pub(super) fn sold(&self, pizzas: u64, price: Option<Money>) {
        let now = self.clock.elapsed();
        let mut registry = self.locked();
        registry.add(PIZZAS, "", pizzas, now);
        if let Some(price) = price {
            registry.add_amount(REVENUE, price, now);
        }
    }

    pub(super) fn called(&self, factory: &str, code: &str) {
        self.count(CALLS, &[("factory", factory), ("code", code)]);
    }

    pub(super) fn created(&self, took: Duration) {
        let now = self.clock.elapsed();
        self.locked().observe(CREATION_LATENCY, Some(took), now);
    }

    pub(super) fn retried(&self, factory: &str) {
        self.count(RETRIES, &[("factory", factory)]);
    }

    pub(super) fn backed_off(&self, factory: &str) {
        self.count(BACKOFFS, &[("factory", factory)]);
    }

    pub(super) fn misconfigured(&self, factory: &str, why: Configuration) {
        let pairs = [("factory", factory), ("reason", why.name())];
        self.count(CONFIGURATION_ERRORS, &pairs);
    }

    pub(super) fn reported(&self, factory: &str, how: Reported) {
        self.count(
            AUTO_REPORTS,
            &[("factory", factory), ("result", how.name())],
        );
    }

    pub(super) fn queue_holds(&self, orders: usize) {
        let now = self.clock.elapsed();
        self.locked().set(QUEUE_DEPTH, "", orders as f64, now);
    }

    pub(super) fn queued_order_made(&self) {
        self.count(QUEUE_MADE, &[]);
    }

    pub(super) fn circuit_is(&self, factory: &str, open: bool) {
        self.level(CIRCUIT_OPEN, factory, open);
    }

    pub(super) fn factory_is(&self, factory: &str, up: bool) {
        self.level(FACTORY_UP, factory, up);
    }

    fn count(&self, family: usize, pairs: &[(&str, &str)]) {
        let now = self.clock.elapsed();
        self.locked().add(family, &labels(pairs), 1, now);
    }

    fn level(&self, family: usize, factory: &str, yes: bool) {
        let now = self.clock.elapsed();
        let labels = labels(&[("factory", factory)]);
        self.locked()
            .set(family, &labels, f64::from(u8::from(yes)), now);
    }

    fn locked(&self) -> MutexGuard<'_, Registry> {
        // No update can panic half-way.
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registry {
    fn start_at_zero(&mut self, parts: Parts<'_>, now: Elapsed) {
        for told in Told::ALL {
            self.add(ORDERS, &labels(&[("outcome", told.name())]), 0, now);
        }
        for why in Refusal::ALL {
            self.add(REFUSED, &labels(&[("reason", why.name())]), 0, now);
        }
        self.add_amount(REVENUE, Money::ZERO, now);
        self.add(PIZZAS, "", 0, now);
        self.observe(ORDER_LATENCY, None, now);
        self.observe(CREATION_LATENCY, None, now);
        if parts.queue_capacity.is_some() {
            self.add(QUEUE_MADE, "", 0, now);
        }
        for factory in parts.factories {
            let only = labels(&[("factory", factory)]);
            for code in CODES {
                let pairs = [("factory", *factory), ("code", code)];
                self.add(CALLS, &labels(&pairs), 0, now);
            }
            self.add(RETRIES, &only, 0, now);
            self.add(BACKOFFS, &only, 0, now);
            for why in Configuration::ALL {
                let pairs = [("factory", *factory), ("reason", why.name())];
                self.add(CONFIGURATION_ERRORS, &labels(&pairs), 0, now);
            }
            for how in Reported::ALL {
                let pairs = [("factory", *factory), ("result", how.name())];
                self.add(AUTO_REPORTS, &labels(&pairs), 0, now);
            }
            if parts.circuit_breaker {
                self.set(CIRCUIT_OPEN, &only, 0.0, now);
            }
        }
    }
}
