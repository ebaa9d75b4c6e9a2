//! What came out of the kitchen: every pizza that was made, by order, whether or not anybody was told. It is a fact for whoever
//! accounts for orders later, so nothing is ever taken from it short of all at once, and it is bounded: past its limits the kitchen makes no more. One that
//! outlives a restart hands each change over to a store.

use crate::clock::{Clock, Elapsed};
use crate::store::{OrderRecord, RepeatRecord, Store};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most orders that a ledger remembers.
pub const ORDERS_MAX: usize = 1_000_000;
/// The most bytes of order payloads that it remembers: 512 MiB.
pub const PAYLOAD_BYTES_MAX: usize = 512 * 1024 * 1024;

/// One order that was made at least once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// When the first pizza was made: zero where that was before a restart, ahead of this run.
    pub at: Elapsed,
    /// When the latest was, likewise.
    pub last_at: Elapsed,
    /// What the wall clock showed when the first was made; it outlives a restart.
    pub made_at: Timestamp,
    /// What it showed when the latest was made.
    pub last_made_at: Timestamp,
    /// The id of the vendor who ordered.
    pub vendor: Arc<str>,
    /// The `id` of the order, a string as it is and anything else as its JSON text.
    pub order_id: Option<Arc<str>>,
    /// The JWT's payload, `{vendor, diner, order}`, as JSON text.
    pub payload: Arc<str>,
    /// When the JWT was issued, in Unix seconds.
    pub(crate) issued_at: i64,
    /// How many pizzas were made for it: more than one is a duplicate.
    pub count: u32,
}

impl Made {
    fn order_record(&self, names: &[String]) -> OrderRecord {
        OrderRecord {
            made_at: self.made_at,
            vendor: self.vendor.clone(),
            order_id: self.order_id.clone(),
            payload: self.payload.clone(),
            issued_at: self.issued_at,
            count: self.count,
            names: names.to_vec(),
        }
    }

    fn repeat_record(&self) -> RepeatRecord {
        RepeatRecord {
            last_made_at: self.last_made_at,
            count: self.count,
        }
    }
}

/// The ledger holds as much as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger is full: it holds at most {ORDERS_MAX} orders and {PAYLOAD_BYTES_MAX} bytes")]
pub struct LedgerFull;

/// The pizzas made by one factory, in the order of their first making.
#[derive(Debug, Default)]
pub struct Ledger {
    made: Vec<Made>,
    by_name: BTreeMap<Box<str>, usize>,
    payload_bytes: usize,
    pizzas: u64,
    duplicated: usize,
    store: Option<Store>,
}

/// How much was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Totals {
    /// The orders of which at least one pizza was made.
    pub(crate) orders: usize,
    /// The pizzas.
    pub(crate) pizzas: u64,
    /// The orders of which more than one was made.
    pub(crate) duplicated: usize,
}

/// The pizza that is about to be written down.
#[derive(Debug)]
pub(crate) struct Pizza {
    pub(crate) at: Elapsed,
    pub(crate) made_at: Timestamp,
    pub(crate) vendor: Arc<str>,
    pub(crate) order_id: Option<Arc<str>>,
    pub(crate) payload: Arc<str>,
    pub(crate) issued_at: i64,
    /// How many of it.
    pub(crate) count: u32,
}

impl Ledger {
    /// The order known by the first of these names that is known at all.
    pub(crate) fn find(&self, names: &[String]) -> Option<&Made> {
        self.index(names).and_then(|index| self.made.get(index))
    }

    fn index(&self, names: &[String]) -> Option<usize> {
        names
            .iter()
            .find_map(|name| self.by_name.get(name.as_str()).copied())
    }

    /// Writes down a pizza, or several, for the order known by any of `names`, or for a new one; tells how many that order has now. An order
    /// without a name is new every time: nothing tells it from the next.
    pub(crate) fn write(&mut self, names: &[String], pizza: Pizza) -> Result<u32, LedgerFull> {
        if let Some(index) = self.index(names)
            && let Some(made) = self.made.get_mut(index)
        {
            made.last_at = pizza.at;
            made.last_made_at = pizza.made_at;
            let before = made.count;
            made.count = before.saturating_add(pizza.count);
            self.pizzas += u64::from(pizza.count);
            self.duplicated += usize::from(before == 1 && made.count > 1);
            if let Some(store) = &self.store {
                store.repeat(index as u64, made.repeat_record());
            }
            return Ok(made.count);
        }
        let made = Made {
            at: pizza.at,
            last_at: pizza.at,
            made_at: pizza.made_at,
            last_made_at: pizza.made_at,
            vendor: pizza.vendor,
            order_id: pizza.order_id,
            payload: pizza.payload,
            issued_at: pizza.issued_at,
            count: pizza.count,
        };
        let count = made.count;
        let record = self.store.as_ref().map(|_| made.order_record(names));
        let index = self.add(names, made)?;
        if let (Some(store), Some(record)) = (&self.store, record) {
            store.order(index as u64, record);
        }
        Ok(count)
    }

