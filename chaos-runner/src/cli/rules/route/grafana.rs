//! Where an alert of Grafana's would go, by its documents: those of rules and those of notifications.

use super::alert::Alert;
use super::{Found, Way, kinds};
use crate::alerting::grafana::model::Version;
use crate::alerting::grafana::notifications::Assembling;
use crate::alerting::grafana::read::{Document, GrafanaOptions, parse_document, parts};
use crate::looks::{self, Wanted};
use fake_factory::input::{Diagnostics, Source};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// How often groups are evaluated whose document does not say: no matter for routes, as long as Grafana would take it.
const INTERVAL: Duration = Duration::from_secs(60);

/// The routing of some documents, and an alert, completed by its rule.
pub(super) fn routing(
    paths: &[PathBuf],
    labels: &[(String, String)],
    version: Version,
    at: Option<Timestamp>,
) -> Result<Found, String> {
    let told = |wrong: &Diagnostics| wrong.render(crate::cli::output::colors_errors());
    let documents = read(paths, version).map_err(|wrong| told(&wrong))?;
    let (notifications, rules): (Vec<_>, Vec<_>) = documents.iter().map(parts).unzip();
    let assembling = Assembling {
        notifications: &notifications,
        rules: &rules,
        // Without a document of contact points, they are elsewhere.
        exists: &|_| true,
        version,
    };
    let assembled = assembling.with_policies().map_err(|wrong| told(&wrong))?;
    let first = || paths.first().cloned().unwrap_or_default();
    Ok(Found {
        at,
        path: assembled.file.map_or_else(first, PathBuf::from),
        way: Way::Routed(Box::new(assembled.config.routing(kinds))),
        alert: Alert::of(labels, &rules)?,
    })
}

/// All documents, or what is wrong with any of them.
fn read(paths: &[PathBuf], version: Version) -> Result<Vec<(Source, Document)>, Diagnostics> {
    let options = GrafanaOptions {
        version,
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
            Err(found) => {
                let other = looks::instead(&source, Wanted::Grafana);
                wrong.extend(other.map_or(found, Diagnostics::from));
            }
        }
    }
    wrong.or(documents)
}
