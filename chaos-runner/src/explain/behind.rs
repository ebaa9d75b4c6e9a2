//! What is asked of a rule of any server, and what it comes to at a moment: its values, their threshold, the states of its alerts.
//! It keeps nothing from one evaluation to the next.

mod expr;
mod grafana;

use super::samples::{Selector, number};
use super::{Active, NodeExplained, NodeGiven, Part, Valued};
use crate::alerting::rules::Rule;
use crate::alerting::sources::Readable;
use crate::stage::observe::Evaluated;
use expr::BehindExpr;
use fake_factory::clock::Elapsed;
use grafana::BehindGrafana;
use promql::TimeMs;
use std::time::Duration;

/// Series of a value that are shown.
const VALUES_MAX: usize = 8;

/// What is behind the alerts of a rule.
pub(super) enum Behind {
    /// An expression.
    Expr(BehindExpr),
    /// Queries and expressions of Grafana's.
    Grafana(BehindGrafana),
}

/// When times of the series are in the run.
pub(super) type Moments<'m> = dyn Fn(TimeMs) -> Elapsed + 'm;

impl Behind {
    /// What is behind a rule that raises alerts.
    pub(super) fn of(rule: &Rule) -> Option<Self> {
        match rule {
            Rule::Alerting(rule) => Some(Behind::Expr(BehindExpr::new(rule))),
            Rule::Recording(_) => None,
            Rule::Grafana(rule) => BehindGrafana::new(rule).map(Behind::Grafana),
        }
    }

    /// The rule in one line, as records have it.
    pub(super) fn text(&self) -> String {
        match self {
            Behind::Expr(expr) => expr.rule.expr.text.clone(),
            Behind::Grafana(grafana) => grafana.rule.text(),
        }
    }

    /// The name of the alert that it raises when all goes as it should.
    pub(super) fn alert(&self) -> &str {
        match self {
            Behind::Expr(expr) => &expr.rule.alert,
            Behind::Grafana(grafana) => &grafana.rule.title,
        }
    }

    pub(super) fn hold(&self) -> Duration {
        match self {
            Behind::Expr(expr) => expr.rule.hold,
            Behind::Grafana(grafana) => grafana.alerting.hold,
        }
    }

    pub(super) fn keep_firing_for(&self) -> Duration {
        match self {
            Behind::Expr(expr) => expr.rule.keep_firing_for,
            Behind::Grafana(grafana) => grafana.alerting.keep_firing_for,
        }
    }

    /// `> 0.05`
    pub(super) fn threshold(&self, evaluated: &Evaluated<'_>) -> Option<(&'static str, f64)> {
        let (group, rule) = (evaluated.group, evaluated.outcome.rule);
        let threshold = evaluated.engine.threshold(group, rule)?;
        Some((threshold.operator, threshold.threshold))
    }

    /// The queries and expressions that it has besides one.
    pub(super) fn nodes(&self) -> Vec<NodeExplained> {
        match self {
            Behind::Expr(_) => Vec::new(),
            Behind::Grafana(grafana) => grafana.nodes(),
        }
    }

    /// What no data and what errors become, where that is said.
    pub(super) fn bad_states(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Behind::Expr(_) => None,
            Behind::Grafana(grafana) => Some(grafana.bad_states()),
        }
    }

    /// What each of them gave.
    pub(super) fn given(&self, evaluated: &Evaluated<'_>) -> Vec<NodeGiven> {
        match self {
            Behind::Expr(_) => Vec::new(),
            Behind::Grafana(grafana) => grafana.given(evaluated, self.threshold(evaluated)),
        }
    }

    /// What is compared, by series, and how many more there are.
    pub(super) fn values(&self, evaluated: &Evaluated<'_>, at_ms: TimeMs) -> (Vec<Valued>, usize) {
        match self {
            Behind::Expr(expr) => expr.values(evaluated, at_ms),
            Behind::Grafana(grafana) => grafana.values(evaluated, self.threshold(evaluated)),
        }
    }

    /// The comparisons that it joins, where it does.
    pub(super) fn parts(&self, evaluated: &Evaluated<'_>, at_ms: TimeMs) -> Vec<Part> {
        match self {
            Behind::Expr(expr) => expr.parts(evaluated, at_ms),
            Behind::Grafana(_) => Vec::new(),
        }
    }

    /// The alerts and their states.
    pub(super) fn alerts(&self, evaluated: &Evaluated<'_>, elapsed: &Moments<'_>) -> Vec<Active> {
        match self {
            Behind::Expr(_) => expr::alerts(evaluated, elapsed),
            Behind::Grafana(grafana) => grafana.alerts(evaluated, elapsed),
        }
    }

    /// Whether its condition holds by the samples up to a moment.
    pub(super) fn holds(&self, evaluated: &Evaluated<'_>, at_ms: TimeMs) -> bool {
        match self {
            Behind::Expr(expr) => expr.holds(evaluated, at_ms),
            Behind::Grafana(grafana) => grafana.holds(evaluated, at_ms),
        }
    }

    /// What it reads.
    pub(super) fn selectors(&self) -> Vec<Selector> {
        match self {
            Behind::Expr(expr) => Selector::all([(&expr.rule.expr.query, 0, 0)]),
            Behind::Grafana(grafana) => grafana.selectors(),
        }
    }
}

fn sources<'e>(evaluated: &Evaluated<'e>) -> Readable<'e> {
    Readable {
        series: evaluated.series,
        lines: evaluated.lines,
    }
}

/// `> 0.05`
pub(super) fn threshold((op, threshold): (&str, f64)) -> String {
    format!("{op} {}", number(threshold))
}
