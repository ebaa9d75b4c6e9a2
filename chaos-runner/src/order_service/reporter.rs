//! Calls the report URL of a factory that keeps failing, once per bout of trouble. It knows that a factory gave a URL and how often;
//! what the call mends is the factory's business.

use super::desk::Desk;
use super::log::{Kind, Level};
use super::metrics::Reported;
use fake_factory::clock::Elapsed;
use fake_factory::net::client::Client;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// This many pizzas in a row without a report URL, and earlier failures count no more: one failure in a thousand is no trouble.
const FORGIVEN_AFTER_PIZZAS: u32 = 20;
/// A factory that was told is not told again for this long: mending takes a while.
const PAUSE: Duration = Duration::from_secs(60);
/// A URL that cannot be called is tried this often, with a wait that doubles.
const TRIES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_secs(1);
const CALL_MAX: Duration = Duration::from_secs(10);

/// The reporter for one factory.
#[derive(Clone)]
pub(super) struct Reporter {
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    factory: String,
    after_failures: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    failures: u32,
    pizzas_in_a_row: u32,
    silent_until: Elapsed,
    is_calling: bool,
}

impl Reporter {
    pub(super) fn new(client: Client, factory: String, after_failures: u32) -> Self {
        Reporter {
            shared: Arc::new(Shared {
                client,
                factory,
                after_failures,
                state: Mutex::default(),
            }),
        }
    }

    /// A call brought a report URL: the factory says that it is in trouble.
    pub(super) fn saw(&self, desk: &Arc<Desk>, url: &str) {
        let mut state = self.shared.locked();
        state.failures = state.failures.saturating_add(1);
        state.pizzas_in_a_row = 0;
        let is_time = state.failures >= self.shared.after_failures.max(1)
            && !state.is_calling
            && state.silent_until <= desk.clock.elapsed();
        if is_time {
            state.is_calling = true;
            drop(state);
            let (shared, own_desk, url) = (self.shared.clone(), desk.clone(), url.to_owned());
            desk.tasks
                .spawn(async move { shared.report(&own_desk, &url).await });
        }
    }

    /// A pizza came without one.
    pub(super) fn saw_no_trouble(&self) {
        let mut state = self.shared.locked();
        state.pizzas_in_a_row = state.pizzas_in_a_row.saturating_add(1);
        if state.pizzas_in_a_row >= FORGIVEN_AFTER_PIZZAS {
            state.failures = 0;
        }
    }
}

impl Shared {
    async fn report(&self, desk: &Desk, url: &str) {
        let mut wait = FIRST_WAIT;
        for attempt in 1..=TRIES {
            let answer = self.call(url).await;
            let how = match answer {
                Some(true) => Reported::Resolved,
                Some(false) => Reported::Unresolved,
                None => Reported::Failed,
            };
            self.write_down(desk, url, how);
            if answer.is_some() || attempt == TRIES {
                break;
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
        let mut state = self.locked();
        state.failures = 0;
        state.is_calling = false;
        state.silent_until = desk.clock.elapsed().plus(PAUSE);
    }

    /// Whether the factory says that the problem is resolved; none when it could not be called.
    async fn call(&self, url: &str) -> Option<bool> {
        let uri = url.parse().ok()?;
        let reply = self.client.get(&uri, Some(CALL_MAX)).await.ok()?;
        Some(reply.status().is_success())
    }

    fn write_down(&self, desk: &Desk, url: &str, how: Reported) {
        let factory = &self.factory;
        desk.metrics.reported(factory, how);
        let (level, message) = match how {
            Reported::Resolved => (Level::Info, "the factory's problem was reported"),
            Reported::Unresolved => (Level::Error, "the factory does not accept the report"),
            Reported::Failed => (Level::Error, "the report URL could not be called"),
        };
        let fields = vec![
            ("factory", factory.clone()),
            ("url", url.to_owned()),
            ("result", how.name().to_owned()),
        ];
        desk.log.write(level, Kind::Report, message, fields);
        if how != Reported::Failed {
            let resolved = how == Reported::Resolved;
            desk.books.reported(desk.clock.elapsed(), factory, resolved);
        }
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        // Counters: none depends on another being whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
