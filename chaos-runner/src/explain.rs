//! What is behind an alert: evaluation by evaluation the value, the threshold, the states and the samples, and where the time to page
//! went. It watches a run while it is played (`watch`), reads the rest from its record (`steps`) and draws both (`text`).

mod behind;
mod samples;
mod steps;
pub mod text;
mod watch;

pub use watch::{Asked, Watch};

use crate::record::Record;
use crate::record::alerts::{AlertRecord, RuleRecord};
use crate::scenario::load::Loaded;
use crate::verdict;
use fake_factory::clock::Elapsed;
use serde::Serialize;
use std::collections::BTreeMap;
use watch::RuleWatched;

/// The version of the document.
const FORMAT: u32 = 1;

/// Everything behind an alert.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The version of this format.
    pub format: u32,
    /// The scenario.
    pub scenario: String,
    /// The seed of the run.
    pub seed: u64,
    /// When the run starts, which all times of the document are counted from.
    pub starts_at: String,
    /// The alert.
    pub alert: String,
    /// Why it never fired; none where it did.
    pub why_not: Option<String>,
    /// Each rule that raises it.
    pub rules: Vec<RuleExplained>,
    /// Where the time to page went, for the first alert that fired after a fault had started; empty where none did.
    pub time_to_page: Vec<Step>,
    /// From the first of these steps to the last, in seconds.
    pub time_to_page_seconds: Option<f64>,
}

/// One rule and its evaluations.
#[derive(Clone, Debug, Serialize)]
pub struct RuleExplained {
    /// The file it stands in.
    pub file: String,
    /// Its group.
    pub group: String,
    /// Its expression.
    pub expr: String,
    /// The queries and expressions of a rule of Grafana's, each after those that it needs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<NodeExplained>,
    /// What no data becomes, of a rule of Grafana's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_data_state: Option<&'static str>,
    /// What an error becomes, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec_err_state: Option<&'static str>,
    /// Its comparison with a number, as in `> 0.05`.
    pub threshold: Option<String>,
    /// Its `for`, in seconds.
    pub for_seconds: f64,
    /// Its `keep_firing_for`, in seconds.
    pub keep_firing_for_seconds: f64,
    /// How often it is evaluated, in seconds.
    pub interval_seconds: f64,
    /// Its selectors that no series matched in the whole run.
    pub never_matched: Vec<String>,
    /// Its evaluations, oldest first.
    pub evaluations: Vec<Shown>,
    /// The evaluation that came nearest to passing, where no state ever changed.
    pub nearest: Option<Evaluation>,
    /// Evaluations that are not here because there were too many.
    pub left_out: u64,
}

/// A query or an expression of a rule of Grafana's.
#[derive(Clone, Debug, Serialize)]
pub struct NodeExplained {
    /// The name by which others refer to it.
    pub ref_id: String,
    /// What it does.
    pub does: String,
    /// Whether it is the condition of the rule.
    pub decides: bool,
}

/// What such a query or expression gave in one evaluation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NodeGiven {
    /// Its name.
    pub ref_id: String,
    /// Its values, of a time series the last one; none where there is no data.
    pub values: Vec<Valued>,
    /// How many there were beside those.
    pub values_left_out: usize,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// An evaluation, or several that are told together.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// One.
    Evaluation(Evaluation),
    /// Several in which no state changed.
    Folded(Folded),
}

/// One evaluation.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluation {
    /// When.
    pub at: Elapsed,
    /// What is compared, by series: the left side of the comparison, else the expression.
    pub values: Vec<Valued>,
    /// How many series there were beside those.
    pub values_left_out: usize,
    /// Each of the comparisons that the expression joins, where it is more than one.
    pub parts: Vec<Part>,
    /// What each query and expression of a rule of Grafana's gave.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<NodeGiven>,
    /// The alerts that were active after it; of a rule of Grafana's the normal ones too.
    pub alerts: Vec<Active>,
    /// Whether a state changed in it.
    pub changed: bool,
    /// Why it failed.
    pub error: Option<String>,
    /// What it read, selector by selector.
    pub selectors: Vec<Read>,
}

/// The value of one series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Valued {
    /// Its labels.
    pub labels: String,
    /// The value, as Prometheus writes it.
    pub value: String,
}

/// One of several comparisons.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// What is compared.
    pub expr: String,
    /// With what, as in `> 0.05`.
    pub threshold: String,
    /// The value of the series that comes nearest to passing; none where there is no series.
    pub value: Option<String>,
    /// Whether any series passes.
    pub holds: bool,
}

/// An alert that is pending or firing; or one of Grafana's in whichever of its states.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Active {
    /// Its labels without the name.
    pub labels: BTreeMap<String, String>,
    /// `pending` or `firing`; or as Grafana calls it, with the reason in parentheses where there is one.
    pub state: String,
    /// Since when it is active; of Grafana's, in this state.
    pub active_since: Elapsed,
}

impl Active {
    /// Whether it is one of Grafana's about which there is nothing to tell.
    #[must_use]
    pub fn is_normal(&self) -> bool {
        self.state.starts_with("Normal")
    }
}

