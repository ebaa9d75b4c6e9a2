//! Looks on while a run is played, at the rules of one alert: keeps the evaluations that are asked for, with the samples behind them,
//! and counts the others. What is kept is bounded.

use super::samples::{Selector, name, number};
use super::{Active, Evaluation, Folded, Part, Shown, Valued};
use crate::alerting::evaluate::AlertState;
use crate::alerting::rules::{AlertingRule, Rule};
use crate::alerting::sources::{Asked as Query, AskedComparison, QueryOptions, Readable};
use crate::stage::observe::{Evaluated, Observer};
use fake_factory::clock::Elapsed;
use logql::LogStore;
use promql::{Sample, SeriesStore, TimeMs, Value};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Evaluations that are kept before and after each change of a state.
const AROUND: usize = 2;
/// Evaluations of one rule that are kept with their samples.
const KEPT_MAX: usize = 2_000;
/// Series of a value that are shown.
const VALUES_MAX: usize = 8;
/// The label that holds an alert's name.
const ALERT_NAME: &str = "alertname";

/// Which evaluations are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Those around the changes of states.
    Changes,
    /// All of a stretch.
    Stretch(Elapsed, Elapsed),
}

/// Watches the rules of one alert.
pub struct Watch {
    alert: String,
    asked: Asked,
    rules: BTreeMap<(usize, usize), RuleWatched>,
    visible: Vec<Visible>,
}

/// When a condition came to be seen in the samples, for an evaluation at which alerts became pending.
pub(super) struct Visible {
    pub(super) pending_at: Elapsed,
    pub(super) visible_at: Elapsed,
}

/// A rule and what was seen of it.
pub(super) struct RuleWatched {
    pub(super) rule: AlertingRule,
    pub(super) group: String,
    pub(super) file: String,
    offset_ms: i64,
    comparison: Option<AskedComparison>,
    /// The comparisons that the expression joins, where it does.
    parts: Vec<AskedComparison>,
    selectors: Vec<(Selector, bool)>,
    evaluated_ms: Option<TimeMs>,
    kept: Vec<Shown>,
    /// The latest evaluations, in case a state changes at the next.
    recent: VecDeque<Evaluation>,
    /// How many more are kept since a state changed.
    following: usize,
    alerts: Vec<Active>,
    left_out: u64,
    /// The evaluation that came nearest to passing, for a rule whose states never change.
    nearest: Option<(f64, Evaluation)>,
}

impl Watch {
    /// Watches the rules that raise `alert`.
    #[must_use]
    pub fn new(alert: &str, asked: Asked) -> Self {
        Watch {
            alert: alert.to_owned(),
            asked,
            rules: BTreeMap::new(),
            visible: Vec::new(),
        }
    }

    pub(super) fn into_parts(self) -> (Vec<RuleWatched>, Vec<Visible>) {
        (self.rules.into_values().collect(), self.visible)
    }
}

impl Observer for Watch {
    fn evaluated(&mut self, evaluated: &Evaluated<'_>) {
        let Some(group) = evaluated.engine.groups().nth(evaluated.group) else {
            return;
        };
        let number = evaluated.outcome.rule;
        let Some(Rule::Alerting(rule)) = group.rules.get(number) else {
            return;
        };
        if rule.alert != self.alert {
            return;
        }
        let watched = self
            .rules
            .entry((evaluated.group, number))
            .or_insert_with(|| RuleWatched {
                rule: rule.clone(),
                group: group.name.clone(),
                file: group.file.clone(),
                offset_ms: millis(group.query_offset),
                comparison: rule.expr.query.comparison(),
                parts: match rule.expr.query.comparison() {
                    Some(_) => Vec::new(),
                    None => rule.expr.query.comparisons(),
                },
                selectors: Selector::all(&rule.expr.query)
                    .into_iter()
                    .map(|selector| (selector, false))
                    .collect(),
                evaluated_ms: None,
                kept: Vec::new(),
                recent: VecDeque::new(),
                following: 0,
                alerts: Vec::new(),
                left_out: 0,
                nearest: None,
            });
        self.visible.extend(watched.see(evaluated, self.asked));
    }

    fn ended(&mut self, _: &SeriesStore, _: &LogStore) {}
}

impl RuleWatched {
    /// `> 0.05`
    pub(super) fn threshold(&self) -> Option<String> {
        let comparison = self.comparison.as_ref()?;
        Some(format!(
            "{} {}",
            comparison.op,
            number(comparison.threshold)
        ))
    }

