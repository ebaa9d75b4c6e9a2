//! What outlives a process of the service: its database, with accounts, the orders of each diner and what became of every order;
//! and what whoever stages it wants to know afterwards. It decides nothing.

use crate::record::Gauge;
use crate::record::faults::{Act, ActRecord, ProbeRecord};
use crate::record::orders::Believed;
use fake_factory::clock::Elapsed;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most orders that are remembered; what becomes of later ones is not.
const ORDERS_MAX: usize = 5_000_000;
/// How many of a diner's orders are listed.
const LISTED_MAX: usize = 10;
/// The most changes of one kind that are written down.
const CHANGES_MAX: usize = 1_000_000;

/// The service's books. All times count from the start of the run.
#[derive(Debug, Default)]
pub(super) struct Books {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    orders_count: u64,
    believed: BTreeMap<String, Believed>,
    deliveries: BTreeMap<String, Elapsed>,
    listed: BTreeMap<u64, VecDeque<Value>>,
    probes: Vec<ProbeRecord>,
    acts: Vec<ActRecord>,
    queue: Vec<Gauge>,
}

impl Books {
    pub(super) fn next_order_id(&self) -> u64 {
        let mut inner = self.locked();
        inner.orders_count += 1;
        inner.orders_count
    }

    /// Writes an order down before any factory is asked, as the public service does.
    pub(super) fn open(&self, reference: &str, diner: u64, order: &Value) {
        let mut inner = self.locked();
        let listed = inner.listed.entry(diner).or_default();
        if listed.len() == LISTED_MAX {
            listed.pop_front();
        }
        listed.push_back(order.clone());
        if inner.believed.len() < ORDERS_MAX {
            inner.believed.insert(reference.to_owned(), Believed::Open);
        }
    }

    pub(super) fn believe(&self, reference: &str, what: Believed) {
        if let Some(believed) = self.locked().believed.get_mut(reference) {
            *believed = what;
        }
    }

    pub(super) fn delivered(&self, reference: &str, at: Elapsed) {
        let mut inner = self.locked();
        if inner.deliveries.len() < ORDERS_MAX {
            inner.deliveries.entry(reference.to_owned()).or_insert(at);
        }
    }

    /// A process ended: it forgets the orders it was working on, and the queue with them where that is not durable.
    pub(super) fn forget_open(&self, queue_is_durable: bool) {
        self.locked().believed.retain(|_, believed| match believed {
            Believed::Open => false,
            Believed::Queued => queue_is_durable,
            _ => true,
        });
    }

    /// The latest orders of a diner, the newest first.
    pub(super) fn orders_of(&self, diner: u64) -> Vec<Value> {
        let inner = self.locked();
        let listed = inner.listed.get(&diner);
        listed.map_or_else(Vec::new, |orders| orders.iter().rev().cloned().collect())
    }

    pub(super) fn probed(&self, record: ProbeRecord) {
        push(&mut self.locked().probes, record);
    }

    pub(super) fn reported(&self, at: Elapsed, factory: &str, resolved: bool) {
        let record = ActRecord {
            at,
            who: super::log::COMPONENT.to_owned(),
            act: Act::Reported {
                factory: factory.to_owned(),
                resolved,
            },
        };
        push(&mut self.locked().acts, record);
    }

    pub(super) fn queue_holds(&self, at: Elapsed, orders: usize) {
        let value = orders as f64;
        let mut inner = self.locked();
        match inner.queue.last_mut() {
            // Changes at one moment are one change.
            Some(latest) if latest.at == at => latest.value = value,
            _ => push(&mut inner.queue, Gauge { at, value }),
        }
    }

    pub(super) fn beliefs(&self) -> BTreeMap<String, Believed> {
        self.locked().believed.clone()
    }

    pub(super) fn deliveries(&self) -> BTreeMap<String, Elapsed> {
        self.locked().deliveries.clone()
    }

    pub(super) fn probes(&self) -> Vec<ProbeRecord> {
        self.locked().probes.clone()
    }

    pub(super) fn acts(&self) -> Vec<ActRecord> {
        self.locked().acts.clone()
    }

    pub(super) fn queue_changes(&self) -> Vec<Gauge> {
        self.locked().queue.clone()
    }

    fn locked(&self) -> MutexGuard<'_, Inner> {
        // No entry is made in two steps that a panic could part.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn push<T>(records: &mut Vec<T>, record: T) {
    if records.len() < CHANGES_MAX {
        records.push(record);
    }
}
