//! What the checks of every section look up: the names that a scenario has, and when its faults go on.

use super::names::Names;
use crate::scenario::Scenario;
use fake_factory::faults::plan::{End, FaultPlan};
use fake_factory::input::units::Moment;
use fake_factory::input::{Located, Places, Source};
use std::time::Duration;

/// Whether a section, by its key, lacks something that could not be read.
pub(in crate::scenario) type Pruned<'r> = &'r dyn Fn(&str) -> bool;

/// The alerts that the rule files of a scenario define.
#[derive(Debug, Default)]
pub(in crate::scenario) struct Alerts {
    /// Their names.
    pub(in crate::scenario) names: Vec<String>,
    /// Whether every rule file could be read.
    pub(in crate::scenario) complete: bool,
}

/// A scenario and what it is about.
pub(super) struct Facts<'s> {
    pub(super) scenario: &'s Scenario,
    /// How long the run takes.
    pub(super) duration: Duration,
    pub(super) groups: Names<'s>,
    pub(super) factories: Names<'s>,
    pub(super) faults: Names<'s>,
    pub(super) channels: Names<'s>,
    pub(super) responders: Names<'s>,
    pub(super) alerts: Names<'s>,
    /// Where fields were written whose types do not remember it.
    pub(super) places: Places,
    pruned: Pruned<'s>,
}

impl<'s> Facts<'s> {
    pub(super) fn gather(
        scenario: &'s Scenario,
        source: &Source,
        pruned: Pruned<'s>,
        alerts: &'s Alerts,
    ) -> Self {
        let whole = |section: &str| !pruned(section);
        let text = |name: &'s Located<String>| name.as_str();
        Facts {
            scenario,
            duration: scenario.duration.0,
            groups: Names::new(
                "group of diners",
                scenario.diners.iter().map(|group| text(&group.name)),
                whole("diners"),
            ),
            factories: Names::new(
                "factory",
                scenario.factories.keys().map(text),
                whole("factories"),
            ),
            faults: Names::new(
                "fault",
                faults(scenario).map(|fault| text(&fault.name)),
                whole("factories"),
            ),
            channels: Names::new(
                "channel",
                scenario.monitoring.channels.keys().map(text),
                whole("monitoring"),
            ),
            responders: Names::new(
                "responder",
                scenario.responders.iter().map(|person| text(&person.name)),
                whole("responders"),
            ),
            alerts: Names::new(
                "alert",
                alerts.names.iter().map(String::as_str),
                alerts.complete && whole("monitoring"),
            ),
            places: Places::of(source),
            pruned,
        }
    }

    /// Whether all of a section, by its key, could be read.
    pub(super) fn is_whole(&self, section: &str) -> bool {
        !(self.pruned)(section)
    }

    /// Whether the run has a start and a length of its own, without which nothing can be said of moments in it.
    pub(super) fn has_times(&self) -> bool {
        self.is_whole("starts_at") && self.is_whole("duration") && !self.duration.is_zero()
    }

    /// Every fault, in the order of the file within its factory.
    pub(super) fn faults(&self) -> impl Iterator<Item = &'s FaultPlan> + use<'s> {
        faults(self.scenario)
    }

    /// The fault of this name.
    pub(super) fn fault(&self, name: &str) -> Option<&'s FaultPlan> {
        self.faults().find(|fault| fault.name.as_str() == name)
    }

    /// The fault that starts first. One that follows another is never it.
    pub(super) fn first_fault(&self) -> Option<&'s FaultPlan> {
        self.faults()
            .filter(|fault| fault.follows.is_none())
            .min_by_key(|fault| self.offset(&fault.starts))
    }

    /// How long after the start of the run a moment is. A date before it counts as the start: it is reported where it stands.
    pub(super) fn offset(&self, moment: &Moment) -> Duration {
        moment.resolve(&self.scenario.starts_at).unwrap_or_default()
    }

    /// Whether some fault ends within the run, or could.
    pub(super) fn some_fault_ends(&self) -> bool {
        self.faults().any(|fault| fault.ends.value != End::Never)
    }
}

fn faults(scenario: &Scenario) -> impl Iterator<Item = &FaultPlan> {
    scenario
        .factories
        .values()
        .flat_map(|factory| &factory.faults)
}
