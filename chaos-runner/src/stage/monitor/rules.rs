//! How the value of each alerting rule went, written down when it changed.

use crate::alerting::evaluate::{Engine, RuleOutcome};
use crate::alerting::rules::Rule;
use crate::record::alerts::{RuleRecord, RuleValue};
use fake_factory::clock::Elapsed;
use std::collections::VecDeque;

/// One record for each alerting rule.
#[derive(Debug)]
pub(super) struct RuleBook {
    /// By group and rule; none for a recording rule.
    pages: Vec<Vec<Option<Page>>>,
}

#[derive(Debug)]
struct Page {
    record: RuleRecord,
    values: VecDeque<RuleValue>,
}

impl RuleBook {
    /// An empty record for each of the engine's alerting rules.
    pub(super) fn new(engine: &Engine) -> Self {
        let pages = engine.groups().enumerate().map(|(number, group)| {
            let rules = group.rules.iter().enumerate();
            let page = |(rule_number, rule): (usize, &Rule)| {
                let Rule::Alerting(rule) = rule else {
                    return None;
                };
                let threshold = engine.threshold(number, rule_number);
                let record = RuleRecord {
                    alert: rule.alert.clone(),
                    group: group.name.clone(),
                    file: group.file.clone(),
                    expr: rule.expr.text.clone(),
                    for_seconds: rule.hold.as_secs_f64(),
                    interval_seconds: engine.interval_of(group).as_secs_f64(),
                    threshold: threshold.map(|threshold| threshold.threshold),
                    operator: threshold.map(|threshold| threshold.operator.to_owned()),
                    values: Vec::new(),
                    evaluations: 0,
                    failures: 0,
                };
                let values = VecDeque::new();
                Some(Page { record, values })
            };
            rules.map(page).collect()
        });
        RuleBook {
            pages: pages.collect(),
        }
    }

    /// Writes down what an evaluation of a rule saw.
    pub(super) fn note(&mut self, now: Elapsed, group: usize, outcome: &RuleOutcome) {
        let of_group = self.pages.get_mut(group);
        let Some(Some(Page { record, values })) = of_group.and_then(|rules| rules.get_mut(outcome.rule)) else {
            return;
        };
        record.evaluations += 1;
        if outcome.error.is_some() {
            record.failures += 1;
            return;
        }
        let is_same = values
            .back()
            .is_some_and(|last| (last.value, last.series) == (outcome.value, outcome.series));
        if is_same {
            return;
        }
        if values.len() == RuleRecord::VALUES_MAX {
            values.pop_front();
        }
        values.push_back(RuleValue {
            at: now,
            value: outcome.value,
            series: outcome.series,
        });
    }

    pub(super) fn into_records(self) -> Vec<RuleRecord> {
        let pages = self.pages.into_iter().flatten().flatten();
        pages
            .map(|page| RuleRecord {
                values: page.values.into(),
                ..page.record
            })
            .collect()
    }
}
