//! Runs the scenarios that rules are checked against, with the rules looking on: which series there are, and what evaluating each
//! rule warned of. The rules raise no alerts here, so that a run is what it would be without them.

use super::told::Checked;
use crate::alerting::grafana::model::{GrafanaRule, Purpose};
use crate::alerting::lint::{Inventory, Timing};
use crate::alerting::rules::{RecordingRule, Rule, RuleGroup};
use crate::cli::exit::Exit;
use crate::cli::sound;
use crate::scenario::load::{Loaded, LoadedRules};
use crate::stage::observe::{Evaluated, Observer};
use crate::stage::simulate_observed;
use fake_factory::input::{Diagnostic, Source, Span};
use logql::LogStore;
use promql::SeriesStore;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What alerts are written as while they are rehearsed.
const REHEARSED: &str = "rehearsed alert";

/// A rule by its file and the place of its expression, and something that was said of it.
type Said = BTreeSet<(PathBuf, Option<Span>, String)>;

/// What was seen in all scenarios.
pub(super) struct Rehearsed {
    pub(super) inventory: Inventory,
    /// How often things happen in each scenario, and the rule files that it names.
    timings: Vec<(BTreeSet<PathBuf>, Timing)>,
    said: Said,
}

impl Rehearsed {
    /// How often things happen in the scenarios that name the file; in all of them where none does.
    pub(super) fn timings(&self, path: &Path) -> Vec<Timing> {
        let path = real(path);
        let names_it = |(files, _): &&(BTreeSet<PathBuf>, Timing)| files.contains(&path);
        let is_named = self.timings.iter().any(|one| names_it(&one));
        let timings = self.timings.iter().filter(|one| !is_named || names_it(one));
        timings.map(|(_, timing)| timing.clone()).collect()
    }

    /// What evaluating the rules of a file warned of.
    pub(super) fn evaluations(&self, path: &Path, source: &Source) -> Vec<Diagnostic> {
        let path = real(path);
        let of_file = self.said.iter().filter(|(of, _, _)| *of == path);
        of_file
            .map(|(_, span, message)| Diagnostic::warning(source, *span, "evaluation", message))
            .collect()
    }
}

/// Runs the scenarios at `paths`; nothing where there are none.
pub(super) fn rehearse(
    paths: &[PathBuf],
    files: &[Checked],
) -> Result<Option<Rehearsed>, (String, Exit)> {
    if paths.is_empty() {
        return Ok(None);
    }
    let mut rehearsed = Rehearsed {
        inventory: Inventory::default(),
        timings: Vec::new(),
        said: Said::new(),
    };
    for mut loaded in
        sound::scenarios(paths, "checked").map_err(|message| (message, Exit::InputWrong))?
    {
        note_names(&loaded, &mut rehearsed);
        let places = add(&mut loaded, files);
        let watcher = Arc::new(Mutex::new(Watcher {
            places,
            ..Watcher::default()
        }));
        let seed = loaded.scenario.seed;
        simulate_observed(&loaded, seed, watcher.clone()).map_err(|error| {
            let message = format!("error: {}: {error}\n", loaded.scenario.name);
            (message, Exit::HarnessFailed)
        })?;
        let mut seen = watcher.lock().unwrap_or_else(PoisonError::into_inner);
        let inventory = std::mem::take(&mut seen.inventory);
        rehearsed.inventory.extend(inventory);
        rehearsed.said.append(&mut seen.said);
    }
    Ok(Some(rehearsed))
}

fn note_names(loaded: &Loaded, rehearsed: &mut Rehearsed) {
    rehearsed.inventory.scenarios += 1;
    let monitoring = &loaded.scenario.monitoring;
    let files = loaded.rules.iter();
    let files = files.map(|rules| real(Path::new(rules.source.path())));
    let timing = Timing {
        scrape_interval: monitoring.scrape_interval.0,
        evaluation_interval: monitoring.evaluation_interval.0,
        said_by: format!("the scenario {}", loaded.scenario.name.value),
    };
    rehearsed.timings.push((files.collect(), timing));
    for rules in &loaded.rules {
        let alerts = rules.groups.iter().flat_map(RuleGroup::alerting_rules);
        let names = alerts.map(|rule| rule.alert.clone());
        rehearsed.inventory.alerts.extend(names);
    }
}

/// Where the expression of a rule stands, by the numbers of its group and of the rule in it.
type Places = BTreeMap<(usize, usize), (PathBuf, Option<Span>)>;

/// Adds the rules of the files to those of a scenario, unless it has them; tells where each stands.
fn add(loaded: &mut Loaded, files: &[Checked]) -> Places {
    let named: BTreeSet<PathBuf> = loaded
        .rules
        .iter()
        .map(|rules| real(Path::new(rules.source.path())))
        .collect();
    for file in files {
        if let Some(source) = &file.source
            && !named.contains(&real(&file.path))
        {
            loaded.rules.push(LoadedRules {
                source: source.clone(),
                groups: file.groups.iter().map(silenced).collect(),
            });
        }
    }
    let mut places = Places::new();
    let groups = loaded.rules.iter().flat_map(|rules| &rules.groups);
    for (number, group) in groups.enumerate() {
        let path = real(Path::new(&group.file));
        for (place, rule) in group.rules.iter().enumerate() {
            places.insert(
                (number, place),
                (
                    path.clone(),
                    rule.expr().map_or(rule.span(), |expr| expr.span),
                ),
            );
        }
    }
    places
}

/// The group with its alerts as series that nobody is told of.
fn silenced(group: &RuleGroup) -> RuleGroup {
    let silenced = |rule: &Rule| match rule {
        Rule::Recording(_) => rule.clone(),
        Rule::Grafana(rule) => Rule::Grafana(Box::new(GrafanaRule {
            purpose: Purpose::Recording {
                metric: REHEARSED.to_owned(),
                labels: vec![("alertname".to_owned(), rule.uid.clone())],
            },
            ..(**rule).clone()
        })),
        Rule::Alerting(rule) => Rule::Recording(RecordingRule {
            record: REHEARSED.to_owned(),
            span: rule.span,
            expr: rule.expr.clone(),
            labels: vec![("alertname".to_owned(), rule.alert.clone())],
        }),
    };
    RuleGroup {
        rules: group.rules.iter().map(silenced).collect(),
        ..group.clone()
    }
}

/// Sees one run.
#[derive(Default)]
struct Watcher {
    places: Places,
    inventory: Inventory,
    said: Said,
}

impl Observer for Watcher {
    fn evaluated(&mut self, evaluation: &Evaluated<'_>) {
        let outcome = evaluation.outcome;
        let failed = outcome.error.iter();
        let failed = failed.map(|error| format!("the evaluation failed: {error}"));
        let said = outcome.warnings.iter().chain(&outcome.infos).cloned();
        for message in failed.chain(said) {
            if let Some((path, span)) = self.places.get(&(evaluation.group, outcome.rule)) {
                self.said.insert((path.clone(), *span, message));
            }
        }
    }

    fn ended(&mut self, series: &SeriesStore, lines: &LogStore) {
        for series in series.series() {
            let labels = series.labels();
            if labels.name() != Some(REHEARSED) {
                self.inventory.add_series(labels);
            }
        }
        for stream in lines.streams() {
            self.inventory.add_stream(stream.labels());
        }
    }
}

/// What tells files apart, however they are named.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
