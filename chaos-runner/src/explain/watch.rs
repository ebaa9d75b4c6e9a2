//! Looks on while a run is played, at the rules of one alert: keeps the evaluations that are asked for, with the samples behind them,
//! and counts the others. What is kept is bounded.

use super::behind::{Behind, threshold};
use super::samples::Selector;
use super::{Active, Evaluation, Folded, Shown};
use crate::stage::observe::{Evaluated, Observer};
use fake_factory::clock::Elapsed;
use logql::LogStore;
use promql::{SeriesStore, TimeMs};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Evaluations that are kept before and after each change of a state.
const AROUND: usize = 2;
/// Evaluations of one rule that are kept with their samples.
const KEPT_MAX: usize = 2_000;

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
    pub(super) behind: Behind,
    pub(super) group: String,
    pub(super) file: String,
    offset_ms: i64,
    /// `> 0.05`
    threshold: Option<(&'static str, f64)>,
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
        let Some(rule) = group.rules.get(number) else {
            return;
        };
        if !rule.alerts().contains(&self.alert.as_str()) {
            return;
        }
        let key = (evaluated.group, number);
        if !self.rules.contains_key(&key)
            && let Some(behind) = Behind::of(rule)
        {
            let selectors = behind.selectors().into_iter();
            let watched = RuleWatched {
                threshold: behind.threshold(evaluated),
                selectors: selectors.map(|selector| (selector, false)).collect(),
                behind,
                group: group.name.clone(),
                file: group.file.clone(),
                offset_ms: millis(group.query_offset),
                evaluated_ms: None,
                kept: Vec::new(),
                recent: VecDeque::new(),
                following: 0,
                alerts: Vec::new(),
                left_out: 0,
                nearest: None,
            };
            self.rules.insert(key, watched);
        }
        if let Some(watched) = self.rules.get_mut(&key) {
            self.visible.extend(watched.see(evaluated, self.asked));
        }
    }

    fn ended(&mut self, _: &SeriesStore, _: &LogStore) {}
}

impl RuleWatched {
    /// `> 0.05`
    pub(super) fn threshold(&self) -> Option<String> {
        self.threshold.map(threshold)
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
        let alerts = self.behind.alerts(evaluated, &elapsed);
        // Not each state of Grafana's is one that others hear of.
        let changed = !evaluated.outcome.changes.is_empty() || !same(&self.alerts, &alerts);
        let (values, values_left_out) = self.behind.values(evaluated, asked_ms);
        let parts = self.behind.parts(evaluated, asked_ms);
        let nodes = self.behind.given(evaluated);
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
            nodes,
            alerts: alerts.clone(),
            changed,
            error: evaluated.outcome.error.clone(),
        };
        let is_active = |alerts: &[Active]| alerts.iter().any(|alert| !alert.is_normal());
        let was_inactive = !is_active(&self.alerts) && is_active(&alerts);
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
        let holds = |at_ms: &TimeMs| self.behind.holds(evaluated, *at_ms);
        let visible_ms = times.into_iter().find(holds)?;
        Some(Visible {
            pending_at: evaluated.now,
            visible_at: elapsed(visible_ms),
        })
    }

    fn note_nearest(&mut self, value: Option<f64>, evaluation: &Evaluation) {
        let Some(value) = value else { return };
        let distance = self
            .threshold
            .map_or(0.0, |(_, threshold)| (value - threshold).abs());
        let is_nearer = self
            .nearest
            .as_ref()
            .is_none_or(|(nearest, _)| distance < *nearest);
        if is_nearer {
            self.nearest = Some((distance, evaluation.clone()));
        }
    }
}

/// Whether the same alerts are in the same states, those aside that are normal.
fn same(before: &[Active], after: &[Active]) -> bool {
    let states = |alerts: &[Active]| -> Vec<(BTreeMap<String, String>, String)> {
        let alerts = alerts.iter().filter(|alert| !alert.is_normal());
        alerts
            .map(|alert| (alert.labels.clone(), alert.state.clone()))
            .collect()
    };
    states(before) == states(after)
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
