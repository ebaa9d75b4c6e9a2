//! What is doubtful about rules of Grafana's alone: they are decided by what no evaluation takes, by a zero that means normal, or
//! take a query that returns nothing while all is well for missing data.

use super::Lint;
use crate::alerting::grafana::model::{
    Alerting, DataQuery, GrafanaRule, NoDataState, Purpose, Work,
};
use crate::alerting::sources::Asked;
use promql::Condition;

impl Lint<'_> {
    pub(super) fn grafana(&mut self, rule: &GrafanaRule) {
        self.series_condition(rule);
        let Purpose::Alerting(alerting) = &rule.purpose else {
            return;
        };
        self.no_data_when_well(rule, alerting);
        self.zero_is_normal(rule);
        if let Some(query) = rule.above_a_threshold()
            && let Asked::Promql(value) = &query.expr.query
        {
            self.counter(&rule.title, &query.expr, value);
        }
    }

    fn series_condition(&mut self, rule: &GrafanaRule) {
        let Some(condition) = rule.nodes.get(rule.condition) else {
            return;
        };
        if rule.gives_series(&condition.ref_id) {
            let message = format!(
                "every evaluation of `{}` fails: `{}` decides, and is a time series",
                rule.title, condition.ref_id
            );
            let help = "let a `reduce` of it decide, or make its query an instant one";
            self.warn("series-condition", rule.span, &message, help);
        }
    }

    fn no_data_when_well(&mut self, rule: &GrafanaRule, alerting: &Alerting) {
        let so = match alerting.no_data {
            NoDataState::NoData => "raises DatasourceNoData",
            NoDataState::Alerting => "fires",
            NoDataState::Ok | NoDataState::KeepLast => return,
        };
        for query in rule.queries() {
            if let Asked::Promql(asked) = &query.expr.query
                && asked.condition() == Condition::Conditional
            {
                let message = format!(
                    "`{}` {so} while all is well: this query then returns nothing, which is no data",
                    rule.title
                );
                let help = "compare in a `threshold` of the rule, or with `bool`; or set `noDataState: OK`";
                self.warn("no-data-when-well", query.expr.span, &message, help);
            }
        }
    }

    fn zero_is_normal(&mut self, rule: &GrafanaRule) {
        let Some(query) = rule.decided_by() else {
            return;
        };
        let comparison = query.expr.query.comparison();
        if comparison.is_some_and(|comparison| comparison.op == "==" && comparison.threshold == 0.0)
        {
            let message = format!(
                "`{}` can never fire: its condition is 0 where this holds, and 0 is normal",
                rule.title
            );
            let help = "compare in a `threshold` of the rule, or with `bool`";
            self.warn("zero-is-normal", query.expr.span, &message, help);
        }
    }
}

impl GrafanaRule {
    /// The query whose values decide as they are, without a comparison in between.
    fn decided_by(&self) -> Option<&DataQuery> {
        self.behind(&self.nodes.get(self.condition)?.ref_id)
    }

    /// The query whose values the condition compares, and fires above a threshold.
    fn above_a_threshold(&self) -> Option<&DataQuery> {
        let Work::Threshold(input, threshold) = &self.nodes.get(self.condition)?.work else {
            return None;
        };
        threshold.evaluator.is_above().then(|| self.behind(input))?
    }

    /// The query whose values a node has, however reduced; none where it has how many there are, which says nothing of them.
    fn behind(&self, name: &str) -> Option<&DataQuery> {
        // Each node stands after those that it needs: this ends.
        let mut name = name;
        loop {
            let node = self.nodes.iter().find(|node| node.ref_id == name)?;
            match &node.work {
                Work::Query(query) => return Some(query),
                Work::Reduce(_, reducer, _) if reducer.counts() => return None,
                Work::Reduce(input, ..) | Work::Resample(input, _) => name = input,
                Work::Threshold(..) | Work::Math(_) | Work::Classic(_) => return None,
            }
        }
    }
}
