//! Three runs for the tests of reports: one that passed, one that failed and one that shows nothing.

use super::Ran;
use crate::record::Record;
use crate::verdict::judge;
use crate::verdict::sample::{alert, at, error, record, record_with, rule, scenario};
use std::time::Duration;

const EXPECT: &str = "
expect:
  - alert: { name: PizzaCreationFailing, fires_within: 5m, resolves_within: 5m }
  - orders: { failed: 3, lost: 0 }
  - recovery: { success: 99%, within: 1m }
";

/// Its alert fires late and no order is saved.
pub(crate) fn failed() -> Ran {
    let mut record = record_with(&error());
    record.rules = vec![rule(
        "PizzaCreationFailing",
        &[(at(50, 0), Some(0.0)), (at(64, 15), Some(0.08))],
    )];
    record.alerts = vec![alert(
        "PizzaCreationFailing",
        [
            Some(at(64, 15)),
            Some(at(66, 15)),
            Some(at(67, 21)),
            Some(at(78, 0)),
        ],
    )];
    ran("failed", record)
}

/// The same, a minute and a half earlier.
pub(crate) fn passed() -> Ran {
    let mut record = record_with(&error());
    record.alerts = vec![alert(
        "PizzaCreationFailing",
        [Some(at(62, 45)), Some(at(64, 45)), None, Some(at(78, 0))],
    )];
    ran("passed", record)
}

/// The same with a fault that touched nothing.
pub(crate) fn inconclusive() -> Ran {
    let mut ran = passed();
    ran.record.faults[0].injected = 0;
    self::ran("inconclusive", ran.record)
}

fn ran(name: &str, record: Record) -> Ran {
    let mut scenario = scenario(EXPECT);
    scenario.name.value = name.to_owned();
    Ran {
        path: format!("scenarios/{name}.yaml"),
        verdict: judge(&scenario, &record),
        record,
        wall: Duration::from_millis(31),
    }
}

#[test]
fn the_samples_are_what_they_are_called() {
    use crate::verdict::Outcome::{Failed, Inconclusive, Passed};
    let outcomes = [passed(), failed(), inconclusive()].map(|ran| ran.verdict.outcome);
    assert_eq!(outcomes, [Passed, Failed, Inconclusive]);
    assert_eq!(record().orders.len(), 6);
}
