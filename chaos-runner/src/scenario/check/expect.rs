//! The `expect:` and `steady_state:` sections: every expectation is about something that the scenario has, and can fail.

mod alerts;
mod during;
mod figures;
mod happenings;
mod promql;
mod recovery;

use super::facts::Facts;
use crate::scenario::Expectation;
use fake_factory::input::{Findings, Located, Span};

pub(super) fn check(facts: &Facts<'_>, found: &mut Findings<'_>) {
    let scenario = facts.scenario;
    if scenario.expect.is_empty() && facts.is_whole("expect") {
        let place = facts.places.at(&["expect"]).or(scenario.name.span);
        found.error_with_help(
            place,
            "this scenario expects nothing, so that it cannot fail",
            "add `expect:` with at least one expectation, as in `- no_alerts`",
        );
    }
    for expectation in &scenario.expect {
        Checked { expectation, facts }.check(found);
    }
    let unheard_of = scenario.diners.is_empty() && facts.is_whole("diners");
    if unheard_of && scenario.steady_state.orders_at_least > 0 {
        let asked = facts.places.at(&["steady_state", "orders_at_least"]);
        let place = asked.or(facts.places.at(&["diners"]));
        found.error_with_help(
            place.or(scenario.name.span),
            "the steady state asks for orders, and nobody orders",
            "add a group to `diners`, or say `steady_state: { orders_at_least: 0 }`",
        );
    }
}

/// One expectation and what it is about.
pub(super) struct Checked<'f> {
    expectation: &'f Located<Expectation>,
    facts: &'f Facts<'f>,
}

impl Checked<'_> {
    /// The place of a field of the expectation.
    fn at(&self, path: &[&str]) -> Option<Span> {
        self.facts.places.below(self.expectation.span, path)
    }

    fn check(&self, found: &mut Findings<'_>) {
        match &self.expectation.value {
            Expectation::Alert(alert) => self.check_alert(alert, found),
            Expectation::Silent(silent) => {
                self.facts.alerts.check(&silent.alert, found);
            }
            Expectation::NoAlerts => self.check_no_alerts(found),
            Expectation::NoOtherAlerts => self.check_some_rule("no_other_alerts", found),
            Expectation::At(at) => self.check_at(at, found),
            Expectation::Before(before) => self.check_before(before, found),
            Expectation::Orders(orders) => self.check_orders(orders, found),
            Expectation::Served(served) => self.check_served(served, found),
            Expectation::Recovery(recovery) => self.check_recovery(recovery, found),
            Expectation::QueueDrained(within) => self.check_queue_drained(within, found),
            Expectation::Latency(latency) => self.check_latency(latency, found),
            Expectation::Revenue(revenue) => self.check_revenue(revenue, found),
            Expectation::Slo(slo) => self.check_slo(slo, found),
            Expectation::Promql(promql) => self.check_promql(promql, found),
        }
    }

    /// Whether a fault is there whose end the field at `path` counts from: the one named by `of`, or any.
    fn check_fault(
        &self,
        of: Option<&Located<String>>,
        path: &[&str],
        found: &mut Findings<'_>,
    ) -> bool {
        match of {
            Some(name) => self.facts.faults.has(name),
            None if self.facts.faults.is_none() => {
                found.error_with_help(
                    self.at(path),
                    "this counts from the end of a fault, and this scenario has none",
                    "add a fault to a factory, or leave this out",
                );
                false
            }
            None => true,
        }
    }
}
