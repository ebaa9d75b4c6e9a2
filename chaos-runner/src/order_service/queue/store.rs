//! Where queued orders are kept. In memory for now; a store on disk can take its place behind the same trait. It keeps orders in
//! the order in which they were accepted and knows nothing of factories.

use crate::order_service::order::Order;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Which factories an order may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// Any of them.
    Any,
    /// Only the one at this index: it may have made the order already.
    Only(usize),
}

/// The queue holds as many orders as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the queue is full")]
pub(crate) struct QueueFull;

/// Keeps the orders that wait. An order stays until it is removed, whoever works on it meanwhile: what is lost with a process is
/// never an order that was accepted.
pub(crate) trait QueueStore: Debug + Send + Sync {
    /// Accepts an order.
    ///
    /// # Errors
    /// When as many wait as may.
    fn push(&self, lane: Lane, order: Arc<Order>) -> Result<(), QueueFull>;

    /// The orders of a lane that have waited longest, at most `count`.
    fn oldest(&self, lane: Lane, count: usize) -> Vec<Arc<Order>>;

    /// Moves an order to another lane.
    fn change_lane(&self, id: u64, lane: Lane);

    /// Forgets an order that was made.
    fn remove(&self, id: u64);

    /// How many wait.
    fn count(&self) -> usize;
}

/// Keeps them in memory.
#[derive(Debug)]
pub(crate) struct MemoryStore {
    capacity: usize,
    lanes: Mutex<BTreeMap<Lane, BTreeMap<u64, Arc<Order>>>>,
}

impl MemoryStore {
    pub(crate) fn new(capacity: usize) -> Self {
        MemoryStore {
            capacity,
            lanes: Mutex::default(),
        }
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<Lane, BTreeMap<u64, Arc<Order>>>> {
        // No change is made in steps that a panic could part.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl QueueStore for MemoryStore {
    fn push(&self, lane: Lane, order: Arc<Order>) -> Result<(), QueueFull> {
        let mut lanes = self.locked();
        if lanes.values().map(BTreeMap::len).sum::<usize>() >= self.capacity {
            return Err(QueueFull);
        }
        lanes.entry(lane).or_default().insert(order.id, order);
        Ok(())
    }

    fn oldest(&self, lane: Lane, count: usize) -> Vec<Arc<Order>> {
        let lanes = self.locked();
        let orders = lanes.get(&lane).into_iter().flat_map(BTreeMap::values);
        orders.take(count).cloned().collect()
    }

    fn change_lane(&self, id: u64, lane: Lane) {
        let mut lanes = self.locked();
        let order = lanes.values_mut().find_map(|orders| orders.remove(&id));
        if let Some(order) = order {
            lanes.entry(lane).or_default().insert(id, order);
        }
    }

    fn remove(&self, id: u64) {
        for orders in self.locked().values_mut() {
            orders.remove(&id);
        }
    }

    fn count(&self) -> usize {
        self.locked().values().map(BTreeMap::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fake_factory::clock::Elapsed;
    use serde_json::json;

    fn order(id: u64) -> Arc<Order> {
        Arc::new(Order::new(
            id,
            json!({ "items": [] }),
            json!({}),
            false,
            Elapsed::ZERO,
        ))
    }

    fn ids(store: &MemoryStore, lane: Lane) -> Vec<u64> {
        store
            .oldest(lane, 10)
            .iter()
            .map(|order| order.id)
            .collect()
    }

    #[test]
    fn it_is_bounded_over_all_lanes_and_in_order_within_one() {
        let store = MemoryStore::new(3);
        for (id, lane) in [(2, Lane::Any), (1, Lane::Any), (3, Lane::Only(0))] {
            assert_eq!(store.push(lane, order(id)), Ok(()));
        }
        assert_eq!(store.push(Lane::Any, order(4)), Err(QueueFull));
        assert_eq!(ids(&store, Lane::Any), [1, 2]);
    }

    #[test]
    fn an_order_changes_lanes_and_is_removed_from_any() {
        let store = MemoryStore::new(3);
        store.push(Lane::Any, order(1)).expect("there is room");
        store.change_lane(1, Lane::Only(1));
        assert_eq!(
            (ids(&store, Lane::Any), ids(&store, Lane::Only(1))),
            (vec![], vec![1])
        );
        store.remove(1);
        assert_eq!(store.count(), 0);
    }
}
