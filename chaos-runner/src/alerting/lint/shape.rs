//! What the form of an expression tells of its alert: it always fires, never resolves, or cannot say what is absent.

use super::Lint;
use super::find::{Finder, matcher};
use crate::alerting::rules::{AlertingRule, Expression, Rule};
use crate::alerting::sources::Asked;
use promql::{Condition, MatchOp, Options, Query};

/// What the name of a counter ends in.
const COUNTER_ENDINGS: [&str; 4] = ["_total", "_count", "_sum", "_bucket"];

impl Lint<'_> {
    pub(super) fn shape(&mut self, rule: &Rule) {
        for expr in rule.exprs() {
            let Asked::Promql(query) = &expr.query else {
                continue;
            };
            self.absent(expr, query);
            if let Rule::Alerting(rule) = rule {
                self.always_fires(rule, query);
                self.never_resolves(rule, query);
            }
        }
    }

    fn always_fires(&mut self, rule: &AlertingRule, query: &Query) {
        // `vector(1)` fires for ever because it is meant to: somebody waits for it to stop.
        if query.condition() != Condition::Unconditional {
            return;
        }
        let message = format!(
            "`{}` fires whenever its series are there: the expression has no condition",
            rule.alert
        );
        let help = "compare with a threshold, as in `… > 0`; with `bool` a comparison returns 0 in place of nothing";
        self.warn("always-fires", rule.expr.span, &message, help);
    }

    fn never_resolves(&mut self, rule: &AlertingRule, query: &Query) {
        if let Some(comparison) = query.comparison()
            && matches!(comparison.op, ">" | ">=")
        {
            self.counter(&rule.alert, &rule.expr, &comparison.value);
        }
    }

    /// A query whose alert fires above a threshold.
    pub(super) fn counter(&mut self, alert: &str, expr: &Expression, value: &Query) {
        let Some(metric) = value.reads_as_it_is() else {
            return;
        };
        if COUNTER_ENDINGS.iter().any(|end| metric.ends_with(end)) {
            let message = format!(
                "`{alert}` never resolves: the counter `{metric}` only grows until its process restarts"
            );
            let help = format!("ask how much it grew: `increase({metric}[5m])`");
            self.warn("never-resolves", expr.span, &message, &help);
        }
    }

    fn absent(&mut self, expr: &Expression, query: &Query) {
        let mut finder = Finder::new(&expr.text);
        for selector in query.selectors(&Options::default()) {
            let written = finder.next(selector.metric.as_deref());
            let Some(function @ ("absent" | "absent_over_time")) = selector.function else {
                continue;
            };
            let other = selector
                .matchers
                .iter()
                .find(|one| one.op() != MatchOp::Equal);
            if let Some(one) = other {
                let span = self.place(expr, matcher(&expr.text, written, one));
                let message = format!(
                    "{function}() cannot say which `{}` is absent: it tells the labels of `=` only",
                    one.name()
                );
                let help = "it returns something only once no series at all matches; ask for each value on its own to notice one that is missing";
                self.warn("absent-labels", span, &message, help);
            }
        }
    }
}
