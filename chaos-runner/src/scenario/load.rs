//! From a file to a sound scenario: reads it and the rule files that it names, and checks them all, so that every error of all of
//! them is told at once. Whoever holds a `Loaded` need not check again.

mod alertmanager;
mod grafana;
mod receivers;

pub use alertmanager::LoadedAlertmanager;
pub use grafana::LoadedGrafana;

use super::check::{Alerts, check};
use super::monitoring::{DatasourceKind, GrafanaFile, RuleFile};
use super::{Monitoring, Scenario};
use crate::alerting::grafana::notifications::Notifications;
use crate::alerting::grafana::read::{GrafanaOptions, parse_document};
use crate::alerting::rules::{Rule, RuleGroup, loki, prometheus};
use crate::alerting::sources::Language;
use crate::looks::{self, Wanted};
use fake_factory::input::{Diagnostic, Diagnostics, Findings, Reading, Source, Span, read};
use receivers::Told;
use std::path::{Component, Path, PathBuf};

/// A scenario in which every name exists and every number makes sense.
#[derive(Debug)]
pub struct Loaded {
    /// The path of its file, as it was named.
    pub path: PathBuf,
    /// What it says.
    pub scenario: Scenario,
    /// Its text.
    pub source: Source,
    /// The rule files that it names, in its order.
    pub rules: Vec<LoadedRules>,
    /// The Alertmanager configuration that it names.
    pub alertmanager: Option<LoadedAlertmanager>,
    /// Where Grafana's alerts go.
    pub grafana: LoadedGrafana,
}

/// A rule file that a scenario names.
#[derive(Debug)]
pub struct LoadedRules {
    /// Its text, and its path from where the scenario's own path starts.
    pub source: Source,
    /// What it says.
    pub groups: Vec<RuleGroup>,
}

impl LoadedRules {
    /// Its groups with the text that they have their places in.
    #[must_use]
    pub fn placed(&self) -> (&Source, &[RuleGroup]) {
        (&self.source, &self.groups)
    }
}

impl Loaded {
    /// The files that it names: what it takes to read it again, besides its own text.
    pub fn named_sources(&self) -> impl Iterator<Item = &Source> {
        let rules = self.rules.iter().map(|rules| &rules.source);
        let alertmanager = self.alertmanager.iter().map(|named| &named.source);
        rules.chain(alertmanager).chain(&self.grafana.sources)
    }
}

/// What helps where a field is missing, by what the reader says of it.
const MISSING_HELPS: [(&str, &str); 6] = [
    (
        "missing `capacity`",
        "a queue needs a bound: say how many orders may wait, as in `capacity: 1000`",
    ),
    (
        "missing `version`",
        "add `version: 1`, the version of the format",
    ),
    (
        "missing `starts_at`",
        "say what the clock shows at the start, with its zone, as in `starts_at: 2024-08-08T09:50:00-06:00`",
    ),
    (
        "missing `duration`",
        "say how long the run takes, as in `duration: 40m`",
    ),
    (
        "missing `inject`",
        "say what the fault does, as in `inject: { status: { code: 500 } }`",
    ),
    (
        "missing `factory`",
        "say by name which of the `factories` makes the pizzas",
    ),
];

/// Reads and checks the scenario at `path` and its rule files.
///
/// # Errors
/// Everything that is wrong with them.
pub fn load(path: &Path) -> Result<Loaded, Diagnostics> {
    load_source(path, Source::read(path)?, &|rules| Source::read(rules))
}

/// Checks a scenario whose text is at hand, as a saved run has it. `rule_texts` are the paths and texts of the files that it names,
/// as [`Loaded::named_sources`] gave them.
///
/// # Errors
/// Everything that is wrong with them.
pub fn load_text(
    path: &str,
    text: &str,
    rule_texts: &[(String, String)],
) -> Result<Loaded, Diagnostics> {
    let read_rules = |path: &Path| {
        let shown = path.display().to_string();
        let mut texts = rule_texts.iter();
        match texts.find(|(path, _)| *path == shown) {
            Some((path, text)) => Ok(Source::new(path, text)),
            None => Err(Diagnostic::of_file(
                &Source::new(&shown, ""),
                &format!("`{shown}` was not saved with the scenario"),
            )),
        }
    };
    load_source(Path::new(path), Source::new(path, text), &read_rules)
}