    fn add(&mut self, names: &[String], made: Made) -> Result<usize, LedgerFull> {
        let bytes = self.payload_bytes.saturating_add(made.payload.len());
        if self.made.len() >= ORDERS_MAX || bytes > PAYLOAD_BYTES_MAX {
            return Err(LedgerFull);
        }
        self.payload_bytes = bytes;
        self.pizzas += u64::from(made.count);
        self.duplicated += usize::from(made.count > 1);
        let index = self.made.len();
        for name in names {
            self.by_name.insert(name.as_str().into(), index);
        }
        self.made.push(made);
        Ok(index)
    }

    /// Takes in an order that a store gives back, after those that were made before it.
    pub(crate) fn restore(
        &mut self,
        order: OrderRecord,
        repeat: Option<RepeatRecord>,
        clock: &Clock,
    ) -> Result<(), LedgerFull> {
        let last_made_at = repeat.map_or(order.made_at, |repeat| repeat.last_made_at);
        let made = Made {
            at: clock.elapsed_at(order.made_at),
            last_at: clock.elapsed_at(last_made_at),
            made_at: order.made_at,
            last_made_at,
            vendor: order.vendor,
            order_id: order.order_id,
            payload: order.payload,
            issued_at: order.issued_at,
            count: repeat.map_or(order.count, |repeat| repeat.count),
        };
        self.add(&order.names, made).map(|_| ())
    }

    /// Hands every change over to `store` from now on.
    pub(crate) fn keep_in(&mut self, store: Store) {
        self.store = Some(store);
    }

    /// Forgets every order.
    pub(crate) fn clear(&mut self) {
        self.made.clear();
        self.by_name.clear();
        (self.payload_bytes, self.pizzas, self.duplicated) = (0, 0, 0);
        if let Some(store) = &self.store {
            store.clear_orders();
        }
    }

    /// How much was made so far.
    pub(crate) fn totals(&self) -> Totals {
        Totals {
            orders: self.made.len(),
            pizzas: self.pizzas,
            duplicated: self.duplicated,
        }
    }

    /// Every order made so far, the latest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Made> + Clone {
        self.made.iter().rev()
    }

    /// Every order made so far, the first made first.
    #[must_use]
    pub fn snapshot(&self) -> Vec<Made> {
        self.made.clone()
    }
}

/// The names by which an order is known again: its vendor and id, and its `Idempotency-Key`.
pub(crate) fn order_names(vendor: &str, order_id: Option<&str>, key: Option<&str>) -> Vec<String> {
    let by_id = order_id.map(|id| format!("id {vendor} {id}"));
    let by_key = key.map(|key| format!("key {vendor} {key}"));
    by_id.into_iter().chain(by_key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pizza(at: u64, payload: &str) -> Pizza {
        Pizza {
            at: Elapsed::from_micros(at),
            made_at: Timestamp::UNIX_EPOCH,
            vendor: "v".into(),
            order_id: None,
            payload: payload.into(),
            issued_at: 0,
            count: 1,
        }
    }

    #[test]
    fn an_order_made_again_is_counted_not_added() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.write(&["a".into()], pizza(1, "{}")), Ok(1));
        assert_eq!(ledger.write(&["b".into()], pizza(2, "{}")), Ok(1));
        assert_eq!(ledger.write(&["a".into()], pizza(3, "{}")), Ok(2));
        assert_eq!(ledger.write(&["a".into()], pizza(3, "{}")), Ok(3));
        let totals = Totals {
            orders: 2,
            pizzas: 4,
            duplicated: 1,
        };
        assert_eq!(ledger.totals(), totals);
        let made = ledger.snapshot();
        assert_eq!(made.len(), 2);
        assert_eq!(
            (
                made[0].count,
                made[0].at.as_micros(),
                made[0].last_at.as_micros()
            ),
            (3, 1, 3)
        );
    }

    #[test]
    fn a_full_ledger_says_so_but_still_counts_what_it_knows() {
        let mut ledger = Ledger {
            payload_bytes: PAYLOAD_BYTES_MAX - 2,
            ..Ledger::default()
        };
        assert_eq!(ledger.write(&["a".into()], pizza(1, "{}")), Ok(1));
        assert_eq!(ledger.write(&["b".into()], pizza(1, "{}")), Err(LedgerFull));
        assert_eq!(ledger.write(&["a".into()], pizza(1, "{}")), Ok(2));
    }

    #[test]
    fn orders_are_known_by_their_vendor_and_id_or_key() {
        let names = order_names("v", Some("7"), Some("k"));
        assert_eq!(names, ["id v 7", "key v k"]);
        let mut ledger = Ledger::default();
        assert_eq!(ledger.write(&names, pizza(1, "{}")), Ok(1));
        assert!(ledger.find(&order_names("v", None, Some("k"))).is_some());
        assert!(ledger.find(&order_names("w", Some("7"), None)).is_none());
    }

    #[test]
    fn orders_without_a_name_are_never_taken_for_one_another() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.write(&[], pizza(1, "{}")), Ok(1));
        assert_eq!(ledger.write(&[], pizza(2, "{}")), Ok(1));
        assert_eq!(ledger.snapshot().len(), 2);
    }
}
