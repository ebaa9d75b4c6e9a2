//! `rules route`: where an alert would go, and when, by an Alertmanager's configuration, by Grafana's documents or by the routes of a
//! scenario.

mod alert;
mod grafana;
mod text;

use crate::alerting::alertmanager::{ReceiverConfig, parse_config};
use crate::alerting::grafana::model::Version;
use crate::alerting::notify::destinations::{Destinations, destinations};
use crate::alerting::notify::routing::{Integration, Routing};
use crate::alerting::notify::written::routing_of;
use crate::cli::exit::Exit;
use crate::cli::output::{self, Format};
use crate::looks::{self, Wanted};
use crate::scenario::load::{LoadedRules, load};
use crate::scenario::receivers;
use crate::telemetry::exposition::is_label_name;
use alert::Alert;
use clap::{Args, ValueEnum};
use fake_factory::input::units::Moment;
use fake_factory::input::{Diagnostics, Source};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("routes").required(true), after_help = AFTER_HELP)]
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
    /// The version of Grafana that the documents are for: 12 stands for those before it, 13 for those after
    #[arg(
        long,
        value_enum,
        value_name = "VERSION",
        default_value = "12",
        conflicts_with_all = ["alertmanager", "scenario"]
    )]
    grafana_version: VersionArgument,
    /// A scenario, whose routes are taken
    #[arg(long, value_name = "FILE", group = "routes")]
    scenario: Option<PathBuf>,
    /// Says whether it would be sent at this time, as in `2024-08-08T22:30:00-06:00`; with --scenario also as in `10:02:40` or `12m`
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<Moment>,
    /// How to tell it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const AFTER_HELP: &str = "\
Examples:
  chaos-runner rules route --alertmanager alertmanager.yml severity=page team=pizza
  chaos-runner rules route --grafana rules.yaml --grafana policies.json alertname=\"Orders fail\"
  chaos-runner rules route --scenario first.yaml alertname=OrdersFailing --at 12:30

Exit codes:
  0  it is told where the alert would go, be it to nobody
  2  a file or a label is wrong";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum VersionArgument {
    /// Its default contact point is `grafana-default-email`
    #[value(name = "12")]
    V12,
    /// Its default contact point is `empty`
    #[value(name = "13")]
    V13,
}

/// What was found out about an alert.
struct Found {
    /// The moment that was asked for.
    at: Option<Timestamp>,
    /// The file whose lines the routes have.
    path: PathBuf,
    way: Way,
    alert: Alert,
}

/// How alerts become notifications.
enum Way {
    Routed(Box<Routing>),
    /// At once, by all of these channels.
    ToAll(Vec<String>),
}

/// The answer as a document.
#[derive(Serialize)]
struct Answer<'a> {
    /// The file that `line` is of.
    file: &'a str,
    #[serde(flatten)]
    found: &'a Destinations,
    /// The channels that hear of every change at once, where there are no routes.
    every_channel: Option<&'a [String]>,
    notes: &'a [String],
}

/// Splits `LABEL=VALUE`; quotes around the value are taken off.
fn label(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("expected a label and a value, as in `severity=page`")?;
    if name.is_empty() {
        return Err("expected a label before the `=`".to_owned());
    }
    if !is_label_name(name) {
        return Err(format!(
            "`{name}` is no name of a label: expected letters, digits and `_`, each label by itself and without braces, as in `severity=page team=pizza`"
        ));
    }
    let quoted = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    Ok((name.to_owned(), quoted.unwrap_or(value).to_owned()))
}

pub(super) fn route(arguments: &Arguments) -> Exit {
    match answer(arguments) {
        Ok(told) => output::print(&told, Exit::Held),
        Err(wrong) => output::print_error(&wrong, Exit::InputWrong),
    }
}

