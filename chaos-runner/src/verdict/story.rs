//! A scenario and its record side by side, and the moments in them that expectations count from. It may know both; what a moment
//! means for an expectation is that expectation's business.

use super::words;
use crate::record::Record;
use crate::record::faults::FaultRecord;
use crate::record::orders::{OrderRecord, Told};
use crate::scenario::Scenario;
use crate::scenario::expect::Since;
use fake_factory::clock::Elapsed;
use fake_factory::input::Located;
use fake_factory::input::units::Moment;
use std::time::Duration;

/// Timers tick in milliseconds and round up, so a time limit is kept when it is missed by no more than this.
pub(super) const TIMER_GRAIN: Duration = Duration::from_millis(1);

/// A scenario and the record of one of its runs.
pub(super) struct Story<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) record: &'a Record,
}

/// A moment that times are counted from.
#[derive(Clone, Debug)]
pub(super) struct Anchor {
    /// When.
    pub(super) at: Elapsed,
    /// What happened then, as in "`ordering-bug` started".
    pub(super) what: String,
}

/// The fault that an expectation means where it names none.
#[derive(Clone, Copy)]
pub(super) enum Unnamed {
    /// The first one to start.
    First,
    /// The last one to end.
    Last,
}

impl<'a> Story<'a> {
    pub(super) fn new(scenario: &'a Scenario, record: &'a Record) -> Self {
        Story { scenario, record }
    }

    /// What the clock on the wall shows at `at`.
    pub(super) fn clock(&self, at: Elapsed) -> String {
        self.scenario.starts_at.value.clock_at(at.as_duration())
    }

    /// The orders of people, canaries left out.
    pub(super) fn diners(&self) -> impl Iterator<Item = &'a OrderRecord> {
        self.record.orders.iter().filter(|order| !order.canary)
    }

    /// The fault that started first, of those that did.
    pub(super) fn first_fault(&self) -> Option<(&'a FaultRecord, Elapsed)> {
        self.record
            .faults
            .iter()
            .filter_map(|fault| Some((fault, fault.started_at?)))
            .min_by_key(|(_, started)| *started)
    }

    fn fault(&self, name: &str) -> Result<&'a FaultRecord, String> {
        self.record
            .faults
            .iter()
            .find(|fault| fault.name == name)
            .ok_or_else(|| format!("the record has no fault `{name}`"))
    }

    /// The start of the fault named by `of`, else of the first one; the start of the run where nothing breaks.
    pub(super) fn start_of(&self, of: Option<&Located<String>>) -> Result<Anchor, String> {
        match of {
            Some(name) => self.start_of_fault(&name.value),
            None if self.record.faults.is_empty() => Ok(Anchor::start_of_run()),
            None => self
                .first_fault()
                .map(|(fault, at)| Anchor::new(at, &fault.name, "started"))
                .ok_or_else(|| {
                    format!(
                        "no fault started before the run ended at {}",
                        self.clock(self.record.ended_at)
                    )
                }),
        }
    }

    /// The start of the fault of this name.
    pub(super) fn start_of_fault(&self, name: &str) -> Result<Anchor, String> {
        let started = self.fault(name)?.started_at;
        started
            .map(|at| Anchor::new(at, name, "started"))
            .ok_or_else(|| {
                format!(
                    "`{name}` never started: the run ended at {}",
                    self.clock(self.record.ended_at)
                )
            })
    }

    /// The end of the fault named by `of`, else of the one that `unnamed` says; the start of the run where nothing breaks.
    pub(super) fn end_of(
        &self,
        of: Option<&Located<String>>,
        unnamed: Unnamed,
    ) -> Result<Anchor, String> {
        if let Some(name) = of {
            return self.end_of_fault(self.fault(&name.value)?);
        }
        if self.record.faults.is_empty() {
            return Ok(Anchor::start_of_run());
        }
        let (first, _) = self
            .first_fault()
            .ok_or_else(|| "no fault started, so none ended".to_owned())?;
        match unnamed {
            Unnamed::First => self.end_of_fault(first),
            Unnamed::Last => self
                .record
                .faults
                .iter()
                .filter(|fault| fault.started_at.is_some())
                .map(|fault| self.end_of_fault(fault))
                .collect::<Result<Vec<Anchor>, String>>()
                .map(|ends| {
                    ends.into_iter()
                        .max_by_key(|end| end.at)
                        .expect("the first fault is among those that started")
                }),
        }
    }

    fn end_of_fault(&self, fault: &FaultRecord) -> Result<Anchor, String> {
        let name = &fault.name;
        let started = self.start_of_fault(name)?;
        fault
            .ended_at
            .map(|at| Anchor::new(at, name, "ended"))
            .ok_or_else(|| {
                format!(
                    "`{name}` never ended: it started at {} and went on to the end of the run at {}",
                    self.clock(started.at),
                    self.clock(self.record.ended_at)
                )
            })
    }

    /// The moment that `written` stands for: a clock time, or an offset from the start of a fault or the first failure after it.
    pub(super) fn moment(
        &self,
        written: &Moment,
        of: Option<&Located<String>>,
        since: Option<Since>,
    ) -> Result<Elapsed, String> {
        match written {
            Moment::Offset(offset) => Ok(self.anchor(of, since)?.at.plus(*offset)),
            clock_time => clock_time
                .resolve(&self.scenario.starts_at.value)
                .map(Elapsed::from_duration)
                .map_err(|wrong| wrong.to_string()),
        }
    }

    /// What `since: first_failure` counts from: the first order that no factory made at once, a canary's too, or the first failed
    /// probe, while the fault goes on: what fails later is about another one. An order counts from when it was placed. Where nothing
    /// failed, it is the fault's start itself.
    pub(super) fn first_failure(&self, start: Anchor, end: Option<Elapsed>) -> Anchor {
        let orders = self
            .record
            .orders
            .iter()
            .filter(|order| was_not_made_at_once(order))
            .filter(|order| order.answered_at.unwrap_or(order.placed_at) >= start.at)
            .map(|order| Anchor {
                at: order.placed_at.max(start.at),
                what: format!("order {} was placed, the first to fail", order.reference),
            });
        let probes = self
            .record
            .probes
            .iter()
            .filter(|probe| !probe.ready && probe.at >= start.at)
            .map(|probe| Anchor {
                at: probe.at,
                what: format!("the first probe of `{}` failed", probe.factory),
            });
        orders
            .chain(probes)
            .filter(|failure| end.is_none_or(|end| failure.at <= end))
            .min_by_key(|failure| failure.at)
            .unwrap_or(start)
    }

    /// What an offset or a time limit is counted from.
    pub(super) fn anchor(
        &self,
        of: Option<&Located<String>>,
        since: Option<Since>,
    ) -> Result<Anchor, String> {
        let start = self.start_of(of)?;
        Ok(match since {
            None => start,
            Some(Since::FirstFailure) => {
                let fault = match of {
                    Some(name) => Some(self.fault(&name.value)?),
                    None => self.first_fault().map(|(fault, _)| fault),
                };
                self.first_failure(start, fault.and_then(|fault| fault.ended_at))
            }
        })
    }

    /// How long after `anchor` something happened, as in "after 58s", or before it.
    pub(super) fn relative(&self, at: Elapsed, anchor: &Anchor) -> String {
        if at >= anchor.at {
            format!(
                "{} after {}",
                words::length(at.since(anchor.at)),
                anchor.what
            )
        } else {
            format!(
                "{} before {}",
                words::length(anchor.at.since(at)),
                anchor.what
            )
        }
    }
}

