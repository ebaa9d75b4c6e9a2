//! The reference order service: it speaks the public order service's API to diners, and can be built with everything that the
//! service of the incident reports lacked. It knows its factories by URL alone, and nothing of faults, alerts or verdicts.
//!
//! # Replies to an order
//!
//! | What became of it | Status | Body |
//! |---|---|---|
//! | a factory made it and its JWT verifies | 200 | `{"order": {..., "id"}, "jwt"}` |
//! | it waits in the queue | 202 | `{"order": {..., "id"}, "queued": true}` |
//! | no oven takes it (0 or more than 20 pizzas) | 503 | `{"message": "Unable to satisfy pizza order. The oven is full."}` |
//! | the queue is full | 503 | `{"message": "Unable to accept pizza order. The queue is full."}` |
//! | the factory said no, or gave a bad JWT | 500 | `{"message": "Failed to fulfill order at factory"}` |
//! | the factory could not be talked to | 500 | `{"message": "fetch failed"}` |
//! | malformed, without a known token | 400 or 413, 401 | `{"message": ...}` |
//!
//! `followLinkToEndChaos` stands beside where the factory gave a report URL.
//!
//! # Which factory, and how often
//!
//! The first factory is asked, again as `retry` has it, then the fallback likewise; then the queue takes the order; else it fails.
//! A call that ended without a word (a timeout, a broken connection, a reply that makes no sense) may have made the pizza. With a
//! queue such an order goes to no other factory: it waits for the same one, which knows it by its `Idempotency-Key`. Without a
//! queue the fallback is asked, as a pizza too many is better than none.
//!
//! A status of 500 or more, 408 and 425 are tried again; 429 too, after its `Retry-After`, and not at all when that is longer than
//! the longest backoff: the factory is then left alone until it has passed. Other statuses go straight to the fallback or the queue;
//! 401, 403, 404, 405 and a name that does not resolve are counted as configuration errors.
//!
//! # Metrics
//!
//! | Name | Type | Labels | Meaning |
//! |---|---|---|---|
//! | `orders_total` | counter | `outcome`: `fulfilled`, `queued`, `refused`, `failed` | what diners were told, synthetic orders included; a queued order is not counted again when it is made |
//! | `orders_refused_total` | counter | `reason`: `oven_full`, `queue_full` | why orders were refused |
//! | `revenue_total` | counter | | what pizzas that were made brought in, synthetic orders left out |
//! | `pizzas_sold_total` | counter | | pizzas made and verified, synthetic ones included |
//! | `order_latency_seconds` | histogram | | from an order to its answer, whatever the answer |
//! | `pizza_creation_latency_seconds` | histogram | | from a factory call to its verified pizza |
//! | `factory_calls_total` | counter | `factory`, `code`: a status, `timeout`, `connect`, `broken`, `malformed`, `bad_jwt` | order calls |
//! | `factory_retries_total` | counter | `factory` | calls made again while the diner waits |
//! | `backoffs_total` | counter | `factory` | times a factory was left alone because of a 429 |
//! | `configuration_errors_total` | counter | `factory`, `reason`: `unauthorized`, `not_found`, `unresolvable` | calls that only a person can make work |
//! | `auto_reports_total` | counter | `factory`, `result`: `resolved`, `unresolved`, `failed` | calls of the report URL |
//! | `queue_depth`, `queue_capacity` | gauge | | with a queue |
//! | `queue_made_total` | counter | | queued orders that were made; with a queue |
//! | `circuit_open` | gauge | `factory` | 1 while calls are stopped; with a circuit breaker |
//! | `factory_up` | gauge | `factory` | 1 while its `/ready` says so; with a health probe, from the first probe on |
//! | `process_start_time_seconds` | gauge | | when the process started |

mod accounts;
mod api;
mod books;
mod breaker;
mod desk;
mod factory_client;
mod failure;
mod keys;
mod kitchen;
pub mod log;
mod metrics;
mod order;
mod probe;
mod process;
mod queue;
pub mod reference;
mod reporter;
mod route;
mod tasks;

pub use api::CANARY_HEADER;

use crate::record::Gauge;
use crate::record::faults::{ActRecord, ProbeRecord};
use crate::record::orders::Believed;
use crate::scenario;
use accounts::Accounts;
use books::Books;
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::net::Network;
use fake_factory::seed::Seed;
use log::LogSink;
use process::Process;
use queue::store::{MemoryStore, QueueStore};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A factory as the service is configured with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactoryAddress {
    /// What metrics and logs call it.
    pub name: String,
    /// Its base URL, as in `http://headquarters:80`.
    pub url: String,
    /// The key that orders are sent with.
    pub api_key: String,
}

