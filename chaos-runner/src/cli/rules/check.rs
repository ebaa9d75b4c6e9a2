//! `rules check`: reads rule files as their server would, and lints their rules; with `--scenario`, against what scenarios emit.

mod rehearsal;
mod told;

use crate::alerting::grafana;
use crate::alerting::grafana::model::Version;
use crate::alerting::grafana::read::GrafanaOptions;
use crate::alerting::lint::{CHECKS, Inventory, Judged, Timing, judge};
use crate::alerting::rules::kind::Kind;
use crate::alerting::rules::{RuleGroup, loki, prometheus};
use crate::cli::exit::Exit;
use crate::cli::output::{self, Format};
use crate::cli::values;
use crate::looks::{self, Wanted};
use clap::{Args, ValueEnum};
use fake_factory::input::units::HumanDuration;
use fake_factory::input::{Diagnostic, Diagnostics, Severity, Source, suggest};
use rehearsal::Rehearsed;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;
use told::Checked;

/// Prometheus' default for scrapes is a minute; four in five files say 15 s, and so does our own.
const SCRAPE_INTERVAL: Duration = Duration::from_secs(15);
/// Prometheus' default.
const EVALUATION_INTERVAL: Duration = Duration::from_secs(60);

#[derive(Debug, Args)]
#[command(after_help = after_help())]
pub(in crate::cli) struct Arguments {
    /// Rule files of Prometheus or of Loki's ruler, or rules as Grafana exports them or its API answers
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Which server the files are for; told from what is in them when it is left out
    #[arg(long, value_enum)]
    kind: Option<KindArgument>,
    /// Run these scenarios, files or folders, and check the rules against every series that is there; may be given more than once
    #[arg(long, value_name = "PATH")]
    scenario: Vec<PathBuf>,
    /// How often targets are scraped; 15s unless a scenario that names the file says otherwise
    #[arg(long, value_name = "DURATION", value_parser = values::interval, allow_hyphen_values = true)]
    scrape_interval: Option<HumanDuration>,
    /// How often groups are evaluated that do not say; 1m unless a scenario that names the file says otherwise
    #[arg(long, value_name = "DURATION", value_parser = values::interval, allow_hyphen_values = true)]
    evaluation_interval: Option<HumanDuration>,
    /// The checks to make: `all`, `none`, or names of those below with commas between
    #[arg(long, value_name = "CHECKS", default_value = "all")]
    lint: String,
    /// Checks to leave out; may be given more than once
    #[arg(long, value_name = "CHECK")]
    allow: Vec<String>,
    /// Exit with 1 where anything is doubtful
    #[arg(long, visible_alias = "deny-warnings")]
    lint_fatal: bool,
    /// How to tell what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What the help says besides: the checks with what they find, among the rest.
fn after_help() -> String {
    let width = CHECKS.iter().map(|check| check.name.len()).max();
    let width = width.unwrap_or_default();
    let checks = CHECKS.iter();
    let checks: String = checks
        .map(|check| format!("  {:width$}  {}\n", check.name, check.finds))
        .collect();
    format!(
        "\
Examples:
  chaos-runner rules check rules/*.yml                     as their server reads them, and what is doubtful
  chaos-runner rules check rules.yml --scenario incidents  against every series that scenarios emit
  chaos-runner rules check rules.yml --allow short-range --lint-fatal

Checks:
{checks}
Exit codes:
  0  every file is sound; there may be warnings
  1  there are warnings, and --lint-fatal is given
  2  a file is not: its server would refuse it, or it cannot be read
  3  a scenario could not be played"
    )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindArgument {
    /// Rule groups with PromQL
    Prometheus,
    /// Rule groups with LogQL
    Loki,
    /// Rules as Grafana exports them
    Grafana,
}

pub(super) fn check(arguments: &Arguments) -> Exit {
    let wanted = match wanted(arguments) {
        Ok(wanted) => wanted,
        Err(message) => return output::print_error(&message, Exit::InputWrong),
    };
    let grafana = GrafanaOptions {
        version: Version::V12,
        datasources: BTreeMap::new(),
        interval: arguments
            .evaluation_interval
            .map_or(EVALUATION_INTERVAL, |interval| interval.0),
    };
    let files: Vec<Checked> = arguments
        .files
        .iter()
        .map(|path| read(path, arguments.kind, &grafana))
        .collect();
    let rehearsed = match rehearsal::rehearse(&arguments.scenario, &files) {
        Ok(rehearsed) => rehearsed,
        Err((message, exit)) => return output::print_error(&message, exit),
    };
    let checked: Vec<Checked> = files
        .into_iter()
        .map(|file| judged(file, arguments, rehearsed.as_ref(), &wanted))
        .collect();
    let exit = exit(&checked, arguments.lint_fatal);
    match arguments.format {
        Format::Text => told::text(&checked, exit),
        Format::Json => output::print(&told::json(&checked), exit),
    }
}

/// The names of the checks to make.
fn wanted(arguments: &Arguments) -> Result<BTreeSet<&'static str>, String> {
    let known = |name: &str| {
        let names = CHECKS.iter().map(|check| check.name);
        let found = names.clone().find(|known| *known == name);
        found.ok_or_else(|| {
            let help = match suggest(name, names.clone()) {
                Some(other) => format!("did you mean `{other}`?"),
                None => format!("there are {}", names.collect::<Vec<_>>().join(", ")),
            };
            format!("error: no check is called `{name}`; {help}\n")
        })
    };
    let mut wanted = BTreeSet::new();
    for name in arguments.lint.split(',').map(str::trim) {
        match name {
            "all" => wanted.extend(CHECKS.iter().map(|check| check.name)),
            "none" => {}
            name => {
                wanted.insert(known(name)?);
            }
        }
    }
    for name in &arguments.allow {
        wanted.remove(known(name)?);
    }
    Ok(wanted)
}

/// Reads a file as the server of its kind would.
fn read(path: &std::path::Path, kind: Option<KindArgument>, grafana: &GrafanaOptions) -> Checked {
    let failed = |diagnostic: Diagnostic| Checked {
        path: path.to_owned(),
        kind: None,
        source: None,
        groups: Vec::new(),
        found: diagnostic.into(),
    };
    let source = match Source::read(path) {
        Ok(source) => source,
        Err(error) => return failed(error),
    };
    let given_for = match kind {
        None => Wanted::Rules,
        Some(KindArgument::Grafana) => Wanted::Grafana,
        Some(KindArgument::Prometheus | KindArgument::Loki) => Wanted::RuleGroups,
    };
    let kind = match kind {
        Some(KindArgument::Prometheus) => Kind::Prometheus,
        Some(KindArgument::Loki) => Kind::Loki,
        Some(KindArgument::Grafana) => Kind::Grafana,
        None => Kind::of(&source),
    };
    let parsed = match kind {
        Kind::Prometheus => prometheus::parse_rule_file(&source),
        Kind::Loki => loki::parse_rule_file(&source),
        Kind::Grafana => grafana::read::parse_rule_file(&source, grafana),
    };
    let (groups, found) = match parsed {
        Ok(groups) => (groups, Diagnostics::new()),
        Err(wrong) => {
            let other = looks::instead(&source, given_for);
            (Vec::new(), other.map_or(wrong, Diagnostics::from))
        }
    };
    Checked {
        path: path.to_owned(),
        kind: Some(kind),
        source: Some(source),
        groups,
        found,
    }
}

/// The file with what is doubtful about it, where it is sound.
fn judged(
    mut file: Checked,
    arguments: &Arguments,
    rehearsed: Option<&Rehearsed>,
    wanted: &BTreeSet<&str>,
) -> Checked {
    let Some(source) = file.source.as_ref().filter(|_| file.found.is_empty()) else {
        return file;
    };
    let inventory: Option<&Inventory> = rehearsed.map(|rehearsed| &rehearsed.inventory);
    let found = judge(Judged {
        source,
        groups: &file.groups,
        timings: &timings(arguments, rehearsed, &file.path),
        inventory,
    });
    let is_wanted = |diagnostic: &Diagnostic| match diagnostic.severity() {
        Severity::Error => true,
        Severity::Warning(check) => wanted.contains(check),
    };
    let of_runs = rehearsed.map(|rehearsed| rehearsed.evaluations(&file.path, source));
    let all = found.into_iter().chain(of_runs.into_iter().flatten());
    file.found.extend(all.filter(is_wanted));
    file
}

/// Where the rules of a file run: in the scenarios that name it, or as the arguments say, or as servers do by default.
fn timings(
    arguments: &Arguments,
    rehearsed: Option<&Rehearsed>,
    path: &std::path::Path,
) -> Vec<Timing> {
    let given = Timing {
        scrape_interval: arguments.scrape_interval.map_or(SCRAPE_INTERVAL, |d| d.0),
        evaluation_interval: arguments
            .evaluation_interval
            .map_or(EVALUATION_INTERVAL, |d| d.0),
        said_by: match (arguments.scrape_interval, arguments.evaluation_interval) {
            (None, None) => "default".to_owned(),
            _ => "the arguments".to_owned(),
        },
    };
    let mut timings = rehearsed.map_or_else(Vec::new, |rehearsed| rehearsed.timings(path));
    if timings.is_empty() {
        return vec![given];
    }
    for timing in &mut timings {
        if let Some(interval) = arguments.scrape_interval {
            timing.scrape_interval = interval.0;
        }
        if let Some(interval) = arguments.evaluation_interval {
            timing.evaluation_interval = interval.0;
        }
    }
    timings
}

fn exit(checked: &[Checked], lint_fatal: bool) -> Exit {
    let mut exit = Exit::Held;
    for diagnostic in checked.iter().flat_map(|file| file.found.iter()) {
        match diagnostic.severity() {
            Severity::Error => return Exit::InputWrong,
            Severity::Warning(_) if lint_fatal => exit = Exit::Failed,
            Severity::Warning(_) => {}
        }
    }
    exit
}

/// How many rules some groups have.
fn rules_in(groups: &[RuleGroup]) -> usize {
    groups.iter().map(|group| group.rules.len()).sum()
}
