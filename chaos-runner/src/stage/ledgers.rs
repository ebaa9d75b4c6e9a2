//! Brings the three ledgers together, order by order: what diners were told, what the service believes, what the kitchens made.

use crate::diners::PlacedOrder;
use crate::record::orders::{Believed, OrderRecord, Told};
use fake_factory::clock::Elapsed;
use std::collections::BTreeMap;

/// What the service and the kitchens have to say of orders, by their references.
pub(super) struct Ledgers {
    /// What the service believes at the end.
    pub(super) beliefs: BTreeMap<String, Believed>,
    /// When the service got the pizza of an order that it had kept.
    pub(super) deliveries: BTreeMap<String, Elapsed>,
    /// When the kitchens made each order.
    pub(super) made: BTreeMap<String, Vec<Elapsed>>,
}

impl Ledgers {
    /// The record of one order.
    pub(super) fn record(&self, order: PlacedOrder) -> OrderRecord {
        let believed = self
            .beliefs
            .get(&order.reference)
            .copied()
            .unwrap_or(Believed::Unknown);
        let made_at = self.made.get(&order.reference).cloned().unwrap_or_default();
        let fulfilled_at = match order.told {
            Told::Pizza => order.answered_at,
            _ => self.deliveries.get(&order.reference).copied(),
        };
        OrderRecord {
            fate: OrderRecord::fate(&order.told, believed, made_at.len()),
            reference: order.reference,
            group: order.group.to_string(),
            canary: order.canary,
            pizzas: order.pizzas,
            price: order.price,
            placed_at: order.placed_at,
            answered_at: order.answered_at,
            told: order.told,
            believed,
            made_at,
            fulfilled_at,
        }
    }
}
