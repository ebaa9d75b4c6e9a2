//! When faults start, by the plan: what is to be known before the run has come to them. What became of it is in the record.

use crate::scenario::Scenario;
use fake_factory::input::Located;
use std::time::Duration;

/// When the first fault starts; the start of the run where there is none.
pub(super) fn first_fault(scenario: &Scenario) -> Duration {
    let faults = scenario.factories.values().flat_map(|plan| &plan.faults);
    faults
        .filter(|fault| fault.follows.is_none())
        .filter_map(|fault| fault.starts.resolve(&scenario.starts_at).ok())
        .min()
        .unwrap_or_default()
}

/// When the fault of this name starts, or the first one; and whether that is sure: one that follows another starts later than that,
/// nobody knows when.
pub(super) fn start_of(scenario: &Scenario, name: Option<&Located<String>>) -> (Duration, bool) {
    let Some(name) = name else {
        return (first_fault(scenario), true);
    };
    let all = || scenario.factories.values().flat_map(|plan| &plan.faults);
    let (mut name, mut is_sure) = (&name.value, true);
    // A fault follows one that is listed before it: the chain ends.
    while let Some(fault) = all().find(|fault| fault.name.value == *name) {
        match &fault.follows {
            Some(leader) => (name, is_sure) = (&leader.value, false),
            None => {
                let starts = fault.starts.resolve(&scenario.starts_at);
                return (starts.unwrap_or_default(), is_sure);
            }
        }
    }
    (Duration::ZERO, false)
}
