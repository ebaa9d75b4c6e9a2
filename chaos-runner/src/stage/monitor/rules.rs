//! How the value of each alerting rule went, written down when it changed.

use crate::alerting::evaluate::{Engine, RuleOutcome};
use crate::alerting::grafana::model::Purpose;
use crate::alerting::rules::{Rule, RuleGroup};
use crate::record::alerts::{RuleRecord, RuleValue};
use fake_factory::clock::Elapsed;
use std::collections::BTreeMap;
use std::time::Duration;

/// One record an alerting rule, in the order of the files.
#[derive(Debug)]
pub(super) struct RuleBook {
    /// By the numbers of the group and of the rule in it.
    records: BTreeMap<(usize, usize), RuleRecord>,
}

impl RuleBook {
    /// An empty record for each of the engine's alerting rules.
    pub(super) fn new(engine: &Engine, default_interval: Duration) -> Self {
        let mut records = BTreeMap::new();
        for (number, group) in engine.groups().enumerate() {
            for (place, rule) in group.rules.iter().enumerate() {
                let Some(mut record) = record(group, rule, default_interval) else {
                    continue;
                };
                let threshold = engine.threshold(number, place);
                record.threshold = threshold.map(|threshold| threshold.threshold);
                record.operator = threshold.map(|threshold| threshold.operator.to_owned());
                records.insert((number, place), record);
            }
        }
        RuleBook { records }
    }

    /// Writes down what an evaluation of a rule of `group` saw.
    pub(super) fn note(&mut self, now: Elapsed, group: usize, outcome: &RuleOutcome) {
        let Some(record) = self.records.get_mut(&(group, outcome.rule)) else {
            return;
        };
        record.evaluations += 1;
        if outcome.error.is_some() {
            record.failures += 1;
            return;
        }
        let value = RuleValue {
            at: now,
            value: outcome.value.filter(|value| value.is_finite()),
            series: outcome.series,
        };
        let last = record.values.last();
        if last.is_some_and(|last| (last.value, last.series) == (value.value, value.series)) {
            return;
        }
        if record.values.len() == RuleRecord::VALUES_MAX {
            record.values.remove(0);
        }
        record.values.push(value);
    }

    pub(super) fn into_records(self) -> Vec<RuleRecord> {
        self.records.into_values().collect()
    }
}

/// An empty record, of a rule that raises alerts.
fn record(group: &RuleGroup, rule: &Rule, default_interval: Duration) -> Option<RuleRecord> {
    let hold = match rule {
        Rule::Alerting(rule) => rule.hold,
        Rule::Recording(_) => return None,
        Rule::Grafana(rule) => match &rule.purpose {
            Purpose::Alerting(alerting) => alerting.hold,
            Purpose::Recording { .. } => return None,
        },
    };
    Some(RuleRecord {
        alert: rule.name().to_owned(),
        group: group.name.clone(),
        file: group.file.clone(),
        expr: rule.text(),
        for_seconds: hold.as_secs_f64(),
        interval_seconds: group.interval.unwrap_or(default_interval).as_secs_f64(),
        threshold: None,
        operator: None,
        values: Vec::new(),
        evaluations: 0,
        failures: 0,
    })
}
