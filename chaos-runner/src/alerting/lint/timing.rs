//! What the intervals of the server make of a rule: a `for` that is rounded up to an evaluation, and rates over too few scrapes.

use super::find::Finder;
use super::{Lint, Timing, said};
use crate::alerting::grafana::model::Purpose;
use crate::alerting::rules::{Expression, Rule, RuleGroup};
use crate::alerting::sources::Asked;
use fake_factory::input::Span;
use promql::Options;
use std::time::Duration;

/// Functions that need two samples in their range at the least.
const RATES: [&str; 8] = [
    "delta",
    "deriv",
    "double_exponential_smoothing",
    "idelta",
    "increase",
    "irate",
    "predict_linear",
    "rate",
];

/// Scrapes that a range should hold: one may fail and one may come late, and two are left.
const SCRAPES_MIN: u32 = 4;

impl Lint<'_> {
    pub(super) fn timing(&mut self, group: &RuleGroup, rule: &Rule) {
        match rule {
            Rule::Alerting(rule) => self.hold(group, rule.hold, rule.hold_span),
            Rule::Recording(_) => {}
            Rule::Grafana(rule) => {
                if let Purpose::Alerting(alerting) = &rule.purpose {
                    self.hold(group, alerting.hold, alerting.hold_span);
                }
            }
        }
        for expr in rule.exprs() {
            if let Asked::Promql(query) = &expr.query {
                self.ranges(expr, query);
            }
        }
    }

    fn hold(&mut self, group: &RuleGroup, hold: Duration, span: Option<Span>) {
        let rounded = self.judged.timings.iter().find_map(|timing| {
            let interval = group.interval.unwrap_or(timing.evaluation_interval);
            let acts_as = rounded_up(hold, interval)?;
            let by = match group.interval {
                Some(_) => "its group".to_owned(),
                None => timing.said_by.clone(),
            };
            Some((interval, acts_as, by))
        });
        if let Some((interval, acts_as, by)) = rounded {
            let message = format!(
                "`for: {}` acts as {}: rules are evaluated every {} by {by}",
                said(hold),
                said(acts_as),
                said(interval)
            );
            let help = match group.looks_every() {
                Some(tick) => format!(
                    "evaluate the group more often, every {} or a multiple of that, or say what it comes to",
                    said(tick)
                ),
                None => format!(
                    "evaluate the group more often, as with `interval: {}`, or say what it comes to",
                    in_file(hold.min(interval))
                ),
            };
            self.warn("for-rounds-up", span, &message, &help);
        }
    }

    fn ranges(&mut self, expr: &Expression, query: &promql::Query) {
        let mut finder = Finder::new(&expr.text);
        for selector in query.selectors(&Options::default()) {
            let written = finder.next(selector.metric.as_deref());
            let (Some(range_ms), Some(function)) = (selector.range_ms, selector.function) else {
                continue;
            };
            let range = Duration::from_millis(u64::try_from(range_ms).unwrap_or(0));
            let is_short = |timing: &&Timing| range < timing.scrape_interval * SCRAPES_MIN;
            let timings = self.judged.timings.iter();
            let worst = timings
                .filter(is_short)
                .max_by_key(|timing| timing.scrape_interval);
            let Some(timing) = worst.filter(|_| RATES.contains(&function)) else {
                continue;
            };
            let interval = timing.scrape_interval;
            let so = if range < interval * 2 {
                "it never sees two samples, and returns nothing"
            } else {
                "one that fails leaves a gap"
            };
            let message = format!(
                "{function}() over {} is shorter than four scrapes of {} ({}): {so}",
                said(range),
                said(interval),
                timing.said_by
            );
            let help = format!("give it at least `[{}]`", in_file(interval * SCRAPES_MIN));
            let span = self.place(expr, written.range.or(written.name));
            self.warn("short-range", span, &message, &help);
        }
    }
}

/// As a rule file has it: `1m30s`.
fn in_file(duration: Duration) -> String {
    said(duration).replace(' ', "")
}

/// What a `for` comes to when it is rounded up to the next evaluation, where that makes a difference.
fn rounded_up(hold: Duration, interval: Duration) -> Option<Duration> {
    let (hold, interval) = (hold.as_millis(), interval.as_millis().max(1));
    let acts_as = hold.div_ceil(interval) * interval;
    (acts_as != hold).then(|| Duration::from_millis(u64::try_from(acts_as).unwrap_or(u64::MAX)))
}
