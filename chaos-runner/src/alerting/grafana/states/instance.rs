//! One alert and its state, from evaluation to evaluation: `state.go` of Grafana.

use super::labels::Reserved;
use super::{Moving, Result, annotate};
use crate::alerting::grafana::evaluate::{Failure, Verdict};
use crate::alerting::grafana::model::{ExecErrState, NoDataState, Version};
use promql::{Labels, TimeMs};
use std::collections::BTreeMap;

/// An alert is sent again this often, and ends by itself when that did not happen four times, in milliseconds.
const RESEND_DELAY_MS: i64 = 30_000;

/// The states of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Normal,
    Pending,
    Alerting,
    Recovering,
    NoData,
    Error,
}

impl State {
    /// As Grafana calls it.
    const fn word(self) -> &'static str {
        match self {
            State::Normal => "Normal",
            State::Pending => "Pending",
            State::Alerting => "Alerting",
            State::Recovering => "Recovering",
            State::NoData => "NoData",
            State::Error => "Error",
        }
    }
}

/// An alert and its state, for those who look on.
#[derive(Clone, Debug)]
pub struct InstanceSeen {
    /// All of its labels, the name included.
    pub labels: Labels,
    /// The labels of the result that it is about.
    pub result_labels: Labels,
    /// Its state, as Grafana calls it.
    pub state: &'static str,
    /// Why it is in this state, where that is not what the evaluation said.
    pub reason: String,
    /// Since when it is in this state.
    pub since_ms: TimeMs,
}

/// One alert.
#[derive(Debug)]
pub(super) struct Instance {
    /// What tells it from others: all of its labels, those that an error adds aside.
    pub(super) labels: Labels,
    /// The labels of the result that it is about.
    pub(super) result_labels: Labels,
    pub(super) annotations: BTreeMap<String, String>,
    /// The result, and its moment, whose annotations nobody has asked for yet: where no data or an error alerts later, they are told.
    pub(super) unwritten: Option<(Result, TimeMs)>,
    pub(super) state: State,
    /// Why it is in this state, where that is not what the evaluation said.
    pub(super) reason: String,
    /// Since when it is in this state.
    since_ms: TimeMs,
    /// When it ends by itself, and when it would have by the step before.
    ends_at_ms: TimeMs,
    pub(super) ended_before_ms: TimeMs,
    pub(super) evaluated_at_ms: TimeMs,
    pub(super) number: Option<f64>,
    /// The query that failed, and its data source, while the alert is about that.
    pub(super) failed_query: Option<(String, String)>,
    /// The alert as it is told to others, by its number.
    pub(super) post: Option<usize>,
}

/// One step of an alert.
pub(super) struct Step<'a> {
    pub(super) moving: &'a Moving<'a>,
    pub(super) result: &'a Result,
}

impl Instance {
    pub(super) fn new(labels: &Labels, result: &Result, at_ms: TimeMs) -> Self {
        Instance {
            labels: labels.clone(),
            result_labels: result.labels.clone(),
            annotations: BTreeMap::new(),
            unwritten: None,
            state: State::Normal,
            reason: String::new(),
            since_ms: at_ms,
            ends_at_ms: at_ms,
            ended_before_ms: at_ms,
            evaluated_at_ms: at_ms,
            number: None,
            failed_query: None,
            post: None,
        }
    }

    pub(super) fn seen(&self) -> InstanceSeen {
        InstanceSeen {
            labels: self.labels.clone(),
            result_labels: self.result_labels.clone(),
            state: self.state.word(),
            reason: self.reason.clone(),
            since_ms: self.since_ms,
        }
    }

    /// Whether the recovery threshold judges the series of these labels.
    pub(super) fn is_loaded(&self, labels: &Labels) -> bool {
        matches!(
            self.state,
            State::Alerting | State::Pending | State::Recovering
        ) && self.reason.is_empty()
            && self.result_labels == *labels
    }

    /// Whether it is normal, and about the result of these labels.
    pub(super) fn is_normal_of(&self, labels: &Labels) -> bool {
        self.state == State::Normal && self.result_labels == *labels
    }

    /// Whether it is about evaluations that went wrong, and ends with the first that did not.
    pub(super) fn is_of_bad_evaluations(&self, version: Version) -> bool {
        let pending = self.state == State::Pending && !self.reason.is_empty();
        matches!(self.state, State::NoData | State::Error) || (version >= Version::V13 && pending)
    }

    /// Works out the annotations of the result before, where that was left for later.
    pub(super) fn write_annotations(&mut self, moving: &Moving<'_>) {
        if let Some((result, at_ms)) = self.unwritten.take() {
            let moving = Moving { at_ms, ..*moving };
            (_, self.annotations) = Reserved::of(moving.rule).expand(&moving, &result);
        }
    }

