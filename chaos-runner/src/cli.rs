//! The command line: one file a verb. It turns errors into messages and exit codes; what is done is done elsewhere.

pub mod exit;
mod init;
mod output;
mod rules;
mod run;
mod schema;
mod sound;
mod validate;
mod values;

use clap::{Parser, Subcommand};
use exit::Exit;

/// Replays real incidents as tests: traffic, faults, alert rules, pages and a verdict.
#[derive(Debug, Parser)]
#[command(name = "chaos-runner", version, after_help = exit::HELP, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Runs scenarios and says whether each expectation held
    Run(run::Arguments),
    /// Checks scenario files and the rule files that they name, without running them
    Validate(validate::Arguments),
    /// Looks into rule files: what is wrong or doubtful about them
    #[command(subcommand)]
    Rules(rules::Verb),
    /// Prints the JSON Schema of scenario files
    Schema,
    /// Writes a small scenario and a rule file to start from
    Init(init::Arguments),
}

/// Does what the arguments of this process ask for.
#[must_use]
pub fn main() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help that was asked for is no error; it goes where clap says, and so does its colour.
            let exit = if error.use_stderr() {
                Exit::InputWrong
            } else {
                Exit::Held
            };
            return output::written(error.print(), exit);
        }
    };
    match cli.verb {
        Verb::Run(arguments) => run::run(&arguments),
        Verb::Validate(arguments) => validate::validate(&arguments),
        Verb::Rules(verb) => rules::rules(&verb),
        Verb::Schema => schema::schema(),
        Verb::Init(arguments) => init::init(&arguments),
    }
}
