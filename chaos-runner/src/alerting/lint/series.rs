//! Selectors that nothing in the scenarios matches, and what that makes of their rules. What is not known is not told: a series that
//! a rule under judgement may write is taken to be there.

use super::Lint;
use super::find::{Finder, Words, Written, matcher};
use super::inventory::{Inventory, closest, label_names, values};
use crate::alerting::grafana::model::{NoDataState, Purpose};
use crate::alerting::rules::{Expression, Rule};
use crate::alerting::sources::Asked;
use fake_factory::input::suggest;
use promql::{Labels, METRIC_NAME, MatchOp, Matcher, Options};
use std::collections::BTreeSet;

/// How many values or labels are told.
const TOLD_MAX: usize = 8;

/// The series that stand for alerts.
const ALERT_SERIES: [&str; 2] = ["ALERTS", "ALERTS_FOR_STATE"];

/// What is wrong with a selector.
struct Missing {
    check: &'static str,
    /// What is not there: `no series of `a` has b="c"`.
    what: String,
    help: String,
    /// The matcher that is to blame; the metric's name where there is none.
    matcher: Option<Matcher>,
    /// The function around the selector.
    function: Option<&'static str>,
}

impl<'r> Lint<'r> {
    pub(super) fn series(&mut self) {
        let Some(inventory) = self.judged.inventory else {
            return;
        };
        // Series that rules of this file write: of those that may be written nothing more is known.
        let mut written: BTreeSet<&str> = BTreeSet::new();
        let mut never: BTreeSet<&str> = BTreeSet::new();
        for (_, rule) in self.rules() {
            written.extend(recorded(rule));
        }
        let alerts = self.alerts(inventory);
        for (_, rule) in self.rules() {
            let known = Known {
                inventory,
                written: &written,
                never: &never,
                alerts: &alerts,
            };
            let mut any_empty = false;
            for expr in rule.exprs() {
                let missing = known.missing(expr);
                let absent: Vec<bool> = missing.iter().map(Option::is_some).collect();
                let is_empty = match &expr.query {
                    Asked::Promql(query) => query.is_empty_where(&absent),
                    Asked::Logql(_) => absent.iter().all(|absent| *absent) && !absent.is_empty(),
                };
                self.tell(rule, expr, missing, is_empty);
                any_empty |= is_empty;
            }
            // A query of Grafana's that returns nothing leaves its whole rule without data.
            if any_empty {
                never.extend(recorded(rule));
            }
        }
    }

    /// The alerts that there are: of the rules of this file, and of those of the scenarios.
    fn alerts(&self, inventory: &'r Inventory) -> BTreeSet<&'r str> {
        let own = self.rules().filter_map(|(_, rule)| match rule {
            Rule::Alerting(rule) => Some(rule.alert.as_str()),
            Rule::Recording(_) | Rule::Grafana(_) => None,
        });
        own.chain(inventory.alerts.iter().map(String::as_str))
            .collect()
    }

    fn tell(
        &mut self,
        rule: &Rule,
        expr: &Expression,
        missing: Vec<Option<Missing>>,
        is_empty: bool,
    ) {
        let mut finder = Finder::new(&expr.text);
        let selectors = match &expr.query {
            Asked::Promql(query) => query
                .selectors(&Options::default())
                .into_iter()
                .map(|selector| selector.metric)
                .collect(),
            Asked::Logql(query) => vec![None; query.selectors().len()],
        };
        for (metric, missing) in selectors.into_iter().zip(missing) {
            let written = finder.next(metric.as_deref());
            let Some(missing) = missing else { continue };
            let so = match missing.function {
                Some("absent" | "absent_over_time") if rule.alert().is_some() => {
                    "this absent() always holds: "
                }
                _ if is_empty => never_anything(rule),
                _ => "",
            };
            let span = self.place(expr, words(&expr.text, written, &missing));
            let message = format!("{so}{}", missing.what);
            self.warn(missing.check, span, &message, &missing.help);
        }
    }
}

/// The series that a rule writes.
fn recorded(rule: &Rule) -> Option<&str> {
    match rule {
        Rule::Recording(rule) => Some(&rule.record),
        Rule::Alerting(_) => None,
        Rule::Grafana(rule) => match &rule.purpose {
            Purpose::Recording { metric, .. } => Some(metric),
            Purpose::Alerting(_) => None,
        },
    }
}

/// What it means for a rule that a query of its never returns anything.
fn never_anything(rule: &Rule) -> &'static str {
    let Rule::Grafana(rule) = rule else {
        return match rule {
            Rule::Alerting(_) => "this alert can never fire: ",
            _ => "this rule can never record anything: ",
        };
    };
    match &rule.purpose {
        Purpose::Recording { .. } => "this rule can never record anything: ",
        Purpose::Alerting(alerting) => match alerting.no_data {
            NoDataState::Ok | NoDataState::KeepLast => "this alert can never fire: ",
            NoDataState::Alerting => "this alert always fires, for there is never data: ",
            NoDataState::NoData => "this rule always raises DatasourceNoData: ",
        },
    }
}

fn words(text: &str, written: Written, missing: &Missing) -> Option<Words> {
    let one = missing.matcher.as_ref();
    one.and_then(|one| matcher(text, written, one))
        .or(written.name)
        .or(written.braces)
}

