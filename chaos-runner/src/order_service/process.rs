//! One process of the service, from its start to a restart: its listener, its parts and all that it holds in memory. It puts the
//! parts together as the scenario has them, and decides nothing itself.

use super::api::{Counter, router};
use super::breaker::Breaker;
use super::desk::Desk;
use super::factory_client::FactoryClient;
use super::kitchen::Kitchen;
use super::log::Log;
use super::metrics::{Metrics, Parts};
use super::queue::Queue;
use super::reporter::Reporter;
use super::route::{Habits, Route};
use super::tasks::Tasks;
use super::{FactoryAddress, Lasting, ServiceSetup, StartError, memory_store, probe};
use axum::Router;
use fake_factory::net::Listener;
use fake_factory::net::client::Client;
use fake_factory::net::serve::{ACCEPT_PAUSE, Dates, serve_connection};
use std::sync::Arc;
use tokio::sync::watch;

/// A running process.
pub(super) struct Process {
    desk: Arc<Desk>,
}

/// What ends with a process.
pub(super) struct Ending(Arc<Desk>);

impl Ending {
    /// Cuts its connections, frees its address and drops what it was working on.
    pub(super) async fn end(self) {
        self.0.tasks.end().await;
    }
}

impl Process {
    /// Starts a process that listens on `address`; the address as a client would dial it comes beside.
    pub(super) async fn start(
        lasting: &Lasting,
        address: &str,
    ) -> Result<(Self, String), StartError> {
        let setup = &lasting.setup;
        let failed = |source| StartError::Bind {
            address: address.to_owned(),
            source,
        };
        let listener = setup.network.bind(address).await.map_err(failed)?;
        let bound = listener.address().map_err(failed)?;
        let desk = Arc::new(desk(lasting));
        let routes = routes(setup, &desk)?;
        let store = setup.config.queue.as_ref().map(|queue| {
            let durable = lasting.store.clone();
            durable.unwrap_or_else(|| memory_store(queue))
        });
        let queue = store.map(|store| Queue::start(desk.clone(), store, routes.clone()));
        if let Some(probe) = &setup.config.health_probe {
            for index in 0..routes.len() {
                probe::start(&desk, &routes, index, probe.every.value.0);
            }
        }
        let counter = Arc::new(Counter {
            kitchen: Kitchen {
                desk: desk.clone(),
                routes,
                queue,
            },
            accounts: lasting.accounts.clone(),
        });
        let own = desk.clone();
        desk.tasks
            .spawn(async move { accept(listener, router(counter), &own).await });
        Ok((Process { desk }, bound))
    }

    pub(super) fn parts(&self) -> Ending {
        Ending(self.desk.clone())
    }

    pub(super) fn abort(&self) {
        self.desk.tasks.abort();
    }
}

/// Accepts connections until the process ends, each served on a task that ends with it.
async fn accept(mut listener: Listener, router: Router, desk: &Desk) {
    let dates = Dates::new(desk.clock.clone());
    loop {
        match listener.accept().await {
            Ok(connection) => {
                desk.tasks
                    .spawn(serve_connection(connection, router.clone(), dates.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "failed to accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn desk(lasting: &Lasting) -> Desk {
    let setup = &lasting.setup;
    let config = &setup.config;
    let factories: Vec<&str> = addresses(setup)
        .map(|address| address.name.as_str())
        .collect();
    let parts = Parts {
        factories: &factories,
        queue_capacity: config.queue.as_ref().map(|queue| queue.capacity.value),
        circuit_breaker: config.circuit_breaker.is_some(),
        vanish_after: config.metrics.vanish_after.map(|after| after.0),
    };
    Desk {
        metrics: Metrics::new(setup.clock.clone(), parts),
        log: Log::new(setup.clock.clone(), setup.log.clone()),
        clock: setup.clock.clone(),
        seed: setup.seed.of("order_service"),
        books: lasting.books.clone(),
        tasks: Tasks::new(),
        recovered: watch::Sender::new(()),
    }
}

fn addresses(setup: &ServiceSetup) -> impl Iterator<Item = &FactoryAddress> {
    std::iter::once(&setup.primary).chain(&setup.fallback)
}

fn routes(setup: &ServiceSetup, desk: &Arc<Desk>) -> Result<Arc<[Route]>, StartError> {
    let config = &setup.config;
    let client = Client::new(setup.network.clone());
    let timeout = config.factory_timeout.map(|timeout| timeout.0);
    addresses(setup)
        .map(|address| {
            let factory = FactoryClient::new(address, client.clone(), setup.clock.clone(), timeout)
                .map_err(|source| StartError::Factory {
                    factory: address.name.clone(),
                    source,
                })?;
            let habits = Habits {
                breaker: config.circuit_breaker.clone().map(Breaker::new),
                retry: config.retry.as_ref().map(|retry| retry.value.clone()),
                reporter: config.auto_report.as_ref().map(|plan| {
                    Reporter::new(
                        client.clone(),
                        address.name.clone(),
                        plan.after_failures.value,
                    )
                }),
                holds_off: config.retry.is_some()
                    || config.queue.is_some()
                    || setup.fallback.is_some(),
            };
            Ok(Route::new(desk.clone(), factory, habits))
        })
        .collect()
}