    /// The selectors that read nothing in any evaluation.
    pub(super) fn never_matched(&self) -> Vec<String> {
        let never = self.selectors.iter().filter(|(_, matched)| !matched);
        never
            .map(|(selector, _)| selector.text().to_owned())
            .collect()
    }

    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The evaluation that came nearest to passing, where no state ever changed.
    pub(super) fn nearest(&self) -> Option<&Evaluation> {
        let changed = |shown: &Shown| matches!(shown, Shown::Evaluation(one) if one.changed);
        let nearest = self.nearest.as_ref().map(|(_, nearest)| nearest);
        nearest.filter(|_| !self.kept.iter().any(changed))
    }

    pub(super) fn into_shown(mut self) -> Vec<Shown> {
        for one in self.recent.drain(..) {
            fold(&mut self.kept, &one);
        }
        self.kept
    }

    fn see(&mut self, evaluated: &Evaluated<'_>, asked: Asked) -> Option<Visible> {
        let asked_ms = evaluated.at_ms - self.offset_ms;
        let elapsed = |at_ms: TimeMs| shifted(evaluated.now, at_ms - evaluated.at_ms);
        let alerts: Vec<Active> = evaluated
            .engine
            .active_of(evaluated.group, evaluated.outcome.rule)
            .map(|active| Active {
                labels: active
                    .labels
                    .iter()
                    .filter(|(name, _)| *name != ALERT_NAME)
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect(),
                state: match active.state {
                    AlertState::Pending => "pending",
                    AlertState::Firing => "firing",
                },
                active_since: elapsed(active.active_at_ms),
            })
            .collect();
        let changed = !evaluated.outcome.changes.is_empty();
        let (values, values_left_out) = self.values(evaluated, asked_ms);
        let parts = self.parts.iter().map(|one| part(one, evaluated, asked_ms));
        let parts = parts.collect();
        let selectors = self.selectors.iter_mut().map(|(selector, matched)| {
            let read = selector.read(evaluated.series, evaluated.lines, asked_ms, &elapsed);
            *matched |= !read.series.is_empty();
            read
        });
        let evaluation = Evaluation {
            at: evaluated.now,
            selectors: selectors.collect(),
            values,
            values_left_out,
            parts,
            alerts: alerts.clone(),
            changed,
            error: evaluated.outcome.error.clone(),
        };
        let was_inactive = self.alerts.is_empty() && !alerts.is_empty();
        let visible = was_inactive
            .then(|| self.visible(evaluated, asked_ms, &elapsed))
            .flatten();
        self.alerts = alerts;
        self.evaluated_ms = Some(asked_ms);
        self.note_nearest(evaluated.outcome.value, &evaluation);
        self.keep(evaluation, asked);
        visible
    }

    fn keep(&mut self, evaluation: Evaluation, asked: Asked) {
        if let Asked::Stretch(from, until) = asked {
            if evaluation.at < from || evaluation.at > until {
                return;
            }
            return self.push(evaluation);
        }
        if evaluation.changed {
            for before in std::mem::take(&mut self.recent) {
                self.push(before);
            }
            self.push(evaluation);
            self.following = AROUND;
        } else if self.following > 0 {
            self.following -= 1;
            self.push(evaluation);
        } else {
            self.recent.push_back(evaluation);
            if self.recent.len() > AROUND
                && let Some(oldest) = self.recent.pop_front()
            {
                fold(&mut self.kept, &oldest);
            }
        }
    }

    fn push(&mut self, evaluation: Evaluation) {
        if self.kept.len() >= KEPT_MAX {
            self.left_out += 1;
        } else {
            self.kept.push(Shown::Evaluation(evaluation));
        }
    }

    fn values(&self, evaluated: &Evaluated<'_>, asked_ms: TimeMs) -> (Vec<Valued>, usize) {
        let query = self
            .comparison
            .as_ref()
            .map_or(&self.rule.expr.query, |comparison| &comparison.value);
        let mut samples = answer(query, evaluated, asked_ms);
        let left_out = samples.len().saturating_sub(VALUES_MAX);
        if left_out > 0 && !matches!(self.comparison.as_ref().map(|c| c.op), Some("<" | "<=")) {
            samples.sort_by(|a, b| b.value.total_cmp(&a.value));
        } else if left_out > 0 {
            samples.sort_by(|a, b| a.value.total_cmp(&b.value));
        }
        samples.truncate(VALUES_MAX);
        let valued = |sample: Sample| Valued {
            labels: name(&sample.labels),
            value: number(sample.value),
        };
        (samples.into_iter().map(valued).collect(), left_out)
    }