/// What selectors are held against.
struct Known<'k> {
    inventory: &'k Inventory,
    written: &'k BTreeSet<&'k str>,
    never: &'k BTreeSet<&'k str>,
    alerts: &'k BTreeSet<&'k str>,
}

impl Known<'_> {
    /// What is missing for each selector of an expression, in their order.
    fn missing(&self, expr: &Expression) -> Vec<Option<Missing>> {
        match &expr.query {
            Asked::Promql(query) => {
                let selectors = query.selectors(&Options::default()).into_iter();
                let missing = selectors.map(|selector| {
                    let metric = selector.metric.as_deref();
                    let missing = self.selector(metric, &selector.matchers)?;
                    Some(Missing {
                        function: selector.function,
                        ..missing
                    })
                });
                missing.collect()
            }
            Asked::Logql(query) => {
                let streams = self.inventory.streams();
                let selectors = query.selectors().into_iter();
                selectors
                    .map(|selector| {
                        // Without a stream at all there is no telling what the service would log.
                        if streams.is_empty() {
                            return None;
                        }
                        mismatch("stream", &streams, &selector.matchers)
                    })
                    .collect()
            }
        }
    }

    fn selector(&self, metric: Option<&str>, matchers: &[Matcher]) -> Option<Missing> {
        if let Some(name) = metric {
            if ALERT_SERIES.contains(&name) {
                return self.alert(matchers);
            }
            let series = self.inventory.series(Some(name));
            if series.is_empty() {
                return self.metric(name);
            }
            return mismatch(&format!("series of `{name}`"), &series, matchers);
        }
        let named = matchers.iter().find(|one| one.name() == METRIC_NAME);
        let by_rule = |one: &Matcher| self.written.iter().any(|name| one.accepts(name));
        if named.is_none_or(by_rule) && !self.written.is_empty() {
            return None;
        }
        mismatch("series", &self.inventory.series(None), matchers)
    }

    fn metric(&self, name: &str) -> Option<Missing> {
        if self.written.contains(name) && !self.never.contains(name) {
            return None;
        }
        let (what, help) = if self.never.contains(name) {
            (
                format!("`{name}` is never recorded, for its own rule returns nothing"),
                "mend that rule first".to_owned(),
            )
        } else {
            let known = self.inventory.metrics().chain(self.written.iter().copied());
            let help = match suggest(name, known) {
                Some(other) => format!("did you mean `{other}`?"),
                None => format!(
                    "the scenarios given ({}) have no such series",
                    self.inventory.scenarios
                ),
            };
            (format!("nothing emits the metric `{name}`"), help)
        };
        Some(Missing {
            check: "unknown-metric",
            what,
            help,
            matcher: None,
            function: None,
        })
    }

    fn alert(&self, matchers: &[Matcher]) -> Option<Missing> {
        let named = matchers.iter().find(|one| one.name() == "alertname")?;
        if self.alerts.iter().any(|alert| named.accepts(alert)) {
            return None;
        }
        let help = suggest(named.value(), self.alerts.iter().copied()).map_or_else(
            || told("the alerts are", self.alerts),
            |alert| format!("did you mean `{alert}`?"),
        );
        Some(Missing {
            check: "unknown-alert",
            what: format!("no rule raises an alert with {named}"),
            help,
            matcher: Some(named.clone()),
            function: None,
        })
    }
}

/// What keeps every one of some label sets from matching.
fn mismatch(what: &str, of: &[&Labels], matchers: &[Matcher]) -> Option<Missing> {
    let missing = |what: String, help: String, matcher: Option<&Matcher>| {
        Some(Missing {
            check: "never-matches",
            what,
            help,
            matcher: matcher.cloned(),
            function: None,
        })
    };
    if of
        .iter()
        .any(|labels| matchers.iter().all(|one| one.matches(labels)))
    {
        return None;
    }
    for one in matchers {
        if of.iter().any(|labels| one.matches(labels)) {
            continue;
        }
        let label = one.name();
        let values = values(of, label);
        if values.is_empty() {
            let names = label_names(of);
            let help = match suggest(label, names.iter().copied()) {
                Some(other) => format!("did you mean `{other}`?"),
                None => told("the labels there are", &names),
            };
            return missing(format!("no {what} has a label `{label}`"), help, Some(one));
        }
        let meant = match one.op() {
            MatchOp::Equal | MatchOp::Matches => closest(one.value(), &values),
            MatchOp::NotEqual | MatchOp::NotMatches => None,
        };
        let help = match meant {
            Some(value) => format!(
                "did you mean `{value}`? {}",
                told("the values there are", &values)
            ),
            None => told("the values there are", &values),
        };
        return missing(format!("no {what} has {one}"), help, Some(one));
    }
    let said: Vec<String> = matchers
        .iter()
        .filter(|one| one.name() != METRIC_NAME)
        .map(ToString::to_string)
        .collect();
    missing(
        format!("no {what} has {} together", said.join(", ")),
        "each of them matches some series, and all of them none".to_owned(),
        None,
    )
}

/// `the values there are: `a`, `b`, …`
fn told(what: &str, words: &BTreeSet<&str>) -> String {
    if words.is_empty() {
        return format!("{what}: none");
    }
    let some: Vec<&str> = words.iter().take(TOLD_MAX).copied().collect();
    let more = match words.len().saturating_sub(TOLD_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{what} `{}`{more}", some.join("`, `"))
}
