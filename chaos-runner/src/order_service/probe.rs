//! Asks the factories whether they are ready, at an interval, so that the service knows before a diner does. What it finds opens
//! and closes the circuit, wakes the queue and is written down; it places no orders.

use super::desk::Desk;
use super::factory_client::Readiness;
use super::log::{Kind, Level};
use super::route::Route;
use crate::record::faults::ProbeRecord;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// Starts asking the factory at `index`, first after one interval.
pub(super) fn start(desk: &Arc<Desk>, routes: &Arc<[Route]>, index: usize, every: Duration) {
    let (own, routes) = (desk.clone(), routes.clone());
    // A ticker of no length would never let go.
    let every = every.max(Duration::from_millis(1));
    desk.tasks.spawn(async move {
        let mut ticks = interval_at(Instant::now() + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut was_ready = true;
        while let Some(route) = routes.get(index) {
            ticks.tick().await;
            let readiness = route.client.readiness().await;
            was_ready = heard(&own, route, readiness, was_ready);
        }
    });
}

/// Acts on one answer; whether the factory is ready.
fn heard(desk: &Desk, route: &Route, readiness: Readiness, was_ready: bool) -> bool {
    let ready = readiness == Readiness::Ready;
    let factory = &route.client.name;
    desk.metrics.factory_is(factory, ready);
    if readiness == Readiness::NotReady {
        route.is_down();
    }
    if ready == was_ready {
        return ready;
    }
    desk.books.probed(ProbeRecord {
        at: desk.clock.elapsed(),
        factory: factory.clone(),
        ready,
    });
    let fields = vec![("factory", factory.clone())];
    if ready {
        route.is_back();
        let message = "the factory is ready";
        desk.log.write(Level::Info, Kind::Probe, message, fields);
    } else {
        let message = "the factory is not ready";
        desk.log.write(Level::Error, Kind::Probe, message, fields);
    }
    ready
}
