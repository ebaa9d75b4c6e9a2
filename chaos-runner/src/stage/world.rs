//! The world of one run: factories, order service, monitoring, people and diners, furnished in this order, played to the end and
//! written down. The same for both clocks.

use super::StageError;
use super::books::Books;
use super::events::Events;
use super::furnish::Stage;
use super::ledgers::Ledgers;
use super::observe::Observing;
use crate::record::faults::{ActRecord, FaultRecord};
use crate::record::{ClockKind, FORMAT, Record, SourceRecord, WarningRecord};
use crate::responders::Acts;
use crate::responders::kitchens::Kitchens;
use crate::scenario::load::Loaded;
use crate::scenario::receivers;
use fake_factory::clock::Elapsed;
use fake_factory::input::Source;
use fake_factory::net::Network;
use tokio::sync::broadcast;

/// Pages that a responder may be behind by.
const PAGES_WAITING_MAX: usize = 1_024;

/// Plays `loaded` on `network` and writes the record.
pub(super) async fn play(
    loaded: &Loaded,
    seed: u64,
    network: Network,
    kind: ClockKind,
    observer: Option<Observing>,
) -> Result<Record, StageError> {
    let scenario = &loaded.scenario;
    let until = Elapsed::from_duration(scenario.duration.0);
    let stage = Stage::new(loaded, seed, network);
    let books = Books::for_scenario(scenario);
    let kitchens = stage.open_factories(&books).await?;
    let service = stage.open_service(&kitchens).await?;
    let (pages, _) = broadcast::channel(PAGES_WAITING_MAX);
    let acts = Acts::default();
    let people = stage.send_people(&kitchens, &acts, &pages);
    let (monitor, handle) = stage.monitor(&service, pages, observer)?;
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
    let traffic = stage.drive(&kitchens, &service, until).await?;
    let seen = watching.await.flatten().map_err(StageError::Task)?;
    for task in people {
        task.abort();
    }
    finish(happening).await?;

    let ledgers = Ledgers {
        beliefs: service.beliefs(),
        deliveries: service.deliveries(),
        made: books.made(),
    };
    Ok(Record {
        format: FORMAT,
        scenario: source_record(&loaded.source),
        rule_files: loaded.named_sources().map(source_record).collect(),
        seed,
        clock: kind,
        ended_at: until,
        phase: stage.phase,
        orders: traffic
            .orders
            .into_iter()
            .map(|order| ledgers.record(order))
            .collect(),
        faults: with_counts(&books, &kitchens),
        rules: seen.rules,
        alerts: seen.alerts,
        shadows: seen.shadows,
        pages: seen.pages,
        acts: in_order(acts.all(), service.acts()),
        probes: service.probes(),
        queue: service.queue_changes(),
        watches: seen.watches,
        warnings: with_unheard(loaded, seen.warnings),
        generator_behind_max: Elapsed::from_duration(traffic.behind_max),
    })
}

/// Ends the events of the run: what had yet to come lies after its end.
async fn finish(
    happening: tokio::task::JoinHandle<Result<(), StageError>>,
) -> Result<(), StageError> {
    happening.abort();
    match happening.await {
        Ok(happened) => happened,
        Err(error) if error.is_cancelled() => Ok(()),
        Err(error) => Err(StageError::Task(error)),
    }
}

fn source_record(source: &Source) -> SourceRecord {
    SourceRecord {
        path: source.path().to_owned(),
        text: source.text().to_owned(),
    }
}

fn with_counts(books: &Books, kitchens: &Kitchens) -> Vec<FaultRecord> {
    let mut faults = books.faults();
    for (_, factory) in kitchens.iter() {
        for count in factory.fault_counts() {
            if let Some(fault) = faults.iter_mut().find(|fault| *fault.name == *count.name) {
                fault.asked = count.asked;
                fault.injected = count.injected;
            }
        }
    }
    faults
}

fn in_order(mut people: Vec<ActRecord>, service: Vec<ActRecord>) -> Vec<ActRecord> {
    people.extend(service);
    people.sort_by_key(|act| act.at);
    people
}

/// The warnings, after those of the receivers that tell nobody here, where there are such.
fn with_unheard(loaded: &Loaded, warnings: Vec<WarningRecord>) -> Vec<WarningRecord> {
    let monitoring = &loaded.scenario.monitoring;
    let alertmanager = loaded.alertmanager.iter().map(|named| &named.config);
    let grafana = loaded.grafana.routing.iter().map(|routing| &routing.config);
    let receivers =
        alertmanager.map(|config| ("receivers of the Alertmanager configuration", config));
    let contact_points = grafana.map(|config| ("contact points of Grafana's", config));
    let unheard = receivers
        .chain(contact_points)
        .filter_map(|(what, config)| {
            let names = receivers::unheard(config, monitoring);
            (!names.is_empty()).then(|| WarningRecord {
                at: Elapsed::ZERO,
                message: format!(
                    "no channel of this scenario stands for these {what}: {}",
                    names.join(", ")
                ),
            })
        });
    unheard.chain(warnings).collect()
}
