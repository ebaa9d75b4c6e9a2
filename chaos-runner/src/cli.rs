//! The command line: one file a verb. It turns errors into messages and exit codes; what is done is done elsewhere.

pub mod exit;
mod finding;
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
#[command(name = "chaos-runner", version, after_help = format!("{EXAMPLES}\n\n{}", exit::OF_RUNS), arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "\
Examples:
  chaos-runner init first         a small scenario and its rules, to run, to read and to change
  chaos-runner run first          plays it and says whether each expectation held
  chaos-runner help rules check   what a verb takes";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Runs scenarios and says whether each expectation held
    Run(run::Arguments),
    /// Checks scenario files and the rule files that they name, without running them
    Validate(validate::Arguments),
    /// Looks into alert rules: what is doubtful about them, why an alert did not fire, whom it tells
    #[command(subcommand)]
    Rules(rules::Verb),
    /// Prints the JSON Schema of scenario files
    #[command(after_help = schema::AFTER_HELP)]
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Command, CommandFactory};

    /// The help of every command below this one that does something.
    fn helps(command: &mut Command, told: &mut String) {
        if !command.has_subcommands() {
            let help = command.render_long_help().to_string();
            assert!(help.contains("\nExample"), "{help}");
            told.push_str(&format!("{help}\n\n"));
            return;
        }
        let verbs = command.get_subcommands_mut();
        for verb in verbs.filter(|verb| verb.get_name() != "help") {
            helps(verb, told);
        }
    }

    #[test]
    fn the_help_of_every_verb_has_an_example() {
        let mut command = Cli::command();
        command.build();
        let mut told = command.render_long_help().to_string() + "\n\n";
        helps(&mut command, &mut told);
        insta::assert_snapshot!(told);
    }
}
