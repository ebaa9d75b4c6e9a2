//! `run`: plays scenarios, tells what came of them as they end, and writes their reports.

mod crew;
mod interrupt;
mod progress;

use super::exit::{self, Exit};
use super::output::{self, Format};
use super::sound;
use super::values;
use crate::report::{Ran, files, json, terminal};
use crate::scenario::load::Loaded;
use crate::stage::{self, StageError};
use crate::verdict::{Outcome, judge};
use clap::Args;
use crew::{Crew, Played};
use interrupt::Interrupt;
use progress::Progress;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[derive(Debug, Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::OF_RUNS))]
pub(super) struct Arguments {
    /// Scenario files, and folders to search for them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Draw everything that is random from this seed, in place of each scenario's own
    #[arg(long, value_name = "N", value_parser = values::seed, allow_hyphen_values = true)]
    seed: Option<u64>,
    /// Run only the scenarios whose name contains this text; may be given more than once. All of them when it is left out
    #[arg(long, value_name = "TEXT")]
    filter: Vec<String>,
    /// How many scenarios run at the same time; as many as there are processors when it is left out
    #[arg(long, value_name = "N", value_parser = values::jobs, allow_hyphen_values = true)]
    jobs: Option<usize>,
    /// Start no further scenario once one did not pass
    #[arg(long)]
    fail_fast: bool,
    /// Tell only what did not pass, and then the summary; where all passed only warnings, on standard error
    #[arg(long, short)]
    quiet: bool,
    /// How to tell what came of them
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write run.json, verdict.json and junit.xml of each scenario, and one junit.xml of all, into this folder; it is made when it is
    /// not there
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Run over real sockets on the loopback address and on the real clock: each scenario takes as long as it says
    #[arg(long)]
    live: bool,
}

const EXAMPLES: &str = "\
Examples:
  chaos-runner run scenarios                       every scenario below a folder
  chaos-runner run first/first.yaml --seed 7       one, with other chances
  chaos-runner run incidents --quiet --report out  in CI: what did not pass, and files for its server
  chaos-runner run incidents --format json         one document for a program";

pub(super) fn run(arguments: &Arguments) -> Exit {
    let loaded = match chosen(arguments) {
        Ok(loaded) => loaded,
        Err(message) => return output::print_error(&message, Exit::InputWrong),
    };
    if let Some(folder) = &arguments.report {
        let names = loaded.iter().map(|loaded| loaded.scenario.name.as_str());
        if let Err(error) = files::prepare(folder, names) {
            let message = format!("error: {error}; --report takes a folder to write to\n");
            return output::print_error(&message, Exit::InputWrong);
        }
    }
    let interrupt = Interrupt::watch();
    let progress = Progress::new(
        loaded.len(),
        arguments.quiet || arguments.format == Format::Json,
    );
    let started = now();
    let crew = Crew {
        jobs: arguments.jobs.unwrap_or_else(processors),
        fail_fast: arguments.fail_fast,
    };
    let played = crew.play(
        &loaded,
        || interrupt.came(),
        |loaded| {
            progress.begins(&loaded.scenario.name);
            let ran = play(loaded, arguments, &interrupt);
            progress.ends(&loaded.scenario.name, &ran);
            ran
        },
    );
    progress.clear();
    let left = loaded.len() - played.ran.len() - played.failures.len();
    let exit = told(arguments, played, started.elapsed(), interrupt.came());
    output::print_error(&unfinished(left, loaded.len(), interrupt.came()), exit)
}

/// The scenarios to run, all of them sound; or what is wrong.
fn chosen(arguments: &Arguments) -> Result<Vec<Loaded>, String> {
    let mut loaded = sound::scenarios(&arguments.paths, "run")?;
    let all = loaded.len();
    loaded.retain(|loaded| is_wanted(&loaded.scenario.name, &arguments.filter));
    if loaded.is_empty() {
        let filters = arguments.filter.join("`, `");
        return Err(format!(
            "error: none of the {all} scenarios has `{filters}` in its name; `chaos-runner validate` lists their names\n"
        ));
    }
    Ok(loaded)
}

fn is_wanted(name: &str, filters: &[String]) -> bool {
    filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()))
}

fn play(loaded: &Loaded, arguments: &Arguments, interrupt: &Interrupt) -> Result<Ran, StageError> {
    let seed = arguments.seed.unwrap_or(loaded.scenario.seed);
    let started = now();
    let record = if arguments.live {
        stage::play_live(loaded, seed, interrupt.wait())?
    } else {
        stage::simulate(loaded, seed)?
    };
    Ok(Ran {
        path: loaded.path.display().to_string(),
        verdict: judge(&loaded.scenario, &record),
        record,
        wall: started.elapsed(),
    })
}

/// Tells what came of it all and writes the reports: what did run is told even where something failed or was interrupted.
fn told(arguments: &Arguments, played: Played, wall: Duration, interrupted: bool) -> Exit {
    let Played { ran, failures } = played;
    let mut exit = worst(&ran);
    if !failures.is_empty() {
        exit = Exit::HarnessFailed;
    }
    if interrupted {
        exit = Exit::Interrupted;
    }
    for (name, error) in &failures {
        exit = output::print_error(&format!("error: {name}: {error}\n"), exit);
    }
    exit = match arguments.format {
        Format::Text => text(arguments, &ran, wall, exit),
        Format::Json => match json::document(&ran) {
            Ok(document) => output::print(&document, exit),
            Err(error) => failed(&format!(
                "error: failed to write the JSON document: {error}\n"
            )),
        },
    };
    if let Some(folder) = &arguments.report
        && let Err(error) = files::write_report(folder, &ran)
    {
        return failed(&format!("error: {error}\n"));
    }
    exit
}

/// What is said of the scenarios of which nothing else is told.
fn unfinished(left: usize, all: usize, interrupted: bool) -> String {
    match (left, interrupted) {
        (0, false) => String::new(),
        (0, true) => "interrupted\n".to_owned(),
        (_, true) => format!("interrupted: {left} of {all} scenarios did not come to their end\n"),
        (_, false) => {
            format!("{left} of {all} scenarios were not begun, as another did not pass\n")
        }
    }
}

fn text(arguments: &Arguments, ran: &[Ran], wall: Duration, exit: Exit) -> Exit {
    let color = output::colors();
    let mut text = String::new();
    for ran in ran {
        text.push_str(&terminal::details(ran, color));
    }
    if !(arguments.quiet && exit == Exit::Held) {
        text.push_str(&terminal::summary(ran, wall, color));
    }
    let exit = output::print(&text, exit);
    if !arguments.quiet {
        return exit;
    }
    // The lines of those that passed are left out, and with them what stands below.
    let passed = ran
        .iter()
        .filter(|ran| ran.verdict.outcome == Outcome::Passed);
    let warnings: String = passed
        .map(|ran| terminal::warnings_alone(ran, output::colors_errors()))
        .collect();
    output::print_error(&warnings, exit)
}

fn failed(message: &str) -> Exit {
    output::print_error(message, Exit::HarnessFailed)
}

fn worst(ran: &[Ran]) -> Exit {
    let any = |outcome| ran.iter().any(|ran| ran.verdict.outcome == outcome);
    if any(Outcome::Failed) {
        Exit::Failed
    } else if any(Outcome::Inconclusive) {
        Exit::Inconclusive
    } else {
        Exit::Held
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long the user waited, which is told on the terminal only and is no part of a run"
)]
fn now() -> Instant {
    Instant::now()
}
