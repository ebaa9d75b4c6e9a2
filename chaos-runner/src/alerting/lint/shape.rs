//! What the form of an expression tells of its alert: it always or never fires, never resolves, or cannot say what is absent.

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
            match (&expr.query, rule) {
                (Asked::Promql(query), Rule::Alerting(rule)) => {
                    self.absent(expr, query);
                    self.always_fires(rule, query);
                    self.never_resolves(rule, query);
                }
                (Asked::Promql(query), _) => self.absent(expr, query),
                (Asked::Logql(query), Rule::Alerting(rule)) => self.no_lines(rule, query),
                (Asked::Logql(_), _) => {}
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

    fn no_lines(&mut self, rule: &AlertingRule, query: &logql::Query) {
        let Some(comparison) = query.comparison() else {
            return;
        };
        let Some(least) = comparison.value.least() else {
            return;
        };
        let threshold = comparison.threshold;
        let never = match comparison.op {
            "<" => threshold <= least,
            "==" | "<=" => threshold < least,
            _ => false,
        };
        if never {
            let message = format!(
                "`{}` can never fire: where there is no line there is nothing to compare, and not 0",
                rule.alert
            );
            let help = "ask for lines that are absent, as in `absent_over_time({…}[5m])`; or count them as 0: `(sum(…) or vector(0)) == 0`";
            self.warn("no-lines", rule.expr.span, &message, help);
        }
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
