//! `rules`: the verbs about rule files, one file a verb.

mod check;
mod explain;
mod route;

use super::exit::Exit;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Checks rule files as their server would, and says what is doubtful about their rules
    Check(check::Arguments),
    /// Shows what is behind an alert of a scenario, evaluation by evaluation, and where the time to page went
    Explain(explain::Arguments),
    /// Says where an alert of these labels would go, and when
    Route(route::Arguments),
}

pub(super) fn rules(verb: &Verb) -> Exit {
    match verb {
        Verb::Check(arguments) => check::check(arguments),
        Verb::Explain(arguments) => explain::run(arguments),
        Verb::Route(arguments) => route::route(arguments),
    }
}
