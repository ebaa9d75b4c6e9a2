//! Expectations about counts, shares, waits and money: a bound that everything is within is none.

use super::{Checked, Findings};
use crate::scenario::check::diners::WORDS;
use crate::scenario::check::moments::check_some;
use crate::scenario::expect::{Latency, Orders, Revenue, Served, Slo};
use crate::scenario::money::Money;
use fake_factory::input::Located;
use fake_factory::input::units::Share;

impl Checked<'_> {
    pub(super) fn check_orders(&self, orders: &Orders, found: &mut Findings<'_>) {
        self.check_during(orders.during.as_ref(), found);
        if let Some(of) = &orders.of {
            self.check_group(of, found);
        }
        let counts = [
            ("placed", orders.placed),
            ("fulfilled", orders.fulfilled),
            ("queued", orders.queued),
            ("refused", orders.refused),
            ("failed", orders.failed),
            ("lost", orders.lost),
            ("duplicated", orders.duplicated),
            ("in_doubt", orders.in_doubt),
        ];
        if counts.iter().all(|(_, bound)| bound.is_none()) && self.facts.is_whole("expect") {
            found.error_with_help(
                self.at(&["orders"]),
                "`orders` counts nothing, so that it cannot fail",
                format!(
                    "expected at least one of: {}",
                    counts.map(|(name, _)| format!("`{name}`")).join(", ")
                ),
            );
        }
        for (name, bound) in counts {
            let Some(bound) = bound else { continue };
            if bound.always_holds() {
                found.error(
                    self.at(&["orders", name]),
                    format!("`{name}` cannot fail: every count is {bound}"),
                );
            } else if bound.never_holds() {
                found.error(
                    self.at(&["orders", name]),
                    format!("`{name}` cannot hold: no count is {bound}"),
                );
            }
        }
    }

    /// Whose orders are counted: some word, or the name of a group.
    fn check_group(&self, of: &Located<String>, found: &mut Findings<'_>) {
        let facts = self.facts;
        facts.groups.check_or(of, &WORDS, found);
        let canary = match of.as_str() {
            "diners" => false,
            "canaries" => true,
            _ => return,
        };
        let some = facts
            .scenario
            .diners
            .iter()
            .any(|group| group.canary == canary);
        if !some && facts.is_whole("diners") {
            let message = if canary {
                "no group of diners is a `canary`: there are no such orders"
            } else {
                "every group of diners is a `canary`, and those are not counted here"
            };
            found.error(of.span, message);
        }
    }

    pub(super) fn check_served(&self, served: &Served, found: &mut Findings<'_>) {
        self.check_during(served.during.as_ref(), found);
        check_share("share", &served.share, found);
    }

    pub(super) fn check_latency(&self, latency: &Latency, found: &mut Findings<'_>) {
        let facts = self.facts;
        self.check_during(latency.during.as_ref(), found);
        if latency.quantile.0 <= 0.0 {
            found.error_with_help(
                latency.quantile.span,
                "the quantile is 0: expected more than that",
                "half of all orders are answered within `quantile: 0.5`, nearly all within `0.99`",
            );
        }
        let place = self.at(&["latency", "at_most"]);
        check_some("the longest wait", latency.at_most, place, found);
        let patience = facts
            .scenario
            .diners
            .iter()
            .map(|group| group.patience)
            .max();
        if latency.at_most.0 >= facts.duration && facts.is_whole("duration") {
            let message = format!(
                "this cannot fail: the run takes {}",
                facts.scenario.duration.value
            );
            found.error(place, message);
        } else if let Some(patience) = patience
            && latency.at_most >= patience
            && facts.is_whole("diners")
        {
            found.error_with_help(
                place,
                format!("this cannot fail: every diner hangs up after {patience} at the latest"),
                "expected less than the longest `patience`",
            );
        }
    }

    pub(super) fn check_revenue(&self, revenue: &Revenue, found: &mut Findings<'_>) {
        self.check_during(revenue.during.as_ref(), found);
        match (revenue.at_least, revenue.at_most) {
            (None, None) => {
                if self.facts.is_whole("expect") {
                    found.error(
                        self.at(&["revenue"]),
                        "`revenue` has no bound, so that it cannot fail: expected `at_most` or `at_least`",
                    );
                }
            }
            (Some(Money::ZERO), None) => found.error(
                self.at(&["revenue", "at_least"]),
                "this cannot fail: revenue is always 0 or more",
            ),
            (Some(least), Some(most)) if least > most => found.error(
                self.at(&["revenue", "at_least"]),
                format!("this cannot hold: no revenue is at least {least} and at most {most}"),
            ),
            (Some(_), _) | (None, Some(_)) => {}
        }
    }

    pub(super) fn check_slo(&self, slo: &Slo, found: &mut Findings<'_>) {
        let objective = slo.objective.value;
        check_share("objective", &slo.objective, found);
        if objective.0 >= 1.0 {
            found.error_with_help(
                slo.objective.span,
                "an objective of 100% leaves no budget to burn",
                "expected less than that, as in `99.9%`",
            );
        }
        check_some(
            "the time that the budget is for",
            slo.over,
            self.at(&["slo", "over"]),
            found,
        );
    }
}

/// Reports a least share of nothing.
pub(super) fn check_share(name: &str, share: &Located<Share>, found: &mut Findings<'_>) {
    if share.0 <= 0.0 {
        found.error(
            share.span,
            format!("a {name} of 0% cannot fail: expected more than that"),
        );
    }
}