/// What is told, else what is wrong.
fn answer(arguments: &Arguments) -> Result<String, String> {
    let mut names = BTreeSet::new();
    if let Some((name, _)) = arguments
        .labels
        .iter()
        .find(|(name, _)| !names.insert(name))
    {
        return Err(format!(
            "error: the label `{name}` is given twice: an alert has each label once\n"
        ));
    }
    let Found {
        at,
        path,
        way,
        alert,
    } = routing(arguments)?;
    let (found, channels) = match way {
        Way::Routed(routing) => {
            let found = destinations(&routing, &alert.labels, at);
            (found.map_err(|error| format!("error: {error}\n"))?, None)
        }
        Way::ToAll(channels) => {
            let labels = alert.labels.iter();
            let found = Destinations {
                labels: labels
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect::<BTreeMap<_, _>>(),
                routes: Vec::new(),
                inhibited_by: Vec::new(),
            };
            (found, Some(channels))
        }
    };
    let file = path.display().to_string();
    let answer = Answer {
        file: &file,
        found: &found,
        every_channel: channels.as_deref(),
        notes: &alert.notes,
    };
    Ok(match arguments.format {
        Format::Text => text::text(&answer),
        // Plain data with texts for keys: it can always be written.
        Format::Json => serde_json::to_string_pretty(&answer).unwrap_or_default() + "\n",
    })
}

/// The routing that is asked for, its file and the alert; else what is wrong.
fn routing(arguments: &Arguments) -> Result<Found, String> {
    if let Some(path) = &arguments.scenario {
        return of_scenario(path, arguments);
    }
    let at = match &arguments.at {
        None => None,
        Some(Moment::Date(then)) => Some(*then),
        Some(moment) => {
            return Err(format!(
                "error: --at {moment} needs a date and a zone, as in `2024-08-08T22:30:00-06:00`: only a scenario says when its run starts\n"
            ));
        }
    };
    if !arguments.grafana.is_empty() {
        let version = match arguments.grafana_version {
            VersionArgument::V12 => Version::V12,
            VersionArgument::V13 => Version::V13,
        };
        return grafana::routing(&arguments.grafana, &arguments.labels, version, at);
    }
    let path = arguments.alertmanager.clone().unwrap_or_default();
    let source = Source::read(&path).map_err(|error| told(&error.into()))?;
    let config = parse_config(&source).map_err(|wrong| {
        let other = looks::instead(&source, Wanted::Alertmanager);
        told(&other.map_or(wrong, Diagnostics::from))
    })?;
    Ok(Found {
        at,
        path,
        way: Way::Routed(Box::new(config.routing(kinds))),
        alert: Alert::of(&arguments.labels, &[])?,
    })
}

fn told(wrong: &Diagnostics) -> String {
    wrong.render(output::colors_errors())
}

/// Grafana's alerts have a way of their own, where the scenario says so.
fn of_scenario(path: &Path, arguments: &Arguments) -> Result<Found, String> {
    let loaded = load(path).map_err(|wrong| told(&wrong))?;
    let monitoring = &loaded.scenario.monitoring;
    let rules: Vec<_> = loaded.rules.iter().map(LoadedRules::placed).collect();
    let alert = Alert::of(&arguments.labels, &rules)?;
    let starts_at = &loaded.scenario.starts_at.value;
    let at = arguments.at.as_ref().map(|moment| match moment {
        Moment::Date(then) => Ok(*then),
        moment => {
            let after = moment.resolve(starts_at);
            let after = after.map_err(|error| format!("error: --at: {error}\n"))?;
            let then = starts_at.timestamp().checked_add(after);
            then.map_err(|error| format!("error: --at: {error}\n"))
        }
    });
    let at = at.transpose()?;
    let grafana = loaded.grafana.routing.as_ref().filter(|routing| {
        let mut takes = routing.takes.iter();
        alert.is_grafanas
            && (routing.takes_all || takes.all(|matcher| matcher.matches(&alert.labels)))
    });
    let in_file = |file: Option<&str>| file.map_or_else(|| path.to_owned(), PathBuf::from);
    let (path, way) = match (grafana, &loaded.alertmanager, &monitoring.route) {
        (Some(grafana), ..) => {
            let routing = receivers::routing(&grafana.config, monitoring);
            (
                in_file(grafana.file.as_deref()),
                Way::Routed(Box::new(routing)),
            )
        }
        (None, Some(named), _) => {
            let routing = receivers::routing(&named.config, monitoring);
            (
                in_file(Some(named.source.path())),
                Way::Routed(Box::new(routing)),
            )
        }
        (None, None, Some(route)) => {
            let routing = routing_of(route).map_err(|error| format!("error: {error}\n"))?;
            (path.to_owned(), Way::Routed(Box::new(routing)))
        }
        (None, None, None) => {
            let channels = monitoring.channels.keys();
            let channels = channels.map(|name| name.value.clone()).collect();
            (path.to_owned(), Way::ToAll(channels))
        }
    };
    Ok(Found {
        at,
        path,
        way,
        alert,
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