    /// The first moment since the last evaluation from which on the samples that are there now made the expression hold.
    fn visible(
        &self,
        evaluated: &Evaluated<'_>,
        asked_ms: TimeMs,
        elapsed: &dyn Fn(TimeMs) -> Elapsed,
    ) -> Option<Visible> {
        let since_ms = self.evaluated_ms?;
        let mut times: Vec<TimeMs> = self
            .selectors
            .iter()
            .flat_map(|(selector, _)| selector.times(evaluated.series, since_ms, asked_ms))
            .collect();
        times.sort_unstable();
        times.dedup();
        let holds = |at_ms: &TimeMs| !answer(&self.rule.expr.query, evaluated, *at_ms).is_empty();
        let visible_ms = times.into_iter().find(holds)?;
        Some(Visible {
            pending_at: evaluated.now,
            visible_at: elapsed(visible_ms),
        })
    }

    fn note_nearest(&mut self, value: Option<f64>, evaluation: &Evaluation) {
        let Some(value) = value else { return };
        let distance = self
            .comparison
            .as_ref()
            .map_or(0.0, |comparison| (value - comparison.threshold).abs());
        let is_nearer = self
            .nearest
            .as_ref()
            .is_none_or(|(nearest, _)| distance < *nearest);
        if is_nearer {
            self.nearest = Some((distance, evaluation.clone()));
        }
    }
}

/// `> 0.05`
fn threshold(comparison: &AskedComparison) -> String {
    format!("{} {}", comparison.op, number(comparison.threshold))
}

/// One of the comparisons that an expression joins, at a moment.
fn part(comparison: &AskedComparison, evaluated: &Evaluated<'_>, at_ms: TimeMs) -> Part {
    let values = answer(&comparison.value, evaluated, at_ms).into_iter();
    let distance = |value: &f64| (value - comparison.threshold).abs();
    let passes = |value: f64| match comparison.op {
        ">" => value > comparison.threshold,
        ">=" => value >= comparison.threshold,
        "<" => value < comparison.threshold,
        "<=" => value <= comparison.threshold,
        "==" => distance(&value) == 0.0,
        _ => distance(&value) != 0.0,
    };
    // One that passes says more than one that is near.
    let nearest = values.map(|sample| sample.value).min_by(|a, b| {
        let rank = |value: f64| (!passes(value), distance(&value));
        let ((a_fails, a), (b_fails, b)) = (rank(*a), rank(*b));
        a_fails.cmp(&b_fails).then(a.total_cmp(&b))
    });
    Part {
        expr: comparison.value.to_string(),
        threshold: threshold(comparison),
        value: nearest.map(number),
        holds: nearest.is_some_and(passes),
    }
}

/// Adds an evaluation to the folded ones at the end.
fn fold(kept: &mut Vec<Shown>, evaluation: &Evaluation) {
    if !matches!(kept.last(), Some(Shown::Folded(_))) {
        kept.push(Shown::Folded(Folded {
            from: evaluation.at,
            to: evaluation.at,
            count: 0,
            least: None,
            greatest: None,
        }));
    }
    let Some(Shown::Folded(folded)) = kept.last_mut() else {
        return;
    };
    folded.to = evaluation.at;
    folded.count += 1;
    for value in evaluation
        .values
        .iter()
        .filter_map(|one| one.value.parse().ok())
    {
        folded.least = Some(folded.least.map_or(value, |least: f64| least.min(value)));
        folded.greatest = Some(folded.greatest.map_or(value, |most: f64| most.max(value)));
    }
}

/// What an expression gives at a moment; nothing where it fails.
fn answer(query: &Query, evaluated: &Evaluated<'_>, at_ms: TimeMs) -> Vec<Sample> {
    let sources = Readable {
        series: evaluated.series,
        lines: evaluated.lines,
    };
    match query.instant(sources, at_ms, &QueryOptions::default()) {
        Ok(answer) => match answer.value {
            Value::Vector(samples) => samples,
            Value::Scalar(value) => vec![Sample {
                labels: promql::Labels::empty(),
                value,
            }],
            Value::String(_) | Value::Matrix(_) => Vec::new(),
        },
        Err(_) => Vec::new(),
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// `now` and `by_ms` more or less; the start of the run where that lies before it.
fn shifted(now: Elapsed, by_ms: i64) -> Elapsed {
    let micros = i64::try_from(now.as_micros())
        .unwrap_or(i64::MAX)
        .saturating_add(by_ms.saturating_mul(1_000));
    Elapsed::from_micros(u64::try_from(micros).unwrap_or(0))
}
