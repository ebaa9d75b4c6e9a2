//! Orders that no factory would take when they came: accepted within bounds, and made once a factory is back. An order whose pizza
//! may have been made already goes to that factory alone, which knows it by its `Idempotency-Key`. It knows routes, not diners.

pub(super) mod store;

use super::desk::Desk;
use super::factory_client::Readiness;
use super::failure::{Cause, Failure};
use super::log::{Kind, Level};
use super::order::Order;
use super::route::Route;
use crate::record::orders::Believed;
use std::sync::Arc;
use std::time::Duration;
use store::{Lane, QueueFull, QueueStore};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// How many orders are made at once while the queue drains.
const AT_ONCE: usize = 16;
/// The wait before the queue's oldest order is tried again: doubled each time it fails.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_secs(15);

/// The queue of one process.
pub(super) struct Queue {
    desk: Arc<Desk>,
    store: Arc<dyn QueueStore>,
    routes: Arc<[Route]>,
    /// One for each lane, told when an order comes to it.
    filled: Vec<Notify>,
}

impl Queue {
    /// A queue over `store`, with a task for each lane that empties it.
    pub(super) fn start(
        desk: Arc<Desk>,
        store: Arc<dyn QueueStore>,
        routes: Arc<[Route]>,
    ) -> Arc<Self> {
        let queue = Arc::new(Queue {
            filled: (0..=routes.len()).map(|_| Notify::new()).collect(),
            desk,
            store,
            routes,
        });
        queue.show_depth();
        let lanes = std::iter::once(Lane::Any).chain((0..queue.routes.len()).map(Lane::Only));
        for lane in lanes {
            let own = queue.clone();
            queue.desk.tasks.spawn(async move { own.drain(lane).await });
        }
        queue
    }

    /// Accepts an order.
    pub(super) fn push(&self, lane: Lane, order: Arc<Order>) -> Result<(), QueueFull> {
        let fields = vec![("order", order.reference.clone())];
        self.store.push(lane, order)?;
        self.show_depth();
        self.tell(lane);
        let message = "no factory made an order: it waits in the queue";
        self.desk
            .log
            .write(Level::Warn, Kind::Queue, message, fields);
        Ok(())
    }

    fn tell(&self, lane: Lane) {
        if let Some(filled) = self.filled.get(place(lane)) {
            filled.notify_one();
        }
    }

    fn show_depth(&self) {
        let orders = self.store.count();
        self.desk.metrics.queue_holds(orders);
        self.desk
            .books
            .queue_holds(self.desk.clock.elapsed(), orders);
    }

    /// Empties a lane for as long as the process lives: one order scouts, and when it is made the others follow.
    async fn drain(self: Arc<Self>, lane: Lane) {
        let mut recovered = match lane {
            Lane::Any => self.desk.recovered.subscribe(),
            Lane::Only(factory) => match self.routes.get(factory) {
                Some(route) => route.recovered.subscribe(),
                None => return,
            },
        };
        let mut wait = FIRST_WAIT;
        loop {
            if self.store.oldest(lane, 1).is_empty() {
                self.wait_for_an_order(lane).await;
                recovered.mark_unchanged();
                wait = FIRST_WAIT;
            }
            let is_back = waits_for_a_sign(&mut recovered, wait).await;
            if self.may_scout(lane, is_back).await && self.scout(lane).await {
                wait = FIRST_WAIT;
            } else {
                wait = (wait * 2).min(WAIT_MAX);
            }
        }
    }

    async fn wait_for_an_order(&self, lane: Lane) {
        if let Some(filled) = self.filled.get(place(lane)) {
            filled.notified().await;
        }
    }

    /// An order that may have been made already is not sent again into the same trouble: a factory that does not honour the
    /// `Idempotency-Key` would make it once more each time.
    async fn may_scout(&self, lane: Lane, is_back: bool) -> bool {
        match lane {
            Lane::Only(factory) if !is_back => match self.routes.get(factory) {
                Some(route) => route.client.readiness().await != Readiness::NotReady,
                None => false,
            },
            _ => true,
        }
    }

    /// Makes the oldest order, then the others, until one fails or none is left. Whether all of them were made.
    async fn scout(self: &Arc<Self>, lane: Lane) -> bool {
        let mut at_once = 1;
        loop {
            let orders = self.store.oldest(lane, at_once);
            if orders.is_empty() {
                return true;
            }
            let mut making = JoinSet::new();
            for order in orders {
                let own = self.clone();
                making.spawn(async move { own.make(lane, &order).await });
            }
            let mut all_made = true;
            while let Some(made) = making.join_next().await {
                all_made &= made.unwrap_or(false);
            }
            if !all_made {
                return false;
            }
            at_once = AT_ONCE;
        }
    }

    /// Asks the lane's factories for one order, each once; whether one made it.
    async fn make(&self, lane: Lane, order: &Order) -> bool {
        for (index, route) in self.routes.iter().enumerate() {
            if matches!(lane, Lane::Only(factory) if factory != index) {
                continue;
            }
            match route.call(order).await {
                Ok(_) => {
                    self.made(order);
                    return true;
                }
                Err(Failure { cause, .. }) => {
                    if self.is_now_bound_to(index, lane, order, &cause) {
                        return false;
                    }
                }
            }
        }
        false
    }

    /// Whether the order went to a factory's own lane, because that factory may have made it just now.
    fn is_now_bound_to(&self, factory: usize, lane: Lane, order: &Order, cause: &Cause) -> bool {
        let is_bound = lane == Lane::Any && cause.may_be_made();
        if is_bound {
            self.store.change_lane(order.id, Lane::Only(factory));
            self.tell(Lane::Only(factory));
        }
        is_bound
    }

    fn made(&self, order: &Order) {
        let now = self.desk.clock.elapsed();
        self.store.remove(order.id);
        self.desk
            .books
            .believe(&order.reference, Believed::Fulfilled);
        self.desk.books.delivered(&order.reference, now);
        self.desk.metrics.queued_order_made();
        let price = (!order.canary).then_some(order.price);
        self.desk.metrics.sold(order.pizzas as u64, price);
        self.show_depth();
        let waited = now.since(order.placed_at).as_secs_f64();
        let fields = vec![
            ("order", order.reference.clone()),
            ("waited_seconds", waited.to_string()),
        ];
        let message = "an order from the queue was made";
        self.desk
            .log
            .write(Level::Info, Kind::Queue, message, fields);
    }
}

const fn place(lane: Lane) -> usize {
    match lane {
        Lane::Any => 0,
        Lane::Only(factory) => factory + 1,
    }
}

/// Waits at most `at_most` for a sign that the factory is back; whether there was one.
async fn waits_for_a_sign(recovered: &mut watch::Receiver<()>, at_most: Duration) -> bool {
    tokio::select! {
        biased;
        changed = recovered.changed() => changed.is_ok(),
        () = tokio::time::sleep(at_most) => false,
    }
}
