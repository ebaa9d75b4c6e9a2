//! `rules`: the verbs about rule files, one file a verb.

mod check;

use super::exit::Exit;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Checks rule files as their server would, and says what is doubtful about their rules
    Check(check::Arguments),
}

pub(super) fn rules(verb: &Verb) -> Exit {
    match verb {
        Verb::Check(arguments) => check::check(arguments),
    }
}