/// Evaluations told together.
#[derive(Clone, Debug, Serialize)]
pub struct Folded {
    /// The first of them.
    pub from: Elapsed,
    /// The last.
    pub to: Elapsed,
    /// How many.
    pub count: u64,
    /// The least and the greatest value in them, where there was any.
    pub least: Option<f64>,
    /// See `least`.
    pub greatest: Option<f64>,
}

/// What a selector read.
#[derive(Clone, Debug, Serialize)]
pub struct Read {
    /// The selector.
    pub selector: String,
    /// The moment after which samples counted.
    pub after: Elapsed,
    /// The series it matched.
    pub series: Vec<ReadSeries>,
    /// How many it matched beside those.
    pub series_left_out: usize,
}

/// A series and its samples, or a stream and its lines.
#[derive(Clone, Debug, Serialize)]
pub struct ReadSeries {
    /// Its labels.
    pub labels: String,
    /// Its samples: equal ones that follow each other are told together.
    pub samples: Vec<SampleRun>,
    /// How many of these runs were left out of their middle.
    pub runs_left_out: usize,
}

/// Samples of the same value, one after the other.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct SampleRun {
    /// The first.
    pub from: Elapsed,
    /// The last.
    pub to: Elapsed,
    /// How many.
    pub count: usize,
    /// The value as Prometheus writes it, `stale`, or the text of a line.
    pub value: String,
}

/// A step on the way to who is paged.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Step {
    /// When.
    pub at: Elapsed,
    /// How long after the step before, in seconds.
    pub after_seconds: f64,
    /// What happened.
    pub what: String,
}

/// Puts together what `watch` saw and what the record of the same run holds.
#[must_use]
pub fn explain(loaded: &Loaded, record: &Record, alert: &str, watch: Watch) -> Explanation {
    let (mut rules, visible_at) = watch.into_parts();
    // Any rule of Grafana's may lack data: where one did, it is the one that is asked about.
    let raised: Vec<&str> = named(record, alert)
        .filter_map(AlertRecord::subject)
        .collect();
    rules.retain(|rule| raised.is_empty() || raised.contains(&rule.behind.alert()));
    let steps = steps::steps(&loaded.scenario, record, alert, &visible_at);
    let fired = named(record, alert).any(|one| one.firing_at.is_some());
    let sum = steps.last().zip(steps.first());
    Explanation {
        format: FORMAT,
        scenario: loaded.scenario.name.value.clone(),
        seed: record.seed,
        starts_at: loaded.scenario.starts_at.value.to_string(),
        alert: alert.to_owned(),
        why_not: (!fired).then(|| verdict::why_not_firing(&loaded.scenario, record, alert)),
        rules: rules
            .into_iter()
            .map(|rule| of_rule(rule, record))
            .collect(),
        time_to_page_seconds: sum.map(|(last, first)| last.at.since(first.at).as_secs_f64()),
        time_to_page: steps,
    }
}

impl Explanation {
    /// The same without the samples that were read, for a reader of values and states alone.
    #[must_use]
    pub fn without_samples(mut self) -> Self {
        for rule in &mut self.rules {
            let shown = rule.evaluations.iter_mut().filter_map(|shown| match shown {
                Shown::Evaluation(evaluation) => Some(evaluation),
                Shown::Folded(_) => None,
            });
            for evaluation in shown.chain(&mut rule.nearest) {
                evaluation.selectors.clear();
            }
        }
        self
    }
}

/// The alerts of a name.
fn named<'r>(record: &'r Record, alert: &str) -> impl Iterator<Item = &'r AlertRecord> {
    record.alerts.iter().filter(move |one| one.name == alert)
}

/// The rule that an alert came from, of a run.
fn rule_of<'r>(record: &'r Record, alert: &AlertRecord) -> Option<&'r RuleRecord> {
    let name = alert.subject().unwrap_or(&alert.name);
    record.rules.iter().find(|rule| rule.alert == name)
}

fn of_rule(rule: RuleWatched, record: &Record) -> RuleExplained {
    let text = rule.behind.text();
    let written = record.rules.iter().find(|one| {
        (one.alert.as_str(), &one.group, &one.file, &one.expr)
            == (rule.behind.alert(), &rule.group, &rule.file, &text)
    });
    let bad_states = rule.behind.bad_states();
    RuleExplained {
        expr: text.trim().to_owned(),
        nodes: rule.behind.nodes(),
        no_data_state: bad_states.map(|(no_data, _)| no_data),
        exec_err_state: bad_states.map(|(_, error)| error),
        threshold: rule.threshold(),
        for_seconds: rule.behind.hold().as_secs_f64(),
        keep_firing_for_seconds: rule.behind.keep_firing_for().as_secs_f64(),
        interval_seconds: written.map_or(0.0, |one| one.interval_seconds),
        never_matched: rule.never_matched(),
        left_out: rule.left_out(),
        file: rule.file.clone(),
        group: rule.group.clone(),
        nearest: rule.nearest().cloned(),
        evaluations: rule.into_shown(),
    }
}
