//! The ledger: what was made for whom, and how often. Read a page at a time, the newest first.

use super::Control;
use super::problem::Problem;
use super::query::Params;
use crate::clock::iso;
use crate::ledger::Made;
use axum::Json;
use axum::extract::State;
use http::Uri;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;

/// The orders of a page, where nobody says how many.
const LIMIT: usize = 100;
/// The most orders of a page.
const LIMIT_MAX: usize = 1_000;
/// The most bytes of payloads in a page that has more than one order: 8 MiB.
const PAGE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A page of the ledger.
#[derive(Serialize, JsonSchema)]
pub(super) struct Page {
    /// The orders of which at least one pizza was made.
    orders_total: usize,
    /// The pizzas that were made.
    pizzas_total: u64,
    /// The orders of which more than one pizza was made.
    duplicated_total: usize,
    /// The orders that were asked for, on whichever page.
    matching: usize,
    /// The `offset` of the next page; null after the last. A page ends early where its payloads come to more than 8 MiB.
    next_offset: Option<usize>,
    /// The orders of this page, the newest first.
    orders: Vec<Order>,
}

/// An order that was made.
#[derive(Serialize, JsonSchema)]
struct Order {
    /// The id of the vendor who ordered.
    vendor: Arc<str>,
    /// The `id` of the order, a string as it is and anything else as its JSON text; null where it has none.
    order_id: Option<Arc<str>>,
    /// How many pizzas were made of it.
    count: u32,
    /// When the first was made.
    at: String,
    /// When the last was made.
    last_at: String,
    /// What the first one's JWT says: `{vendor, diner, order}`.
    #[schemars(with = "Value")]
    payload: Option<Box<RawValue>>,
}

/// GET /control/ledger.
pub(super) async fn list(
    State(control): State<Arc<Control>>,
    uri: Uri,
) -> Result<Json<Page>, Problem> {
    let params = Params::of(&uri, &["vendor", "order", "offset", "limit"])?;
    let (vendor, order) = (params.text("vendor"), params.text("order"));
    let offset = params.number("offset", 0, usize::MAX)?;
    let limit = params.number("limit", LIMIT, LIMIT_MAX)?;
    let ledger = control.kitchen.ledger();
    let totals = ledger.totals();
    let fits = |made: &&Made| {
        vendor.is_none_or(|vendor| *made.vendor == *vendor)
            && order.is_none_or(|order| made.order_id.as_deref() == Some(order))
    };
    let all = ledger.newest_first().filter(fits);
    let matching = if vendor.is_none() && order.is_none() {
        totals.orders
    } else {
        all.clone().count()
    };
    let mut bytes = 0;
    let page: Vec<Made> = all
        .skip(offset)
        .take(limit)
        .enumerate()
        .take_while(|(index, made)| {
            bytes += made.payload.len();
            *index == 0 || bytes <= PAGE_BYTES_MAX
        })
        .map(|(_, made)| made.clone())
        .collect();
    // What takes long is done while others bake.
    drop(ledger);
    let next = offset.saturating_add(page.len());
    Ok(Json(Page {
        orders_total: totals.orders,
        pizzas_total: totals.pizzas,
        duplicated_total: totals.duplicated,
        matching,
        next_offset: (next < matching && limit > 0).then_some(next),
        orders: page.into_iter().map(Order::of).collect(),
    }))
}

impl Order {
    fn of(made: Made) -> Self {
        Order {
            vendor: made.vendor,
            order_id: made.order_id,
            count: made.count,
            at: iso(made.made_at),
            last_at: iso(made.last_made_at),
            payload: RawValue::from_string(made.payload.as_ref().to_owned()).ok(),
        }
    }
}
