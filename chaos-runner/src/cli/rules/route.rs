//! `rules route`: where an alert would go, and when, by an Alertmanager's configuration, by Grafana's documents or by the routes of a
//! scenario.

mod grafana;
mod text;

use crate::alerting::alertmanager::{ReceiverConfig, parse_config};
use crate::alerting::notify::destinations::destinations;
use crate::alerting::notify::routing::Integration;
use crate::alerting::notify::written::routing_of;
use crate::cli::exit::Exit;
use crate::cli::output::{self, Format};
use crate::scenario::load::load;
use crate::scenario::receivers;
use clap::Args;
use fake_factory::input::{Diagnostics, Source};
use grafana::Found;
use jiff::Timestamp;
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
    /// A document of Grafana's: policies, contact points, mute timings or rules; as often as there are such
    #[arg(long, value_name = "FILE", group = "routes")]
    grafana: Vec<PathBuf>,
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
    let Found {
        path,
        routing,
        labels,
    } = match routing(arguments) {
        Ok(found) => found,
        Err(wrong) => return output::print_error(&wrong, Exit::InputWrong),
    };
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

/// The routing that is asked for, its file and the alert; else what is wrong.
fn routing(arguments: &Arguments) -> Result<Found, String> {
    if let Some(path) = &arguments.scenario {
        return of_scenario(path, &arguments.labels);
    }
    if !arguments.grafana.is_empty() {
        return grafana::routing(&arguments.grafana, &arguments.labels);
    }
    let path = arguments.alertmanager.clone().unwrap_or_default();
    let source = Source::read(&path).map_err(|error| told(&error.into()))?;
    let config = parse_config(&source).map_err(|wrong| told(&wrong))?;
    Ok(Found {
        path,
        routing: config.routing(kinds),
        labels: arguments.labels.iter().cloned().collect(),
    })
}

fn told(wrong: &Diagnostics) -> String {
    wrong.render(output::colors_errors())
}

/// Grafana's alerts have a way of their own, where the scenario says so.
fn of_scenario(path: &Path, labels: &[(String, String)]) -> Result<Found, String> {
    let loaded = load(path).map_err(|wrong| told(&wrong))?;
    let monitoring = &loaded.scenario.monitoring;
    let groups = loaded.rules.iter().flat_map(|rules| &rules.groups);
    let labels = grafana::completed(labels, groups)?;
    let has_others = monitoring.route.is_some() || loaded.alertmanager.is_some();
    let grafana = loaded.grafana.routing.as_ref().filter(|routing| {
        let mut takes = routing.takes.iter();
        takes.all(|matcher| matcher.matches(&labels)) || (routing.takes_all && !has_others)
    });
    let in_file = |file: Option<&str>| file.map_or_else(|| path.to_owned(), PathBuf::from);
    let (path, routing) = match (grafana, &loaded.alertmanager, &monitoring.route) {
        (Some(grafana), ..) => {
            let routing = receivers::routing(&grafana.config, monitoring);
            (in_file(grafana.file.as_deref()), routing)
        }
        (None, Some(named), _) => {
            let routing = receivers::routing(&named.config, monitoring);
            (in_file(Some(named.source.path())), routing)
        }
        (None, None, Some(route)) => {
            let routing = routing_of(route).map_err(|error| format!("error: {error}\n"))?;
            (path.to_owned(), routing)
        }
        (None, None, None) => {
            return Err(format!(
                "error: {} has neither `route` nor `alertmanager`: every alert goes to every channel at once\n",
                path.display()
            ));
        }
    };
    Ok(Found {
        path,
        routing,
        labels,
    })
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
