//! Where an alert of Grafana's would go, by its documents: those of rules and those of notifications.

use super::kinds;
use crate::alerting::grafana::model::{GrafanaRule, Version};
use crate::alerting::grafana::notifications::{Assembling, Notifications};
use crate::alerting::grafana::read::{Document, GrafanaOptions, parse_document};
use crate::alerting::notify::routing::Routing;
use crate::alerting::rules::{Rule, RuleGroup};
use fake_factory::input::{Diagnostics, Source};
use promql::Labels;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// How often groups are evaluated whose document does not say: no matter for routes, as long as Grafana would take it.
const INTERVAL: Duration = Duration::from_secs(60);

/// What was found out about an alert.
pub(super) struct Found {
    /// The document whose lines the routes have.
    pub(super) path: PathBuf,
    pub(super) routing: Routing,
    /// All labels of the alert that are known.
    pub(super) labels: Labels,
}

/// The routing of some documents, and the labels of an alert, completed by its rule.
pub(super) fn routing(paths: &[PathBuf], labels: &[(String, String)]) -> Result<Found, String> {
    let told = |wrong: &Diagnostics| wrong.render(crate::cli::output::colors_errors());
    let documents = read(paths).map_err(|wrong| told(&wrong))?;
    let notifications: Vec<&Notifications> = documents
        .iter()
        .map(|(_, document)| &document.notifications)
        .collect();
    let rules: Vec<(&Source, &[RuleGroup])> = documents
        .iter()
        .map(|(source, document)| (source, document.groups.as_slice()))
        .collect();
    let assembling = Assembling {
        notifications: &notifications,
        rules: &rules,
        // Without a document of contact points, they are elsewhere.
        exists: &|_| true,
        version: Version::V12,
    };
    let assembled = assembling.assemble().map_err(|wrong| told(&wrong))?;
    let groups = documents.iter().flat_map(|(_, document)| &document.groups);
    let labels = completed(labels, groups)?;
    let is_taken = |matchers: &[promql::Matcher]| matchers.iter().all(|one| one.matches(&labels));
    let assembled = assembled.filter(|found| found.takes_all || is_taken(&found.takes));
    let Some(assembled) = assembled else {
        return Err(
            "error: no document has notification policies, and no rule of this alert says itself where it goes\n"
                .to_owned(),
        );
    };
    let first = || paths.first().cloned().unwrap_or_default();
    Ok(Found {
        path: assembled.file.map_or_else(first, PathBuf::from),
        routing: assembled.config.routing(kinds),
        labels,
    })
}

/// All documents, or what is wrong with any of them.
fn read(paths: &[PathBuf]) -> Result<Vec<(Source, Document)>, Diagnostics> {
    let options = GrafanaOptions {
        version: Version::V12,
        datasources: BTreeMap::new(),
        interval: INTERVAL,
    };
    let mut wrong = Diagnostics::new();
    let mut documents = Vec::new();
    for path in paths {
        let source = match Source::read(path) {
            Ok(source) => source,
            Err(error) => {
                wrong.push(error);
                continue;
            }
        };
        match parse_document(&source, &options) {
            Ok(document) => documents.push((source, document)),
            Err(found) => wrong.extend(found),
        }
    }
    wrong.or(documents)
}

/// The labels of an alert with those that its rule gives to all of its alerts, where one of the rules is meant.
pub(super) fn completed<'g>(
    labels: &[(String, String)],
    groups: impl Iterator<Item = &'g RuleGroup>,
) -> Result<Labels, String> {
    let given: BTreeMap<String, String> = labels.iter().cloned().collect();
    let rules = groups.flat_map(|group| &group.rules);
    let grafana = rules.filter_map(|rule| match rule {
        Rule::Grafana(rule) => Some(&**rule),
        _ => None,
    });
    let meant: Vec<&GrafanaRule> = grafana.filter(|rule| is_meant(rule, &given)).collect();
    match meant.as_slice() {
        [] => Ok(given.into_iter().collect()),
        [rule] => {
            let mut labels = rule.constant_labels();
            labels.extend(given);
            Ok(labels.into_iter().collect())
        }
        several => {
            let folders: Vec<String> = several
                .iter()
                .map(|rule| format!("grafana_folder={:?}", rule.folder))
                .collect();
            Err(format!(
                "error: there are {} rules of this name: say which one is meant by {}\n",
                several.len(),
                folders.join(" or ")
            ))
        }
    }
}

/// Whether the labels name the rule, and none of those that Grafana gives says that another one is meant.
fn is_meant(rule: &GrafanaRule, given: &BTreeMap<String, String>) -> bool {
    let reserved = rule.reserved_labels();
    let agrees = |(name, value): (&String, &String)| given.get(name).is_none_or(|own| own == value);
    given.contains_key("alertname") && reserved.iter().all(agrees)
}
