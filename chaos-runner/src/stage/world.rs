//! The world of one run: factories, order service, monitoring, people and diners, furnished in this order, played to the end and
//! written down. The same for both clocks.

use super::StageError;
use super::books::Books;
use super::events::Events;
use super::ledgers::Ledgers;
use super::monitor::{Monitor, MonitorHandle, MonitorSetup, Target, Watch};
use crate::diners::{self, DinersSetup, Driven};
use crate::order_service::{FactoryAddress, OrderService, ServiceSetup};
use crate::record::{ClockKind, FORMAT, PhaseRecord, Record};
use crate::responders::kitchens::Kitchens;
use crate::responders::{Acts, OnCall};
use crate::scenario::Scenario;
use crate::scenario::expect::Expectation;
use crate::scenario::load::Loaded;
use crate::scenario::order_service::FactoryTarget;
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::faults::plan::FactoryPlan;
use fake_factory::input::Located;
use fake_factory::input::units::HumanDuration;
use fake_factory::net::Network;
use fake_factory::net::client::Client;
use fake_factory::seed::Seed;
use fake_factory::{Factory, Keys, Setup, VendorKey};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// The vendor that the order service is to the factories.
const VENDOR: &str = "jwt-pizza";
/// Pages that a responder may be behind by.
const PAGES_WAITING_MAX: usize = 1_024;

/// Plays `loaded` on `network` and writes the record.
pub(super) async fn play(
    loaded: &Loaded,
    seed_number: u64,
    network: Network,
    kind: ClockKind,
) -> Result<Record, StageError> {
    let scenario = &loaded.scenario;
    let stage = Stage {
        scenario,
        clock: Clock::starting_at(scenario.starts_at.timestamp()),
        seed: Seed::new(seed_number),
        client: Client::new(network.clone()),
        network,
    };
    let until = Elapsed::from_duration(scenario.duration.0);
    let books = Books::for_scenario(scenario);
    let kitchens = stage.open_factories(&books).await?;
    let service = stage.open_service(&kitchens).await?;
    let phase = stage.phase();
    let (monitor, handle, pages) = stage.monitor(loaded, &service, phase);
    let acts = Acts::default();
    let people = stage.send_people(&kitchens, &acts, &pages);
    let events = Events {
        clock: stage.clock.clone(),
        starts_at: scenario.starts_at.value.clone(),
        service: service.clone(),
        monitor: handle,
        kitchens: kitchens.clone(),
        acts: acts.clone(),
    };
    let happening = tokio::spawn(events.run(scenario.events.clone()));
    let watching = tokio::spawn(monitor.run(until));
    let driven = stage.drive(&kitchens, &service, until).await?;
    let seen = watching.await.map_err(|error| StageError::Diners(error.to_string()))?;
    for task in people.into_iter().chain([happening]) {
        task.abort();
    }

    let ledgers = Ledgers {
        beliefs: service.beliefs(),
        deliveries: service.deliveries(),
        made: books.made(),
    };
    let mut acts = acts.all();
    acts.extend(service.reports());
    acts.sort_by_key(|act| act.at);
    Ok(Record {
        format: FORMAT,
        scenario: loaded.source_record(),
        rule_files: loaded.rule_records(),
        seed: seed_number,
        clock: kind,
        ended_at: until,
        phase,
        orders: driven.orders.into_iter().map(|order| ledgers.record(order)).collect(),
        faults: with_counts(&books, &kitchens),
        rules: seen.rules,
        alerts: seen.alerts,
        pages: seen.pages,
        acts,
        probes: service.probes(),
        queue: service.queue_depths(),
        watches: seen.watches,
        warnings: seen.warnings,
        generator_behind_max: driven.behind_max,
    })
}
