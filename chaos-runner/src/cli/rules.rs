//! `rules`: the verbs about rule files, one file a verb.

mod route;

use super::exit::Exit;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Says where an alert of these labels would go, and when
    Route(route::Arguments),
}

pub(super) fn rules(verb: &Verb) -> Exit {
    match verb {
        Verb::Route(arguments) => route::route(arguments),
    }
}
