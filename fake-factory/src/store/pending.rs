//! The changes that are not in the file yet, by what they change. A later change to the same thing takes the place of the earlier one,
//! so they are never more than the orders and vendors that the factory may hold.

use super::record::{OrderRecord, RepeatRecord};
use std::collections::BTreeMap;

/// Changes that are written in one go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pending {
    /// Whether every order that the file holds goes first.
    pub(super) clears_orders: bool,
    /// New orders, by number.
    pub(super) orders: BTreeMap<u64, OrderRecord>,
    /// Orders that were made again, by number.
    pub(super) repeats: BTreeMap<u64, RepeatRecord>,
    /// Vendors by id, as JSON; nothing where one goes.
    pub(super) vendors: BTreeMap<String, Option<Vec<u8>>>,
}

impl Pending {
    pub(super) fn clear_orders(&mut self) {
        self.clears_orders = true;
        self.orders.clear();
        self.repeats.clear();
    }

    /// Takes in changes that were made before these and are not in the file either.
    pub(super) fn follow(&mut self, earlier: Pending) {
        for (id, vendor) in earlier.vendors {
            self.vendors.entry(id).or_insert(vendor);
        }
        if self.clears_orders {
            return;
        }
        self.clears_orders = earlier.clears_orders;
        for (number, order) in earlier.orders {
            self.orders.entry(number).or_insert(order);
        }
        for (number, repeat) in earlier.repeats {
            self.repeats.entry(number).or_insert(repeat);
        }
    }
}