/// All that a service is made of.
#[derive(Clone)]
pub struct ServiceSetup {
    /// The clock of the run.
    pub clock: Clock,
    /// The seed of the run; the service draws from a sub-stream of its own.
    pub seed: Seed,
    /// Where it listens and dials.
    pub network: Network,
    /// The address to listen on; over TCP, port 0 picks a free one.
    pub address: String,
    /// How it is built.
    pub config: scenario::OrderService,
    /// The factory that makes its pizzas.
    pub primary: FactoryAddress,
    /// The factory to turn to when the first one fails.
    pub fallback: Option<FactoryAddress>,
    /// Where its log goes.
    pub log: LogSink,
    /// How long a restart takes.
    pub restart_takes: Duration,
}

/// Why a service did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("listen on {address}: {source}")]
    Bind {
        /// The address.
        address: String,
        /// What the system says.
        source: io::Error,
    },
    /// A factory's URL or key cannot be used.
    #[error("address the factory {factory}: {source}")]
    Factory {
        /// The factory's name.
        factory: String,
        /// What is wrong.
        source: http::Error,
    },
}

/// What outlives a process of the service.
struct Lasting {
    setup: ServiceSetup,
    books: Arc<Books>,
    accounts: Arc<Accounts>,
    /// The queue's store, where that is durable.
    store: Option<Arc<dyn QueueStore>>,
}

/// A running order service. Dropping it ends it as soon as the runtime comes round to it.
pub struct OrderService {
    lasting: Lasting,
    address: String,
    process: Mutex<Process>,
}

impl OrderService {
    /// Starts a service; it accepts connections when this returns.
    ///
    /// # Errors
    /// As [`StartError`] says.
    pub async fn start(setup: ServiceSetup) -> Result<Self, StartError> {
        let durable = setup.config.queue.as_ref().filter(|queue| queue.durable);
        let lasting = Lasting {
            books: Arc::default(),
            accounts: Arc::new(Accounts::new(setup.seed.of("order_service"))),
            store: durable.map(|queue| memory_store(queue)),
            setup,
        };
        let (process, address) = Process::start(&lasting, &lasting.setup.address).await?;
        Ok(OrderService {
            lasting,
            address,
            process: Mutex::new(process),
        })
    }

    /// Its base URL, as in `http://order-service:80`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends the process and starts it anew. Connections are cut, orders in the works are dropped, counters begin anew, and a queue
    /// that is not durable is gone. Accounts, tokens and what became of earlier orders are in its database, and stay.
    ///
    /// # Errors
    /// When the address cannot be listened on again.
    pub async fn restart(&self) -> Result<(), StartError> {
        let ending = self.process().parts();
        ending.end().await;
        let is_durable = self.lasting.store.is_some();
        self.lasting.books.forget_open(is_durable);
        if !is_durable && self.lasting.setup.config.queue.is_some() {
            let now = self.lasting.setup.clock.elapsed();
            self.lasting.books.queue_holds(now, 0);
        }
        tokio::time::sleep(self.lasting.setup.restart_takes).await;
        let (process, _) = Process::start(&self.lasting, &self.address).await?;
        *self.process() = process;
        Ok(())
    }

    /// What it believes of every order that it remembers, by reference.
    #[must_use]
    pub fn beliefs(&self) -> BTreeMap<String, Believed> {
        self.lasting.books.beliefs()
    }

    /// When the verified pizza of each order that had waited in the queue was obtained, by reference.
    #[must_use]
    pub fn deliveries(&self) -> BTreeMap<String, Elapsed> {
        self.lasting.books.deliveries()
    }

    /// The queue's depth, whenever it changed.
    #[must_use]
    pub fn queue_changes(&self) -> Vec<Gauge> {
        self.lasting.books.queue_changes()
    }

    /// The health probes whose answer differs from the one before.
    #[must_use]
    pub fn probes(&self) -> Vec<ProbeRecord> {
        self.lasting.books.probes()
    }

    /// The report URLs that it called.
    #[must_use]
    pub fn acts(&self) -> Vec<ActRecord> {
        self.lasting.books.acts()
    }

    fn process(&self) -> MutexGuard<'_, Process> {
        // It is replaced whole.
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OrderService {
    fn drop(&mut self) {
        self.process().abort();
    }
}

fn memory_store(queue: &scenario::order_service::Queue) -> Arc<dyn QueueStore> {
    Arc::new(MemoryStore::new(queue.capacity.value as usize))
}
