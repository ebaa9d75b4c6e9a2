//! What the factory counts, for Prometheus to scrape: its requests, and at the time of the scrape what came of its faults, how many
//! pizzas there are and who is connected.

use super::reply::{self, Reply};
use crate::kitchen::Kitchen;
use crate::metrics::text::{CONTENT_TYPE, Kind, Text};
use http::{HeaderValue, StatusCode};

/// GET /metrics.
pub(super) fn scrape(kitchen: &Kitchen) -> Reply {
    let mut text = Text::default();
    kitchen.metrics.write(&mut text);
    faults(kitchen, &mut text);
    let made = kitchen.ledger().totals();
    text.single(
        "factory_orders_made",
        Kind::Gauge,
        "Distinct orders that the ledger holds.",
        made.orders,
    );
    text.single(
        "factory_pizzas_total",
        Kind::Counter,
        "Pizzas made, whether or not anybody was told.",
        made.pizzas,
    );
    text.single(
        "factory_connections_open",
        Kind::Gauge,
        "Connections that are open.",
        kitchen.connections(),
    );
    let mut family = text.family(
        "factory_build_info",
        Kind::Gauge,
        "Which fake factory this is; always 1.",
    );
    family.sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
    let content_type = HeaderValue::from_static(CONTENT_TYPE);
    reply::text(StatusCode::OK, content_type, text.finish())
}

/// How often faults were asked and injected, by kind.
fn faults(kitchen: &Kitchen, text: &mut Text) {
    let mut kinds = kitchen.metrics.removed_faults();
    for fault in kitchen.faults.list().iter() {
        let (asked, injected) = kinds.entry(fault.info().kind).or_default();
        *asked += fault.asked();
        *injected += fault.injected();
    }
    let mut family = text.family(
        "factory_faults_asked_total",
        Kind::Counter,
        "Requests that an active fault matched, by its kind; for an outage, connections too.",
    );
    for (kind, (asked, _)) in &kinds {
        family.sample(&[("kind", kind)], asked);
    }
    let mut family = text.family(
        "factory_faults_injected_total",
        Kind::Counter,
        "Those of them that the fault touched.",
    );
    for (kind, (_, injected)) in &kinds {
        family.sample(&[("kind", kind)], injected);
    }
}
