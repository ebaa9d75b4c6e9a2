//! Where Grafana's alerts go: the documents that a scenario names for it, together with those of its rules.

use super::{LoadedRules, ReadRules, normal, unreadable};
use crate::alerting::grafana::model::Version;
use crate::alerting::grafana::notifications::{Assembled, Assembling, Notifications};
use crate::alerting::grafana::read::{GrafanaOptions, parse_document};
use crate::looks::{self, Wanted};
use crate::scenario::monitoring::{GrafanaVersion, Monitoring};
use fake_factory::input::{Diagnostic, Diagnostics, Located, Source};
use std::collections::BTreeMap;
use std::path::Path;

/// What a scenario says of the way of Grafana's alerts.
#[derive(Debug, Default)]
pub struct LoadedGrafana {
    /// The documents that it names besides those of rules, with their paths from where the scenario's own path starts.
    pub sources: Vec<Source>,
    /// The routing; none where nothing says where they go.
    pub routing: Option<Assembled>,
}

/// Reads the documents and looks up every name in them and in the rules. None where something is wrong with them.
///
/// `told` is what the documents of the rules say of notifications.
pub(super) fn load_grafana(
    monitoring: &Monitoring,
    files: &Files<'_>,
    rules: &[LoadedRules],
    mut told: Vec<Notifications>,
    diagnostics: &mut Diagnostics,
) -> Option<LoadedGrafana> {
    let before = diagnostics.len();
    let mut sources = Vec::new();
    for written in &monitoring.grafana.0 {
        let is_known = |path: &Path| {
            let mut known = rules.iter().map(|rules| &rules.source).chain(&sources);
            known.any(|source| Path::new(source.path()) == path)
        };
        match read(written, files, monitoring, is_known) {
            Ok((source, notifications)) => {
                sources.push(source);
                told.push(notifications);
            }
            Err(wrong) => diagnostics.extend(wrong),
        }
    }
    if diagnostics.len() > before || !files.rules_are_whole {
        return None;
    }
    let notifications: Vec<&Notifications> = told.iter().collect();
    let rules: Vec<_> = rules.iter().map(LoadedRules::placed).collect();
    let stands_for = |name: &str| {
        monitoring.receivers.contains_key(name) || monitoring.channels.contains_key(name)
    };
    let assembling = Assembling {
        notifications: &notifications,
        rules: &rules,
        exists: &stands_for,
        version: version(monitoring.grafana_version),
    };
    let routing = assembling.assemble();
    let routing = routing.map_err(|wrong| diagnostics.extend(wrong)).ok()?;
    Some(LoadedGrafana { sources, routing })
}

/// How files are found.
pub(super) struct Files<'f> {
    /// The folder of the scenario.
    pub(super) folder: &'f Path,
    /// The scenario's own text.
    pub(super) source: &'f Source,
    pub(super) read: ReadRules<'f>,
    /// Whether every rule file could be read.
    pub(super) rules_are_whole: bool,
}

fn read(
    written: &Located<String>,
    files: &Files<'_>,
    monitoring: &Monitoring,
    is_known: impl Fn(&Path) -> bool,
) -> Result<(Source, Notifications), Diagnostics> {
    let path = normal(&files.folder.join(written.as_str()));
    let wrong = |message: &str, help: &str| {
        Diagnostic::at(files.source, written.span, message).with_help(help)
    };
    if is_known(&path) {
        let message = format!("the document `{}` is named twice", written.value);
        let help = "documents of `rules` are read for notifications as well";
        return Err(wrong(&message, help).into());
    }
    let what = "Grafana's document";
    let source =
        (files.read)(&path).map_err(|error| unreadable(error, what, files.source, written.span))?;
    let options = GrafanaOptions {
        version: version(monitoring.grafana_version),
        datasources: BTreeMap::new(),
        interval: monitoring.evaluation_interval.0,
    };
    let document = parse_document(&source, &options).map_err(|wrong| {
        let other = looks::instead_named(&source, Wanted::Grafana, files.source, written);
        other.map_or(wrong, Diagnostics::from)
    })?;
    if !document.groups.is_empty() {
        let message = format!("Grafana's document `{}` has rules", written.value);
        let help = format!(
            "name it among the rules, as in `rules: [{{ grafana: {} }}]`",
            written.value
        );
        return Err(wrong(&message, &help).into());
    }
    Ok((source, document.notifications))
}

pub(super) fn version(version: GrafanaVersion) -> Version {
    match version {
        GrafanaVersion::V12 => Version::V12,
        GrafanaVersion::V13 => Version::V13,
    }
}
