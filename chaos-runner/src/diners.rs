//! Open-loop order traffic: diners order at the moments of their schedules, whether or not earlier orders were answered, and
//! write down what they were told. They know the order service's API, the real one's as well as ours, and no factory.

mod arrivals;
mod diner;
mod told;

pub use arrivals::ArrivalsError;

use crate::record::orders::Told;
use crate::scenario;
use crate::scenario::money::Money;
use arrivals::Schedule;
use diner::{Group, Placing};
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::input::units::StartsAt;
use fake_factory::net::client::Client;
use fake_factory::seed::Seed;
use serde_json::Value;
use std::iter::Peekable;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// The most orders of one run.
pub const ORDERS_MAX: u64 = fake_factory::ledger::ORDERS_MAX as u64;
/// The most orders that may be under way at once; with more, the generator falls behind its schedule, which is recorded.
pub const UNDER_WAY_MAX: usize = 10_000;

/// Tells what was signed in a JWT: `{vendor, diner, order}`; none when no factory of the run signed it.
pub type Verifier = Arc<dyn Fn(&str) -> Option<Value> + Send + Sync>;

/// All that traffic is made of.
#[derive(Clone)]
pub struct DinersSetup {
    /// The clock of the run.
    pub clock: Clock,
    /// The seed of the run; each group draws from a sub-stream of its own.
    pub seed: Seed,
    /// The client that places the orders.
    pub client: Client,
    /// The base URL of the order service, as in `http://order-service:80`.
    pub service_url: String,
    /// Who orders what, and when.
    pub groups: Vec<scenario::Diners>,
    /// When the run starts, for clock times.
    pub starts_at: StartsAt,
    /// When the run ends: who waits for an answer then is told nothing.
    pub until: Elapsed,
    /// Judges the JWTs that diners get.
    pub verifier: Verifier,
}

/// One order as its diner knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedOrder {
    /// What the order is called through all ledgers: `lunch-17`.
    pub reference: String,
    /// The group of its diner.
    pub group: Arc<str>,
    /// Whether it is synthetic.
    pub canary: bool,
    /// How many pizzas.
    pub pizzas: u32,
    /// What they cost together.
    pub price: Money,
    /// When it was meant to be placed; its latency is counted from here.
    pub placed_at: Elapsed,
    /// When the diner was answered, or hung up.
    pub answered_at: Option<Elapsed>,
    /// What the diner was told.
    pub told: Told,
}

/// What became of the traffic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traffic {
    /// Every order, in the order in which they were meant to be placed.
    pub orders: Vec<PlacedOrder>,
    /// How late the generator was at the worst.
    pub behind_max: Duration,
}

/// Why there is no traffic.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DinersError {
    /// A group's arrivals make no sense.
    #[error("schedule the orders of {group}: {source}")]
    Arrivals {
        /// The group.
        group: String,
        /// What is wrong.
        source: ArrivalsError,
    },
    /// The schedules ask for too many orders.
    #[error("schedule about {expected} orders: a run has at most {ORDERS_MAX}")]
    TooMany {
        /// How many are to be expected.
        expected: u64,
    },
    /// The service's URL is none.
    #[error("order from {url}: {reason}")]
    Url {
        /// What was given.
        url: String,
        /// What is wrong.
        reason: String,
    },
}

/// Places every order of the run, and returns when it ends.
///
/// # Errors
/// As [`DinersError`] says; nothing was ordered then.
pub async fn run(setup: DinersSetup) -> Result<Traffic, DinersError> {
    let mut groups = groups(&setup)?;
    let orders: Arc<Mutex<Vec<PlacedOrder>>> = Arc::default();
    let places = Arc::new(Semaphore::new(UNDER_WAY_MAX));
    let mut under_way = JoinSet::new();
    let mut behind_max = Duration::ZERO;
    let mut count = 0;
    while let Some((group, placed_at)) = next_arrival(&mut groups) {
        if count == ORDERS_MAX {
            break;
        }
        setup.clock.sleep_until(placed_at).await;
        let end = setup.clock.instant(setup.until);
        let place = tokio::time::timeout_at(end, places.clone().acquire_owned()).await;
        behind_max = behind_max.max(setup.clock.elapsed().since(placed_at));
        let Ok(Ok(place)) = place else {
            // The run ended first.
            break;
        };
        count += 1;
        while under_way.try_join_next().is_some() {}
        let placing = group.place(placed_at);
        let index = written_down(&orders, &placing);
        let (own, clock) = (orders.clone(), setup.clock.clone());
        under_way.spawn(async move {
            let told = placing.told().await;
            let mut orders = own.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(order) = orders.get_mut(index) {
                order.told = told;
                order.answered_at = Some(clock.elapsed());
            }
            drop(place);
        });
    }
    setup.clock.sleep_until(setup.until).await;
    under_way.shutdown().await;
    let orders = std::mem::take(&mut *orders.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Traffic { orders, behind_max })
}

type Arriving = (Arc<Group>, Peekable<Schedule>);

fn groups(setup: &DinersSetup) -> Result<Vec<Arriving>, DinersError> {
    let mut groups = Vec::with_capacity(setup.groups.len());
    let mut expected = 0.0;
    for plan in &setup.groups {
        let name = plan.name.value.as_str();
        let schedule = Schedule::new(
            &plan.arrivals.value,
            &setup.starts_at,
            setup.until.as_duration(),
            setup.seed.of("diners").of(name),
        )
        .map_err(|source| DinersError::Arrivals {
            group: name.to_owned(),
            source,
        })?;
        expected += schedule.expected();
        let group = Group::new(setup, plan).map_err(|error| DinersError::Url {
            url: setup.service_url.clone(),
            reason: error.to_string(),
        })?;
        groups.push((Arc::new(group), schedule.peekable()));
    }
    if expected > ORDERS_MAX as f64 {
        // Saturates where it is beyond all bounds.
        let expected = expected as u64;
        return Err(DinersError::TooMany { expected });
    }
    Ok(groups)
}

/// The next order of all groups; of two at one moment, that of the group that was written first.
fn next_arrival(groups: &mut [Arriving]) -> Option<(Arc<Group>, Elapsed)> {
    let mut first: Option<(usize, Elapsed)> = None;
    for (index, (_, schedule)) in groups.iter_mut().enumerate() {
        if let Some(at) = schedule.peek().copied()
            && first.is_none_or(|(_, earliest)| at < earliest)
        {
            first = Some((index, at));
        }
    }
    let (group, schedule) = groups.get_mut(first?.0)?;
    schedule.next().map(|at| (group.clone(), at))
}

/// Writes the order down as one that was told nothing yet; where.
fn written_down(orders: &Mutex<Vec<PlacedOrder>>, placing: &Placing) -> usize {
    let mut orders = orders.lock().unwrap_or_else(PoisonError::into_inner);
    orders.push(placing.order());
    orders.len() - 1
}
