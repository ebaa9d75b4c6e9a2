//! How the value of each alerting rule went, written down when it changed.

use crate::alerting::evaluate::{Engine, Evaluation};
use crate::record::alerts::{RuleRecord, RuleValue};
use fake_factory::clock::Elapsed;

/// One record a rule, by the number that the engine gives it.
#[derive(Debug)]
pub(super) struct RuleBook {
    records: Vec<RuleRecord>,
}

impl RuleBook {
    /// An empty record for each of the engine's alerting rules.
    pub(super) fn new(engine: &Engine) -> Self {
        let records = engine.alerting_rules().into_iter().map(|rule| RuleRecord {
            alert: rule.alert,
            group: rule.group,
            file: rule.file,
            expr: rule.expr,
            for_seconds: rule.hold.as_secs_f64(),
            interval_seconds: rule.interval.as_secs_f64(),
            threshold: rule.threshold,
            operator: rule.operator,
            values: Vec::new(),
            evaluations: 0,
            failures: 0,
        });
        RuleBook { records: records.collect() }
    }

    /// Writes down what an evaluation saw.
    pub(super) fn note(&mut self, now: Elapsed, evaluation: &Evaluation) {
        for observation in &evaluation.observations {
            let Some(record) = self.records.get_mut(observation.rule) else { continue };
            record.evaluations += 1;
            let value = RuleValue { at: now, value: observation.value, series: observation.series };
            let is_same = record
                .values
                .last()
                .is_some_and(|last| (last.value, last.series) == (value.value, value.series));
            if !is_same {
                if record.values.len() == RuleRecord::VALUES_MAX {
                    record.values.remove(0);
                }
                record.values.push(value);
            }
        }
        for failure in &evaluation.failures {
            let failed = failure.alerting_rule.and_then(|number| self.records.get_mut(number));
            if let Some(record) = failed {
                record.evaluations += 1;
                record.failures += 1;
            }
        }
    }

    pub(super) fn into_records(self) -> Vec<RuleRecord> {
        self.records
    }
}
