//! `rules route`: where an alert would go, and when, by an Alertmanager's configuration or the routes of a scenario.

mod text;

use crate::alerting::alertmanager::{ReceiverConfig, parse_config};
use crate::alerting::notify::destinations::destinations;
use crate::alerting::notify::routing::{Integration, Routing};
use crate::alerting::notify::written::routing_of;
use crate::cli::exit::Exit;
use crate::cli::output::{self, Format};
use crate::scenario::load::load;
use crate::scenario::receivers;
use clap::Args;
use fake_factory::input::{Diagnostics, Source};
use jiff::Timestamp;
use promql::Labels;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("routes").required(true))]
pub(in crate::cli) struct Arguments {
    /// The labels of the alert, as in `alertname=OrdersFailing`
    #[arg(value_name = "LABEL=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
    /// An Alertmanager's configuration file
    #[arg(long, value_name = "FILE", group = "routes")]
    alertmanager: Option<PathBuf>,
    /// A scenario, whose routes are taken
    #[arg(long, value_name = "FILE", group = "routes")]
    scenario: Option<PathBuf>,
    /// Says whether it would be sent at this time, as in `2024-08-08T22:30:00-06:00`
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// How to tell it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Splits `LABEL=VALUE`; quotes around the value are taken off.
fn label(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("expected a label and a value, as in `severity=page`")?;
    if name.is_empty() {
        return Err("expected a label before the `=`".to_owned());
    }
    let quoted = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    Ok((name.to_owned(), quoted.unwrap_or(value).to_owned()))
}

pub(super) fn route(arguments: &Arguments) -> Exit {
    let (path, routing) = match routing(arguments) {
        Ok(found) => found,
        Err(wrong) => return output::print_error(&wrong, Exit::InputWrong),
    };
    let labels: Labels = arguments.labels.iter().cloned().collect();
    let found = match destinations(&routing, &labels, arguments.at) {
        Ok(found) => found,
        Err(error) => {
            return output::print_error(&format!("error: {error}\n"), Exit::InputWrong);
        }
    };
    let told = match arguments.format {
        Format::Text => text::text(&path.display().to_string(), &found),
        // Plain data with texts for keys: it can always be written.
        Format::Json => serde_json::to_string_pretty(&found).unwrap_or_default() + "\n",
    };
    output::print(&told, Exit::Held)
}

/// The routing that is asked for and its file; else what is wrong.
fn routing(arguments: &Arguments) -> Result<(&Path, Routing), String> {
    let told = |wrong: Diagnostics| wrong.render(output::colors_errors());
    if let Some(path) = &arguments.scenario {
        let loaded = load(path).map_err(told)?;
        let monitoring = &loaded.scenario.monitoring;
        return match (&loaded.alertmanager, &monitoring.route) {
            (Some(named), _) => Ok((path, receivers::routing(&named.config, monitoring))),
            (None, Some(route)) => routing_of(route)
                .map(|routing| (path.as_path(), routing))
                .map_err(|error| format!("error: {error}\n")),
            (None, None) => Err(format!(
                "error: {} has neither `route` nor `alertmanager`: every alert goes to every channel at once\n",
                path.display()
            )),
        };
    }
    let path = arguments.alertmanager.as_deref().unwrap_or(Path::new(""));
    let source = Source::read(path).map_err(|error| told(error.into()))?;
    let config = parse_config(&source).map_err(told)?;
    Ok((path, config.routing(kinds)))
}

/// A receiver's integrations by their kinds.
fn kinds(receiver: &ReceiverConfig) -> Vec<Integration> {
    let ways = receiver.integrations.iter();
    ways.map(|way| Integration {
        channel: way.kind.to_owned(),
        send_resolved: way.send_resolved,
    })
    .collect()
}