type ReadRules<'r> = &'r dyn Fn(&Path) -> Result<Source, Diagnostic>;

fn load_source(
    path: &Path,
    source: Source,
    read_rules: ReadRules<'_>,
) -> Result<Loaded, Diagnostics> {
    let mut reading: Reading<Scenario> = read(&source);
    let mut diagnostics = Diagnostics::new();
    diagnostics.extend(reading.diagnostics.drain(..).map(with_help_on_missing));
    let instead = || looks::instead(&source, Wanted::Scenario);
    if let Some(other) = (!diagnostics.is_empty()).then(instead).flatten() {
        return Err(other.into());
    }
    let Some(scenario) = reading.value.take() else {
        return Err(diagnostics);
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let (rules, told, alerts) = load_rules(
        &scenario.monitoring,
        folder,
        &source,
        read_rules,
        &mut diagnostics,
    );
    let alertmanager =
        alertmanager::load_alertmanager(&scenario, folder, &source, read_rules, &mut diagnostics);
    let files = grafana::Files {
        folder,
        source: &source,
        read: read_rules,
        rules_are_whole: alerts.complete,
    };
    let grafana =
        grafana::load_grafana(&scenario.monitoring, &files, &rules, told, &mut diagnostics);
    diagnostics.extend(check_told(
        &scenario,
        &source,
        &rules,
        alertmanager.as_ref(),
        grafana.as_ref(),
    ));
    let pruned = |section: &str| !reading.is_whole(section);
    diagnostics.extend(check(&scenario, &source, &pruned, &alerts));
    let path = path.to_owned();
    diagnostics.or(Loaded {
        path,
        scenario,
        source,
        rules,
        alertmanager,
        grafana: grafana.unwrap_or_default(),
    })
}

/// Holds whom alerts are told against the channels and people of the scenario, where everything that says it could be read.
fn check_told(
    scenario: &Scenario,
    source: &Source,
    rules: &[LoadedRules],
    alertmanager: Option<&LoadedAlertmanager>,
    grafana: Option<&LoadedGrafana>,
) -> Diagnostics {
    let monitoring = &scenario.monitoring;
    let mut found = Findings::new(source);
    let Some(grafana) =
        grafana.filter(|_| alertmanager.is_some() == monitoring.alertmanager.is_some())
    else {
        return found.into_diagnostics();
    };
    let routing = grafana.routing.as_ref();
    if alertmanager.is_none()
        && routing.is_none()
        && let Some(name) = monitoring.receivers.keys().next()
    {
        found.error_with_help(
            name.span,
            "`receivers` are those of an Alertmanager configuration or contact points of Grafana's, and this scenario names neither",
            "add `alertmanager: PATH` or `grafana: PATH`; the receivers of `route` are channels themselves",
        );
        return found.into_diagnostics();
    }
    let mut groups = rules.iter().flat_map(|rules| &rules.groups);
    let takes_all = routing.is_some_and(|routing| routing.takes_all);
    let others = groups.any(|group| {
        let is_taken = |rule: &Rule| takes_all && matches!(rule, Rule::Grafana(_));
        !group.rules.iter().all(is_taken)
    });
    let told = Told {
        alertmanager: alertmanager.map(|loaded| &loaded.config),
        grafana: routing.map(|routing| &routing.config),
        others: others && alertmanager.is_none(),
    };
    told.check_receivers(scenario, &mut found);
    told.check_people(scenario, &mut found);
    found.into_diagnostics()
}

fn with_help_on_missing(diagnostic: Diagnostic) -> Diagnostic {
    let mut helps = MISSING_HELPS.into_iter();
    match helps.find(|(message, _)| *message == diagnostic.message()) {
        Some((_, help)) => diagnostic.with_help(help),
        None => diagnostic,
    }
}

/// Reads every rule file that can be read, and says what is wrong with it or the way to it. Documents of Grafana's may tell of
/// notifications as well.
fn load_rules(
    monitoring: &Monitoring,
    folder: &Path,
    source: &Source,
    read_rules: ReadRules<'_>,
    diagnostics: &mut Diagnostics,
) -> (Vec<LoadedRules>, Vec<Notifications>, Alerts) {
    let mut rules: Vec<LoadedRules> = Vec::new();
    let mut told = Vec::new();
    let mut alerts = Alerts {
        names: Vec::new(),
        complete: true,
    };
    for entry in &monitoring.rules {
        let written = entry.value.path();
        let path = normal(&folder.join(written.as_str()));
        let is_known = |other: &LoadedRules| Path::new(other.source.path()) == path;
        if rules.iter().any(is_known) {
            let message = format!("the rule file `{}` is named twice", written.value);
            diagnostics.push(Diagnostic::at(source, written.span, &message));
            continue;
        }
        let read = || {
            read_rules(&path)
                .map_err(|error| unreadable(error, "the rule file", source, written.span))
        };
        let wanted = match &entry.value {
            RuleFile::Prometheus(_) | RuleFile::Loki(_) => Wanted::RuleGroups,
            RuleFile::Grafana(_) => Wanted::Grafana,
        };
        let other_kind = |rules: &Source| looks::instead_named(rules, wanted, source, written);
        let loaded = match &entry.value {
            RuleFile::Prometheus(_) => parsed(read(), other_kind, prometheus::parse_rule_file),
            RuleFile::Loki(_) => parsed(read(), other_kind, loki::parse_rule_file),
            RuleFile::Grafana(file) => {
                let options = grafana_options(file, monitoring);
                parsed(read(), other_kind, |source| {
                    let document = parse_document(source, &options)?;
                    told.push(document.notifications);
                    Ok(document.groups)
                })
            }
        };
        match loaded {
            Ok(loaded) => {
                let own = loaded.groups.iter().flat_map(|group| &group.rules);
                let names = own.flat_map(Rule::alerts);
                alerts.names.extend(names.map(str::to_owned));
                rules.push(loaded);
            }
            Err(wrong) => {
                alerts.complete = false;
                diagnostics.extend(wrong);
            }
        }
    }
    (rules, told, alerts)
}

/// What is said of a file that the scenario names at `span` and that cannot be read: there, or in the file where that has the place.
fn unreadable(error: Diagnostic, what: &str, source: &Source, span: Option<Span>) -> Diagnostic {
    if error.line_and_column().is_some() {
        return error;
    }
    let message = format!("{what} {}", error.message());
    Diagnostic::at(source, span, &message)
        .with_help("its path is relative to the folder of the scenario")
}

/// What a rule file says, where it could be read; else what is wrong with it, or that it is none.
fn parsed(
    source: Result<Source, Diagnostic>,
    other_kind: impl FnOnce(&Source) -> Option<Diagnostic>,
    parse: impl FnOnce(&Source) -> Result<Vec<RuleGroup>, Diagnostics>,
) -> Result<LoadedRules, Diagnostics> {
    let source = source?;
    let groups =
        parse(&source).map_err(|wrong| other_kind(&source).map_or(wrong, Diagnostics::from))?;
    Ok(LoadedRules { source, groups })
}

fn grafana_options(file: &GrafanaFile, monitoring: &Monitoring) -> GrafanaOptions {
    let version = file.version.as_ref().map(|version| version.value);
    let kinds = file.datasources.iter();
    GrafanaOptions {
        version: grafana::version(version.unwrap_or(monitoring.grafana_version)),
        datasources: kinds
            .map(|(uid, kind)| {
                let language = match kind {
                    DatasourceKind::Prometheus => Language::Promql,
                    DatasourceKind::Loki => Language::Logql,
                };
                (uid.value.clone(), language)
            })
            .collect(),
        interval: monitoring.evaluation_interval.0,
    }
}

/// The path without `.` and, where a folder's name is before it, without `..`: for reading and for telling apart.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(normal.components().next_back(), Some(Component::Normal(_))) =>
            {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}
