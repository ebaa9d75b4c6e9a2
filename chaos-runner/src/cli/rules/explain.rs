//! `rules explain`: what is behind an alert of a scenario, evaluation by evaluation, and where the time to page went.

use crate::alerting::rules::Rule;
use crate::cli::exit::Exit;
use crate::cli::output::{self, Format};
use crate::cli::values;
use crate::explain::{Asked, Watch, explain, text};
use crate::scenario::load::{Loaded, load};
use crate::stage::simulate_observed;
use clap::Args;
use fake_factory::clock::Elapsed;
use fake_factory::input::suggest;
use fake_factory::input::units::Moment;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(in crate::cli) struct Arguments {
    /// The scenario file
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// The name of the alert, or the title of a rule of Grafana's
    #[arg(value_name = "ALERT")]
    alert: String,
    /// Draw everything that is random from this seed, in place of the scenario's own
    #[arg(long, value_name = "N", value_parser = values::seed, allow_hyphen_values = true)]
    seed: Option<u64>,
    /// Show every evaluation from this moment on, an offset from the start or a clock time; only the changes of states when neither
    /// this nor --until nor --all is given
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    from: Option<Moment>,
    /// Show every evaluation up to this moment
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    until: Option<Moment>,
    /// Show every evaluation
    #[arg(long, conflicts_with_all = ["from", "until"])]
    all: bool,
    /// Leave out the samples that each evaluation read: its values and states alone
    #[arg(long)]
    no_samples: bool,
    /// How to tell it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const AFTER_HELP: &str = "\
Examples:
  chaos-runner rules explain first.yaml OrdersFailing --no-samples
  chaos-runner rules explain first.yaml OrdersFailing --from 12:01 --until 12:05
  chaos-runner rules explain first.yaml \"Orders failing\" --all --format json

Exit codes:
  0  the alert is explained, whether it fired or not
  2  the scenario cannot be run, or has no such alert
  3  the scenario could not be played";

pub(super) fn run(arguments: &Arguments) -> Exit {
    let loaded = match load(&arguments.scenario) {
        Ok(loaded) => loaded,
        Err(wrong) => {
            let errors = wrong.render(output::colors_errors());
            return output::print_error(&errors, Exit::InputWrong);
        }
    };
    let asked = known(&loaded, &arguments.alert).and_then(|()| asked(arguments, &loaded));
    let asked = match asked {
        Ok(asked) => asked,
        Err(message) => {
            return output::print_error(&format!("error: {message}\n"), Exit::InputWrong);
        }
    };
    let watch = Arc::new(Mutex::new(Watch::new(&arguments.alert, asked)));
    let seed = arguments.seed.unwrap_or(loaded.scenario.seed);
    let record = match simulate_observed(&loaded, seed, watch.clone()) {
        Ok(record) => record,
        Err(error) => {
            let message = format!("error: {}: {error}\n", loaded.scenario.name);
            return output::print_error(&message, Exit::HarnessFailed);
        }
    };
    let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
    let watched = std::mem::replace(&mut *watch, Watch::new(&arguments.alert, asked));
    let mut explanation = explain(&loaded, &record, &arguments.alert, watched);
    if arguments.no_samples {
        explanation = explanation.without_samples();
    }
    let told = match arguments.format {
        Format::Text => text::text(&explanation, &loaded.scenario),
        // Plain data with text for keys: it can always be written.
        Format::Json => serde_json::to_string_pretty(&explanation).unwrap_or_default() + "\n",
    };
    output::print(&told, Exit::Held)
}

/// Whether any rule of the scenario raises the alert.
fn known(loaded: &Loaded, alert: &str) -> Result<(), String> {
    let groups = loaded.rules.iter().flat_map(|rules| &rules.groups);
    let mut names: Vec<&str> = groups
        .flat_map(|group| &group.rules)
        .flat_map(Rule::alerts)
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.contains(&alert) {
        return Ok(());
    }
    let help = match suggest(alert, names.iter().copied()) {
        Some(other) => format!("did you mean `{other}`?"),
        None if names.is_empty() => "the scenario names no alert rules".to_owned(),
        None => format!("its alerts are `{}`", names.join("`, `")),
    };
    let name = &loaded.scenario.name;
    Err(format!(
        "no rule of {name} raises an alert `{alert}`; {help}"
    ))
}

/// Which evaluations are wanted.
fn asked(arguments: &Arguments, loaded: &Loaded) -> Result<Asked, String> {
    if !arguments.all && arguments.from.is_none() && arguments.until.is_none() {
        return Ok(Asked::Changes);
    }
    let starts_at = &loaded.scenario.starts_at.value;
    let resolved = |moment: &Option<Moment>, default: Elapsed| match moment {
        None => Ok(default),
        Some(moment) => moment
            .resolve(starts_at)
            .map(Elapsed::from_duration)
            .map_err(|error| error.to_string()),
    };
    let end = Elapsed::from_duration(loaded.scenario.duration.0);
    let from = resolved(&arguments.from, Elapsed::ZERO)?;
    let until = resolved(&arguments.until, end)?;
    if from > until {
        let until = match arguments.until {
            Some(_) => "--until".to_owned(),
            None => {
                let end = starts_at.clock_at(end.as_duration());
                format!("the end of the run, {end}")
            }
        };
        return Err(format!("--from lies after {until}"));
    }
    Ok(Asked::Stretch(from, until))
}