impl Anchor {
    fn new(at: Elapsed, fault: &str, did: &str) -> Self {
        Anchor {
            at,
            what: format!("`{fault}` {did}"),
        }
    }

    fn start_of_run() -> Self {
        Anchor {
            at: Elapsed::ZERO,
            what: "the run started".to_owned(),
        }
    }

    /// The last moment at which something that must happen `within` a time of the anchor is not late.
    pub(super) fn limit(&self, within: Duration) -> Elapsed {
        self.at.plus(within).plus(TIMER_GRAIN)
    }
}

/// When an order failed in the eyes of the one who placed it: an error, a pizza that does not verify, or their patience's end. A
/// deliberate no is no failure.
pub(super) fn failed_at(order: &OrderRecord) -> Option<Elapsed> {
    match order.told {
        Told::Error { .. } | Told::BadPizza | Told::HungUp => {
            Some(order.answered_at.unwrap_or(order.placed_at))
        }
        Told::Pizza | Told::Accepted | Told::Refused { .. } | Told::Nothing => None,
    }
}

/// Whether no factory made an order while its diner waited: they were told an error, a no or to wait.
fn was_not_made_at_once(order: &OrderRecord) -> bool {
    match order.told {
        Told::Error { .. }
        | Told::BadPizza
        | Told::HungUp
        | Told::Refused { .. }
        | Told::Accepted => true,
        Told::Pizza | Told::Nothing => false,
    }
}

/// The end of the fault that an expectation counts from, in its text.
pub(super) fn end_words(of: Option<&Located<String>>) -> String {
    of.map_or_else(
        || "the fault's end".to_owned(),
        |fault| format!("the end of {}", fault.value),
    )
}
