//! The books that the observers of a run write into while it goes on: what each factory tells of its faults and its pizzas.

use crate::order_service::reference::reference_of;
use crate::record::faults::FaultRecord;
use crate::scenario::Scenario;
use fake_factory::clock::Elapsed;
use fake_factory::{Event, Observer};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the factories told so far. Clones write into the same books.
#[derive(Clone, Debug, Default)]
pub(super) struct Books {
    pages: Arc<Mutex<Pages>>,
}

#[derive(Debug, Default)]
struct Pages {
    faults: Vec<FaultRecord>,
    made: BTreeMap<String, Vec<Elapsed>>,
}

impl Books {
    /// Books with a line for every fault of the scenario, in the order of the file.
    pub(super) fn for_scenario(scenario: &Scenario) -> Self {
        let lines = scenario.factories.iter().flat_map(|(factory, plan)| {
            plan.faults.iter().map(|fault| FaultRecord {
                name: fault.name.value.clone(),
                factory: factory.value.clone(),
                started_at: None,
                end_triggered_at: None,
                ended_at: None,
                asked: 0,
                injected: 0,
            })
        });
        let pages = Pages {
            faults: lines.collect(),
            made: BTreeMap::new(),
        };
        Books {
            pages: Arc::new(Mutex::new(pages)),
        }
    }

    /// What writes down the events of one factory.
    pub(super) fn observer(&self) -> Observer {
        let books = self.clone();
        Arc::new(move |event| books.note(event))
    }

    /// When each order was made, by its reference.
    pub(super) fn made(&self) -> BTreeMap<String, Vec<Elapsed>> {
        self.pages().made.clone()
    }

    /// Every fault's windows; the counts are still to be filled in.
    pub(super) fn faults(&self) -> Vec<FaultRecord> {
        self.pages().faults.clone()
    }

    fn note(&self, event: Event) {
        let mut pages = self.pages();
        match event {
            Event::FaultStarted { name, at } => {
                pages.with_fault(&name, |fault| fault.started_at = Some(at));
            }
            Event::FaultEndTriggered { name, at, .. } => {
                pages.with_fault(&name, |fault| fault.end_triggered_at = Some(at));
            }
            Event::FaultEnded { name, at } => {
                pages.with_fault(&name, |fault| fault.ended_at = Some(at));
            }
            Event::PizzaMade { at, payload, .. } => {
                // Orders that no diner of ours placed have no reference and no place in the record.
                if let Some(reference) = reference_in(&payload) {
                    pages.made.entry(reference).or_default().push(at);
                }
            }
            Event::Reported { .. }
            | Event::FaultAdded { .. }
            | Event::FaultRemoved { .. }
            | Event::OrderAnswered { .. }
            | Event::Reset { .. } => {}
        }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    fn with_fault(&mut self, name: &str, change: impl FnOnce(&mut FaultRecord)) {
        // Names are unique across the scenario; chaos that a vendor asked for by itself is not in the file.
        if let Some(fault) = self.faults.iter_mut().find(|fault| fault.name == name) {
            change(fault);
        }
    }
}

/// The reference in a JWT's payload, `{vendor, diner, order}`.
fn reference_in(payload: &str) -> Option<String> {
    let payload: serde_json::Value = serde_json::from_str(payload).ok()?;
    reference_of(payload.get("order")?).map(str::to_owned)
}