    /// Moves on by a result.
    pub(super) fn step(&mut self, step: &Step<'_>) {
        self.evaluated_at_ms = step.moving.at_ms;
        self.ended_before_ms = self.ends_at_ms;
        self.number = step.result.number;
        if self.state == State::Error && !matches!(step.result.verdict, Verdict::Error(_)) {
            self.failed_query = None;
        }
        match &step.result.verdict {
            Verdict::Normal => self.be_normal(step),
            Verdict::Alerting => self.be_alerting(step),
            Verdict::NoData => self.have_no_data(step),
            Verdict::Error(failure) => self.have_failed(step, failure),
        }
        self.reason = self.reason_for(step);
        if !matches!(self.state, State::Normal | State::Pending) {
            let resend_ms = RESEND_DELAY_MS.max(step.moving.interval_ms);
            self.ends_at_ms = step.moving.at_ms.saturating_add(4 * resend_ms);
        }
    }

    fn enter(&mut self, state: State, step: &Step<'_>) {
        self.state = state;
        self.since_ms = step.moving.at_ms;
    }

    /// Whether it is in its state for as long as `for` asks.
    fn is_held(&self, step: &Step<'_>) -> bool {
        step.moving.at_ms - self.since_ms >= millis(step.moving.alerting.hold)
    }

    fn be_normal(&mut self, step: &Step<'_>) {
        let keep_ms = millis(step.moving.alerting.keep_firing_for);
        match self.state {
            State::Normal => {}
            State::Alerting if keep_ms > 0 => self.enter(State::Recovering, step),
            State::Recovering if step.moving.at_ms - self.since_ms < keep_ms => {}
            _ => self.enter(State::Normal, step),
        }
    }

    fn be_alerting(&mut self, step: &Step<'_>) {
        match self.state {
            State::Alerting => {}
            State::Recovering => self.enter(State::Alerting, step),
            // What was bad for long enough need not wait again.
            State::NoData | State::Error if step.moving.rule.version >= Version::V13 => {
                self.enter(State::Alerting, step);
            }
            _ => self.wait_for(State::Alerting, step),
        }
    }

    /// Enters a state by way of pending.
    fn wait_for(&mut self, state: State, step: &Step<'_>) {
        match self.state {
            State::Pending if self.is_held(step) => self.enter(state, step),
            State::Pending => {}
            _ if step.moving.alerting.hold.is_zero() => self.enter(state, step),
            _ => self.enter(State::Pending, step),
        }
    }

    /// Enters a state of its own for evaluations that went wrong: at once, or from 13 on by way of pending.
    fn be_bad(&mut self, state: State, step: &Step<'_>) {
        match self.state {
            own if own == state => {}
            State::Normal | State::Pending if step.moving.rule.version >= Version::V13 => {
                self.wait_for(state, step);
            }
            _ => self.enter(state, step),
        }
    }

    fn have_no_data(&mut self, step: &Step<'_>) {
        match step.moving.alerting.no_data {
            NoDataState::Alerting => self.be_alerting(step),
            NoDataState::NoData => self.be_bad(State::NoData, step),
            NoDataState::Ok => self.be_normal(step),
            NoDataState::KeepLast => self.keep_last(step),
        }
    }

    fn have_failed(&mut self, step: &Step<'_>, failure: &Failure) {
        match step.moving.alerting.exec_err {
            ExecErrState::Alerting => self.be_alerting(step),
            ExecErrState::Error => self.be_bad(State::Error, step),
            ExecErrState::Ok => self.be_normal(step),
            ExecErrState::KeepLast => self.keep_last(step),
        }
        annotate(&mut self.annotations, failure);
        if step.moving.alerting.exec_err == ExecErrState::Error {
            self.failed_query.clone_from(&failure.query);
        } else if let Some((ref_id, uid)) = &failure.query {
            let own = [("ref_id", ref_id), ("datasource_uid", uid)];
            let own = own.map(|(name, value)| (name.to_owned(), value.clone()));
            self.annotations.extend(own);
        }
    }

    fn keep_last(&mut self, step: &Step<'_>) {
        match self.state {
            State::Alerting => {}
            State::Pending if self.is_held(step) => self.enter(State::Alerting, step),
            State::Pending => {}
            _ => self.be_normal(step),
        }
    }

    fn reason_for(&self, step: &Step<'_>) -> String {
        let (own, word, keeps) = match &step.result.verdict {
            Verdict::NoData => (
                State::NoData,
                "NoData",
                step.moving.alerting.no_data == NoDataState::KeepLast,
            ),
            Verdict::Error(_) => (
                State::Error,
                "Error",
                step.moving.alerting.exec_err == ExecErrState::KeepLast,
            ),
            Verdict::Normal | Verdict::Alerting => return String::new(),
        };
        match (self.state == own, keeps) {
            (true, _) => String::new(),
            (false, true) => format!("{word}, KeepLast"),
            (false, false) => word.to_owned(),
        }
    }
}

fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
